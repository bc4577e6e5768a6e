"""Kinds of messages that this app declares for itself and for accounts, whose app is below and
can't declare its own.
"""

from django.utils.translation import gettext_lazy as _

from notify.registry import register_message_kind

TRIAL = register_message_kind(
    "notify.trial",
    label=_("Trial message"),
    subject=_("This is a trial message"),
    text=_(
        "You asked for it in your message settings. It was sent at once, so quiet hours and "
        "digest emails don't affect it."
    ),
    link="/messages/preferences/",
    urgent=True,
)
NEW_DEVICE = register_message_kind(
    "people.new_device",
    label=_("Sign-in on a new device"),
    subject=_("Sign-in on a new device"),
    text=_(
        "Your account was signed in to with {device} on {at:moment}. If that was you, you "
        "needn't do anything. If not, change your password at once."
    ),
    sms=_(
        "Your account was signed in to from a new device on {at:moment}. If that wasn't "
        "you, change your password at once."
    ),
    sms_template="CRAFTPATH_NEW_DEVICE",
    link="/me/account/",
    security=True,
    sample={"device": "Chrome · Windows", "at": "2026-11-24T09:41:00+08:00"},
)
