"""Treat one sheet as numbers, which is what is filled in, what it is worth, and the digest that
signatures cover.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from competitions.rules import marking
from core.digests import digest_canonical_json

MEASUREMENT = "M"


@dataclass(frozen=True, slots=True)
class AspectMarks:
    """What is known of one aspect, which is the panel's measurement, or the scores of the settled
    round by seat.
    """

    code: str
    kind: str
    max_mark: Decimal
    steps: tuple[Decimal, ...] = ()
    awarded: Decimal | None = None
    scores: Mapping[int, int] | None = None

    @property
    def done(self) -> bool:
        """Whether nothing is missing here."""
        return self.awarded is not None if self.kind == MEASUREMENT else bool(self.scores)

    def value(
        self,
        *,
        limit: int = marking.SPREAD_LIMIT,
        minimum: int = marking.MINIMUM_JUDGES,
        trimmed: bool = False,
    ) -> Fraction:
        """Return the exact mark. Raises `MarkError("missing")` while something is missing, which
        never counts as zero.
        """
        if not self.done:
            raise marking.MarkError("missing", aspect=self.code)
        if self.kind == MEASUREMENT:
            assert self.awarded is not None  # noqa: S101 - `done` says so
            return marking.mark_measured_aspect(self.awarded, self.max_mark, self.steps)
        scores = list((self.scores or {}).values())
        return marking.mark_judged_aspect(
            scores, self.max_mark, limit=limit, minimum=minimum, trimmed=trimmed
        )


def list_missing_aspects(aspects: Sequence[AspectMarks]) -> list[str]:
    """Return the codes of aspects that are not done."""
    return [aspect.code for aspect in aspects if not aspect.done]


def running_total(
    aspects: Sequence[AspectMarks], *, limit: int = marking.SPREAD_LIMIT, trimmed: bool = False
) -> Fraction:
    """Return the total of what is settled so far. It is the figure at the foot of the sheet, not a
    result.
    """
    return marking.sum_marks(
        aspect.value(limit=limit, minimum=1, trimmed=trimmed) for aspect in aspects if aspect.done
    )


def signed_content(
    *,
    sheet: str,
    version: int,
    module: str,
    number: int,
    minutes: Decimal | None,
    aspects: Sequence[AspectMarks],
) -> dict[str, Any]:
    """Return everything a signature covers, in a form that the judge's screen can build too
    (`sheet.js`).

    `marks` has a row for each aspect in the order of the codes, with the code, the measurement as
    text or None, and the pairs of seat and score.
    """
    return {
        "sheet": sheet,
        "version": version,
        "module": module,
        "number": number,
        "minutes": None if minutes is None else str(minutes.quantize(Decimal("0.01"))),
        "marks": [
            [
                aspect.code,
                None if aspect.awarded is None else str(aspect.awarded.quantize(Decimal("0.01"))),
                [list(pair) for pair in sorted((aspect.scores or {}).items())],
            ]
            for aspect in sorted(aspects, key=lambda aspect: aspect.code)
        ],
    }


def digest_signed_content(
    *,
    sheet: str,
    version: int,
    module: str,
    number: int,
    minutes: Decimal | None,
    aspects: Sequence[AspectMarks],
) -> str:
    """Return the SHA-256 over everything a signature covers, in the canonical form that browsers
    write too.
    """
    return digest_canonical_json(
        signed_content(
            sheet=sheet,
            version=version,
            module=module,
            number=number,
            minutes=minutes,
            aspects=aspects,
        )
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """An aspect whose value on a screen differs from the record, with both as text. Scores are in
    the order of the seats.
    """

    aspect: str
    shown: str
    recorded: str


def compare_with_record(
    shown: Mapping[str, str | Mapping[int, int]], aspects: Sequence[AspectMarks]
) -> list[Difference]:
    """Return where *shown* differs from what *aspects* hold, in the sheet's order. *shown* maps
    each aspect to its marks as text, or to the scores by seat.
    """
    found = []
    for aspect in aspects:
        seen = _as_text(shown.get(aspect.code, ""))
        held = (
            str(aspect.awarded.quantize(Decimal("0.01")))
            if aspect.awarded is not None
            else _as_text(aspect.scores or {})
        )
        if seen != held:
            found.append(Difference(aspect.code, seen, held))
    return found


def _as_text(value: str | Mapping[int, int]) -> str:
    if isinstance(value, str):
        return value
    return " · ".join(str(score) for _seat, score in sorted(value.items()))
