"""Holders show and correct their certificates; strangers see what was chosen, and nothing once it
has ended.
"""

import io
import json
from datetime import date, timedelta

import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

import access
from access.workflows import assign_role
from audit.models import Event
from certification import throttling
from certification.enums import CertificateState, CorrectionState, VerificationWay
from certification.errors import SecondOfficerNeeded
from certification.models import Certificate, CorrectionRequest, Credential, LookUp, ShareLink
from certification.queries import holding
from certification.workflows import correction, issue, sharing
from core.errors import DomainError, Forbidden, InvalidInput, NotFound
from org.enums import OrgLevel
from org.workflows.belonging import join_union
from tests.factories.certification import CertificateFactory, make_order
from tests.factories.ground import EmployerFactory, OrgUnitFactory, UserFactory, WorkerFactory

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.7 a paper"


@pytest.fixture
def own(client):
    """A worker, signed in, with a certificate issued for real."""
    person = WorkerFactory(name="欧阳示例")
    client.force_login(person.user)
    return issue.issue_certificate(
        actor=access.SYSTEM, order=make_order(person=person, employer="示例机械厂")
    )


def link_of(client, own, **choices):
    answer = client.post(f"/certificates/{own.public_id}/share/", {"days": 30, **choices})
    assert answer.status_code == 302, answer.context["form"].errors
    return ShareLink.objects.order_by("-pk").first()


def seen(client, link):
    client.logout()
    answer = client.get(f"/s/{link.code}/")
    return answer.status_code, answer.content.decode()


# ---- files and the QR code on the whole screen ----


def test_files_are_the_issued_ones_and_each_download_is_on_record(client, own):
    credential = Credential.objects.get()
    for kind, content in (("json", credential.data), ("jwt", credential.jwt)):
        assert client.get(f"/certificates/{own.public_id}/file/{kind}/").content.decode() == content
    assert client.get(f"/certificates/{own.public_id}/file/proof/").content.startswith(
        b"c2sp.org/tlog-proof@v1\n"
    )
    assert client.get(f"/certificates/{own.public_id}/file/other/").status_code == 404
    assert Event.objects.filter(kind="certification.downloaded").count() == 3


@pytest.mark.parametrize("offline", [False, True])
def test_code_on_the_whole_screen_holds_the_token_only_on_request(client, own, offline):
    page = client.get(f"/certificates/{own.public_id}/show/{'?offline' if offline else ''}")
    side, path = page.context["code_side"], page.context["code_path"]
    picture = Image.new("L", (side + 8, side + 8), 255)
    for run in path.split("M")[1:]:
        start, rest = run.split("h", 1)
        x, y = map(int, start.split())
        for step in range(int(rest.split("v")[0])):
            picture.putpixel((x + step + 4, y + 4), 0)
    (read,) = zxingcpp.read_barcodes(
        picture.resize((side * 6, side * 6), Image.Resampling.NEAREST),
        formats=zxingcpp.BarcodeFormat.QRCode,
    )
    assert read.text.partition("#")[2] == (Credential.objects.get().offline if offline else "")


# ---- links ----


def test_link_shows_what_was_chosen_and_no_more(client, own):
    bare = link_of(client, own)
    full = link_of(client, own, full_name="on", wording="on", employer="on")
    status, page = seen(client, bare)
    assert status == 200
    assert own.number in page
    assert "欧阳示例" not in page
    assert "示例机械厂" not in page
    assert "六十学时" not in page
    _status, page = seen(client, full)
    assert "欧阳示例" in page
    assert "示例机械厂" in page
    assert "六十学时" in page
    assert LookUp.objects.filter(way=VerificationWay.SHARE, certificate=own).count() == 2
    assert ShareLink.objects.get(pk=full.pk).opened == 1


def test_ended_withdrawn_and_unknown_link_look_the_same(client, own):
    ended, withdrawn = link_of(client, own), link_of(client, own)
    ShareLink.objects.filter(pk=ended.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert client.post(f"/certificates/share/{withdrawn.public_id}/withdraw/").status_code == 302
    client.logout()
    answers = [client.get(f"/s/{code}/") for code in (ended.code, withdrawn.code, "0" * 16)]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.templates[0].name for answer in answers}) == 1


def test_pass_phrase_opens_for_this_browser_and_is_kept_as_a_hash(client, own):
    link = link_of(client, own, full_name="on", phrase="桐庐 2026")
    assert "桐庐" not in link.secret
    status, page = seen(client, link)
    assert status == 200
    assert own.number not in page
    assert client.post(f"/s/{link.code}/", {"phrase": "wrong one"}).status_code == 422
    assert client.post(f"/s/{link.code}/", {"phrase": "桐庐 2026"}).status_code == 302
    assert own.number in client.get(f"/s/{link.code}/").content.decode()
    assert ShareLink.objects.get().opened == 1


def test_guessing_a_pass_phrase_ends(client, own):
    link = link_of(client, own, phrase="桐庐 2026")
    client.logout()
    answers = [
        client.post(f"/s/{link.code}/", {"phrase": f"guess {n}"}).status_code for n in range(11)
    ]
    assert answers == [422] * 10 + [429]
    assert (
        client.post(
            f"/s/{link.code}/", {"phrase": "桐庐 2026"}, REMOTE_ADDR="203.0.113.4"
        ).status_code
        == 302
    )


def test_right_pass_phrase_opens_any_number_of_times(client, own):
    link = link_of(client, own, phrase="桐庐 2026")
    client.logout()
    assert {
        Client().post(f"/s/{link.code}/", {"phrase": "桐庐 2026"}).status_code
        for _turn in range(12)
    } == {302}


def test_unknown_links_never_stop_a_right_one(client, own, monkeypatch):
    monkeypatch.setattr(
        throttling, "BY_CODE_ADDRESS", throttling.VerificationLimit("code", 1, 3600, here=True)
    )
    link = link_of(client, own)
    client.logout()
    assert [client.get("/s/0000000000000000/").status_code for _turn in range(2)] == [404, 429]
    assert {client.get(f"/s/{link.code}/").status_code for _turn in range(3)} == {200}


@pytest.mark.parametrize("days", ["0", "181", "", "many"])
def test_link_that_lasts_too_long_is_answered_with_a_sentence(client, own, days):
    assert client.post(f"/certificates/{own.public_id}/share/", {"days": days}).status_code == 422
    assert not ShareLink.objects.exists()


def test_nobody_else_makes_or_withdraws_a_link(client, own):
    link = link_of(client, own)
    other = WorkerFactory().user
    with pytest.raises(NotFound):
        sharing.create_share_link(actor=other, certificate=own, days=3)
    client.force_login(other)
    assert client.post(f"/certificates/share/{link.public_id}/withdraw/").status_code == 404
    assert ShareLink.objects.get().revoked_at is None


def test_photo_is_shown_only_by_a_link_that_says_so(client, own):
    link = link_of(client, own)
    client.logout()
    assert client.get(f"/s/{link.code}/photo/").status_code == 404


# ---- who looked ----


def test_holder_sees_days_ways_and_employers_but_no_addresses(client, own, settings):
    from certification.models import BatchCheck

    employer = EmployerFactory(name="示例重工")
    check = BatchCheck.objects.create(
        actor=UserFactory(), employer=employer, file_name="a.xlsx", total=1, counts={}
    )
    for way, reference in (
        (VerificationWay.CODE, "V-1"),
        (VerificationWay.CODE, "V-2"),
        (VerificationWay.BATCH, check.reference),
    ):
        LookUp.objects.create(way=way, answer="valid", certificate=own, reference=reference)
    found = {(one.way, one.who, one.count) for one in holding.list_daily_look_ups(own)}
    assert found == {(VerificationWay.CODE, "", 2), (VerificationWay.BATCH, "示例重工", 1)}
    assert "示例重工" in client.get(f"/certificates/{own.public_id}/").content.decode()
    settings.SHOW_LOOK_UPS = False
    assert holding.list_daily_look_ups(own) == []


# ---- corrections ----


@pytest.fixture
def desk(own):
    """An officer of the issuing union, of which the holder is a member."""
    if own.org.level != OrgLevel.GRASSROOTS:
        join_union(
            actor=access.SYSTEM,
            person=own.person,
            org_unit=OrgUnitFactory(parent=own.org, level=OrgLevel.GRASSROOTS),
            starts_on=date(2020, 1, 1),
        )
    officer = UserFactory()
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=own.org)
    return officer


def asked(own, **changes):
    values = {
        "what": "name",
        "name": "欧阳示范",
        "reason": "证书上的字写错了",
        "evidence": SimpleUploadedFile("id.pdf", PAPER),
    } | changes
    return correction.request_certificate_correction(
        actor=own.person.user, certificate=own, **values
    )


def test_right_name_supersedes_with_history(client, own, desk):
    answer = client.post(
        f"/certificates/{own.public_id}/correct/",
        {
            "what": "name",
            "name": "欧阳示范",
            "reason": "写错了一个字",
            "evidence": SimpleUploadedFile("id.pdf", PAPER),
        },
    )
    assert answer.status_code == 302
    request = CorrectionRequest.objects.get()
    client.force_login(desk)
    assert [row.pk for row in holding.list_waiting_corrections(desk)] == [request.pk]
    assert (
        client.get(f"/office/certificates/corrections/{request.public_id}/paper/").getvalue()
        == PAPER
    )
    assert (
        client.post(
            f"/office/certificates/corrections/{request.public_id}/", {"grant": ""}
        ).status_code
        == 302
    )
    old = Certificate.objects.get(pk=own.pk)
    assert (old.state, old.holder_name) == (CertificateState.SUPERSEDED, "欧阳示例")
    assert (old.replaced_by.holder_name, old.replaced_by.person.name) == ("欧阳示范", "欧阳示范")
    assert list(old.person.former_names.values_list("name", flat=True)) == ["欧阳示例"]
    assert correction.grant_correction_request(actor=desk, request=request).pk == old.replaced_by_id


def test_refusal_says_why_and_changes_nothing(client, own, desk):
    request = asked(own)
    client.force_login(desk)
    address = f"/office/certificates/corrections/{request.public_id}/"
    assert client.post(address, {"refuse": "", "answer": " "}).status_code == 422
    assert client.post(address, {"refuse": "", "answer": "身份证上是原来的字"}).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.answer) == (CorrectionState.REFUSED, "身份证上是原来的字")
    assert Certificate.objects.get(pk=own.pk).state == CertificateState.ISSUED


def test_photo_is_replaced_by_the_sent_one(own, desk):
    data = io.BytesIO()
    picture = (
        Image.linear_gradient("L").resize((600, 840)).convert("RGB")
    )  # something to be seen, and the same at every run
    picture.save(data, "JPEG")
    request = asked(
        own, what="photo", name="", evidence=SimpleUploadedFile("me.jpg", data.getvalue())
    )
    new = correction.grant_correction_request(actor=desk, request=request)
    assert new.person.photo
    assert Certificate.objects.get(pk=own.pk).replaced_by_id == new.pk


def test_nobody_decides_their_own_request_and_a_reviewer_none(own, desk):
    assign_role(actor=access.SYSTEM, user=own.person.user, role="union_officer", scope=own.org)
    request = asked(own)
    with pytest.raises(SecondOfficerNeeded):
        correction.grant_correction_request(actor=own.person.user, request=request)
    reviewer = UserFactory()
    assign_role(actor=access.SYSTEM, user=reviewer, role="union_reviewer", scope=own.org)
    with pytest.raises(Forbidden):
        correction.refuse_correction_request(actor=reviewer, request=request, answer="不行")


def test_one_request_at_a_time_and_it_can_be_taken_back(client, own):
    request = asked(own)
    with pytest.raises(DomainError):
        asked(own)
    assert (
        client.post(f"/certificates/corrections/{request.public_id}/take-back/").status_code == 302
    )
    assert asked(own).state == CorrectionState.WAITING


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("id.exe", PAPER, "name"),
        ("id.pdf", b"<html>", "name"),
        ("id.png", PAPER, "name"),
        ("me.pdf", PAPER, "photo"),
    ],
)
def test_paper_that_is_none_is_refused(own, name, data, what):
    with pytest.raises(InvalidInput):
        asked(own, what=what, evidence=SimpleUploadedFile(name, data))


def test_only_a_certificate_in_good_standing_is_corrected(own):
    Certificate.objects.filter(pk=own.pk).update(state=CertificateState.SUSPENDED)
    with pytest.raises(DomainError):
        asked(own)
    stranger = CertificateFactory()
    with pytest.raises(NotFound):
        correction.request_certificate_correction(
            actor=own.person.user,
            certificate=stranger,
            what="name",
            name="某",
            reason="x",
            evidence=SimpleUploadedFile("a.pdf", PAPER),
        )


def test_credential_of_the_corrected_one_names_the_new_name(own, desk):
    new = correction.grant_correction_request(actor=desk, request=asked(own))
    said = json.loads(Credential.objects.get(certificate=new).data)["credentialSubject"][
        "identifier"
    ][0]["identityHash"]
    assert said == "欧阳示范"
