"""One sent spreadsheet: what was found in it, and whether it was taken over."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import Storage
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import PublicId, Stamped
from office.enums import ImportKind, ImportState


def import_path(run: SheetImport, filename: str) -> str:
    """Return where the sent file is kept: by random identifier, never by its name."""
    return f"imports/{run.public_id}.xlsx"


def private_storage() -> Storage:
    """Return the storage that only checked views read."""
    from django.core.files.storage import storages  # slow import

    return storages["private"]


class SheetImport(PublicId, Stamped):
    """A dry run and what came of it. All or nothing: with one faulty row nothing is taken over."""

    kind = models.CharField(_("kind"), max_length=10, choices=ImportKind)
    org = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="imports", verbose_name=_("union"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("sent by"))
    filename = models.CharField(_("file"), max_length=200)
    file = models.FileField(upload_to=import_path, storage=private_storage)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=12, choices=ImportState)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    summary = models.JSONField(default=dict)
    problems = models.JSONField(default=list, help_text="[[row, sentence], …]; sentences hold no personal data")
    applied_at = models.DateTimeField(_("taken over"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.UniqueConstraint(fields=["org", "kind", "sha256"], condition=models.Q(state="applied"), name="import_applied_once"),
        ]

    def __str__(self) -> str:
        return self.filename
