"""Django application `notify`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotifyConfig(AppConfig):
    """Messages to people: in-site inbox, mail, SMS, web push, webhook."""

    name = "notify"
    verbose_name = _("Messages")
