"""A timestamp service as one would rent it: RFC 3161 over HTTP, under a root of its own, which
publishes its revocation list beside it.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.certification.signing.pki import Key, certify, der, make_key


def revocation_list(
    key: Key, by: x509.Certificate, *revoked: x509.Certificate, days: int = 7
) -> bytes:
    """Return a list of *by*, signed with *key*, as PEM; made *days* before it runs out, eight days
    long.
    """
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.subject)
        .last_update(until - datetime.timedelta(days=8))
        .next_update(until)
    )
    for one in revoked:
        since = until - datetime.timedelta(days=8)
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(one.serial_number)
            .revocation_date(since)
            .build()
        )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


class StampService:
    """What the service is: its address, root and list. `mood` is what it does to the next
    requests.
    """

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/"
        self.mood = "well"
        self.asked = self.lists_given = 0
        self.root_key, key = make_key(), make_key("rsa")
        self.root = certify(self.root_key, "Timestamp root", ca=True)
        self.certificate = certify(
            key,
            "Timestamps",
            by=(self.root_key, self.root),
            tsa=True,
            list_at=f"{self.url}root.crl",
        )
        self.revoked: tuple[x509.Certificate, ...] = ()
        self.list_days = 7
        store = SimpleCertificateStore()
        store.register(asn1_x509.Certificate.load(der(self.root)))
        self._stamper = DummyTimeStamper(
            tsa_cert=asn1_x509.Certificate.load(der(self.certificate)),
            tsa_key=asn1_keys.PrivateKeyInfo.load(
                key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
            ),
            certs_to_embed=store,
        )

    @property
    def list(self) -> bytes:
        return revocation_list(self.root_key, self.root, *self.revoked, days=self.list_days)

    def answer(self, asked: bytes) -> tuple[int, str, bytes]:
        self.asked += 1
        request = tsp.TimeStampReq.load(asked)
        match self.mood:
            case "error":
                return 500, "text/html", b"<h1>Internal Server Error</h1>"
            case "portal":  # a proxy that wants a password answers like this
                return 200, "text/html", b"<html>please sign in</html>"
            case "garbage":
                return 200, "application/timestamp-reply", b"\x30\x03\x02\x01\x00"
            case "other":
                imprint = request["message_imprint"]["hashed_message"].native
                request["message_imprint"]["hashed_message"] = bytes(len(imprint))
        return (
            200,
            "application/timestamp-reply",
            self._stamper.request_tsa_response(request).dump(),
        )

    def write_root(self, folder: Path) -> Path:
        path = folder / "stamp-root.pem"
        path.write_bytes(self.root.public_bytes(Encoding.PEM))
        return path


@contextmanager
def serving(service: StampService | None = None) -> Iterator[StampService]:
    """Run a service while the block lasts; with *service* the one that was there before comes up
    again at its address.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            self._say(*made.answer(asked))

        def do_GET(self) -> None:
            made.lists_given += 1
            self._say(200, "application/pkix-crl", made.list)

        def _say(self, status: int, kind: str, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    port = int(service.url.rsplit(":", 1)[1].strip("/")) if service else 0
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    made = service or StampService(server.server_port)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
