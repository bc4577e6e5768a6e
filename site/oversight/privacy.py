"""Declare what the desk itself keeps, and which offices and records stand in the way of erasure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import registry
from access.queries import roles_of
from core.personal import blocks_erasure, declare_keeping, keeps_on_erasure
from oversight.workflows.privacy_export import delete_export
from people.models import DataExport, Person
from people.privacy_enums import DataExportState
from people.rules.privacy import EXPORT_DAYS


def _old_copies(cutoff: datetime) -> Any:
    return DataExport.objects.filter(state=DataExportState.READY, ready_at__lt=cutoff).order_by(
        "pk"
    )


declare_keeping(
    "exports",
    label=gettext_lazy("Copies of personal data for the person concerned"),
    why=gettext_lazy(
        "Created only for the person concerned. Deleted after seven days, even if not downloaded."
    ),
    days=EXPORT_DAYS,
    due=_old_copies,
    purge=lambda cutoff: sum(delete_export(export=export) for export in _old_copies(cutoff)),
    shown=lambda row: f"{row.created_at:%Y-%m-%d}",
)


def _offices_held(person: Person) -> list[str]:
    if person.user is None:
        return []
    return [
        _("You hold the role “%(role)s”. Hand it over first.")
        % {"role": registry.get_role(row.role).label}
        for row in roles_of(person.user)
    ]


def _stays(person: Person) -> list[str]:
    return [
        _(
            "The audit log of who did what and when is kept, because the law allows no one "
            "to change it. No one can sign in to your account any more."
        ),
        _(
            "The dates of membership and employment are kept under a pseudonym, because the "
            "union's statistics and certificates are based on them."
        ),
    ]


blocks_erasure("access", _offices_held)
keeps_on_erasure("audit", _stays)
