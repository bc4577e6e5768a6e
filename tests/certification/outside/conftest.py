"""One world for all outside judges, made once; the programs and the schema they need."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from scripts import outside
from tests.certification.outside import samples
from tests.certification.outside import world as worlds
from tests.certification.signing.pki import signer
from tests.certification.signing.stamp_service import serving
from tests.certification.signing.test_stamped import stamper_of


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any) -> worlds.World:
    """Ten certificates and three that no longer count, as plain texts; the database is as before."""
    thrown_away = transaction.atomic()
    thrown_away._from_testcase = (
        True  # as Django's own test cases say it: what wants to be outermost may be inside this one
    )
    with django_db_blocker.unblock(), override_settings(BASE_URL=worlds.HOST), thrown_away:
        made = worlds.make()
        transaction.set_rollback(True)
    return made


@pytest.fixture(scope="package")
def printed(django_db_setup: None, django_db_blocker: Any) -> dict[str, samples.Sample]:
    """Certificates of every kind and sheet, printed in every way and at every level."""
    thrown_away = transaction.atomic()
    thrown_away._from_testcase = True
    with (
        serving() as service,
        django_db_blocker.unblock(),
        override_settings(BASE_URL=worlds.HOST),
        thrown_away,
    ):
        made = samples.make(stamper_of(signer(), service))
        transaction.set_rollback(True)
    return made


def unavailable(why: str) -> None:
    """Skip with the reason; where everything is promised, fail."""
    if os.environ.get("CRAFTPATH_ALL_SERVICES"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def schema() -> dict[str, Any]:
    """The official schema of Open Badges 3.0."""
    if not outside.SCHEMA.exists():
        unavailable("the official schema isn't here: python3 -m scripts.setup services")
    found: dict[str, Any] = json.loads(outside.SCHEMA.read_text(encoding="utf-8"))
    return found


Judge = Callable[[dict[str, str], list[dict[str, str]]], dict[str, str]]


@pytest.fixture(scope="session")
def npm() -> Judge:
    """The verifiers of the npm registry: given the table of addresses and the cases, why each is
    refused, or nothing.
    """
    node, folder = shutil.which("node"), Path(__file__).parent / "npm"
    if node is None or not (folder / "node_modules").is_dir():
        unavailable("Node or its packages aren't here: python3 -m scripts.setup services")

    def judge(table: dict[str, str], cases: list[dict[str, str]]) -> dict[str, str]:
        asked = json.dumps({"did": worlds.DID, "table": table, "cases": cases})
        done = subprocess.run(
            [str(node), "judge.mjs"],
            cwd=folder,
            input=asked,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answers: dict[str, str] = json.loads(done.stdout)
        return answers

    return judge
