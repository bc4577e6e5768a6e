"""Every screen of the site, one address of each template, looked at on a desk and on a phone.

Each page must fit its screen, satisfy axe-core (WCAG 2.2 AA), log nothing, ask no other host, have
one h1, and offer targets of 44 px; a list's long cell or a button too small is found here before
anybody meets it. One page of each make (`MAKE`) is walked through by keyboard: Tab reaches the main
act, the focus is seen and not hidden, and the page is left again at its end.

The addresses and who may see them are those of the role matrix (`tests/access/matrix.py`): a new
row there is looked at here. With SCREENSHOTS=folder each page is also kept as a picture.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Error

from tests.access import asking, matrix, world
from tests.support.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "preload": False,
}
PICTURES = os.environ.get("SCREENSHOTS", "")
# Who is asked first where several may: the plain case before the powerful one.
PLAIN = (
    world.OWNER,
    world.WORKER,
    "union_officer",
    "union_admin",
    "class_lead",
    "judge",
    "chief_judge",
)
# The Wagtail desk's pages are drawn by Wagtail; ours inside it are looked at in tests/cms.
DRAWN_ELSEWHERE = ("/manage/",)

LOOK = """() => {
    const seen = (one) => one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
    const small = [];
    const size = (box) => Math.round(box.width) + "x" + Math.round(box.height);
    for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
        if (!seen(one) || one.matches(".skip")) continue;
        const style = getComputedStyle(one);
        if (one.matches("a") && style.display === "inline") continue;  // a link in a line of text
        const boxes = [one, ...(one.labels || [])].map((part) => part.getBoundingClientRect());
        const after = getComputedStyle(one, "::after");
        if (after.position === "absolute" && after.inset === "0px") boxes.push(one.closest(".card-link").getBoundingClientRect());
        if (boxes.every((box) => !box.width || !box.height)) continue;
        const breadth = one.matches("a") && one.textContent.trim() ? 24 : 43.5;  // a word of two letters is as wide as it is
        if (boxes.some((box) => box.height >= 43.5 && box.width >= breadth)) continue;
        small.push(size(boxes[0]) + " " + one.outerHTML.slice(0, 120));
    }
    const room = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth - room;
    const guilty = wide <= 0 ? [] : [...document.querySelectorAll("main *")].filter((one) => seen(one)
        && one.getBoundingClientRect().right > room + 1).slice(-3).map((one) => one.outerHTML.slice(0, 120));
    return { small, wide, guilty, headings: document.querySelectorAll("h1").length };
}"""
# What a page is made of: pages of one make behave alike under the Tab key.
MAKE = """() => ["form", "table", "dialog", "details", ".dock", ".office", ".chips", "[data-ready]", ".btn-primary"]
    .filter((part) => document.querySelector("main")?.querySelector(part) || document.querySelector("body > " + part)).join(" ")"""
TAB = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const shown = (part) => {
        const style = getComputedStyle(part);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    };
    const around = one.closest(".card-link, .upload, .choice");
    const box = one.getBoundingClientRect();
    const x = Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 1);
    const y = Math.min(Math.max(box.y + box.height / 2, 1), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    const free = !top || one.contains(top) || top.contains(one) || [...(one.labels || [])].some((label) => label.contains(top));
    one.dataset.stop = one.dataset.stop || String(document.querySelectorAll("[data-stop]").length + 1);
    return { stop: one.dataset.stop, shown: shown(one) || (around !== null && shown(around)), free, html: one.outerHTML.slice(0, 120),
        main: Boolean(one.closest("main")) && one.matches(".btn-primary") };
}"""


MADE: set[str] = (
    set()
)  # makes that were walked through already; a worker of its own walks through them again


def addresses() -> dict[str, list[str]]:
    """Return the names of the matrix that are asked by GET, by app."""
    found: dict[str, list[str]] = {}
    for name, row in matrix.ROWS.items():
        if not row.post and not row.led:
            found.setdefault(name.partition(":")[0] if ":" in name else "core", []).append(name)
    return found


class Screens:
    """The pages of one app, each with a browser of somebody who may see it."""

    def __init__(self, names: list[str], chromium: Any, base: str) -> None:
        self.names, self.chromium, self.base = names, chromium, base
        self.side = world.side()
        people = world.subjects(self.side)
        self.clients = asking.clients(people)
        for key, client in self.clients.items():
            if people[key] is not None:
                signed_in_now(client)
        self.people = set(people) - {world.SUPERUSER}  # who sees menus that nobody else sees
        self.contexts: dict[tuple[str, str], Any] = {}
        self.faults: list[str] = []
        self.logged: list[str] = []

    def pages(self) -> Iterator[tuple[str, str, str]]:
        """Yield name, address and account of the first page of each template; files and redirects
        are no pages.
        """
        drawn = set()
        for name in self.names:
            row = matrix.ROWS[name]
            url = reverse(name, kwargs=world.KWARGS[row.on](self.side))
            if url.startswith(DRAWN_ELSEWHERE):
                continue
            expected = row.expected({*self.people, world.SUPERUSER})
            may = [key for key in sorted(self.people) if expected[key] == asking.IN]
            who = (
                world.NOBODY
                if world.NOBODY in may
                else next((key for key in PLAIN if key in may), may[0] if may else None)
            )
            if who is None:
                continue
            response = self.clients[who].get(url)
            template = response.templates[0].name if getattr(response, "templates", None) else ""
            is_html = (
                response.status_code == 200
                and response["Content-Type"].startswith("text/html")
                and not response.streaming
            )
            is_page = (
                is_html and b"<html" in response.content[:200]
            )  # a part of a page is fetched by a page
            response.close()
            if is_page and template not in drawn:
                drawn.add(template)
                yield name, url, who

    def page(self, who: str, language: str = "zh-CN") -> Any:
        """Return the page in which *who* is signed in and reads *language*."""
        if (who, language) not in self.contexts:
            context = self.chromium.new_context(
                viewport=DESKTOP, base_url=self.base, locale=language, reduced_motion="reduce"
            )
            context.set_default_timeout(15_000)
            cookie = self.clients[who].cookies.get(settings.SESSION_COOKIE_NAME)
            if cookie:
                context.add_cookies(
                    [
                        {
                            "name": settings.SESSION_COOKIE_NAME,
                            "value": cookie.value,
                            "url": self.base,
                        }
                    ]
                )
            page = context.new_page()
            page.on(
                "console",
                lambda message: (
                    self.logged.append(message.text) if message.type == "error" else None
                ),
            )
            page.on("pageerror", lambda error: self.logged.append(str(error)))
            page.on("request", self._host)
            self.contexts[who, language] = page
        return self.contexts[who, language]

    def _host(self, request: Any) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and address.netloc != urlsplit(self.base).netloc:
            self.logged.append(f"asked another host: {request.url}")

    def look(self, name: str, url: str, who: str) -> None:
        """Look at one page in both widths, and walk through it by keyboard if it is the first of
        its make.
        """
        page = self.page(who)
        page.set_viewport_size(DESKTOP)
        try:
            answer = page.goto(url)
        except Error as error:
            self.faults.append(f"{name}: {error.message.splitlines()[0]}")
            return
        if answer.status != 200:
            self.faults.append(f"{name} answered {answer.status} to {who}")
            return
        make = page.evaluate(MAKE)
        new = make not in MADE
        if new:
            MADE.add(make)
            self._walk(page, name)
            page.evaluate(
                "document.activeElement.blur()"
            )  # the way past the menu is seen only while it has the focus
        for screen, size in (("desk", DESKTOP), ("phone", PHONE)):
            page.set_viewport_size(size)
            where = f"{name} ({screen}, {who})"
            found = page.evaluate(LOOK)
            if found["wide"] > 0:
                self.faults.append(
                    f"{where}: {found['wide']} px wider than the screen: {found['guilty']}"
                )
            if found["headings"] != 1:
                self.faults.append(f"{where}: {found['headings']} h1")
            self.faults += [f"{where}: too small: {one}" for one in found["small"]]
            if PICTURES:
                page.screenshot(
                    path=Path(PICTURES) / f"{name.replace(':', '.')}-{screen}.png", full_page=True
                )
            if screen == "desk" and not new:
                continue  # the same parts as on a page before, and the phone sees the rest
            kept = len(self.logged)
            report = Axe().run(page, options=WCAG).response["violations"]
            del self.logged[kept:]  # axe's own style element, which our content policy refuses
            self.faults += [
                f"{where}: {one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
                for one in report
            ]
        self._look_in_english(name, url, who)
        self.faults += [f"{name}: logged {line}" for line in self.logged]
        self.logged.clear()

    def _look_in_english(self, name: str, url: str, who: str) -> None:
        """English words are longer: they must fit the phone too."""
        page = self.page(who, "en-GB")
        page.set_viewport_size(PHONE)
        page.goto(url)
        found = page.evaluate(LOOK)
        if found["wide"] > 0:
            self.faults.append(
                f"{name} (phone, in English): {found['wide']} px wider than the screen: {found['guilty']}"
            )
        self.faults += [f"{name} (phone, in English): too small: {one}" for one in found["small"]]
        if PICTURES:
            page.screenshot(
                path=Path(PICTURES) / f"{name.replace(':', '.')}-english.png", full_page=True
            )

    def _walk(self, page: Any, name: str) -> None:
        stops: list[dict[str, Any]] = []
        stayed = 0
        page.evaluate("document.activeElement.blur()")
        for _press in range(250):
            page.keyboard.press("Tab")
            stop = page.evaluate(TAB)
            if stop is None:
                break
            if stops and stop["stop"] == stops[-1]["stop"]:
                stayed += 1  # a time has several parts, each a stop of its own
                if stayed > 6:
                    self.faults.append(f"{name}: Tab stays on {stop['html']}")
                    break
                continue
            stayed = 0
            if any(one["stop"] == stop["stop"] for one in stops):
                if stop["stop"] != stops[0]["stop"]:
                    self.faults.append(f"{name}: Tab goes round in {stop['html']}")
                break
            stops.append(stop)
        else:
            self.faults.append(f"{name}: Tab never leaves")
        self.faults += [
            f"{name}: focus is not seen on {one['html']}" for one in stops if not one["shown"]
        ]
        self.faults += [
            f"{name}: focus is hidden on {one['html']}" for one in stops if not one["free"]
        ]
        main = page.locator("main .btn-primary:visible:not([disabled])").count()
        if main and not any(one["main"] for one in stops):
            self.faults.append(f"{name}: Tab doesn't reach the main act")


def signed_in_now(client: Any) -> None:
    """Let the session say that its account proved itself just now: the pages behind a second proof
    open.
    """
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time()},
        {"method": "mfa", "at": time.time()},
    ]
    session.save()


@pytest.mark.parametrize("app", sorted(addresses()))
def test_every_screen_fits_is_readable_and_is_reached_by_keyboard(
    app: str, chromium: Any, live_server: Any
) -> None:
    screens = Screens(addresses()[app], chromium, live_server.url)
    pages = list(screens.pages())
    for name, url, who in pages:
        screens.look(name, url, who)
    for page in screens.contexts.values():
        page.context.close()
    assert screens.faults == [], "\n".join(screens.faults)


def test_table_on_paper_stays_a_table_and_leaves_out_what_is_pressed(open_page: Any) -> None:
    page = open_page(width=680, height=960)  # A4 between its margins is narrower than a desk
    page.emulate_media(media="print")
    page.goto(reverse("styleguide"))
    shown = "(part) => getComputedStyle(document.querySelector(part)).display"
    assert [page.evaluate(shown, part) for part in (".ledger", ".ledger td", "main .btn")] == [
        "table",
        "table-cell",
        "none",
    ]
