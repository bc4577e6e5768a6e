"""Channels, states of a delivery and rhythms."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MessageChannel(models.TextChoices):
    """Ways to reach a person. The inbox is on the site, and all others leave it."""

    INBOX = "inbox", _("inbox")
    MAIL = "mail", pgettext_lazy("channel", "email")
    SMS = "sms", _("SMS")
    PUSH = "push", _("web push")


OUTSIDE = (MessageChannel.MAIL, MessageChannel.SMS, MessageChannel.PUSH)
CHOSEN = (MessageChannel.INBOX, MessageChannel.MAIL, MessageChannel.SMS, MessageChannel.PUSH)


class DeliveryState(models.TextChoices):
    """The states of one message on its way through one channel to one address. A lease that has
    run out counts as queued.
    """

    QUEUED = "queued", pgettext_lazy("delivery", "waiting")
    LEASED = "leased", pgettext_lazy("delivery", "being sent")
    DONE = "done", pgettext_lazy("delivery", "sent")
    DEAD = "dead", pgettext_lazy("delivery", "not sent")
    DROPPED = "dropped", pgettext_lazy("delivery", "cancelled")


class Rhythm(models.TextChoices):
    """How often mail comes."""

    NOW = "now", _("at once")
    DAILY = "daily", _("once a day")
    WEEKLY = "weekly", _("once a week")


class Weekday(models.IntegerChoices):
    """The days of the week, numbered as `datetime.weekday()` does."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")
