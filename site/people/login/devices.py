"""Names of browsers that a person recognises, and whether a browser has been used before."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.context import client_address
from core import clock
from people.models import KnownDevice, User

COOKIE = "known_device"
YEAR = 365 * 24 * 3600
# The first that fits counts: browsers name their ancestors too.
BROWSERS = (
    ("wxwork", gettext_lazy("WeCom")),
    ("MicroMessenger", gettext_lazy("WeChat")),
    ("DingTalk", gettext_lazy("DingTalk")),
    ("Edg", "Edge"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("MiuiBrowser", "Mi Browser"),
    ("QQBrowser", "QQ Browser"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def describe_device(user_agent: str) -> str:
    """Return a guess such as "Chrome, Android", or "Unknown device"."""
    browser = next((str(words) for mark, words in BROWSERS if mark in user_agent), "")
    system = next((words for mark, words in SYSTEMS if mark in user_agent), "")
    return ", ".join(filter(None, [browser, system])) or _("Unknown device")


def recognise_device(request: HttpRequest, user: User) -> tuple[KnownDevice, bool, str]:
    """Return the device, whether to tell the person of it, and the cookie to set.

    The person is told of a device that is new and not their first. It costs two queries for a known
    device. Call it inside the transaction of the sign-in.
    """
    cookie = request.COOKIES.get(COOKIE, "")
    if len(cookie) != 43:
        cookie = secrets.token_urlsafe(32)
    hashed = salted_hmac("people.known_device", cookie, algorithm="sha256").hexdigest()
    address = client_address(request)
    now = clock.now()
    known = KnownDevice.objects.filter(user=user, cookie_hash=hashed).first()
    if known:
        KnownDevice.objects.filter(pk=known.pk).update(last_at=now, address=address)
        return known, False, cookie
    others = KnownDevice.objects.filter(user=user).exists()
    made = KnownDevice.objects.create(
        user=user,
        cookie_hash=hashed,
        label=describe_device(request.headers.get("User-Agent", ""))[:100],
        address=address,
        first_at=now,
        last_at=now,
    )
    return made, others, cookie


def set_device_cookie(response: HttpResponse, cookie: str, *, secure: bool) -> None:
    """Set the cookie by which the device is known next time.

    The cookie signs nobody in.
    """
    response.set_cookie(COOKIE, cookie, max_age=YEAR, httponly=True, samesite="Lax", secure=secure)
