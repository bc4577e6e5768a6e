"""Compare the addresses of this site. An address is a scheme and an authority, written in one way."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


class AddressError(ValueError):
    """The text is not the address of a site."""


@lru_cache(maxsize=64)
def normalise_address(text: str) -> str:
    """Return *text* as `scheme://host` or `scheme://host:port`. The result is in lower case,
    without a trailing dot or slash and without the default port, and an international name is
    written in A-labels.

    A path, a query or a user name is refused: the site is served at the root of its host, and a
    did:web with a path would name another document. Raises `AddressError` with an English sentence
    for the operator.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        msg = f"{text!r} is not an address: {error}"
        raise AddressError(msg) from error
    if parts.scheme not in _PORTS or not parts.hostname:
        msg = f"{text!r} is not an address: write the scheme too, as in https://cert.example.cn"
        raise AddressError(msg)
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        msg = f"{text!r} has more than scheme, host and port. The site is served at the root of its host."
        raise AddressError(msg)
    return f"{parts.scheme}://{normalise_authority(parts.hostname, port, scheme=parts.scheme)}"


def normalise_authority(host: str, port: int | None = None, *, scheme: str) -> str:
    """Return `host` or `host:port` as addresses write it. *host* may carry a port itself, as a
    request's Host header does.
    """
    if port is None and not host.endswith("]"):
        name, colon, digits = host.rpartition(":")
        if colon and digits.isdigit() and (name.endswith("]") or ":" not in name):
            host, port = name, int(digits)
    name = host.strip("[]").lower().rstrip(".")
    if ":" in name:
        name = f"[{name}]"
    elif not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError as error:
            msg = f"{host!r} is not the name of a host"
            raise AddressError(msg) from error
    return name if port in (None, _PORTS[scheme]) else f"{name}:{port}"


def get_address_host(address: str) -> str:
    """Return the host of a normalised address without its port, as Django's ALLOWED_HOSTS lists
    it.
    """
    authority = urlsplit(address).netloc
    return authority if authority.endswith("]") else authority.rpartition(":")[0] or authority
