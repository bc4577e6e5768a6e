"""One sheet as numbers: what is filled in, what it is worth, and the digest that signatures cover."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from competitions.rules import marking

MEASUREMENT = "M"


@dataclass(frozen=True, slots=True)
class AspectMarks:
    """What is known of one aspect: the panel's measurement, or the scores of the settled round by seat."""

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

    def value(self, *, limit: int = marking.SPREAD_LIMIT, minimum: int = marking.MINIMUM_JUDGES, trimmed: bool = False) -> Fraction:
        """Return the exact mark; raises `MarkError("missing")` while something is missing (never counts it as zero)."""
        if not self.done:
            raise marking.MarkError("missing", aspect=self.code)
        if self.kind == MEASUREMENT:
            assert self.awarded is not None  # noqa: S101 - `done` says so
            return marking.measurement(self.awarded, self.max_mark, self.steps)
        scores = list((self.scores or {}).values())
        return marking.judgement(scores, self.max_mark, limit=limit, minimum=minimum, trimmed=trimmed)


def missing(aspects: Sequence[AspectMarks]) -> list[str]:
    """Return the codes of aspects that are not done."""
    return [aspect.code for aspect in aspects if not aspect.done]


def running_total(aspects: Sequence[AspectMarks], *, limit: int = marking.SPREAD_LIMIT, trimmed: bool = False) -> Fraction:
    """Return what is settled so far: the figure at the foot of the sheet, not a result."""
    return marking.total(aspect.value(limit=limit, minimum=1, trimmed=trimmed) for aspect in aspects if aspect.done)


def digest(*, sheet: str, version: int, module: str, number: int, minutes: Decimal | None, aspects: Sequence[AspectMarks]) -> str:
    """Return the SHA-256 over everything a signature stands for, in one canonical form."""
    content = {
        "sheet": sheet,
        "version": version,
        "module": module,
        "number": number,
        "minutes": None if minutes is None else str(minutes.quantize(Decimal("0.01"))),
        "marks": [
            [
                aspect.code,
                None if aspect.awarded is None else str(aspect.awarded.quantize(Decimal("0.01"))),
                sorted((aspect.scores or {}).items()),
            ]
            for aspect in sorted(aspects, key=lambda aspect: aspect.code)
        ],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
