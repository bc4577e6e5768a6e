"""Send one guarded POST request.

The host name is resolved once and that address is called, so that a name that resolves differently
the second time can't lead us into our own network. There are no redirects and no proxy from the
environment. HTTPS checks the certificate against the name. Time and size are bounded.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop

from notify.rules.addresses import is_public
from notify.transports.parcel import NotTaken

TIMEOUT = 10  # seconds, for each wait
WHOLE = 25  # seconds, for everything: an answer that drips is cut off
LARGEST = 4096  # bytes of an answer that are read


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The answer of the other side."""

    status: int
    body: bytes


class _Plain(http.client.HTTPConnection):
    """A connection to an address that has been checked already."""

    def __init__(self, host: str, port: int, *, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self.address = address

    def connect(self) -> None:
        """Call the checked address, not the name."""
        self.sock = socket.create_connection((self.address, self.port), TIMEOUT)


class _Tls(_Plain):
    """The same connection under TLS, where the certificate must belong to the host name."""

    default_port = 443

    def connect(self) -> None:
        """Call the checked address, and require its certificate to belong to the host name."""
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def parse_target_url(url: str) -> tuple[bool, str, int, str]:
    """Return (is TLS, host, port, path with query) of *url*, or raise `NotTaken` with the reason
    why it may not be called.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotTaken(gettext_noop("the address isn't valid"), again=False) from None
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.OUTSIDE_PRIVATE):
        raise NotTaken(gettext_noop("only https addresses are accepted"), again=False)
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise NotTaken(
            gettext_noop("the address must consist of a host name and a path only"), again=False
        )
    tls = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if any(ch <= " " or ch == "\x7f" for ch in path + parts.hostname):
        raise NotTaken(gettext_noop("the address isn't valid"), again=False)
    return tls, parts.hostname, port or (443 if tls else 80), path


def is_literal_address(host: str) -> bool:
    """Say whether *host* is an address already, which can be judged without a name look-up."""
    try:
        ip_address(host)
    except ValueError:
        return host.rstrip(".").lower() == "localhost" or host.replace(".", "").isdigit()
    return True


def resolve_host(host: str, port: int) -> str:
    """Return the address behind *host*, or raise `NotTaken`. If any of its addresses is inside our
    network, none is called.
    """
    try:
        found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise NotTaken(gettext_noop("the host name can't be found"), again=True) from None
    if not found:
        raise NotTaken(gettext_noop("the host name can't be found"), again=True)
    if not settings.OUTSIDE_PRIVATE and not all(is_public(address) for address in found):
        raise NotTaken(gettext_noop("the address is in a private network"), again=False)
    return found[0]


def post_guarded(url: str, *, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
    """Send *body* to *url* and return the answer, whatever its status. Raises `NotTaken` where
    there is no answer.
    """
    tls, host, port, path = parse_target_url(url)
    connection = (_Tls if tls else _Plain)(host, port, address=resolve_host(host, port))
    watch = threading.Timer(WHOLE, _cut, [connection])
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", path, body=body, headers={"User-Agent": "Craftpath", **headers})
        response = connection.getresponse()
        return HttpAnswer(response.status, response.read(LARGEST))
    except ssl.SSLCertVerificationError:
        raise NotTaken(
            gettext_noop("the other side's TLS certificate isn't valid"), again=True
        ) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotTaken(
            gettext_noop("the other side didn't respond") + f" ({type(error).__name__})", again=True
        ) from None
    finally:
        watch.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
