"""List what certificates ask of a person today, such as revocations to confirm and batches with
rows to mend.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certification.enums import BulkAct
from certification.queries.awards import list_outdated_awards
from certification.queries.batch import list_issuing_batches
from certification.queries.bulk import list_waiting_bulk_changes
from certification.queries.certificate import list_waiting_revocations
from certification.queries.holding import list_waiting_corrections
from certification.queries.paper_records import waiting_for_sample
from core.actors import account_id
from core.todos import Asker, Todo
from jobs.enums import JobItemState

RECENT = timedelta(days=14)
AT_MOST = 10


def list_revocations_to_confirm(asker: Asker) -> Iterator[Todo]:
    """Yield the revocations asked for by colleagues. One query."""
    for row in (
        list_waiting_revocations(asker.user)
        .exclude(requested_by=account_id(asker.user))
        .select_related("requested_by", "certificate")[:AT_MOST]
    ):
        yield Todo(
            title=_("Revocation to confirm: %(number)s") % {"number": row.certificate.number},
            text=str(row.get_reason_display()),
            by=str(row.requested_by),
            href=reverse("certification:office_certificate", args=[row.certificate.public_id]),
            act=_("Decide"),
            urgent=True,
        )


def list_bulk_changes_to_confirm(asker: Asker) -> Iterator[Todo]:
    """Yield the bulk changes asked for by colleagues. One query besides that for the user's
    rights.
    """
    for row in list_waiting_bulk_changes(asker.user)[:AT_MOST]:
        yield Todo(
            title=_("New files for many certificates to confirm")
            if row.act == BulkAct.REISSUE
            else _("Revocation of many certificates to confirm"),
            text=str(row.get_reason_display()) or row.note,
            by=str(row.asked_by),
            href=reverse("certification:bulk_change", args=[row.public_id]),
            act=_("Decide"),
            urgent=True,
        )


def list_corrections_to_decide(asker: Asker) -> Iterator[Todo]:
    """Yield the requests of holders for another name or photo. One query besides that for the
    user's rights.
    """
    for row in list_waiting_corrections(asker.user).exclude(asked_by=account_id(asker.user))[
        :AT_MOST
    ]:
        yield Todo(
            title=_("Correction requested: %(number)s") % {"number": row.certificate.number},
            text=str(row.get_what_display()),
            by=row.certificate.holder_name,
            href=reverse("certification:correction", args=[row.public_id]),
            act=_("Decide"),
            due=row.due_on,
        )


def list_corrected_award_todos(asker: Asker) -> Iterator[Todo]:
    """Yield one item for the award certificates whose published result was corrected. Two queries
    if no result ever was.
    """
    rows = list_outdated_awards(asker.user)
    if rows:
        yield Todo(
            title=ngettext(
                "%(count)s award certificate rests on a corrected result",
                "%(count)s award certificates rest on corrected results",
                len(rows),
            )
            % {"count": len(rows)},
            text=rows[0].corrected.event_title,
            href=reverse("certification:corrected_awards"),
            act=_("Replace or revoke"),
            urgent=True,
        )


def list_papers_to_compare(asker: Asker) -> Iterator[Todo]:
    """Yield the papers taken over by colleagues that nobody has compared with the originals yet.
    One query.
    """
    for row in waiting_for_sample(asker.user)[:AT_MOST]:
        yield Todo(
            title=_("Paper certificates to compare: %(union)s") % {"union": row.org.name},
            text=_("%(rows)s records from “%(file)s”")
            % {"rows": row.summary.get("new", 0), "file": row.filename},
            by=str(row.applied_by),
            href=reverse("certification:historic_sample", args=[row.public_id]),
            act=_("Compare"),
        )


def list_failed_batches(asker: Asker) -> Iterator[Todo]:
    """Yield the user's own batches with certificates that could not be made. One query."""
    batches = (
        list_issuing_batches(asker.user)
        .filter(created_at__gt=asker.now - RECENT)
        .annotate(bad=Count("items", filter=Q(items__state=JobItemState.FAILED)))
        .filter(bad__gt=0)
    )
    for job in batches[:AT_MOST]:
        yield Todo(
            title=job.title,
            text=ngettext(
                "%(count)s certificate needs a look", "%(count)s certificates need a look", job.bad
            )
            % {"count": job.bad},
            href=reverse("certification:batch_job", args=[job.public_id]),
            act=_("Look"),
        )
