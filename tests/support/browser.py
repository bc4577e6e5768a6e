"""Chromium for tests marked `browser`: pages that fail the test when they log an error or ask
another host for anything.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.clock import Clock

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def chromium_path() -> str | None:
    """Return the browser's program: CHROMIUM, or the system's Chromium or Chrome; None where only
    Playwright may have one.
    """
    return os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


@dataclass
class Complaints:
    """What a page may not do: log errors, throw, or reach out to other hosts."""

    lines: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        """Note *line* unless the test has said that it expects it."""
        if not any(part in line for part in self.allowed):
            self.lines.append(line)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for the whole run."""
    from playwright.sync_api import sync_playwright  # slow import

    # Playwright keeps an event loop in this thread; Django would take that for asynchronous code.
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        path = chromium_path() or playwright.chromium.executable_path
        if not Path(path).exists():
            pytest.fail("No Chromium found. `make test` installs it; or set CHROMIUM to its path.")
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()
    patch.undo()


@pytest.fixture
def open_page(chromium: Any, live_server: Any, clock: Clock) -> Iterator[Callable[..., Any]]:
    """Return `open_page(width=…, height=…, **context options)`: a page of its own session on the
    live server.

    `page.complaints` collects cause of the error; the test fails on it at the end unless
    `page.complaints.allowed` names it.
    """
    contexts, complaints = [], Complaints()
    own = urlsplit(live_server.url).netloc

    def check_host(request: Any) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc != own:
            complaints.add(f"asked another host: {request.url}")

    def opened(width: int = 1280, height: int = 900, **options: Any) -> Any:
        options.setdefault("locale", "zh-CN")
        context = chromium.new_context(
            viewport={"width": width, "height": height}, base_url=live_server.url, **options
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        context.on("close", lambda closed: contexts.remove(closed))
        clock.follow(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: complaints.add(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: complaints.add(str(error)))
        page.on("request", check_host)
        page.complaints = complaints
        return page

    yield opened
    said = list(complaints.lines)
    for context in [*contexts]:  # those that the test hasn't closed itself
        context.set_offline(
            offline=True
        )  # what a page sends when it is left would meet a database that is gone
        context.close()
    assert said == []


@pytest.fixture
def desktop(open_page: Callable[..., Any]) -> Any:
    """A page 1280 px wide."""
    return open_page(**DESKTOP)


@pytest.fixture
def phone(open_page: Callable[..., Any]) -> Any:
    """A page of a phone, 390 px wide, with touch."""
    return open_page(**PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
