"""Show what a change of many certificates would do to each, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from access.queries import permitted
from certification.enums import (
    CERTIFICATE_MOVES,
    FAULTY_FILES,
    TWO_PERSON_ACTS,
    BulkAct,
    BulkState,
    CertificateState,
    FileState,
)
from certification.grants import CONFIRM_REVOCATION, ISSUE, REQUEST_REVOCATION, SUSPEND
from certification.models import BulkChange, BulkLine, Certificate
from certification.queries.verification import normalise_certificate_number
from certification.rules.drawing import RENDERER_VERSION
from core.actors import Actor, account_id

AT_MOST = 5000
WAITING_READ = 50
RIGHTS = {
    BulkAct.SUSPEND: SUSPEND,
    BulkAct.REINSTATE: SUSPEND,
    BulkAct.REVOKE: REQUEST_REVOCATION,
    BulkAct.REISSUE: ISSUE,
}
TO = {
    BulkAct.SUSPEND: CertificateState.SUSPENDED,
    BulkAct.REINSTATE: CertificateState.ISSUED,
    BulkAct.REVOKE: CertificateState.REVOKED,
}


# A holder shows these; what was replaced or revoked is shown to nobody as valid.
STATES_WITH_A_FILE_IN_USE = frozenset({CertificateState.ISSUED, CertificateState.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Planned:
    """What would happen to one of the numbers.

    *problem* says why nothing would. *certificate* is None if there is none to change.
    """

    number: str
    certificate: Certificate | None
    problem: str = ""


def split_certificate_numbers(text: str) -> list[str]:
    """Return the numbers in *text*, each once and as the register writes them.

    *text* has one number a line, or numbers separated by commas or spaces.
    """
    typed = [
        normalise_certificate_number(word) for word in re.split(r"[\s,;，；、]+", text) if word
    ]
    return list(dict.fromkeys(typed))


def plan_bulk_change(user: Actor, act: str, numbers: Sequence[str]) -> list[Planned]:
    """Return what *act* would do to each of *numbers*, without changing anything. Three queries,
    however many numbers.

    A number of somebody else's certificate reads like one that doesn't exist.
    """
    mine = permitted(user, RIGHTS[BulkAct(act)], Certificate.objects.all())
    known: dict[str, list[Certificate]] = {}
    for row in mine.filter(number_key__in=numbers).exclude(state=CertificateState.WITHDRAWN):
        known.setdefault(row.number_key, []).append(row)
    return [_planned(number, known.get(number, []), act) for number in numbers]


def _planned(number: str, rows: list[Certificate], act: str) -> Planned:
    if len(rows) > 1:  # papers of several issuers
        return Planned(
            number,
            None,
            _("Several certificates have this number. Open the one you mean and change it there."),
        )
    return Planned(number, rows[0] if rows else None, _problem(rows[0] if rows else None, act))


def _problem(certificate: Certificate | None, act: str) -> str:
    if certificate is None:
        return _("You don't manage a certificate with this number.")
    if act == BulkAct.REISSUE:
        return explain_no_reissue(certificate)
    if act == BulkAct.REINSTATE and certificate.state != CertificateState.SUSPENDED:
        return _("It isn't suspended.")
    if TO[BulkAct(act)] not in CERTIFICATE_MOVES[certificate.state]:
        return _("This isn't possible in its present state.")
    return ""


def explain_no_reissue(certificate: Certificate) -> str:
    """Return why no new file is made for *certificate*. The text is empty if one is."""
    if certificate.of_paper:
        return _("It was imported from paper, so we have no file for it.")
    if certificate.state not in STATES_WITH_A_FILE_IN_USE:
        return _("This isn't possible in its present state.")
    if (
        certificate.file_state == FileState.UNKNOWN
        and certificate.renderer_version < RENDERER_VERSION
    ):
        return _("Its file hasn't been checked yet. Check the files first.")
    if certificate.file_state not in FAULTY_FILES:
        return _("Its file is in order.")
    return ""


def list_bulk_changes(user: Actor) -> QuerySet[BulkChange]:
    """Return the bulk changes *user* asked for, newest first."""
    return BulkChange.objects.filter(asked_by=account_id(user)).select_related(
        "job", "asked_by", "decided_by"
    )


def list_waiting_bulk_changes(user: Actor) -> list[BulkChange]:
    """Return bulk changes that wait for a second person and of which *user* may confirm every
    certificate. One query if none waits.
    """
    rows = (
        BulkChange.objects.filter(state=BulkState.WAITING)
        .exclude(asked_by=user.pk)
        .select_related("asked_by", "job", "decided_by")
    )
    return [row for row in rows.order_by("pk")[:WAITING_READ] if _may_decide(user, row)]


def _may_decide(user: Actor, change: BulkChange) -> bool:
    """Say whether *user* may confirm every one of the certificates of *change*. Two queries."""
    lines = BulkLine.objects.filter(change=change)
    mine = permitted(
        user, CONFIRM_REVOCATION, Certificate.objects.filter(pk__in=lines.values("certificate"))
    )
    # Of no certificates everybody may confirm every one: such a change is nobody's.
    return change.act in TWO_PERSON_ACTS and 0 < mine.count() == lines.count()


def find_visible_bulk_change(user: Actor, public_id: Any) -> BulkChange | None:
    """Return the bulk change if *user* asked for it or may decide it, or None."""
    row = (
        BulkChange.objects.select_related("job", "asked_by", "decided_by")
        .filter(public_id=public_id)
        .first()
    )
    if row is None or (row.asked_by_id != user.pk and not _may_decide(user, row)):
        return None
    return row


def list_bulk_lines(change: BulkChange) -> QuerySet[BulkLine]:
    """Return the lines of *change* with their certificates. One query."""
    return BulkLine.objects.filter(change=change).select_related("certificate")
