"""A batch whose workers are killed again and again: every outcome ends at one number, one file,
one entry, one notice.
"""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import connection

import access
from certification.models import Certificate, Credential, RegisterEntry, StatusChange
from certification.rules import number
from certification.workflows import completion
from certification.workflows.register_check import recompute_register
from jobs import workflows
from jobs.models import Job, JobItem
from notify.models import Message
from tests.benchmarks.pipeline import build

ROOT = Path(__file__).resolve().parents[3]
COUNT, KILLS = 500, 20


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_workers_killed_twenty_times_leave_each_certificate_whole_and_once():
    keys = build(COUNT)
    job = workflows.start_job(kind=completion.JOB, keys=keys, actor=access.SYSTEM, title="结业证书")
    name = str(connection.settings_dict["NAME"])
    connection.close()
    told = subprocess.run(
        [sys.executable, "-m", "tests.certification.workflows.killing", name, str(KILLS), "7"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr[-4000:]
    in_work, done_at_last_kill = map(int, told.stdout.split()[-2:])
    assert in_work > 0  # some were killed in the middle of their work
    assert done_at_last_kill > 0

    assert Counter(JobItem.objects.filter(job=job).values_list("state", flat=True)) == {
        "done": COUNT
    }
    assert Job.objects.get(pk=job.pk).state == "finished"
    rows = list(Certificate.objects.select_related("credential"))
    assert Counter(row.state for row in rows) == {"issued": COUNT}
    assert sorted(number.parse_certificate_number(row.number).serial for row in rows) == list(
        range(1, COUNT + 1)
    )
    assert sorted(row.source_key for row in rows) == sorted(keys)
    assert len({(row.status_list_id, row.status_index) for row in rows}) == COUNT

    storage = storages["private"]
    mine = {str(row.public_id) for row in rows}
    names = {
        f"certificates/{year}/{file}"
        for year in {row.issued_on.year for row in rows}
        for file in storage.listdir(f"certificates/{year}")[1]
    }
    assert sorted(name for name in names if name.rpartition("/")[2][:36] in mine) == sorted(
        row.pdf.name for row in rows
    )
    for row in rows:
        with storage.open(row.pdf.name) as file:
            assert hashlib.sha256(file.read()).hexdigest() == row.sha256

    assert Credential.objects.count() == COUNT
    about = Counter(
        bytes(entry)
        for entry in RegisterEntry.objects.filter(about__isnull=False).values_list(
            "about", flat=True
        )
    )
    assert {about[bytes.fromhex(row.credential.sha256)] for row in rows} == {1}
    assert sum(about.values()) == COUNT + 4  # and the keys
    assert recompute_register(keep=False).fault == ""
    assert (
        Counter(StatusChange.objects.values_list("certificate", flat=True)).most_common(1)[0][1]
        == 1
    )
    assert Message.objects.filter(kind="certification.issued").count() == COUNT
    assert Counter(build_states(keys)) == {"certified": COUNT}


def build_states(keys):
    from courses.models import Enrolment

    return Enrolment.objects.filter(public_id__in=keys).values_list("state", flat=True)
