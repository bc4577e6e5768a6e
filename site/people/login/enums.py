"""Purposes and channels of one-time codes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CodePurpose(models.TextChoices):
    """What a code is for.

    A code for one purpose can't be used for another.
    """

    SIGN_IN = "sign_in", _("sign in")
    RESET = "reset", _("set a new password")
    PHONE = "phone", _("confirm a phone number")
    MAIL = "mail", _("confirm an email address")
    ACTIVATE = "activate", _("activate an account")


class CodeChannel(models.TextChoices):
    """How a code reaches the person."""

    SMS = "sms", _("text message")
    MAIL = "mail", _("email")
    PAPER = "paper", _("handed over in person by the union")
