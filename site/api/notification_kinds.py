"""Messages about webhooks."""

from django.utils.translation import gettext_lazy as _

from notify.enums import MessageChannel
from notify.registry import register_message_kind

WEBHOOK_OFF = register_message_kind(
    "api.webhook_off",
    label=_("A webhook was turned off"),
    subject=_("The webhook “{name}” of {owner} was turned off"),
    text=_(
        "It hasn't accepted any of our events for three days, or the other side asked for "
        "no more. Check the log, fix your program, and turn the webhook on again."
    ),
    link="/api/webhooks/{webhook}/",
    channels={MessageChannel.INBOX, MessageChannel.MAIL},
    mandatory=True,
    audience="officer",
    sample={
        "name": "人事系统",
        "owner": "示例机械有限公司",
        "webhook": "00000000-0000-4000-8000-000000000000",
    },
)
