"""Kinds of messages of the messages themselves, and of accounts (whose app stands below and can't declare them)."""

from django.utils.translation import gettext_lazy as _

from notify.enums import Channel
from notify.registry import register

WEBHOOK_PING = register(
    "notify.webhook_ping",
    label=_("Test of a webhook"),
    subject=_("Test of your webhook"),
    text=_("If you can read this, the address works. Check the signature as the Standard Webhooks specification says."),
    channels={Channel.WEBHOOK},
    hidden=True,
)
WEBHOOK_OFF = register(
    "notify.webhook_off",
    label=_("A webhook was switched off"),
    subject=_("Your webhook “{name}” was switched off"),
    text=_("It didn't take our messages. Look at the log, mend the other side, and switch it on again."),
    link="/messages/webhooks/{webhook}/",
    channels={Channel.INBOX, Channel.MAIL},
    mandatory=True,
    sample={"name": "人事系统", "webhook": "00000000-0000-4000-8000-000000000000"},
)
TRIAL = register(
    "notify.trial",
    label=_("Trial message"),
    subject=_("This is a trial message"),
    text=_("You asked for it under your preferences. It came at once, so quiet hours and collected mail don't show here."),
    link="/messages/preferences/",
    urgent=True,
)
NEW_DEVICE = register(
    "people.new_device",
    label=_("Sign-in from a new device"),
    subject=_("Sign-in from a new device"),
    text=_(
        "Your account was signed in to with {device} on {at:moment}. If that was you, do nothing. If not, change your password at once."
    ),
    sms=_("Your account was signed in to from a new device on {at:moment}. If that wasn't you, change your password at once."),
    sms_template="CRAFTPATH_NEW_DEVICE",
    link="/me/account/",
    security=True,
    sample={"device": "Chrome · Windows", "at": "2026-11-24T09:41:00+08:00"},
)
