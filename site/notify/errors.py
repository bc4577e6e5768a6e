"""Errors of messages, each with its sentence."""

from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput


class AddressRefused(InvalidInput):
    """The site won't call this address."""

    def __init__(self, reason: str) -> None:
        sentence = _(
            "This address can't be used. It must start with https:// and be reachable from "
            "the public internet."
        )
        super().__init__("address_refused", sentence, fields={"url": sentence}, reason=reason)


class SubscriptionRefused(InvalidInput):
    """What a browser sent isn't a usable subscription."""

    def __init__(self) -> None:
        super().__init__(
            "subscription_refused",
            _("Your browser's reply can't be used. Reload the page and try again."),
        )
