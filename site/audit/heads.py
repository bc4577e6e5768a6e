"""The head of the chain, stored a second time in the database and signed with the site's key.

Sealing moves it on in its own transaction. If somebody cuts off the end of the chain in SQL, the
head points at a link that is missing. If they set the head back, they have no key to sign the older
place with. An older signed row that they kept is refused by the trigger, and by what is in the file
outside the database.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from audit.models import Head

SALT = "craftpath.audit.head"
ROW = 1


def compute_head_signature(
    links: int, last_link: int, value: str, *, key: str | bytes | None = None
) -> str:
    """Return the keyed digest (HMAC-SHA-256, hex) of a head.

    It covers how many links there ever were, the number of the last link and its value. *key* is
    the site's secret key unless another is given.
    """
    return str(
        salted_hmac(
            SALT, f"{links}:{last_link}:{value}", secret=key, algorithm="sha256"
        ).hexdigest()
    )


def is_signed_here(head: Head) -> bool:
    """Say whether this site signed *head*, with its present key or an earlier one
    (`SECRET_KEY_FALLBACKS`).
    """
    return any(
        constant_time_compare(
            head.signature, compute_head_signature(head.links, head.last_link, head.value, key=key)
        )
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


def read_head() -> Head | None:
    """Return the stored head, or None."""
    return Head.objects.filter(pk=ROW).first()


def advance_head(head: Head, *, links: int, last_link: int, value: str) -> None:
    """Move *head* on by *links* links to the link number *last_link* with *value*.

    Call it in the transaction that made the links.
    """
    total = head.links + links
    _write(total, last_link, value)


def sign_head(head: Head) -> None:
    """Sign *head* with the present key.

    Call it only after the whole chain was found in order.
    """
    _write(head.links, head.last_link, head.value)


def _write(links: int, last_link: int, value: str) -> None:
    signed = compute_head_signature(links, last_link, value)
    Head.objects.filter(pk=ROW).update(
        links=links, last_link=last_link, value=value, signature=signed
    )
