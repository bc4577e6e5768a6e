"""The demo's certificates, from the loader to the employer's sheet."""

from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from access.demo import load_base_demo as load_ground
from certification import demo, workbooks
from certification.models import Certificate, Honour
from certification.queries.honour import summarise_honour_gallery
from certification.queries.verification import verify_many
from core.demo import World


@pytest.mark.slow
@pytest.mark.django_db
def test_demo_has_every_answer_and_loads_twice_without_doubles():
    world = World(say=lambda _text: None)
    load_ground(world)
    demo.load_certificates_demo(world)
    demo.load_certificates_demo(world)
    assert Counter(Certificate.objects.values_list("state", flat=True)) == {
        "issued": 59,
        "revoked": 1,
        "suspended": 1,
        "superseded": 1,
    }
    assert (summarise_honour_gallery().total, summarise_honour_gallery().unnamed) == (8, 1)
    assert Honour.objects.filter(certificate__isnull=False).count() == 1
    path = Path(settings.VAR) / "demo" / demo.SHEET
    rows = workbooks.read_sheet_rows(path.read_bytes())
    found = verify_many([asked for _row, asked in rows], today=timezone.localdate())
    assert Counter(str(one.verdict.answer) for one in found) == {
        "valid": 43,
        "expired": 2,
        "revoked": 1,
        "suspended": 1,
        "superseded": 1,
        "no_match": 2,
    }
    assert sorted(one.writing for one in found if one.certificate is None) == [
        "check_fails",
        "well_formed",
    ]
