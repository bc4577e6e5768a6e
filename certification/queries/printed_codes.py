"""List the hosts to which a code printed on a certificate of ours may lead."""

from __future__ import annotations

from urllib.parse import urlsplit

from certification.queries.addresses import list_own_addresses


def own_hosts() -> frozenset[str]:
    """Return the hosts (small letters, with the port if there is one) of this site's addresses,
    today's and former ones.
    """
    return frozenset(urlsplit(address).netloc for address in list_own_addresses())
