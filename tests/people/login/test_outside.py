"""Sign-in through other services: a real OpenID Connect provider on loopback, keys and all; and WeCom's
two odd calls.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from audit.models import Event
from core.sms import MemoryGateway
from tests.factories.ground import UserFactory
from tests.people.login.support import (
    PHONE,
    app_code,
    last_code,
    make_old,
    member,
    sign_in,
    with_app,
)

pytestmark = pytest.mark.django_db
START, BACK = "/sign-in/with/oidc/", "/sign-in/with/oidc/back/"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """What the provider would say next; tests bend it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.subject = "employee-7"
        self.userinfo_subject = ""
        self.claims: dict[str, Any] = {"name": "张三"}
        self.key = KEY
        self.audience = "craftpath"
        self.issuer = address
        self.age = 0
        self.codes: dict[str, str] = {}
        self.ok = True

    def id_token(self) -> str:
        now = int(time.time()) - self.age
        told = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": self.subject,
            "iat": now,
            "exp": now + 300,
            **self.claims,
        }
        return jwt.encode(told, self.key, algorithm="RS256", headers={"kid": "k1"})


class Server(ThreadingHTTPServer):
    """Answers for one provider."""

    provider: Provider


class Handler(BaseHTTPRequestHandler):
    """The provider's five addresses, and WeCom's two."""

    server: Server

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def tell(self, what: Any, status: int = 200) -> None:
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        provider = self.server.provider
        path = urlsplit(self.path)
        if not provider.ok:
            self.tell({}, 503)
        elif path.path == "/.well-known/openid-configuration":
            at = provider.address
            self.tell(
                {
                    "issuer": at,
                    "authorization_endpoint": f"{at}/authorize",
                    "token_endpoint": f"{at}/token",
                    "userinfo_endpoint": f"{at}/userinfo",
                    "jwks_uri": f"{at}/jwks",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        elif path.path == "/jwks":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            self.tell({"keys": [{**public, "kid": "k1", "alg": "RS256"}]})
        elif path.path == "/userinfo":
            self.tell({"sub": provider.userinfo_subject or provider.subject, **provider.claims})
        elif path.path == "/cgi-bin/gettoken":
            self.tell({"errcode": 0, "access_token": "t", "expires_in": 7200})
        elif path.path == "/cgi-bin/auth/getuserinfo":
            member_of = parse_qs(path.query)["code"][0] == "good"
            self.tell(
                {"errcode": 0, "userid": "zhangsan"}
                if member_of
                else {"errcode": 0, "openid": "stranger"}
            )
        else:
            self.tell({}, 404)

    def do_POST(self) -> None:
        provider = self.server.provider
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        challenge = provider.codes.pop(sent["code"][0], None)
        proof = (
            base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"][0].encode()).digest())
            .rstrip(b"=")
            .decode()
        )
        if challenge != proof or sent["client_secret"] != ["s3cret"]:
            self.tell({"error": "invalid_grant"}, 400)
        else:
            self.tell(
                {"access_token": "t", "token_type": "Bearer", "id_token": provider.id_token()}
            )


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for the tests of this file."""
    made = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def provider(server: Server, settings: Any) -> Provider:
    """The provider, switched on."""
    address = f"http://127.0.0.1:{server.server_port}"
    server.provider = Provider(address)
    app = {
        "provider_id": "oidc",
        "name": "统一身份认证",
        "client_id": "craftpath",
        "secret": "s3cret",
        "settings": {"server_url": address, "oauth_pkce_enabled": True},
    }
    wecom = {
        "client_id": "ww1",
        "secret": "s",
        "settings": {"agent_id": "1000002", "server_url": address},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [app]},
        "wecom": {"APPS": [wecom]},
    }
    return server.provider


def go(client: Client, provider: Provider, start: str = START, **sent: str) -> Any:
    """Press the button, let the provider agree, come back."""
    away = client.post(start, sent)
    assert away.status_code == 302, away
    asked = parse_qs(urlsplit(away.url).query)
    assert away.url.startswith(f"{provider.address}/authorize?")
    assert asked["code_challenge_method"] == ["S256"]
    provider.codes["once"] = asked["code_challenge"][0]
    return client.get(f"{BACK}?{urlencode({'code': 'once', 'state': asked['state'][0]})}")


def linked(user: Any) -> SocialAccount:
    return SocialAccount.objects.create(user=user, provider="oidc", uid="employee-7")


def who(client: Client) -> Any:
    return client.session.get("_auth_user_id")


def test_off_by_default(client: Client) -> None:
    assert client.get("/sign-in/").context["outside_ways"] == []
    for address in (
        START,
        "/sign-in/with/wecom/",
        "/sign-in/with/dingtalk/",
        "/sign-in/with/weixin/",
    ):
        assert client.post(address).status_code == 404
    assert client.get(BACK).status_code == 404


def test_a_linked_identity_signs_in_and_leads_on(client: Client, provider: Provider) -> None:
    user = UserFactory()
    linked(user)
    assert go(client, provider, next="/me/account/").url == "/me/account/"
    assert who(client) == str(user.pk)
    assert Event.objects.get(kind="people.signed_in").after == {"ways": ["oidc"]}


def test_an_unlinked_identity_opens_no_account_but_is_offered_after_another_sign_in(
    client: Client, provider: Provider
) -> None:
    user = UserFactory()
    answer = go(client, provider)
    assert answer.url == "/sign-in/with/unknown/"
    assert client.get(answer.url).status_code == 200
    assert (who(client), type(user).objects.count(), SocialAccount.objects.count()) == (None, 1, 0)
    assert sign_in(client, user).url == "/me/account/link/"
    assert client.get("/me/account/link/").context["their_name"] == "张三"
    assert SocialAccount.objects.count() == 0  # nothing without a press
    assert client.post("/me/account/link/").url == "/me/account/"
    row = SocialAccount.objects.get()
    assert (row.user, row.provider, row.uid, row.extra_data) == (
        user,
        "oidc",
        "employee-7",
        {"name": "张三"},
    )
    assert (
        client.post("/me/account/link/").url == "/me/account/"
    )  # a second press finds nothing to do


def test_no_is_an_answer(client: Client, provider: Provider) -> None:
    go(client, provider)
    sign_in(client, UserFactory())
    assert client.post("/me/account/link/", {"no": "1"}).url == "/me/"
    assert SocialAccount.objects.count() == 0


def test_a_vouched_number_is_matched_only_by_its_code(
    client: Client, provider: Provider, posts: Any
) -> None:
    provider.claims |= {"phone_number": f"+86{PHONE}", "phone_number_verified": True}
    user = member()
    go(client, provider)
    assert who(client) is None
    assert "138****5678" in client.get("/sign-in/with/unknown/").content.decode()
    assert posts("/sign-in/with/unknown/").url == "/sign-in/code/enter/"
    assert posts("/sign-in/code/enter/", {"code": last_code()}).url == "/me/account/link/"
    client.post("/me/account/link/")
    assert SocialAccount.objects.get().user == user


def test_a_number_the_provider_hasnt_checked_counts_for_nothing(
    client: Client, provider: Provider, posts: Any
) -> None:
    provider.claims |= {"phone_number": PHONE, "phone_number_verified": False}
    member()
    go(client, provider)
    posts("/sign-in/with/unknown/")
    assert MemoryGateway.outbox == []


def test_the_second_factor_is_asked_all_the_same(client: Client, provider: Provider) -> None:
    user = with_app(UserFactory())
    linked(user)
    assert go(client, provider).url == "/sign-in/second/"
    assert who(client) is None
    client.post("/sign-in/second/", {"code": app_code()})
    assert who(client) == str(user.pk)


def test_a_closed_account_stays_closed(client: Client, provider: Provider) -> None:
    linked(UserFactory(is_active=False))
    assert go(client, provider).url == "/sign-in/"
    assert who(client) is None


@pytest.mark.parametrize(
    "bend",
    [
        {"key": OTHER_KEY},
        {"audience": "somebody-else"},
        {"issuer": "https://evil.example"},
        {"age": 600},
        {"userinfo_subject": "employee-8"},
    ],
    ids=["signature", "audience", "issuer", "expired", "two subjects"],
)
def test_a_token_that_doesnt_fit_is_refused(
    client: Client, provider: Provider, bend: dict[str, Any]
) -> None:
    linked(UserFactory())
    for name, value in bend.items():
        setattr(provider, name, value)
    assert go(client, provider).url == "/sign-in/"
    assert who(client) is None
    assert Event.objects.get().kind == "people.sign_in_failed"


def test_an_answer_nobody_asked_for_is_refused(client: Client, provider: Provider) -> None:
    linked(UserFactory())
    assert client.get(f"{BACK}?code=once&state=made-up").url == "/sign-in/"
    state = parse_qs(urlsplit(client.post(START).url).query)["state"][0]
    assert Client().get(f"{BACK}?code=once&state={state}").url == "/sign-in/"


def test_a_provider_that_is_down_is_said_so(client: Client, provider: Provider) -> None:
    provider.ok = False
    assert client.post(START).url == "/sign-in/"


def test_cancelling_there_leads_back(client: Client, provider: Provider) -> None:
    state = parse_qs(urlsplit(client.post(START).url).query)["state"][0]
    assert client.get(f"{BACK}?error=access_denied&state={state}").url == "/sign-in/"


def test_linking_from_the_account_page_asks_first_and_needs_a_recent_proof(
    client: Client, provider: Provider
) -> None:
    user = UserFactory()
    sign_in(client, user)
    assert go(client, provider, "/me/account/link/oidc/").url == "/me/account/link/"
    client.post("/me/account/link/")
    assert SocialAccount.objects.get().user == user
    make_old(client)
    assert client.post("/me/account/link/oidc/").url.startswith("/sign-in/again/")


def test_one_identity_belongs_to_one_account(client: Client, provider: Provider) -> None:
    first = UserFactory()
    linked(first)
    sign_in(client, UserFactory())
    go(client, provider, "/me/account/link/oidc/")
    assert client.post("/me/account/link/").status_code == 409
    assert SocialAccount.objects.get().user == first


def test_unlinking_ends_it_and_others_links_dont_exist(client: Client, provider: Provider) -> None:
    user = UserFactory()
    row = linked(user)
    client.force_login(UserFactory())
    assert client.post(f"/me/account/links/{row.pk}/remove/").status_code == 404
    client.force_login(user)
    assert client.get(f"/me/account/links/{row.pk}/remove/").status_code == 200
    assert client.post(f"/me/account/links/{row.pk}/remove/").url == "/me/account/"
    assert SocialAccount.objects.count() == 0


@pytest.mark.parametrize(("code", "comes_in"), [("good", True), ("stranger", False)])
def test_wecom_lets_members_of_the_corporation_in(
    client: Client, provider: Provider, code: str, comes_in: bool
) -> None:
    user = UserFactory()
    SocialAccount.objects.create(user=user, provider="wecom", uid="ww1:zhangsan")
    away = client.post("/sign-in/with/wecom/")
    asked = parse_qs(urlsplit(away.url).query)
    assert (asked["appid"], asked["agentid"], asked["login_type"]) == (
        ["ww1"],
        ["1000002"],
        ["CorpApp"],
    )
    client.get(f"/sign-in/with/wecom/back/?code={code}&state={asked['state'][0]}")
    assert who(client) == (str(user.pk) if comes_in else None)


@pytest.mark.parametrize("provider", ["weixin", "dingtalk", "wecom", "oidc"])
def test_answer_of_a_provider_that_is_off_is_no_address(client, provider):
    assert (
        client.get(f"/sign-in/with/{provider}/back/", {"code": "x", "state": "y"}).status_code
        == 404
    )
