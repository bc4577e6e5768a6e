"""Declare the kinds of audit events about keys of programs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.registry import register_audit_kind
from audit.words import register_field

KEY_MADE = register_audit_kind(
    "api.key_made", label=_("API key created"), clear={"scopes", "prefix", "ends_on"}
)
WEBHOOK_ADDED = register_audit_kind("api.webhook_added", label=_("Webhook added"), clear={"kinds"})
WEBHOOK_CHANGED = register_audit_kind(
    "api.webhook_changed", label=_("Webhook changed"), clear={"kinds", "active", "secret"}
)
WEBHOOK_REMOVED = register_audit_kind("api.webhook_removed", label=_("Webhook removed"))
WEBHOOK_DISABLED = register_audit_kind(
    "api.webhook_disabled", label=_("Webhook turned off after failures"), clear={"failing_since"}
)
KEY_REVOKED = register_audit_kind("api.key_revoked", label=_("API key revoked"))

register_field("secret", pgettext_lazy("in the record", "Secret"), of="api.webhook_changed")
