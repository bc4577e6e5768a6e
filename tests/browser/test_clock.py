"""Days are played: the live server, a worker's process and the browser show the moved time (ADR 56)."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from people.models import DataExport
from tests.factories.ground import WorkerFactory
from tests.support.clock import Clock

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
DAY = "new Date().toLocaleDateString('sv')"


def work() -> None:
    """Let another process do the background work that waits in this test's database."""
    name = str(connection.settings_dict["NAME"])
    address = (
        f"sqlite:///{name}"
        if connection.vendor == "sqlite"
        else urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "work"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": address,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_copy_of_my_data_is_made_on_a_day_far_off_and_gone_eight_days_later(
    clock: Clock, open_page: Any, live_server: Any
) -> None:
    clock.move_to(datetime(2031, 3, 4, 10, 0, tzinfo=timezone.get_default_timezone()))
    client = Client()
    client.force_login(WorkerFactory().user)
    cookie = {
        "name": "sessionid",
        "value": client.cookies["sessionid"].value,
        "url": live_server.url,
    }
    page = open_page(timezone_id="Asia/Shanghai")
    page.context.add_cookies([cookie])

    page.goto(reverse("home:record"))
    expect(page.locator("main")).to_contain_text("2031-03-04 10:0")
    assert page.evaluate(DAY) == "2031-03-04"
    first, later = page.evaluate(
        "new Promise(done => { const first = Date.now(); setTimeout(() => done([first, Date.now()]), 30) })"
    )
    assert first < later  # the browser's clock goes on, and so do its timers

    page.goto(reverse("oversight:my_data"))
    page.get_by_role("button", name="生成副本").click()
    work()
    copy = DataExport.objects.get()
    assert (timezone.localdate(copy.created_at), timezone.localdate(copy.ready_at)) == (
        date(2031, 3, 4),
        date(2031, 3, 4),
    )
    page.reload()
    download = page.locator("#copies a.btn-primary")
    expect(download).to_be_visible()
    expect(page.locator("#copies")).to_contain_text("3 月 11 日 10:0")

    clock.move_by(days=8)
    assert page.evaluate(DAY) == "2031-03-12"  # the page that is open
    page.reload()
    expect(page.locator("#copies")).to_be_visible()
    expect(download).to_have_count(0)
    other = open_page(timezone_id="Asia/Shanghai")
    other.context.add_cookies([cookie])
    other.goto(reverse("home:record"))
    expect(other.locator("main")).to_contain_text("2031-03-12 10:0")
    assert other.evaluate(DAY) == "2031-03-12"
