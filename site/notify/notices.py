"""Kinds of messages that this app declares for itself and for accounts, whose app is below and
can't declare its own.
"""

from django.utils.translation import gettext_lazy as _

from notify.registry import register

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
