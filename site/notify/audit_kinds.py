"""Kinds of audit events about messages."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register_audit_kind

TEMPLATE_CHANGED = register_audit_kind("notify.template_changed", label=_("Message text changed"))
TEMPLATE_RESET = register_audit_kind(
    "notify.template_reset", label=_("Message text reset to the default")
)
