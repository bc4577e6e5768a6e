"""veraPDF's judgement: every certificate and report is PDF/A-3u (kept for decades) and PDF/UA-1
(read aloud), by every way and level.
"""

from __future__ import annotations

import io
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from access import SYSTEM
from certification.models import LookUp
from certification.rendering.pdf import get_renderer
from certification.rendering.report import render_report_pdf
from certification.signing.pades import PadesSigner
from certification.workflows import issue
from certification.workflows.report import _style
from scripts import outside
from tests.certification.outside import samples
from tests.certification.outside.conftest import unavailable
from tests.certification.signing.pki import signer
from tests.factories.certification import make_order
from tests.factories.ground import PersonFactory

pytestmark = pytest.mark.slow

FLAVOURS = ("3u", "ua1")
Samples = dict[str, samples.Sample]


def judged(pdfs: Mapping[str, bytes], folder: Path) -> dict[tuple[str, str], str]:
    """Return veraPDF's verdicts by flavour and name: `compliant`, or what fails."""
    command = outside.verapdf_command()
    if command is None:
        unavailable("veraPDF isn't here: python3 -m scripts.setup services")
        raise AssertionError
    paths = {str(folder / f"{index:03d}.pdf"): name for index, name in enumerate(pdfs)}
    for path, name in paths.items():
        Path(path).write_bytes(pdfs[name])
    wanted = "".join(f"{flavour}\t{path}\n" for path in paths for flavour in FLAVOURS)
    done = subprocess.run(
        command, input=wanted, capture_output=True, text=True, timeout=600, check=True
    )
    lines = [line.split("\t", 2) for line in done.stdout.splitlines()]
    return {(flavour, paths[path]): verdict for flavour, path, verdict in lines}


def refused(verdicts: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    return {key: verdict for key, verdict in verdicts.items() if verdict != "compliant"}


def test_every_kind_way_and_level_is_pdf_a_and_pdf_ua(printed: Samples, tmp_path: Path) -> None:
    files = {f"class, B: {name}": sample.by_class for name, sample in printed.items()}
    files |= {f"full, B: {name}": sample.alone for name, sample in printed.items()}
    files |= {
        f"{way}, LT: {name}": pdf
        for name, sample in printed.items()
        for way, pdf in sample.stamped.items()
    }
    verdicts = judged(files, tmp_path)
    assert len(verdicts) == len(files) * len(FLAVOURS)
    assert refused(verdicts) == {}


@pytest.mark.django_db
def test_verification_report_is_pdf_a_and_pdf_ua_in_both_languages(
    client: Client, tmp_path: Path
) -> None:
    certificate = issue.issue_certificate(
        actor=SYSTEM, order=make_order(PersonFactory(name="李䶮"))
    )
    client.post(reverse("certification:verify"), {"number": certificate.number, "name": "李䶮"})
    address = reverse("certification:verify_report", args=[LookUp.objects.get().public_id])
    seal, marks = (
        PadesSigner(signer()),
        "<html lang=zh-Hans><title>报告</title><p>✓ ✕ – ？</p>\n<p> 李䶮 </p></html>",
    )
    made = render_report_pdf(
        marks,
        _style(),
        label="签名",
        attached=("a.jwt", b"a"),
        seal=seal,
        at=samples.AT,
        renderer=get_renderer(),
    )
    reports = {"marks": made}
    for language in ("zh-hans", "en"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        reports[language] = client.get(address).content
        with pikepdf.open(io.BytesIO(reports[language])) as document:
            assert str(document.Root.Lang).lower().startswith(language[:2])
    assert refused(judged(reports, tmp_path)) == {}


def test_a_file_with_the_faults_of_before_is_refused(printed: Samples, tmp_path: Path) -> None:
    """The control: a header of PDF 2.0 isn't PDF/A-3, and a page without its tree isn't PDF/UA."""
    pdf = next(iter(printed.values())).by_class
    with pikepdf.open(io.BytesIO(pdf)) as document:
        del document.Root.StructTreeRoot
        target = io.BytesIO()
        document.save(target)
    verdicts = judged(
        {"newer": pdf.replace(b"%PDF-1.7", b"%PDF-2.0", 1), "untagged": target.getvalue()}, tmp_path
    )
    assert verdicts["3u", "newer"].startswith("6.1.2-1 ")
    assert "7.1-11 " in verdicts["ua1", "untagged"]
