"""Kinds of audit events about messages."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.registry import register
from audit.words import register_field

WEBHOOK_ADDED = register("notify.webhook_added", label=_("Webhook added"))
WEBHOOK_CHANGED = register("notify.webhook_changed", label=_("Webhook changed"))
WEBHOOK_REMOVED = register("notify.webhook_removed", label=_("Webhook removed"))
WEBHOOK_DISABLED = register("notify.webhook_disabled", label=_("Webhook switched off after failures"))
TEMPLATE_CHANGED = register("notify.template_changed", label=_("Message text changed"))
TEMPLATE_RESET = register("notify.template_reset", label=_("Message text set back to the shipped one"))

# What the keys of before/after are called on the screens.
for _key, _label in {
    "secret": pgettext_lazy("in the record", "Key"),
}.items():
    register_field(_key, _label, of="notify.")
