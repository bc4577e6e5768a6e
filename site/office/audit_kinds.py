"""Kinds of audit events of the office."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register_audit_kind
from audit.words import register_field

ROSTER_IMPORTED = register_audit_kind("office.roster_imported", label=_("Roster imported"))
TREE_IMPORTED = register_audit_kind("office.tree_imported", label=_("Union tree imported"))
IMPORT_UNDONE = register_audit_kind("office.import_undone", label=_("Import undone"))
IMPORT_DISCARDED = register_audit_kind("office.import_discarded", label=_("Import thrown away"))

for _key, _label in {
    "new": _("New persons"),
    "possible": _("Recorded anew, perhaps known already"),
    "updated": _("Already recorded, brought up to date"),
    "same": _("Already recorded, nothing to change"),
    "faulty": _("Rows to mend, left out"),
    "noted": _("Rows with another spelling"),
    "unions": _("Unions with new persons"),
    "new_employers": _("New employers"),
    "kept_mobiles": _("Mobile numbers left to the account"),
    "removed": _("New persons taken out again"),
    "restored": _("Values restored"),
    "kept": _("Kept as they are"),
    "units": _("New unions"),
}.items():
    for _kind in ("roster_imported", "tree_imported", "import_undone"):
        register_field(_key, _label, of=f"office.{_kind}")
