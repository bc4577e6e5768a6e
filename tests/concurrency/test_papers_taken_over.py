"""The same papers taken over at once: each once, and the loser is shown why. The control shows
that the race is real.
"""

import io

import pytest
from django.db import IntegrityError

import access
from access.workflows import assign_role
from certification.enums import HistoricState
from certification.models import Certificate, HistoricImport, HistoricRecord, RegisterEntry
from certification.workflows import paper_records
from certification.workflows.keys import load_announced_keys
from certification.workflows.paper_records import apply, effects
from core import locks
from jobs.runner import run_waiting_items
from tests.certification.historic.making import paper, sheet
from tests.concurrency.test_certificate_numbers import together
from tests.factories.ground import OrgUnitFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True)]
ROWS = 6


@pytest.fixture
def ready(settings, tmp_path):
    """Two sheets with the same rows, checked and begun to be taken over; the work itself is the
    test's.
    """
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    city, officer = OrgUnitFactory(), UserFactory()
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=city)
    load_announced_keys()
    data = sheet(*(paper(n) for n in range(1, ROWS + 1)))
    runs = []
    for name in ("a.xlsx", "b.xlsx"):
        run = paper_records.receive_sheet(
            actor=officer, org=city, filename=name, file=io.BytesIO(data), source="台账", aim="list"
        )
        paper_records.start_check(
            actor=officer, run=run, mapping=run.mapping, kind="PX", title="培训合格证书"
        )
        run_waiting_items()
        runs.append(HistoricImport.objects.get(pk=run.pk))
    return officer, runs


def state_of(run):
    return HistoricImport.objects.get(pk=run.pk).state


def test_one_sheet_confirmed_twice_at_once_is_taken_over_once(ready):
    officer, (run, _twin) = ready
    together([lambda: paper_records.apply_import(actor=officer, run=run)] * 4)
    together([run_waiting_items] * 3)
    assert state_of(run) == HistoricState.APPLIED
    assert (
        Certificate.objects.count(),
        HistoricRecord.objects.exclude(leaf_index=None).count(),
    ) == (ROWS, ROWS)
    assert (
        RegisterEntry.objects.filter(
            about__in=[bytes.fromhex(one.fingerprint) for one in HistoricRecord.objects.all()]
        ).count()
        == ROWS
    )


def test_two_sheets_of_the_same_papers_at_once_give_each_paper_one_record(ready):
    officer, runs = ready
    for run in runs:
        paper_records.apply_import(actor=officer, run=run)
    runs = [HistoricImport.objects.get(pk=run.pk) for run in runs]
    outcomes = together([lambda run=run: apply.write_records(run, run.generation) for run in runs])
    assert sorted(outcomes) == [False, True]
    run_waiting_items()
    assert sorted(state_of(run) for run in runs) == [HistoricState.APPLIED, HistoricState.REFUSED]
    assert HistoricImport.objects.get(state=HistoricState.REFUSED).summary["same"] == ROWS
    assert Certificate.objects.count() == ROWS


def test_without_the_lock_and_the_second_look_both_write_and_the_table_refuses_one(
    ready, monkeypatch
):
    """The control: nobody waits and nobody looks again, so both run into the table's own rule."""
    officer, runs = ready
    for run in runs:
        paper_records.apply_import(actor=officer, run=run)
    runs = [HistoricImport.objects.get(pk=run.pk) for run in runs]
    monkeypatch.setattr(locks, "acquire_named_lock", lambda _name: None)
    monkeypatch.setattr(effects, "decide_effects", lambda run: run.fingerprint)

    def careless(run):
        for rows in apply._good(run):
            apply._write_chunk(run, rows)

    outcomes = [*together([lambda run=run: careless(run) for run in runs])]
    assert [type(one) for one in outcomes if one is not None] == [IntegrityError]
