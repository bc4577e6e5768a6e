"""Two rosters with the same person, taken over at the same moment: nobody is recorded twice. The
control leaves the second look out.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection

import access
from access.workflows import assign_role
from imports.workflows.apply import apply_in_background
from jobs.models import JobItem
from office.enums import ImportState
from office.models import SheetImport
from office.workflows import importing
from office.workflows.importing import effects
from org.enums import OrgLevel
from org.models import Membership, OrgUnit
from people.models import IdentityDocument, Person
from tests.factories.ground import OrgUnitFactory, UserFactory
from tests.office.importing import check, sheet, worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def runs(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    city = OrgUnitFactory(name="示例市总工会", code="330900", level=OrgLevel.CITY)
    OrgUnitFactory(code="330901", parent=city, level=OrgLevel.GRASSROOTS)
    officer = UserFactory()
    assign_role(
        actor=access.SYSTEM,
        user=officer,
        role="union_officer",
        scope=OrgUnit.objects.get(pk=city.pk),
    )
    sent = [check(officer, city, sheet(worker(1), worker(n))) for n in (2, 3)]
    for run in sent:
        importing.apply_import(actor=officer, run=run)
    return [
        JobItem.objects.select_related("job").get(job=SheetImport.objects.get(pk=run.pk).job)
        for run in sent
    ]


def at_once(items):
    barrier = threading.Barrier(2)

    def work(item):
        try:
            barrier.wait()
            return apply_in_background(item)
        except IntegrityError:
            return "broken"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, items))


def test_second_roster_sees_what_the_first_one_wrote(runs):
    results = at_once(runs)
    assert "broken" not in results
    assert sorted(SheetImport.objects.values_list("state", "note")) == [
        (ImportState.APPLIED, ""),
        (ImportState.READY, "world_changed"),
    ]
    assert (
        Person.objects.count(),
        IdentityDocument.objects.count(),
        Membership.objects.count(),
    ) == (2, 2, 2)


def test_without_the_second_look_only_the_constraint_stands_between(runs, monkeypatch):
    monkeypatch.setattr(effects, "decide_effects", lambda run: run.fingerprint)
    assert sorted(map(str, at_once(runs))) == ["broken", "{'rows': 2}"]
