"""Issuing: one outcome, one number, one file, whatever happens between the steps."""

import hashlib
from datetime import date

import pytest
import zxingcpp
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone
from PIL import Image

import access
from access.workflows import assign_role
from audit.models import Event
from certification.enums import CertificateState, Kind
from certification.errors import NotIssuable
from certification.models import Certificate, CertificateTemplate, Credential, RegisterEntry, StatusChange
from certification.rendering.errors import UnsettableText
from certification.rules import number
from certification.tlog import leaves
from certification.workflows import issue, template
from core.errors import Forbidden, NotFound
from core.models import NamedCounter
from tests.factories.certification import make_order
from tests.factories.ground import OrgUnitFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
SYSTEM = access.SYSTEM


class Crash(BaseException):
    """The process is gone: no handler of ours may catch it."""


def stored(name):
    with storages["private"].open(name) as file:
        return file.read()


def counter(order):
    return list(NamedCounter.objects.filter(name__startswith="certification:").values_list("value", flat=True))


def test_issue_gives_number_file_fingerprint_and_history():
    order = make_order(org=OrgUnitFactory(code="330106", name="示例市总工会"))
    certificate = issue.issue(actor=SYSTEM, order=order)
    year = timezone.localdate().year
    assert certificate.number == str(number.make(org="330106", kind="PX", year=year, serial=1))
    assert (certificate.state, certificate.issuer_name, certificate.title) == (CertificateState.ISSUED, "示例市总工会", "培训合格证书")
    data = stored(certificate.pdf.name)
    assert data.startswith(b"%PDF")
    assert hashlib.sha256(data).hexdigest() == certificate.sha256
    assert list(StatusChange.objects.values_list("certificate", "old", "new")) == [(certificate.pk, "approved", "issued")]
    assert list(Event.objects.filter(kind__startswith="certification.").order_by("pk").values_list("kind", flat=True)) == [
        "certification.approved",
        *["certification.key_announced"] * 4,  # the first certificate of a site announces its keys
        "certification.issued",
    ]
    assert certificate.body == [
        [
            ["于二〇二六年六月一日至二〇二六年九月二十日完成“", False, False],
            ["焊接作业安全", True, False],
            ["”培训课程，培训工种", False, False],
            ["焊工（三级／高级工）", True, False],
            ["，修满", False, False],
            ["六十", False, True],
            ["学时，考核合格，特发此证。", False, False],
        ]
    ]


def test_issue_twice_is_one_certificate():
    order = make_order()
    first, second = issue.issue(actor=SYSTEM, order=order), issue.issue(actor=SYSTEM, order=order)
    assert first.pk == second.pk
    assert counter(order) == [1]
    assert StatusChange.objects.count() == 1


@pytest.mark.parametrize("where", ["_register", "renderer", "seal", "attachments", "_store", "_mark_issued", "after"])
def test_crash_between_any_two_steps_then_again_ends_at_one(where, monkeypatch):
    order = make_order()
    real = getattr(issue, where, None)

    def crash(*args, **kwargs):
        if where != "renderer":
            real(*args, **kwargs)  # the step itself is done, what follows it isn't
        raise Crash

    if where != "after":
        with monkeypatch.context() as patch:
            patch.setattr(issue, where, crash)
            with pytest.raises(Crash):
                issue.issue(actor=SYSTEM, order=order)
    issue.issue(actor=SYSTEM, order=order)
    certificate = issue.issue(actor=SYSTEM, order=order)
    assert list(Certificate.objects.values_list("state", flat=True)) == ["issued"]
    assert counter(order) == [1]
    folder, _slash, name = certificate.pdf.name.rpartition("/")
    mine = [file for file in storages["private"].listdir(folder)[1] if file.startswith(str(certificate.public_id))]
    assert mine == [name]
    credential = Credential.objects.get()
    entry = leaves.write("issue", bytes.fromhex(credential.sha256), timezone.localdate(credential.signed_at))
    assert bytes(RegisterEntry.objects.get(index=credential.leaf_index).data) == entry
    assert RegisterEntry.objects.filter(about=bytes.fromhex(credential.sha256)).count() == 1


def test_crash_after_commit_of_the_row_keeps_its_number(monkeypatch):
    order = make_order()
    approved = issue.approve(actor=SYSTEM, order=order)
    assert approved.state == CertificateState.APPROVED
    certificate = issue.issue(actor=SYSTEM, order=order)
    assert (certificate.pk, certificate.number, certificate.state) == (approved.pk, approved.number, CertificateState.ISSUED)


def test_crash_after_the_file_reuses_the_file_and_mends_a_torn_one(monkeypatch):
    order = make_order()
    approved = issue.approve(actor=SYSTEM, order=order)
    with monkeypatch.context() as patch:
        patch.setattr(issue, "_mark_issued", lambda **_: (_ for _ in ()).throw(Crash()))
        with pytest.raises(Crash):
            issue.print_certificate(actor=SYSTEM, certificate=approved)
    storage = storages["private"]
    folder = f"certificates/{approved.issued_on.year}"
    (name,) = [file for file in storage.listdir(folder)[1] if file.startswith(str(approved.public_id))]
    with open(storage.path(f"{folder}/{name}"), "r+b") as file:  # noqa: PTH123 - tear it
        file.truncate(1000)
    certificate = issue.issue(actor=SYSTEM, order=order)
    assert certificate.pdf.name == f"{folder}/{name}"
    assert hashlib.sha256(stored(certificate.pdf.name)).hexdigest() == certificate.sha256


def test_rolled_back_transaction_gives_its_number_back():
    org = OrgUnitFactory()

    @transaction.atomic
    def approved_then_crashed():
        issue.approve(actor=SYSTEM, order=make_order(org=org))
        raise Crash

    with pytest.raises(Crash):
        approved_then_crashed()
    assert number.read(issue.approve(actor=SYSTEM, order=make_order(org=org)).number).serial == 1


def test_numbers_run_on_by_union_kind_and_year():
    first, second = OrgUnitFactory(code="3301-06"), OrgUnitFactory(code="330107")
    orders = [
        make_order(org=first),
        make_order(org=first),
        make_order(org=second),
        make_order(org=first, kind=Kind.HONOUR, subject="示例工匠"),
        make_order(org=first, issued_on=date(2023, 5, 1)),
    ]
    read = [number.read(issue.approve(actor=SYSTEM, order=order).number) for order in orders]
    year = timezone.localdate().year
    assert [(n.org, n.kind, n.year, n.serial, n.fits) for n in read] == [
        ("330106", "PX", year, 1, True),
        ("330106", "PX", year, 2, True),
        ("330107", "PX", year, 1, True),
        ("330106", "RY", year, 1, True),
        ("330106", "PX", 2023, 1, True),
    ]


def test_name_without_glyph_stops_with_a_sentence_and_goes_on_once_mended():
    person = PersonFactory(name="王\U0003fffd明")
    order = make_order(person=person)
    with pytest.raises(UnsettableText):
        issue.issue(actor=SYSTEM, order=order)
    held = Certificate.objects.get()
    assert (held.state, held.hold_code, held.sha256, held.pdf.name) == ("approved", "unsettable_text", "", "")
    assert "U+3FFFD" in held.hold_reason
    assert person.name not in held.hold_reason
    assert "王" not in str(Event.objects.filter(kind="certification.held").values().get())
    Certificate.objects.filter(pk=held.pk).update(holder_name="王明")
    mended = issue.issue(actor=SYSTEM, order=order)
    assert (mended.pk, mended.number, mended.state, mended.hold_code) == (held.pk, held.number, "issued", "")


@pytest.mark.parametrize("name", ["𠮷田䶮", "㛃·阿卜杜拉", "欧阳𬭎"])
def test_rare_names_are_printed_and_kept_as_given(name):
    certificate = issue.issue(actor=SYSTEM, order=make_order(person=PersonFactory(name=name)))
    assert (certificate.holder_name, certificate.state) == (name, "issued")


def test_qr_code_on_the_page_leads_to_the_token(settings, tmp_path):
    certificate = issue.issue(actor=SYSTEM, order=make_order())
    face = issue.face_of(certificate)
    assert face.qr == f"{settings.BASE_URL}/V/{certificate.code}".upper()
    assert certificate.holder_name not in face.qr
    assert certificate.number not in face.qr
    assert len(certificate.code) == 16
    from certification.rendering.picture import qr_pixels

    side, pixels = qr_pixels(face.qr)
    image = Image.frombytes("L", (side, side), pixels).resize((side * 4, side * 4))
    assert [code.text for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)] == [face.qr]


def test_wording_with_a_hole_is_refused_before_a_number_is_taken():
    with pytest.raises(NotIssuable) as caught:
        issue.issue(actor=SYSTEM, order=make_order(fields={"hours": "六十"}))
    assert caught.value.code == "wording_incomplete"
    assert (Certificate.objects.count(), NamedCounter.objects.filter(name__startswith="certification:").count()) == (0, 0)


def test_union_code_without_letters_or_digits_is_refused():
    with pytest.raises(NotIssuable) as caught:
        issue.approve(actor=SYSTEM, order=make_order(org=OrgUnitFactory(code="甲-乙")))
    assert caught.value.code == "org_code_unusable"


def test_own_template_of_the_union_above_counts_and_older_certificates_keep_theirs():
    top = OrgUnitFactory()
    below = OrgUnitFactory(parent=top)
    old = issue.issue(actor=SYSTEM, order=make_order(org=below))
    mine = template.add_version(
        actor=SYSTEM,
        org=top,
        kind="PX",
        title="结业证书",
        wording="完成{subject}，准予结业。",
        valid_years=3,
        disclaimer="本证书不是国家职业技能等级证书。",
    )
    new = issue.issue(actor=SYSTEM, order=make_order(org=below, issued_on=date(2024, 2, 29)))
    old.refresh_from_db()
    assert (old.title, new.title, new.template_id, new.valid_until) == ("培训合格证书", "结业证书", mine.pk, date(2027, 2, 28))
    assert CertificateTemplate.objects.filter(org=top).count() == 1


def test_officer_of_the_union_may_approve_a_stranger_may_not():
    org = OrgUnitFactory()
    officer, hr = UserFactory(), UserFactory()
    assign_role(actor=SYSTEM, user=officer, role="union_officer", scope=org)
    assign_role(actor=SYSTEM, user=hr, role="union_reviewer", scope=org)
    order = make_order(org=OrgUnitFactory(parent=org))
    with pytest.raises(NotFound):
        issue.approve(actor=UserFactory(), order=order)
    with pytest.raises(Forbidden):
        issue.approve(actor=hr, order=order)
    assert issue.approve(actor=officer, order=order).state == CertificateState.APPROVED
