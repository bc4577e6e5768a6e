"""Kinds of audit events about messages."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register

WEBHOOK_ADDED = register("notify.webhook_added", label=_("Webhook added"))
WEBHOOK_CHANGED = register("notify.webhook_changed", label=_("Webhook changed"))
WEBHOOK_REMOVED = register("notify.webhook_removed", label=_("Webhook removed"))
WEBHOOK_DISABLED = register("notify.webhook_disabled", label=_("Webhook switched off after failures"))
TEMPLATE_CHANGED = register("notify.template_changed", label=_("Message text changed"))
TEMPLATE_RESET = register("notify.template_reset", label=_("Message text set back to the shipped one"))
