"""Messages about webhooks."""

from django.utils.translation import gettext_lazy as _

from notify.enums import MessageChannel
from notify.registry import register_message_kind

WEBHOOK_OFF = register_message_kind(
    "api.webhook_off",
    label=_("A webhook was switched off"),
    subject=_("The webhook “{name}” of {owner} was switched off"),
    text=_(
        "For three days it took none of our events, or the other side answered that it wants no more. "
        "Look at the log, mend the other side, and switch it on again."
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
