"""List the addresses under which this site signs or once signed. Each is the name of an issuer of
its own (did:web).
"""

from __future__ import annotations

from django.conf import settings

from certification.credentials import did
from certification.models import IssuerAddress
from core.addresses import AddressError, normalise_address, normalise_authority


def present_address() -> str:
    """Return the address under which the site signs today, as `core.addresses` writes it."""
    return normalise_address(settings.BASE_URL)


def list_own_addresses() -> list[str]:
    """Return the present address, the former ones of the settings, and those on record from
    signing. One query.
    """
    return list(
        dict.fromkeys(
            [
                *list_configured_addresses(),
                *IssuerAddress.objects.order_by("-pk").values_list("address", flat=True),
            ]
        )
    )


def list_own_issuers() -> list[str]:
    """Return the DID of each of the site's own addresses, today's first. One query."""
    return list(dict.fromkeys(map(did.did_of, list_own_addresses())))


def find_address_of_host(host: str, *, scheme: str) -> str:
    """Return the address of the settings, present or former, to which a request for *host* over
    *scheme* was made. No query.

    If http and https of one host are both addresses, the scheme decides. Otherwise the host alone
    does, since a proxy may speak plain HTTP to the site. A host that is none of them, such as a
    load balancer's probe, is answered as the present address.
    """
    addresses = list_configured_addresses()
    try:
        exact = f"{scheme}://{normalise_authority(host, scheme=scheme)}"
        authorities = {normalise_authority(host, scheme=name) for name in ("https", "http")}
    except (AddressError, KeyError):
        return addresses[0]
    if exact in addresses:
        return exact
    return next((one for one in addresses if one.partition("://")[2] in authorities), addresses[0])


def list_configured_addresses() -> list[str]:
    """Return the present address and the former ones of the settings. The site answers to all of
    them.
    """
    return list(
        dict.fromkeys([present_address(), *map(normalise_address, settings.FORMER_ADDRESSES)])
    )


def list_forgotten_addresses() -> list[str]:
    """Return addresses under which the site has signed and which the settings don't name any more.
    One query.
    """
    configured = list_configured_addresses()
    return [one for one in list_own_addresses() if one not in configured]


def warn_of_forgotten_addresses() -> str:
    """Return `forgotten` if certificates name an address that the site no longer answers to, else
    an empty string.
    """
    return "forgotten" if list_forgotten_addresses() else ""
