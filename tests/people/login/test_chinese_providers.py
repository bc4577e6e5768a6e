"""WeCom, DingTalk and WeChat from the button to the account, against a server of their own on
loopback that checks what it is sent.

Nothing of allauth is replaced: the browser (the test client) presses the button, is sent away,
agrees there, and comes back; the site then asks the server over HTTP.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.auth import get_user_model
from django.test import Client

from audit.models import Event
from core.sms import MemoryGateway
from people.models import Person
from tests.factories.ground import UserFactory
from tests.people.login.support import PHONE, app_code, last_code, member, sign_in, with_app

pytestmark = pytest.mark.django_db
NAMES = ("wecom", "dingtalk", "weixin")
SENTENCE = "对方未能确认您的身份"
UIDS = {"wecom": "ww1:zhangsan", "dingtalk": "union-ding-7", "weixin": "union-wx-7"}
ON_PHONE = {
    "wecom": "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 wxwork/4.1.22 MicroMessenger/7.0.1",
    "dingtalk": "Mozilla/5.0 (Linux; Android 13; V2183A) AppleWebKit/537.36 Chrome/99.0 Mobile Safari/537.36 AliApp(DingTalk/7.6.0)",
    "weixin": "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114.0 Safari/537.36 ArkWeb/4.1 Mobile MicroMessenger/8.0.50",
}
ON_DESK = {
    "wecom": "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 Chrome/108.0 Safari/537.36 wxwork/4.1.22 MicroMessenger/7.0.1",
    "dingtalk": "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/108.0 dingtalk-win/1.0.0 Safari/537.36 DingTalk(7.6.0)",
    "weixin": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/537.36 Safari/537.36 MicroMessenger/6.8 MacWechat/3.8",
}
TOKENS = {
    "wecom": "/cgi-bin/gettoken",
    "dingtalk": "/v1.0/oauth2/userAccessToken",
    "weixin": "/sns/oauth2/access_token",
}
PROFILES = {
    "wecom": "/cgi-bin/auth/getuserinfo",
    "dingtalk": "/v1.0/contact/users/me",
    "weixin": "/sns/userinfo",
}


class Service(ThreadingHTTPServer):
    """The three services. *instead*: an answer (status, body) that a path gives in place of its
    own; *codes*: good for once.
    """

    daemon_threads = True

    def begin(self) -> None:
        self.instead: dict[str, tuple[int, bytes]] = {}
        self.codes: set[str] = set()
        self.asked: list[str] = []
        self.mobile: dict[str, str] = {}
        self.nickname = "张三"
        self.union = {"unionid": UIDS["weixin"]}


class Handler(BaseHTTPRequestHandler):
    """Answers as the services' documents say, refusals too (200 with `errcode`, 400 with `code`)."""

    server: Service

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def tell(self, what: Any, status: int = 200, kind: str = "application/json") -> None:
        body = what if isinstance(what, bytes) else json.dumps(what, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.answer({})

    def do_POST(self) -> None:
        self.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def answer(self, sent: dict[str, str]) -> None:
        parts = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.server.asked.append(parts.path)
        if parts.path in self.server.instead:
            status, body = self.server.instead[parts.path]
            self.tell(body, status)
            return
        deed = {**{path: getattr(self, f"{name}_token") for name, path in TOKENS.items()}}
        deed["/sns/getuserinfo_bycode"] = self.dingtalk_in_app
        deed |= {path: getattr(self, f"{name}_profile") for name, path in PROFILES.items()}
        if parts.path in deed:
            deed[parts.path](asked, sent)
        else:
            self.tell({}, 404)

    def spend(self, code: str | None) -> bool:
        """A code counts once."""
        if code in self.server.codes:
            self.server.codes.discard(code)
            return True
        return False

    def wecom_token(self, asked: dict[str, str], _sent: Any) -> None:
        good = (asked.get("corpid"), asked.get("corpsecret")) == ("ww1", "s3cret")
        self.tell(
            {"errcode": 0, "access_token": "wecom-token", "expires_in": 7200}
            if good
            else {"errcode": 40001, "errmsg": "invalid"}
        )

    def wecom_profile(self, asked: dict[str, str], _sent: Any) -> None:
        if asked.get("access_token") != "wecom-token" or not self.spend(asked.get("code")):
            self.tell({"errcode": 40029, "errmsg": "invalid code"})
        else:
            self.tell({"errcode": 0, "userid": "zhangsan"})

    def dingtalk_token(self, _asked: Any, sent: dict[str, str]) -> None:
        good = (sent.get("clientId"), sent.get("clientSecret"), sent.get("grantType")) == (
            "dingtalk1",
            "s3cret",
            "authorization_code",
        )
        if good and self.spend(sent.get("code")):
            self.tell(
                {"accessToken": "ding-token", "refreshToken": "r", "expireIn": 7200, "corpId": "c"}
            )
        else:
            self.tell(
                {"code": "invalidParameter.authCode.notFound", "message": "不合法的临时授权码"}, 400
            )

    def dingtalk_in_app(self, asked: dict[str, str], sent: dict[str, str]) -> None:
        signed = base64.b64encode(
            hmac.digest(b"s3cret", asked["timestamp"].encode(), "sha256")
        ).decode()
        good = (asked.get("accessKey"), asked.get("signature"), len(asked["timestamp"])) == (
            "dingtalk1",
            signed,
            13,
        )
        if good and self.spend(sent.get("tmp_auth_code")):
            self.tell(
                {
                    "errcode": 0,
                    "user_info": {
                        "nick": self.server.nickname,
                        "unionid": UIDS["dingtalk"],
                        "openid": "other-7",
                    },
                }
            )
        else:
            self.tell({"errcode": 40078, "errmsg": "不存在的临时授权码"})

    def dingtalk_profile(self, _asked: Any, _sent: Any) -> None:
        if self.headers.get("x-acs-dingtalk-access-token") == "ding-token":
            self.tell(
                {
                    "nick": self.server.nickname,
                    "openId": "open-ding-7",
                    "unionId": UIDS["dingtalk"],
                    "email": "a@b.cn",
                    **self.server.mobile,
                }
            )
        else:
            self.tell({"code": "InvalidAuthentication"}, 401)

    def weixin_token(self, asked: dict[str, str], _sent: Any) -> None:
        openids = {("weixin1", "s3cret"): "open-wx-7", ("account1", "s4cret"): "account-wx-7"}
        openid = openids.get((asked.get("appid", ""), asked.get("secret", "")))
        if (
            openid
            and asked.get("grant_type") == "authorization_code"
            and self.spend(asked.get("code"))
        ):
            told = {
                "access_token": "wx-token",
                "expires_in": 7200,
                "refresh_token": "r",
                "openid": openid,
            }
            self.tell(told, kind="text/plain")
        else:
            self.tell({"errcode": 40029, "errmsg": "invalid code"}, kind="text/plain")

    def weixin_profile(self, asked: dict[str, str], _sent: Any) -> None:
        if asked.get("access_token") == "wx-token" and asked.get("openid") in {
            "open-wx-7",
            "account-wx-7",
        }:
            told = {
                "openid": asked["openid"],
                "nickname": self.server.nickname,
                "headimgurl": "https://x.example/1",
                **self.server.union,
            }
            self.tell(told, kind="text/plain")
        else:
            self.tell({"errcode": 40001, "errmsg": "invalid credential"}, kind="text/plain")


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    """One server for the tests of this file."""
    made = Service(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def service(running: Service, settings: Any) -> Service:
    """The server as new, and all three providers switched on and led to it."""
    running.begin()
    at = f"http://127.0.0.1:{running.server_port}"
    clients = {"wecom": "ww1", "dingtalk": "dingtalk1", "weixin": "weixin1"}
    places = {
        "server_url": at,
        "authorize_url": f"{at}/agree",
        "agent_id": "1000002",
        "in_app_url": f"{at}/in-app",
    }
    places |= {"in_app_server_url": at, "account_id": "account1", "account_secret": "s4cret"}
    settings.SOCIALACCOUNT_PROVIDERS = {
        name: {"APPS": [{"client_id": client, "secret": "s3cret", "settings": places}]}
        for name, client in clients.items()
    }
    return running


def leave(
    client: Client, service: Service, name: str, start: str = "", **sent: str
) -> dict[str, str]:
    """Press the button; return what the service was asked."""
    away = client.post(start or f"/sign-in/with/{name}/", sent)
    assert away.status_code == 302, away
    assert away.url.startswith(f"http://127.0.0.1:{service.server_port}/agree?")
    return {key: values[0] for key, values in parse_qs(urlsplit(away.url).query).items()}


def come_back(
    client: Client, service: Service, name: str, asked: dict[str, str], **other: str
) -> Any:
    """Agree there, and come back with a code that counts once."""
    code = secrets.token_urlsafe(8)
    service.codes.add(code)
    told = {"authCode" if name == "dingtalk" else "code": code, "state": asked["state"], **other}
    return client.get(f"/sign-in/with/{name}/back/?{urlencode(told)}")


def go(client: Client, service: Service, name: str, start: str = "", **sent: str) -> Any:
    return come_back(client, service, name, leave(client, service, name, start, **sent))


def who(client: Client) -> Any:
    return client.session.get("_auth_user_id")


def linked(user: Any, name: str) -> SocialAccount:
    return SocialAccount.objects.create(user=user, provider=name, uid=UIDS[name])


def refused(client: Client, answer: Any) -> None:
    """Nobody came in; one sentence says so; nothing but a row in the record is left behind."""
    assert (answer.status_code, answer.url) == (302, "/sign-in/")
    assert (
        SENTENCE in client.get("/sign-in/", headers={"accept-language": "zh-hans"}).content.decode()
    )
    assert who(client) is None
    assert set(Event.objects.values_list("kind", flat=True)) <= {"people.sign_in_failed"}


@pytest.mark.parametrize("name", NAMES)
def test_button_asks_the_service_in_its_own_words(
    client: Client, service: Service, name: str
) -> None:
    assert f'action="/sign-in/with/{name}/"' in client.get("/sign-in/").content.decode()
    assert (
        client.get(f"/sign-in/with/{name}/").status_code == 405
    )  # a link from elsewhere starts nothing
    asked = leave(client, service, name)
    assert asked.pop("redirect_uri") == f"http://testserver/sign-in/with/{name}/back/"
    assert len(asked.pop("state")) >= 16
    if "scope" in asked:
        asked["scope"] = " ".join(
            sorted(asked["scope"].split())
        )  # the order of scopes means nothing (RFC 6749, 3.3)
    assert (
        asked
        == {
            "wecom": {"login_type": "CorpApp", "appid": "ww1", "agentid": "1000002"},
            "dingtalk": {
                "client_id": "dingtalk1",
                "response_type": "code",
                "scope": "corpid openid",
                "prompt": "consent",
            },
            "weixin": {"appid": "weixin1", "response_type": "code", "scope": "snsapi_login"},
        }[name]
    )


@pytest.mark.parametrize("name", NAMES)
def test_linked_account_signs_in_and_is_led_on(client: Client, service: Service, name: str) -> None:
    user = UserFactory()
    linked(user, name)
    assert go(client, service, name, next="/me/account/").url == "/me/account/"
    assert who(client) == str(user.pk)
    assert Event.objects.get(kind="people.signed_in").after == {"ways": [name]}
    assert service.asked == [TOKENS[name], PROFILES[name]]
    assert SocialToken.objects.count() == 0  # what opens the account there isn't kept here
    assert SocialAccount.objects.get().extra_data == ({} if name == "wecom" else {"name": "张三"})


@pytest.mark.parametrize("name", NAMES)
def test_stranger_gets_a_sentence_and_no_account(
    client: Client, service: Service, name: str
) -> None:
    answer = go(client, service, name)
    assert answer.url == "/sign-in/with/unknown/"
    page = client.get(answer.url, headers={"accept-language": "zh-hans"}).content.decode()
    assert "尚未绑定" in page
    counts = (
        get_user_model().objects.count(),
        Person.objects.count(),
        SocialAccount.objects.count(),
        who(client),
    )
    assert counts == (0, 0, 0, None)
    # allauth's own form for new accounts is no address of ours, and another round leads to the same
    # sentence.
    assert client.get("/accounts/social/signup/").status_code == 404
    assert go(client, service, name).url == "/sign-in/with/unknown/"
    assert get_user_model().objects.count() == 0


@pytest.mark.parametrize("name", NAMES)
def test_unknown_identity_is_linked_only_after_another_sign_in_and_a_press(
    client: Client, service: Service, name: str
) -> None:
    user = UserFactory()
    go(client, service, name)
    assert sign_in(client, user).url == "/me/account/link/"
    assert SocialAccount.objects.count() == 0
    assert client.post("/me/account/link/").url == "/me/account/"
    row = SocialAccount.objects.get()
    assert (row.user, row.provider, row.uid) == (user, name, UIDS[name])
    other = Client()
    assert go(other, service, name).status_code == 302
    assert who(other) == str(user.pk)


@pytest.mark.parametrize("name", NAMES)
def test_second_factor_is_asked_all_the_same_and_a_closed_account_stays_closed(
    client: Client, service: Service, name: str
) -> None:
    user = with_app(UserFactory())
    linked(user, name)
    assert go(client, service, name).url == "/sign-in/second/"
    assert who(client) is None
    client.post("/sign-in/second/", {"code": app_code()})
    assert who(client) == str(user.pk)
    type(user).objects.update(is_active=False)
    stranger = Client()
    assert go(stranger, service, name).url == "/sign-in/"
    assert who(stranger) is None


@pytest.mark.parametrize("name", NAMES)
def test_wrong_state_lets_nobody_in_and_the_service_isnt_even_asked(
    client: Client, service: Service, name: str
) -> None:
    linked(UserFactory(), name)
    asked = leave(client, service, name)
    refused(client, come_back(client, service, name, {"state": "made-up"}))
    another = Client()
    refused(another, come_back(another, service, name, asked))  # a way begun in another browser
    assert service.asked == []


@pytest.mark.parametrize("name", NAMES)
def test_answer_counts_once(client: Client, service: Service, name: str) -> None:
    linked(UserFactory(), name)
    asked = leave(client, service, name)
    come_back(client, service, name, asked)
    client.post("/sign-out/")
    client.session.flush()
    thief = Client()
    assert come_back(thief, service, name, asked).url == "/sign-in/"
    assert who(thief) is None


@pytest.mark.parametrize("name", NAMES)
def test_code_the_service_doesnt_know_is_refused(
    client: Client, service: Service, name: str
) -> None:
    linked(UserFactory(), name)
    asked = leave(client, service, name)
    refused(
        client,
        client.get(
            f"/sign-in/with/{name}/back/?{urlencode({'code': 'made-up', 'state': asked['state']})}"
        ),
    )


@pytest.mark.parametrize("name", NAMES)
def test_person_who_says_no_there_is_led_back(client: Client, service: Service, name: str) -> None:
    for told in ({"error": "access_denied"}, {}):  # WeChat says no by leaving the code out
        asked = leave(client, service, name)
        answer = client.get(
            f"/sign-in/with/{name}/back/?{urlencode({'state': asked['state'], **told})}"
        )
        assert (answer.url, who(client)) == ("/sign-in/", None)


WRONG = {
    "down": (503, b""),
    "page instead of JSON": (200, b"<html>maintenance</html>"),
    "empty": (200, b""),
    "list": (200, b"[]"),
    "null": (200, b"null"),
    "nothing in it": (200, b"{}"),
    "refused": (200, b'{"errcode": 40163, "errmsg": "code been used"}'),
    "numbers for words": (
        200,
        b'{"access_token": 1, "accessToken": 1, "openid": 2, "openId": 2, "unionId": 2, "userid": 3}',
    ),
    "blank": (
        200,
        b'{"access_token": " ", "accessToken": " ", "openid": " ", "openId": " ", "unionId": " ", "userid": " "}',
    ),
    "no UTF-8": (200, b'{"openid": "\xff\xfe"'),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("part", ["token", "profile"])
@pytest.mark.parametrize("name", NAMES)
def test_service_that_answers_nonsense_lets_nobody_in(
    client: Client, service: Service, name: str, part: str, wrong: str
) -> None:
    linked(UserFactory(), name)
    service.instead[{"token": TOKENS, "profile": PROFILES}[part][name]] = WRONG[wrong]
    refused(client, go(client, service, name))


@pytest.mark.parametrize("name", NAMES)
def test_service_that_doesnt_answer_at_all_is_said_so(
    client: Client, service: Service, settings: Any, name: str
) -> None:
    linked(UserFactory(), name)
    asked = leave(client, service, name)
    settings.SOCIALACCOUNT_PROVIDERS[name]["APPS"][0]["settings"]["server_url"] = (
        "http://127.0.0.1:9"  # discard: nobody listens
    )
    refused(client, come_back(client, service, name, asked))


@pytest.mark.parametrize("nickname", ["欧阳𠮷·阿里木", "José", "🛠️匠", "\\u5f20", "a" * 500, ""])
@pytest.mark.parametrize("name", ["dingtalk", "weixin"])
def test_name_comes_as_it_is_written_there(
    client: Client, service: Service, name: str, nickname: str
) -> None:
    service.nickname = nickname
    go(client, service, name)
    sign_in(client, UserFactory())
    assert client.get("/me/account/link/").context["their_name"] == nickname[:60]


def test_weixin_profile_of_somebody_else_changes_nothing(client: Client, service: Service) -> None:
    linked(other := UserFactory(), "weixin")
    SocialAccount.objects.create(user=UserFactory(), provider="weixin", uid="somebody-else")
    service.instead[PROFILES["weixin"]] = (200, b'{"openid": "somebody-else", "nickname": "x"}')
    go(client, service, "weixin")
    assert who(client) in (None, str(other.pk))


def test_number_dingtalk_vouches_for_is_matched_only_by_its_code(
    client: Client, service: Service, posts: Any
) -> None:
    service.mobile = {"mobile": PHONE, "stateCode": "86"}
    user = member()
    go(client, service, "dingtalk")
    assert who(client) is None
    assert posts("/sign-in/with/unknown/").url == "/sign-in/code/enter/"
    assert posts("/sign-in/code/enter/", {"code": last_code()}).url == "/me/account/link/"
    client.post("/me/account/link/")
    assert SocialAccount.objects.get().user == user


def test_foreign_number_dingtalk_tells_is_left_alone(
    client: Client, service: Service, posts: Any
) -> None:
    service.mobile = {"mobile": PHONE, "stateCode": "852"}
    member()
    go(client, service, "dingtalk")
    posts("/sign-in/with/unknown/")
    assert MemoryGateway.outbox == []


# --- inside the apps on a phone ----------------------------------------------------------------------------------------


def phone(name: str) -> Client:
    """Return a client that calls itself the browser of the app *name* on a phone."""
    return Client(headers={"user-agent": ON_PHONE[name], "accept-language": "zh-hans"})


def go_in_app(client: Client, service: Service, name: str) -> tuple[dict[str, str], Any]:
    """Press the button inside the app, which answers at once; return what it was asked and our
    answer to its own.
    """
    away = client.post(f"/sign-in/with/{name}/", {"next": "/me/account/"})
    assert away.status_code == 302
    place = urlsplit(away.url)
    assert place.path == "/in-app"
    assert place.fragment == ("" if name == "dingtalk" else "wechat_redirect")
    asked = {key: values[0] for key, values in parse_qs(place.query).items()}
    code = secrets.token_urlsafe(8)
    service.codes.add(code)
    return asked, client.get(
        f"/sign-in/with/{name}/back/?{urlencode({'code': code, 'state': asked['state']})}"
    )


@pytest.mark.parametrize("name", NAMES)
def test_app_on_a_phone_is_asked_itself_and_the_link_made_on_a_desk_signs_in(
    service: Service, name: str
) -> None:
    user = UserFactory()
    linked(user, name)
    client = phone(name)
    asked, answer = go_in_app(client, service, name)
    assert asked.pop("redirect_uri") == f"http://testserver/sign-in/with/{name}/back/"
    state = asked.pop("state")
    assert state.isalnum(), "WeCom takes letters and digits only"
    assert (
        asked
        == {
            "wecom": {
                "appid": "ww1",
                "agentid": "1000002",
                "response_type": "code",
                "scope": "snsapi_base",
            },
            "dingtalk": {"appid": "dingtalk1", "response_type": "code", "scope": "snsapi_auth"},
            "weixin": {"appid": "account1", "response_type": "code", "scope": "snsapi_userinfo"},
        }[name]
    )
    assert (answer.url, who(client)) == ("/me/account/", str(user.pk))


@pytest.mark.parametrize("name", NAMES)
def test_app_on_a_desk_shows_the_code_to_scan(service: Service, name: str) -> None:
    leave(Client(headers={"user-agent": ON_DESK[name]}), service, name)


@pytest.mark.parametrize("name", NAMES)
def test_browser_of_one_app_offers_no_code_of_another(service: Service, name: str) -> None:
    client = phone(name)
    page = client.get("/sign-in/").content.decode()
    assert [other for other in NAMES if f'action="/sign-in/with/{other}/"' in page] == [name]
    assert "请在该应用内或电脑上打开本页" in page
    assert "、" in page.partition("请在该应用内或电脑上打开本页")[0][-20:]
    assert [
        client.post(f"/sign-in/with/{other}/").status_code for other in NAMES if other != name
    ] == [404, 404]


def test_wechat_without_an_official_account_offers_nothing_inside_wechat(
    service: Service, settings: Any
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["weixin"]["APPS"][0]["settings"] = {
        "website": True,
        "account_id": "",
    }
    assert 'action="/sign-in/with/weixin/"' not in phone("weixin").get("/sign-in/").content.decode()
    assert 'action="/sign-in/with/weixin/"' in Client().get("/sign-in/").content.decode()


def test_wechat_with_an_official_account_alone_offers_nothing_elsewhere(
    service: Service, settings: Any
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["weixin"]["APPS"][0]["settings"] |= {"website": False}
    assert 'action="/sign-in/with/weixin/"' not in Client().get("/sign-in/").content.decode()
    assert 'action="/sign-in/with/weixin/"' in phone("weixin").get("/sign-in/").content.decode()


def test_wechat_that_tells_no_common_id_knows_two_identities(service: Service) -> None:
    service.union = {}
    user = UserFactory()
    SocialAccount.objects.create(user=user, provider="weixin", uid="open-wx-7")
    desk = Client()
    go(desk, service, "weixin")
    assert who(desk) == str(user.pk)
    inside = phone("weixin")
    assert go_in_app(inside, service, "weixin")[1].url == "/sign-in/with/unknown/"


@pytest.mark.parametrize("wrong", [*WRONG, "nobody"])
def test_dingtalk_that_answers_nonsense_in_the_app_lets_nobody_in(
    service: Service, wrong: str
) -> None:
    linked(UserFactory(), "dingtalk")
    service.instead["/sns/getuserinfo_bycode"] = WRONG.get(
        wrong, (200, b'{"errcode": 0, "user_info": {"unionid": " "}}')
    )
    client = phone("dingtalk")
    refused(client, go_in_app(client, service, "dingtalk")[1])
