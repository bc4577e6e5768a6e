"""The one clock: the system's, unless a test moves it - for this process, others and rows alike."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

import core.clock
from core.bulk_values import insert_values
from people.models import Person
from tests.factories.ground import OrgUnitFactory, UserFactory

ROOT = Path(__file__).resolve().parents[2]
LATER = datetime(2031, 3, 4, 9, 30, tzinfo=UTC)


def test_clock_unmoved_shows_the_system_s_time():
    before = timezone.now()
    assert before <= core.clock.now() <= timezone.now()
    assert core.clock.now().tzinfo is timezone.now().tzinfo


def test_clock_moved_goes_on_and_all_its_functions_agree(clock):
    clock.move_to(LATER)
    first = core.clock.now()
    assert LATER <= first <= core.clock.now()
    assert (core.clock.today(), core.clock.local_now().date()) == (
        date(2031, 3, 4),
        date(2031, 3, 4),
    )
    assert core.clock.timestamp() >= LATER.timestamp()
    clock.move_by(days=-1)
    assert core.clock.today() == date(2031, 3, 3)


def test_day_changes_at_midnight_of_the_site(stopped_clock):
    stopped_clock.move_to(datetime(2031, 3, 3, 16, 0, tzinfo=UTC))
    assert core.clock.today() == date(2031, 3, 4)
    stopped_clock.move_by(timedelta(microseconds=-1))
    assert core.clock.today() == date(2031, 3, 3)


def test_clock_stopped_stands_until_it_is_moved(stopped_clock):
    stopped_clock.move_to(LATER)
    assert (core.clock.now(), core.clock.now()) == (LATER, LATER)
    stopped_clock.move_by(hours=1)
    assert core.clock.now() == LATER + timedelta(hours=1)
    stopped_clock.move_to(date(2032, 1, 1))
    assert core.clock.now() == datetime(2032, 1, 1, 10, 30, tzinfo=UTC)
    stopped_clock.reset()
    assert core.clock.now() != datetime(2032, 1, 1, 10, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_moments_that_rows_note_by_themselves_are_moved_too(stopped_clock):
    stopped_clock.move_to(LATER)
    unit = OrgUnitFactory()
    assert (unit.created_at, unit.updated_at, UserFactory().date_joined) == (LATER, LATER, LATER)
    stopped_clock.move_by(days=1)
    unit.save()
    unit.refresh_from_db()
    assert (unit.created_at, unit.updated_at) == (LATER, LATER + timedelta(days=1))
    insert_values(Person, ("name", "name_key"), [("甲", "甲")])
    assert Person.objects.get(name="甲").created_at == LATER + timedelta(days=1)


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run *code* in a Python of its own after `django.setup()`."""
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); from core import clock; {code}"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_other_processes_of_the_run_are_moved_along(stopped_clock):
    stopped_clock.move_to(LATER)
    done = run("print(clock.now().isoformat())", DJANGO_SETTINGS_MODULE="config.settings.test")
    assert (done.stdout.strip(), done.stderr) == (LATER.isoformat(), "")


def test_site_that_serves_people_refuses_to_be_moved(stopped_clock, tmp_path, settings):
    stopped_clock.move_to(LATER)
    file, var = str(settings.CLOCK_FILE), str(tmp_path / "var")
    done = run(
        "print(clock.now() < clock.datetime.fromisoformat('2031-03-04T00:00:00+00:00'))",
        DJANGO_SETTINGS_MODULE="config.settings.embedded",
        CRAFTPATH_VAR=var,
        CLOCK_FILE=file,
        CRAFTPATH_CLOCK_FILE=file,
    )
    assert done.stdout.strip() == "True", done.stderr
    (tmp_path / "own_settings.py").write_text(
        f"from config.settings.embedded import *\nCLOCK_FILE = {file!r}\n", encoding="utf-8"
    )
    refused = run(
        "print(clock.now())",
        DJANGO_SETTINGS_MODULE="own_settings",
        CRAFTPATH_VAR=var,
        PYTHONPATH=os.pathsep.join([str(tmp_path), str(ROOT / "site"), str(ROOT)]),
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Only tests may move the clock: take CLOCK_FILE out of own_settings." in refused.stderr
