"""Read the marks of sheets in the form the rules take them, in three queries however many sheets
there are.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from competitions.enums import AspectKind, RoundState
from competitions.models import Aspect, JudgementRound, Mark, Sheet
from competitions.rules.sheet import AspectMarks, digest_signed_content


def marks_of(sheets: Iterable[Sheet]) -> dict[int, list[AspectMarks]]:
    """Return the aspects with their settled values by the key of the sheet. Sheets must know their
    module.
    """
    listed = list(sheets)
    by_module: dict[int, list[Aspect]] = defaultdict(list)
    for aspect in Aspect.objects.filter(module__in={sheet.module_id for sheet in listed}).order_by(
        "module_id", "position"
    ):
        by_module[aspect.module_id].append(aspect)
    keys = [sheet.pk for sheet in listed]
    settled = {
        (sheet, aspect): number
        for sheet, aspect, number in JudgementRound.objects.filter(
            sheet__in=keys, state=RoundState.SETTLED
        ).values_list("sheet_id", "aspect_id", "number")
    }
    awarded: dict[tuple[int, int], Decimal] = {}
    scores: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    rows = Mark.objects.filter(sheet__in=keys).values_list(
        "sheet_id", "aspect_id", "judge__seat", "round", "awarded", "score"
    )
    for sheet_id, aspect_id, seat, number, value, score in rows:
        if seat is None:
            if value is not None:
                awarded[sheet_id, aspect_id] = value
        elif score is not None and settled.get((sheet_id, aspect_id)) == number:
            scores[sheet_id, aspect_id][seat] = score
    return {
        sheet.pk: [
            AspectMarks(
                code=aspect.code,
                kind=aspect.kind,
                max_mark=aspect.max_mark,
                steps=aspect.step_values,
                awarded=awarded.get((sheet.pk, aspect.pk))
                if aspect.kind == AspectKind.MEASUREMENT
                else None,
                scores=scores.get((sheet.pk, aspect.pk))
                if aspect.kind == AspectKind.JUDGEMENT
                else None,
            )
            for aspect in by_module[sheet.module_id]
        ]
        for sheet in listed
    }


def digest_sheet(sheet: Sheet, aspects: list[AspectMarks]) -> str:
    """Return the digest of the sheet as it is now. `sheet.module` and `sheet.code` should be
    loaded.
    """
    return digest_signed_content(
        sheet=str(sheet.public_id),
        version=sheet.version,
        module=sheet.module.code,
        number=sheet.code.number,
        minutes=sheet.minutes,
        aspects=aspects,
    )


def marks_shown(sheets: Iterable[Sheet]) -> str:
    """Return a digest of the signed marks of *sheets*, so that what is locked can be compared with
    what was looked at.
    """
    listed = sorted((sheet.pk, sheet.version, sheet.digest) for sheet in sheets)
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()
