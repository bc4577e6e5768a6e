"""Kinds of audit events about keys of programs."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register

KEY_MADE = register("api.key_made", label=_("Key for a program made"), clear={"scopes", "prefix", "ends_on"})
WEBHOOK_ADDED = register("api.webhook_added", label=_("Webhook added"), clear={"kinds"})
WEBHOOK_CHANGED = register("api.webhook_changed", label=_("Webhook changed"), clear={"kinds", "active", "secret"})
WEBHOOK_REMOVED = register("api.webhook_removed", label=_("Webhook removed"))
WEBHOOK_DISABLED = register("api.webhook_disabled", label=_("Webhook switched off after failures"), clear={"failing_since"})
KEY_REVOKED = register("api.key_revoked", label=_("Key of a program revoked"))
