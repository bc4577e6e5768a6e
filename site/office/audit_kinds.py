"""Kinds of audit events of the office."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register_audit_kind
from audit.words import register_field

ROSTER_IMPORTED = register_audit_kind("office.roster_imported", label=_("Roster imported"))
TREE_IMPORTED = register_audit_kind("office.tree_imported", label=_("Union tree imported"))
IMPORT_UNDONE = register_audit_kind("office.import_undone", label=_("Import undone"))
IMPORT_DISCARDED = register_audit_kind("office.import_discarded", label=_("Import discarded"))

for _key, _label in {
    "new": _("New people"),
    "possible": _("New records, possibly already recorded"),
    "updated": _("Already recorded, updated"),
    "same": _("Already recorded, unchanged"),
    "faulty": _("Rows to correct, left out"),
    "noted": _("Rows with a different spelling"),
    "unions": _("Unions with new people"),
    "new_employers": _("New employers"),
    "kept_mobiles": _("Mobile numbers kept as set in the account"),
    "removed": _("New people removed again"),
    "restored": _("Values restored"),
    "kept": _("Left unchanged"),
    "units": _("New unions"),
}.items():
    for _kind in ("roster_imported", "tree_imported", "import_undone"):
        register_field(_key, _label, of=f"office.{_kind}")
