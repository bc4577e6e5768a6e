"""Takes the three pictures of the README from a running demo: `.venv/bin/python -m
scripts.pictures`.

Makes a demo of its own in a temporary folder, as `make demo` would, and serves it on a free port. A
demo that is already made can be copied and given instead, with the port it was made for: `python -m
scripts.pictures FOLDER PORT` (it is changed: use a copy). Needs what `make test` installs.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from scripts.terminal import Bar, say
from tests.browser import running_site
from tests.support.browser import chromium_path

IMAGES = Path(__file__).resolve().parents[1] / "site" / "docs" / "images"
DESK, TABLET = (1280, 860), (1180, 820)
MARKS = (("A1.1", "2"), ("A1.2", "达标"), ("A1.3", "达标"))  # of the demo's scheme
LIMIT = 250_000  # bytes: a README should open at once
VALID_CODE = (
    "from certification.models import Certificate; from certification.enums import CertificateState; "
    "print('TOKEN', Certificate.objects.filter(state=CertificateState.ISSUED).latest('issued_on').token)"
)


def home(page: Any, env: dict[str, str]) -> None:
    """Open the front page as a stranger sees it."""
    page.goto("/")


def sheet(page: Any, env: dict[str, str]) -> None:
    """Open a sheet that waits for the demo's judge and give the first marks by touch."""
    page.goto("/sign-in/")
    page.locator('button[value="judge"]').click()
    page.wait_for_url("**/judging/")
    page.locator("a[href^='/judging/']:has-text('未评')").locator("visible=true").first.click()
    page.locator("#paper[data-ready]").wait_for()
    for aspect, word in MARKS:
        page.locator(f'.aspect[data-aspect="{aspect}"]').get_by_role(
            "button", name=word, exact=True
        ).click()
    page.locator("#network", has_text="全部已保存").wait_for()


def answer(page: Any, env: dict[str, str]) -> None:
    """Open the answer that the QR code of a valid certificate leads to."""
    token = (
        running_site.manage(env, "shell", "--no-imports", "-c", VALID_CODE)
        .split("TOKEN ", 1)[1]
        .strip()
    )
    page.goto(f"/v/{token}/")


PICTURES: dict[str, tuple[Any, Callable[[Any, dict[str, str]], None]]] = {
    "home": (DESK, home),
    "judging": (TABLET, sheet),
    "verification": (DESK, answer),
}


def take(base: str, env: dict[str, str]) -> None:
    """Write every picture, with no more colours than it needs."""
    from playwright.sync_api import sync_playwright  # slow import

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path() or playwright.chromium.executable_path,
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        bar = Bar("Taking pictures")
        for place, (name, (screen, open_page)) in enumerate(PICTURES.items(), start=1):
            context = browser.new_context(
                viewport={"width": screen[0], "height": screen[1]},
                base_url=base,
                locale="zh-CN",
                reduced_motion="reduce",
            )
            page = context.new_page()
            open_page(page, env)
            page.wait_for_load_state("networkidle")
            page.evaluate("document.fonts.ready")
            target = IMAGES / f"{name}.png"
            page.screenshot(path=target)
            context.close()
            shrink(target)
            bar.advance_to(place / len(PICTURES), f"{name}, {urlsplit(page.url).path}")
        bar.done()
        browser.close()


def shrink(picture: Path) -> None:
    """Store *picture* with a palette; raise if it is still heavier than a README should carry."""
    with Image.open(picture) as image:
        small = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(picture, optimize=True)
    if picture.stat().st_size > LIMIT:
        msg = f"{picture.name} has {picture.stat().st_size} bytes, more than {LIMIT}"
        raise ValueError(msg)


def main(arguments: list[str]) -> None:
    """Make or take a demo, serve it, take the pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="craftpath-pictures-") as made:
        if arguments:
            folder, port = Path(arguments[0]).resolve(), int(arguments[1])
            env = running_site.environment(folder, port)
            running_site.manage(env, "migrate", "--noinput")
            running_site.manage(env, "collectstatic", "--noinput", "--verbosity", "0")
        else:
            folder, port = Path(made) / "var", running_site.free_port()
            folder.mkdir()
            env = running_site.environment(folder, port)
            say("Making a demo; that takes a minute or two.")
            running_site.make(folder, env)
        with running_site.running(env, folder / "pictures.log") as base:
            take(base, env)


if __name__ == "__main__":
    main(sys.argv[1:])
