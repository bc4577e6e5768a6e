"""Define what a key may do."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    """One permission of a key."""

    VERIFY = "verify", _("verify certificates")
    WATCH_READ = "watch:read", _("read the watch-list")
    WATCH_WRITE = "watch:write", _("change the watch-list")
