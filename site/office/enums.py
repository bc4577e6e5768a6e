"""Choices about uploaded spreadsheets, what becomes of their rows, and lists of members that were
asked for.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ImportKind(models.TextChoices):
    """What a spreadsheet contains."""

    TREE = "tree", _("union tree")
    ROSTER = "roster", _("roster")


class ImportState(models.TextChoices):
    """The states of an uploaded spreadsheet. Checking, applying and undoing are background work."""

    MAPPING = "mapping", _("columns to be matched")
    CHECKING = "checking", _("being checked")
    REFUSED = "refused", _("rows to correct")
    READY = "ready", _("checked, not imported yet")
    APPLYING = "applying", _("being imported")
    APPLIED = "applied", _("imported")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")
    DISCARDED = "discarded", _("discarded")


# Back from checking, applying or undoing: the background work failed, and nothing of it was
# written.
IMPORT_MOVES = {
    ImportState.MAPPING: {ImportState.CHECKING, ImportState.DISCARDED},
    ImportState.CHECKING: {
        ImportState.READY,
        ImportState.REFUSED,
        ImportState.MAPPING,
        ImportState.DISCARDED,
    },
    ImportState.REFUSED: {ImportState.CHECKING, ImportState.DISCARDED},
    ImportState.READY: {
        ImportState.CHECKING,
        ImportState.APPLYING,
        ImportState.APPLIED,
        ImportState.DISCARDED,
    },
    ImportState.APPLYING: {ImportState.APPLIED, ImportState.READY, ImportState.REFUSED},
    ImportState.APPLIED: {ImportState.UNDOING},
    ImportState.UNDOING: {ImportState.UNDONE, ImportState.APPLIED},
    ImportState.UNDONE: set(),
    ImportState.DISCARDED: set(),
}
WORKING = (ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING)
OPEN = (ImportState.MAPPING, ImportState.REFUSED, ImportState.READY)


class Effect(models.TextChoices):
    """What applying a staged row would do."""

    NEW = "new", pgettext_lazy("import", "new")
    POSSIBLE = "possible", _("possibly already recorded")
    UPDATE = "update", pgettext_lazy("import", "updated")
    SAME = "same", _("unchanged")
    FAULT = "fault", _("to correct")


class Undone(models.TextChoices):
    """What undoing did to a row that had been applied."""

    REMOVED = "removed", pgettext_lazy("import", "removed")
    RESTORED = "restored", _("values restored")
    KEPT = "kept", pgettext_lazy("import", "kept")


class PeopleExportState(models.TextChoices):
    """The states of a request for a large list of members, or for one with full numbers."""

    ASKED = "asked", pgettext_lazy("export", "waiting for a second person")
    MAKING = "making", pgettext_lazy("export", "being created")
    READY = "ready", pgettext_lazy("export", "ready")
    DECLINED = "declined", pgettext_lazy("export", "declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("export", "withdrawn")
    LAPSED = "lapsed", pgettext_lazy("export", "lapsed")
    FAILED = "failed", pgettext_lazy("export", "could not be created")
    DELETED = "deleted", pgettext_lazy("export", "deleted")


EXPORT_MOVES = {
    PeopleExportState.ASKED: {
        PeopleExportState.MAKING,
        PeopleExportState.DECLINED,
        PeopleExportState.WITHDRAWN,
        PeopleExportState.LAPSED,
    },
    PeopleExportState.MAKING: {PeopleExportState.READY, PeopleExportState.FAILED},
    PeopleExportState.READY: {PeopleExportState.DELETED},
    PeopleExportState.DECLINED: set(),
    PeopleExportState.WITHDRAWN: set(),
    PeopleExportState.LAPSED: set(),
    PeopleExportState.FAILED: set(),
    PeopleExportState.DELETED: set(),
}
