"""The second person: draws a sample of an import and holds it against the originals. All agree,
and the records rest on them.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import audit
from access.checks import require
from certification.enums import OUT_STATES, CertificateState, HistoricState, Provenance, Sampled
from certification.errors import SecondOfficerNeeded
from certification.grants import CONFIRM_HISTORIC
from certification.models import Certificate, HistoricImport, HistoricRecord
from certification.rules.paper_records import sample_size, sheet_fingerprint
from certification.tlog import leaves
from certification.workflows import register
from certification.workflows.keys import LogSigner, load_announced_keys
from certification.workflows.paper_records.notifications import tell_compared
from core import clock
from core.actors import Actor
from core.errors import DomainError, InvalidInput
from core.states import lock
from jobs import workflows as jobs
from jobs.models import JobItem

COMPARE_JOB = "certification.historic_compare"


@transaction.atomic
def draw_sample(*, actor: Actor, run: HistoricImport) -> HistoricImport:
    """Draw the sample by lot; one that is drawn already stays, so that nobody draws until it
    pleases.

    Needs `certification.confirm_historic`, and isn't for who sent the sheet or took it over.
    """
    run = lock(run)
    _may(actor, run)
    records = HistoricRecord.objects.filter(run=run)
    if records.filter(sampled=Sampled.DRAWN).exists():
        return run
    differing = records.filter(
        sampled=Sampled.DIFFERS,
        certificate__state__in=[CertificateState.ISSUED, CertificateState.SUSPENDED],
    )
    if count := differing.count():
        raise DomainError(
            "sample_unsettled",
            ngettext(
                "%(count)s record of the last sample differs from the original. Have it revoked "
                "as imported in error first.",
                "%(count)s records of the last sample differ from the originals. Have them "
                "revoked as imported in error first.",
                count,
            )
            % {"count": count},
        )
    there = list(
        records.filter(certificate__state=CertificateState.ISSUED).values_list("pk", flat=True)
    )
    if not there:
        raise DomainError(
            "nothing_to_compare",
            _("None of this sheet's records counts any more. There is nothing to compare."),
        )
    drawn = secrets.SystemRandom().sample(there, sample_size(len(there), failed=run.draws))
    records.exclude(sampled=Sampled.NOT).update(sampled=Sampled.NOT)
    records.filter(pk__in=drawn).update(sampled=Sampled.DRAWN)
    run.drawn_by_id, run.draws = actor.pk, run.draws + 1
    run.save(update_fields=["drawn_by", "draws", "updated_at"])
    audit.record(
        "certification.historic_drawn",
        actor=actor,
        target=run,
        after={"rows": len(drawn), "of": len(there)},
    )
    return run


def list_drawn_records(run: HistoricImport) -> list[HistoricRecord]:
    """Return the sample of *run* in the order of the sheet, with its certificates. One query."""
    rows = (
        HistoricRecord.objects.filter(run=run)
        .exclude(sampled=Sampled.NOT)
        .select_related("certificate")
    )
    return list(rows.order_by("row"))


@transaction.atomic
def record_sample(
    *, actor: Actor, run: HistoricImport, verdicts: Mapping[int, str], remark: str
) -> HistoricImport:
    """Keep what the second person found. *verdicts*: key of the drawn record → agrees or differs;
    all must be answered.

    If all agree, every record of the sheet rests on the originals from today on, and the public
    register says so. If one differs, the records stay what they are, and whoever took the sheet
    over is told. *remark* says where the originals are kept.
    """
    run = lock(run)
    _may(actor, run)
    drawn = HistoricRecord.objects.filter(run=run, sampled=Sampled.DRAWN)
    wanted = set(drawn.values_list("pk", flat=True))
    if not wanted:
        raise DomainError(
            "no_sample",
            _(
                "No sample has been drawn, or somebody has already answered it. Reload the page "
                "and look again."
            ),
        )
    fields: dict[str, str] = {}
    if not remark.strip():
        fields["remark"] = _(
            "Say where the originals are kept, so that they can be checked again later."
        )
    if any(verdicts.get(pk) not in {Sampled.AGREES, Sampled.DIFFERS} for pk in wanted):
        fields["__all__"] = _("Answer every row: does it agree with the original or not?")
    if fields:
        raise InvalidInput("sample_incomplete", _("Some rows are not answered yet."), fields=fields)
    differing = [pk for pk in wanted if verdicts[pk] == Sampled.DIFFERS]
    drawn.exclude(pk__in=differing).update(sampled=Sampled.AGREES)
    HistoricRecord.objects.filter(pk__in=differing).update(sampled=Sampled.DIFFERS)
    run.remark = remark.strip()[:200]
    if differing:
        run.save(update_fields=["remark", "updated_at"])
        audit.record(
            "certification.historic_differs",
            actor=actor,
            target=run,
            after={"rows": len(wanted), "differ": len(differing)},
            reason=remark,
        )
    else:
        _confirm(actor, run, len(wanted), remark)
    tell_compared(run, differ=len(differing), by=actor)
    return run


def _confirm(actor: Actor, run: HistoricImport, rows: int, remark: str) -> None:
    run.confirmed_by_id, run.confirmed_at = actor.pk, clock.now()
    run.full_clean(exclude=["file", "layout", "mapping", "summary"])
    run.save(update_fields=["confirmed_by", "confirmed_at", "remark", "updated_at"])
    records = HistoricRecord.objects.filter(run=run).values("certificate_id")
    count = Certificate.objects.filter(
        pk__in=records, provenance=Provenance.LIST, state__in=sorted(OUT_STATES)
    ).update(provenance=Provenance.ARCHIVE, provenance_on=clock.today(), updated_at=clock.now())
    audit.record(
        "certification.historic_compared",
        actor=actor,
        target=run,
        before={"provenance": Provenance.LIST},
        after={"provenance": Provenance.ARCHIVE, "rows": rows, "of": count},
        reason=remark,
    )
    jobs.start_job(
        kind=COMPARE_JOB, keys=[str(run.pk)], actor=actor, title=_("Entry in the register")
    )


def enter_compared(item: JobItem) -> dict[str, Any]:
    """Enter in the public register that a sample of the sheet was compared. The job's handler,
    safe to run twice.
    """
    run = HistoricImport.objects.get(pk=int(item.key))
    marks = (
        HistoricRecord.objects.filter(run=run).order_by("row").values_list("fingerprint", flat=True)
    )
    if run.confirmed_at is not None:
        entry = leaves.write_leaf(
            "compare",
            bytes.fromhex(sheet_fingerprint(list(marks))),
            timezone.localdate(run.confirmed_at),
        )
        register.append_register_entries([entry], sign=LogSigner(load_announced_keys().register))
    return {}


def _may(actor: Actor, run: HistoricImport) -> None:
    require(actor, CONFIRM_HISTORIC, run.org)
    if actor.pk is not None and actor.pk in {run.applied_by_id, run.actor_id}:
        raise SecondOfficerNeeded(
            "second_person",
            _(
                "The person who uploaded or imported the sheet can't compare it. Another person "
                "has to look at the originals."
            ),
        )
    if run.state != HistoricState.APPLIED:
        raise DomainError(
            "not_taken_over", _("Only an imported sheet can be compared with the originals.")
        )
    if run.confirmed_at is not None:
        raise DomainError(
            "compared_already",
            _("This sheet has already been compared. Reload the page and look again."),
        )
