#!/usr/bin/env bash
# django-allauth's WeChat provider garbles Chinese nicknames, and fails on some Latin ones, when the answer is labelled as UTF-8 JSON.
#
# WeChat's profile answer was once labelled text/plain without a charset, which HTTP clients read as Latin-1. The adapter undoes that
# (`encode("raw_unicode_escape").decode("utf-8")`) whatever the label was. Behind a label that is right (a gateway, a private deployment, or
# WeChat itself once it corrects the header) 张三 becomes the twelve characters \u5f20\u4e09, and a nickname with é raises UnicodeDecodeError.
#
# Seen on 2026-11-29 with django-allauth 65.21.1, requests 2.34.2, Django 5.2.19: text/plain gives 张三; application/json gives
# '\\u5f20\\u4e09'; René with application/json raises UnicodeDecodeError.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Django==5.2.19 'django-allauth[socialaccount]==65.21.1' requests==2.34.2
"$folder/venv/bin/python" - <<'PYTHON'
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="x",
    ALLOWED_HOSTS=["testserver"],
    INSTALLED_APPS=[
        "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
        "allauth", "allauth.account", "allauth.socialaccount", "allauth.socialaccount.providers.weixin",
    ],
    MIDDLEWARE=["allauth.account.middleware.AccountMiddleware"],
    SOCIALACCOUNT_PROVIDERS={"weixin": {"APPS": [{"client_id": "a", "secret": "b"}]}},
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
django.setup()

from django.core.management import call_command

call_command("migrate", verbosity=0)

from allauth.core import context
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter
from django.test import RequestFactory


class Profile(BaseHTTPRequestHandler):
    label, name = "", ""

    def do_GET(self):
        body = json.dumps({"openid": "o1", "nickname": self.name}, ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Type", self.label)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


server = HTTPServer(("127.0.0.1", 0), Profile)
threading.Thread(target=server.serve_forever, daemon=True).start()


def nickname(name: str, label: str) -> str:
    """Return the nickname that the adapter keeps of a profile answer with this label, or the name of the error it raises."""
    Profile.name, Profile.label = name, label
    request = RequestFactory().get("/")
    request.session = {}
    adapter = WeixinOAuth2Adapter(request)
    adapter.profile_url = f"http://127.0.0.1:{server.server_port}/sns/userinfo"
    with context.request_context(request):
        try:
            login = adapter.complete_login(request, None, SimpleNamespace(token="t"), response={"openid": "o1"})
        except UnicodeDecodeError as error:
            return type(error).__name__
    return login.account.extra_data["nickname"]


JSON = "application/json; charset=utf-8"
seen = {
    ("张三", "text/plain"): nickname("张三", "text/plain"),
    ("张三", JSON): nickname("张三", JSON),
    ("René", JSON): nickname("René", JSON),
}
for (name, label), kept in seen.items():
    print(f"{name} as {label}: {kept}")
assert list(seen.values()) == ["张三", "\\u5f20\\u4e09", "UnicodeDecodeError"], seen
print("still so")
PYTHON
