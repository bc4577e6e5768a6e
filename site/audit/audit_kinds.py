"""Kinds of audit events about the record itself."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register_audit_kind

CHECKED = register_audit_kind("audit.fault_found", label=_("Check of the record found a fault"))
ARCHIVED = register_audit_kind("audit.archived", label=_("Old part of the record archived"))
SIGNED_ANEW = register_audit_kind(
    "audit.head_signed_anew", label=_("End of the record signed with a new key")
)
