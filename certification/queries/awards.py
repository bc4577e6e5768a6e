"""Find the award certificates that rest on a result that was corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from access.queries import permitted
from certification.enums import CertificateState
from certification.grants import ISSUE, VIEW
from certification.models import Certificate
from competitions import public as competitions
from core.actors import Actor
from core.dependents import Dependent
from core.templatetags.craft import TONES

SOURCE = "competitions.result"
GOOD = (CertificateState.ISSUED, CertificateState.SUSPENDED)


@dataclass(frozen=True, slots=True)
class OutdatedAward:
    """A certificate in force whose award is no longer what the corrected results say."""

    certificate: Certificate
    corrected: competitions.CorrectedAward


def find_certificates_by_result(result_public_ids: Sequence[str]) -> dict[str, Certificate]:
    """Return the certificates in force, or suspended, by the result they were issued for. One
    query.
    """
    if not result_public_ids:
        return {}
    rows = Certificate.objects.filter(
        source_kind=SOURCE, source_key__in=result_public_ids, state__in=GOOD
    )
    return {row.source_key: row for row in rows}


def list_outdated_awards(user: Actor) -> list[OutdatedAward]:
    """Return the certificates *user* may issue whose result was corrected since, ordered by
    number. Four queries at most.
    """
    corrected = competitions.corrected_awards()
    if not corrected:
        return []
    rows = Certificate.objects.filter(
        source_kind=SOURCE, source_key__in=list(corrected), state__in=GOOD
    )
    return [
        OutdatedAward(row, corrected[row.source_key])
        for row in permitted(user, ISSUE, rows).order_by("number")
    ]


def list_result_dependents(keys: Sequence[str], viewer: Actor) -> list[Dependent]:
    """Return the certificates that rest on results, for the page that corrects them
    (`core.dependents`).

    The address of a certificate is given only if *viewer* may open it.
    """
    found = find_certificates_by_result(keys)
    seen = set(
        permitted(
            viewer, VIEW, Certificate.objects.filter(pk__in=[row.pk for row in found.values()])
        ).values_list("pk", flat=True)
    )
    return [
        Dependent(
            key=key,
            title=f"{row.number} · {row.holder_name} · {row.distinction}",
            state=str(row.get_state_display()),
            tone=TONES.get(row.state, ""),
            url=reverse("certification:office_certificate", args=[row.public_id])
            if row.pk in seen
            else "",
        )
        for key, row in found.items()
    ]
