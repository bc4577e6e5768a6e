"""Fixtures that several packages use. What only one needs stands beside its tests."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

from tests.support import database

hypothesis_settings.register_profile("everyday", deadline=None, max_examples=60)
hypothesis_settings.register_profile("ci", deadline=None, max_examples=200, derandomize=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "everyday")

NAMED_KEYS = (
    "people.",
    "org.",
    "office.",
    "certification.",
    "privacy.",
    "api.",
    "courses.",
    "competitions.",
)
OWN_KEYS = ("competitions.marks_saved",)  # its keys are the codes that the scheme gives its aspects
TESTS = str(Path(__file__).resolve().parent)
RECORD = str(Path("site", "audit"))
SERVICES = {
    "postgresql": "DATABASE_URL",
    "redis": "REDIS_URL",
    "elasticsearch": "ELASTICSEARCH_URL",
}

pytest_plugins = [
    "tests.support.clock",
    "tests.support.browser",
]  # in the order in which they import each other


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: object, django_db_modify_db_settings: None
) -> Iterator[None]:
    """Replace pytest-django's: a copy of a prepared database instead of a minute of migrations."""
    with django_db_blocker.unblock():
        database.prepare()
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _self: database.restore())
    yield
    patch.undo()
    with django_db_blocker.unblock():
        database.discard()


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Counters and limits of one test are none of the next one's business."""
    yield
    cache.clear()
    from certification.workflows.look_up_log import open_look_up_journal  # after Django is set up

    for segment in open_look_up_journal().seal():
        segment.unlink()


DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}
# Tools of other people come with the services, while the first half of .ci/run computes: their
# tests belong to the second.
OUTSIDE = ("/outside/", "/test_outside", "/test_golang", "/test_offline_token")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a service that isn't there; where all are promised, run it and let it fail.

    What asks no database answers alike with every service, and is marked so that a second run may
    leave it out.
    """
    for item in items:
        asks = DATABASE_FIXTURES & set(
            getattr(item, "fixturenames", ())
        ) or item.get_closest_marker("django_db")
        if (
            not asks
            and not item.get_closest_marker("service")
            and not any(part in item.nodeid for part in OUTSIDE)
        ):
            item.add_marker("no_database")
    if os.environ.get("CRAFTPATH_ALL_SERVICES"):
        return
    for item in items:
        for marker in item.iter_markers("service"):
            for name in marker.args:
                if not os.environ.get(SERVICES[name]):
                    item.add_marker(
                        pytest.mark.skip(reason=f"needs {name}: {SERVICES[name]} is not set")
                    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder that `config.settings.test` made for this run; workers leave it to the
    process that started them.
    """
    folder = os.environ.get("CRAFTPATH_TEST_VAR", "")
    if not hasattr(config, "workerinput") and folder.startswith(
        str(Path(tempfile.gettempdir()) / "craftpath-test-")
    ):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def keys_of_the_record_have_words() -> Iterator[None]:
    """Whatever a test lets happen: the record shows no field's bare name to people. Kinds of other
    apps follow with their renaming.
    """
    from audit import words, workflows  # app ready

    write = workflows.write_events

    def written_by_a_test() -> bool:
        """Tests of the record itself write what they like."""
        frame = sys._getframe(2)
        while RECORD in frame.f_code.co_filename and frame.f_back:
            frame = frame.f_back
        return frame.f_code.co_filename.startswith(TESTS)

    def written(kind: str, *, actor: Any, deeds: Iterable[Any], reason: str = "") -> None:
        rows = list(deeds)
        if kind.startswith(NAMED_KEYS) and kind not in OWN_KEYS and not written_by_a_test():
            for target, *sides in rows:
                model = target[0] if isinstance(target, tuple) else target
                keys = {key for side in sides if side for key in side}
                bare = sorted(
                    key for key in keys if not words.has_label(kind, model._meta.label, key)
                )
                assert not bare, (
                    f"{kind} of {model._meta.label}: give {bare} words by audit.words.register_field"
                )
        write(kind, actor=actor, deeds=rows, reason=reason)

    workflows.write_events = written  # type: ignore[assignment]  # every write passes here, however it was called
    yield
    workflows.write_events = write
