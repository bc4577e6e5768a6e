"""Prepare the rows of spreadsheet checks without keeping a name, and answer them with one query
for 500 rows.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from certification.enums import OUT_STATES, Provenance
from certification.models import BatchCheck, Certificate, Misses, SheetPart
from certification.queries.verification import STANDS_ASIDE, Asked, normalise_certificate_number
from certification.rules import near_miss, status
from certification.rules.sheet import (
    MISSES_A_DAY,
    NOT_ASKED,
    UnaskedRow,
    has_changed,
    select_compared_answer,
)
from core.actors import Actor
from core.text import mask_name, search_key

_COLUMNS = (
    "number_key", "holder_key", "pk", "number", "provenance", "state", "valid_until", "state_since", "state_reason",
    "replaced_by__number", "title", "occupation_name", "level",
)  # fmt: skip
AT_A_TIME = 500


@cache
def _secret(_site_key: str) -> bytes:
    return salted_hmac("certification.sheets", "", algorithm="sha256").digest()


def name_hash(name_key: str) -> str:
    """Return a keyed hash of a folded name. It is enough to compare with, and useless without the
    site's key.

    An empty name equals nothing.
    """
    return (
        hmac.digest(_secret(settings.SECRET_KEY), name_key[:100].encode(), "sha256").hex()[:32]
        if name_key
        else ""
    )


def prepare_sheet_rows(
    rows: Iterable[tuple[int, Asked]], unasked: Mapping[int, UnaskedRow] | None = None
) -> list[dict[str, Any]]:
    """Return *rows* (row number, what was typed) in the form in which they are kept.

    Each has the number, the masked name, a hash of the name and how the number is written.
    *unasked* says by row number which of them can't be asked, and why. These have no hash, so that
    they lead nowhere.
    """
    return [_kept(row, asked, (unasked or {}).get(row)) for row, asked in rows]


def _kept(row: int, asked: Asked, unasked: UnaskedRow | None) -> dict[str, Any]:
    kept = {
        "row": row,
        "number": normalise_certificate_number(asked.number),
        "name": mask_name(asked.name),
    }
    if unasked:
        return kept | {
            "key": "",
            "writing": "",
            "fault": unasked.fault,
            "cell": unasked.cell,
            "stands": unasked.written,
        }
    return kept | {
        "key": name_hash(search_key(asked.name)),
        "writing": str(near_miss.classify_number_writing(asked.number)),
    }


def repeat_sheet_rows(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return answered *rows* as questions again, each with what it answered before."""
    return [
        {"row": row["row"], "number": row["number"], "name": row["name"], "key": row.get("key", "")}
        | ({key: row[key] for key in ("fault", "cell", "stands")} if row.get("fault") else {})
        | {"writing": _writing(row), "was": select_compared_answer(row)}
        for row in rows
    ]


def _writing(row: dict[str, Any]) -> str:
    if row.get("fault"):
        return ""
    return str(row.get("writing") or near_miss.classify_number_writing(row["number"]))


def answer_sheet_rows(rows: Sequence[dict[str, Any]], *, today: date) -> list[dict[str, Any]]:
    """Return the kept *rows* with their answers of *today*. One query for each 500 of them.

    A wrong name and an unknown number are the same answer. How the number is written depends on the
    typed number alone.
    """
    known: dict[tuple[str, str], tuple[Any, ...]] = {}
    numbers = sorted({row["number"] for row in rows if row["key"]})
    for begin in range(0, len(numbers), AT_A_TIME):
        found = Certificate.objects.filter(
            number_key__in=numbers[begin : begin + AT_A_TIME], state__in=sorted(OUT_STATES)
        )
        # Those that stand aside come first: the right record of the same paper overwrites them.
        found = found.annotate(aside=STANDS_ASIDE).order_by("-aside", "pk")
        known |= {
            (values[0], name_hash(values[1])): values[2:] for values in found.values_list(*_COLUMNS)
        }
    return [
        _answered(row, known.get((row["number"], row["key"])) if row["key"] else None, today)
        for row in rows
    ]


def _answered(row: dict[str, Any], found: tuple[Any, ...] | None, today: date) -> dict[str, Any]:
    if row.get("fault"):
        return row | {"answer": NOT_ASKED}
    if found is None:
        answered = row | {"answer": str(status.NO_MATCH.answer)}
        return answered | {"changed": True} if has_changed(answered) else answered
    (
        certificate,
        written,
        provenance,
        state,
        until,
        since,
        reason,
        successor,
        title,
        occupation,
        level,
    ) = found
    standing = status.StatusFacts(
        state=state, valid_until=until, since=since, reason=reason, replaced_by=successor or ""
    )
    verdict = status.determine_verdict(standing, today=today)
    answered = row | {
        "answer": str(verdict.answer),
        "certificate": certificate,
        "title": title,
        "occupation": occupation,
        "level": level,
        "since": verdict.since.isoformat() if verdict.since else None,
        "until": verdict.valid_until.isoformat() if verdict.valid_until else None,
        "days_left": verdict.days_left,
        "reason": verdict.reason,
        "replaced_by": verdict.replaced_by,
    }
    if provenance != Provenance.ISSUED:
        answered |= {"provenance": provenance, "written": written}
    return answered | {"changed": True} if has_changed(answered) else answered


def list_sheet_checks(user: Actor) -> QuerySet[BatchCheck]:
    """Return the spreadsheets *user* had checked, newest first."""
    return BatchCheck.objects.filter(actor_id=user.pk).order_by("-at", "-pk")


def find_sheet_check(user: Actor, public_id: Any) -> BatchCheck | None:
    """Return one spreadsheet check of *user*. One query."""
    return (
        BatchCheck.objects.select_related("previous", "employer", "org")
        .filter(actor_id=user.pk, public_id=public_id)
        .first()
    )


def list_answered_rows(check: BatchCheck) -> list[dict[str, Any]]:
    """Return the answered rows of *check* in the order of the sheet. One query."""
    parts = (
        SheetPart.objects.filter(check_of=check, answered_at__isnull=False)
        .order_by("position")
        .values_list("rows", flat=True)
    )
    return [row for rows in parts for row in rows]


def count_misses_left(user: Actor, *, today: date) -> int:
    """Return how many more well-written numbers of *user* may find no certificate today."""
    used = (
        Misses.objects.filter(account_id=user.pk, day=today).values_list("count", flat=True).first()
        or 0
    )
    return max(0, MISSES_A_DAY - used)
