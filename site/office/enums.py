"""What a sent spreadsheet brings, and its life."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportKind(models.TextChoices):
    """What a spreadsheet brings."""

    TREE = "tree", _("union tree")
    ROSTER = "roster", _("roster")


class ImportState(models.TextChoices):
    """Life of one sent spreadsheet."""

    REFUSED = "refused", _("rows to mend")
    READY = "ready", _("checked, not yet taken over")
    APPLIED = "applied", _("taken over")
    DISCARDED = "discarded", _("thrown away")


IMPORT_MOVES = {
    ImportState.REFUSED: {ImportState.DISCARDED},
    ImportState.READY: {ImportState.APPLIED, ImportState.DISCARDED},
    ImportState.APPLIED: set(),
    ImportState.DISCARDED: set(),
}
