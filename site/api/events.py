"""Declare the kinds of audit events about keys of programs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.registry import register
from audit.words import register_field

KEY_MADE = register("api.key_made", label=_("Key for a program made"), clear={"scopes", "prefix", "ends_on"})
WEBHOOK_ADDED = register("api.webhook_added", label=_("Webhook added"), clear={"kinds"})
WEBHOOK_CHANGED = register("api.webhook_changed", label=_("Webhook changed"), clear={"kinds", "active", "secret"})
WEBHOOK_REMOVED = register("api.webhook_removed", label=_("Webhook removed"))
WEBHOOK_DISABLED = register("api.webhook_disabled", label=_("Webhook switched off after failures"), clear={"failing_since"})
KEY_REVOKED = register("api.key_revoked", label=_("Key of a program revoked"))

register_field("secret", pgettext_lazy("in the record", "Secret"), of="api.webhook_changed")
