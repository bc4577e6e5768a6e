"""Every address of the site's own views, asked by every role: inside its scope, in another city,
and without signing in.

To add a row in one line: `row("app:name", "thing", may="role role", forbidden="role")` in
`tests/access/matrix.py` (the words are explained there). An address without a line fails the first
test, which prints the line to add.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from django.urls import reverse

from access import registry
from tests.access import asking, matrix, world

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("role_url_matrix")]
# What says nothing about rights and costs a third of the time.
IDLE = ("whitenoise.", "csp.", "wagtail.contrib.redirects.")
# Who knocks by POST too where a page is asked by GET: strangers, and holders of something else in
# the city.
KNOCKING = (
    world.NOBODY,
    world.WORKER,
    "employer_hr",
    "union_reviewer",
    "editor",
    "class_assessor",
    "secrecy_officer",
)


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """One world for all tests of this module: own and other city, and a signed-in browser for each
    account.
    """
    patch = pytest.MonkeyPatch()
    with (
        django_db_blocker.unblock(),
        override_settings(
            MIDDLEWARE=[one for one in settings.MIDDLEWARE if not one.startswith(IDLE)]
        ),
    ):
        logging.disable(logging.CRITICAL)
        with transaction.atomic():
            own, other = world.side(), world.side()
            people = world.subjects(own)
            asking.draw_nothing(patch)
            yield {
                "own": own,
                "other": other,
                "people": people,
                "browsers": asking.clients(people),
                "patch": patch,
            }
            transaction.set_rollback(True)
        logging.disable(logging.NOTSET)
        patch.undo()


class Faults:
    """What was answered otherwise than the matrix says, by address."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))

    def compare(
        self, name: str, where: str, found: dict[str, str], expected: dict[str, str]
    ) -> None:
        """Note what differs."""
        for key, answer in found.items():
            if answer != expected[key]:
                self.found[name][f"{where}: {answer} instead of {expected[key]}"].append(key)

    def told(self) -> dict[str, dict[str, str]]:
        """Return them for a message."""
        return {
            name: {what: " ".join(keys) for what, keys in faults.items()}
            for name, faults in self.found.items()
        }


def test_every_address_has_a_line_and_every_line_an_address():
    names = set(asking.names())
    missing = sorted(names - set(matrix.ROWS))
    assert missing == [], "add to tests/access/matrix.py:\n" + "\n".join(
        f'row("{name}", "thing", may="role role", forbidden="role")' for name in missing
    )
    assert sorted(set(matrix.ROWS) - names) == []


def test_every_role_is_in_the_matrix(city):
    roles = {role.key for role in registry.all_roles()}
    assert set(city["people"]) == roles | {
        world.ABOVE, world.BELOW, world.FORMER, world.SUPERUSER, world.WORKER, world.OWNER, world.NOBODY,
    }  # fmt: skip
    words = {
        word.lstrip("-")
        for row in matrix.ROWS.values()
        for word in f"{row.may} {row.forbidden} {row.other_may}".split()
    }
    assert words - set(city["people"]) - matrix.WORDS - {"site"} == set()


def test_every_role_is_answered_as_the_matrix_says(city):
    faults, people = Faults(), set(city["people"])
    for name, row in matrix.ROWS.items():
        for where in ("own", "other") if row.scoped else ("own",):
            asked = city["browsers"]
            if where == "other" or not row.scoped:  # there these are strangers or desks like others
                asked = {
                    key: browser
                    for key, browser in asked.items()
                    if key not in (world.ABOVE, world.BELOW, world.FORMER)
                }
            found = asking.answers(name, row.on, city[where], asked, post=row.post)
            faults.compare(name, where, found, row.expected(people, other=where == "other"))
    assert faults.told() == {}


def test_nobody_gets_further_by_sending_something(city):
    """Pages that are asked by GET take a POST too: who may not look may not knock. 405: the
    address takes none.
    """
    faults, people = Faults(), set(city["people"])
    for name, row in matrix.ROWS.items():
        if row.post or row.led:
            continue
        expected = row.expected(people)
        outside = {key: city["browsers"][key] for key in KNOCKING if expected[key] != asking.IN}
        found = asking.answers(name, row.on, city["own"], outside, post=True)
        faults.compare(
            name,
            "own, sent",
            {key: answer for key, answer in found.items() if answer != "405"},
            expected,
        )
    assert faults.told() == {}


# A list, who is asked to open it, what of the city it shows.
LISTS = (
    ("office:tree", "union_admin", lambda s: s.city.name),
    ("office:employers", "union_admin", lambda s: s.employer.name),
    ("office:people", "union_officer", lambda s: s.double.name),
    ("office:imports", "union_officer", lambda s: getattr(s, "import").filename),
    ("office:duplicates", "union_officer", lambda s: s.double.name),
    ("access:roles", "union_admin", lambda s: s.receiver.username),
    ("access:people", "union_admin", lambda s: s.receiver.username),
    ("access:reviews", "union_admin", lambda s: s.city.name),
    ("courses:classes", "training_officer", lambda s: s.klass.name),
    ("competitions:office_list", "union_officer", lambda s: s.event.title),
    ("certification:register", "union_officer", lambda s: s.certificate.number),
    ("jobs:list", "owner", lambda s: s.job.title),
    ("notify:inbox", "owner", lambda s: s.message.subject),
    ("certification:wallet", "owner", lambda s: s.certificate.number),
    ("course:index", "training_officer", lambda s: s.course.title),
    ("lesson:index", "training_officer", lambda s: s.lesson.course.title),
    ("question:index", "training_officer", lambda s: s.question.text),
    ("trainingclass:index", "training_officer", lambda s: s.klass.name),
    ("exam:index", "training_officer", lambda s: s.klass.name),
)


@pytest.mark.parametrize(("name", "who", "what"), LISTS, ids=[name for name, _who, _what in LISTS])
def test_list_shows_what_lies_in_the_city_and_nothing_of_another(city, name, who, what):
    with city["patch"].context() as drawing:
        drawing.setattr("django.template.backends.django.Template.render", asking.DRAW)
        page = city["browsers"][who].get(reverse(name)).content.decode()
    assert (what(city["own"]) in page, what(city["other"]) in page) == (True, False)


def test_asking_leaves_the_world_as_it_was(city):
    own = city["own"]
    answer = asking.ask(city["browsers"]["union_admin"], "access:agree", "proposal", own, post=True)
    own.proposal.refresh_from_db()
    assert (answer, own.proposal.state) == (asking.IN, "proposed")
    assert connection.in_atomic_block
