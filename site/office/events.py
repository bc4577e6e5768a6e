"""Kinds of audit events of the office."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register

ROSTER_IMPORTED = register("office.roster_imported", label=_("Roster imported"))
TREE_IMPORTED = register("office.tree_imported", label=_("Union tree imported"))
IMPORT_UNDONE = register("office.import_undone", label=_("Import undone"))
IMPORT_DISCARDED = register("office.import_discarded", label=_("Import thrown away"))
