"""Kinds of audit events about the record itself."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register_audit_kind

CHECKED = register_audit_kind(
    "audit.fault_found", label=_("Check of the audit log found a problem")
)
ARCHIVED = register_audit_kind("audit.archived", label=_("Old part of the audit log archived"))
SIGNED_ANEW = register_audit_kind(
    "audit.head_signed_anew", label=_("End of the audit log signed with a new key")
)
