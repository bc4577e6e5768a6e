"""Short messages: the gateway signs, follows no redirect, and nothing of number or text reaches a
log.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from core import sms

TO, TEXT = "13812345678", "验证码 123456"


class Handler(BaseHTTPRequestHandler):
    """A gateway that answers what the test wants."""

    server: Any

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        status, answer = self.server.says
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(answer)


@pytest.fixture
def gateway() -> Iterator[Any]:
    server: Any = HTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.says = [], (200, b'{"id": "m-1"}')
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def client(server: Any) -> sms.HttpsGateway:
    return sms.HttpsGateway(
        url=f"http://127.0.0.1:{server.server_port}/send", key="site", secret="shared", sign="匠路"
    )


def test_the_message_is_signed_and_the_receipt_returned(gateway: Any) -> None:
    assert client(gateway).send(TO, "code_sign_in", {"code": "123456"}, TEXT) == "m-1"
    headers, body = gateway.got[0]
    told = json.loads(body)
    assert {key: told[key] for key in ("to", "template", "params", "text", "sign")} == {
        "to": TO,
        "template": "code_sign_in",
        "params": {"code": "123456"},
        "text": TEXT,
        "sign": "匠路",
    }
    assert headers["X-Craftpath-Signature"] == sms.sign_sms_request(
        "shared", headers["X-Craftpath-Time"], body
    )
    assert headers["X-Craftpath-Key"] == "site"


@pytest.mark.parametrize(
    ("status", "again"), [(400, False), (403, False), (429, True), (500, True), (302, False)]
)
def test_a_refusal_says_whether_to_try_again_and_a_redirect_is_one(
    gateway: Any, status: int, again: bool
) -> None:
    gateway.says = (status, b"")
    with pytest.raises(sms.SmsError) as refused:
        client(gateway).send(TO, "x", {}, TEXT)
    assert refused.value.again is again
    assert len(gateway.got) == 1


def test_a_gateway_that_is_down_may_be_tried_again() -> None:
    with pytest.raises(sms.SmsError) as refused:
        sms.HttpsGateway(url="http://127.0.0.1:9/", secret="s").send(TO, "x", {}, TEXT)
    assert refused.value.again


@pytest.mark.parametrize("says", [b"", b"[]", b"{}", b"nonsense"])
def test_an_odd_answer_is_an_empty_receipt(gateway: Any, says: bytes) -> None:
    gateway.says = (200, says)
    assert client(gateway).send(TO, "x", {}, TEXT) == ""


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("http://gateway.example/", "s"),
        ("", "s"),
        ("ftp://x/", "s"),
        ("https://gateway.example/", ""),
    ],
)
def test_half_a_configuration_is_refused(url: str, secret: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        sms.HttpsGateway(url=url, secret=secret)


def test_logs_hold_neither_number_nor_text(gateway: Any, caplog: pytest.LogCaptureFixture) -> None:
    client(gateway).send(TO, "code_sign_in", {"code": "123456"}, TEXT)
    gateway.says = (500, TEXT.encode())
    with pytest.raises(sms.SmsError) as refused:
        client(gateway).send(TO, "code_sign_in", {"code": "123456"}, TEXT)
    told = caplog.text + str(refused.value)
    assert TO not in told
    assert "123456" not in told


def test_without_a_gateway_nothing_is_sent(settings: Any) -> None:
    settings.SMS_GATEWAY = ""
    assert not sms.can_send_sms()
    with pytest.raises(sms.SmsError):
        sms.send_sms(TO, "x", {}, TEXT)


def test_the_console_prints(capsys: pytest.CaptureFixture[str]) -> None:
    sms.ConsoleGateway().send(TO, "x", {}, TEXT)
    assert TEXT in capsys.readouterr().err
