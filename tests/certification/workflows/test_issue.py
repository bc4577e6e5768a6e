"""Issuing: one outcome, one number, one file, whatever happens between the steps."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest
import zxingcpp
from django.core.files.storage import storages
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

import access
from access.workflows import assign_role
from audit.models import Event
from certification.enums import CertificateKind, CertificateState
from certification.errors import NotIssuable
from certification.models import (
    Certificate,
    CertificateTemplate,
    Credential,
    RegisterEntry,
    StatusChange,
)
from certification.rendering.errors import UnsettableText
from certification.rules import number
from certification.tlog import leaves
from certification.workflows import approval, issue, template
from core.errors import Forbidden, NotFound
from core.models import NamedCounter
from notify.models import Message
from tests.factories.certification import make_order
from tests.factories.ground import OrgUnitFactory, PersonFactory, UserFactory, WorkerFactory

pytestmark = pytest.mark.django_db
SYSTEM = access.SYSTEM


class Crash(BaseException):
    """The process is gone: no handler of ours may catch it."""


def stored(name):
    with storages["private"].open(name) as file:
        return file.read()


def counter(order):
    return list(
        NamedCounter.objects.filter(name__startswith="certification:").values_list(
            "value", flat=True
        )
    )


def test_issue_gives_number_file_fingerprint_and_history():
    order = make_order(org=OrgUnitFactory(code="330106", name="示例市总工会"))
    certificate = issue.issue_certificate(actor=SYSTEM, order=order)
    year = timezone.localdate().year
    assert certificate.number == str(
        number.make_certificate_number(org="330106", kind="PX", year=year, serial=1)
    )
    assert (certificate.state, certificate.issuer_name, certificate.title) == (
        CertificateState.ISSUED,
        "示例市总工会",
        "培训合格证书",
    )
    data = stored(certificate.pdf.name)
    assert data.startswith(b"%PDF")
    assert hashlib.sha256(data).hexdigest() == certificate.sha256
    assert list(StatusChange.objects.values_list("certificate", "old", "new")) == [
        (certificate.pk, "approved", "issued")
    ]
    assert list(
        Event.objects.filter(kind__startswith="certification.")
        .order_by("pk")
        .values_list("kind", flat=True)
    ) == [
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
            ["学时，符合结业条件，特发此证。", False, False],
        ]
    ]


def test_issue_twice_is_one_certificate():
    order = make_order()
    first, second = (
        issue.issue_certificate(actor=SYSTEM, order=order),
        issue.issue_certificate(actor=SYSTEM, order=order),
    )
    assert first.pk == second.pk
    assert counter(order) == [1]
    assert StatusChange.objects.count() == 1


@pytest.mark.parametrize(
    "where",
    ["_register", "renderer", "seal", "attachments_of", "reserve", "store", "mark_issued", "after"],
)
def test_crash_between_any_two_steps_then_again_ends_at_one(where, monkeypatch):
    order = make_order()
    module = approval if where == "_register" else issue
    real = getattr(module, where, None)

    def crash(*args, **kwargs):
        if where != "renderer":
            real(*args, **kwargs)  # the step itself is done, what follows it isn't
        raise Crash

    if where != "after":
        with monkeypatch.context() as patch:
            patch.setattr(module, where, crash)
            with pytest.raises(Crash):
                issue.issue_certificate(actor=SYSTEM, order=order)
    issue.issue_certificate(actor=SYSTEM, order=order)
    certificate = issue.issue_certificate(actor=SYSTEM, order=order)
    assert list(Certificate.objects.values_list("state", flat=True)) == ["issued"]
    assert counter(order) == [1]
    folder, _slash, name = certificate.pdf.name.rpartition("/")
    mine = [
        file
        for file in storages["private"].listdir(folder)[1]
        if file.startswith(str(certificate.public_id))
    ]
    assert mine == [name]
    credential = Credential.objects.get()
    entry = leaves.write_leaf(
        "issue", bytes.fromhex(credential.sha256), timezone.localdate(credential.signed_at)
    )
    assert bytes(RegisterEntry.objects.get(index=credential.leaf_index).data) == entry
    assert RegisterEntry.objects.filter(about=bytes.fromhex(credential.sha256)).count() == 1


def test_crash_after_commit_of_the_row_keeps_its_number(monkeypatch):
    order = make_order()
    approved = issue.approve_certificate(actor=SYSTEM, order=order)
    assert approved.state == CertificateState.APPROVED
    certificate = issue.issue_certificate(actor=SYSTEM, order=order)
    assert (certificate.pk, certificate.number, certificate.state) == (
        approved.pk,
        approved.number,
        CertificateState.ISSUED,
    )


def test_crash_after_the_file_reuses_the_file_and_mends_a_torn_one(monkeypatch):
    order = make_order()
    approved = issue.approve_certificate(actor=SYSTEM, order=order)
    with monkeypatch.context() as patch:
        patch.setattr(issue, "mark_certificates_issued", lambda **_: (_ for _ in ()).throw(Crash()))
        with pytest.raises(Crash):
            issue.print_certificate(actor=SYSTEM, certificate=approved)
    storage = storages["private"]
    folder = f"certificates/{approved.issued_on.year}"
    (name,) = [
        file for file in storage.listdir(folder)[1] if file.startswith(str(approved.public_id))
    ]
    with open(storage.path(f"{folder}/{name}"), "r+b") as file:  # noqa: PTH123 - tear it
        file.truncate(1000)
    certificate = issue.issue_certificate(actor=SYSTEM, order=order)
    assert certificate.pdf.name == f"{folder}/{name}"
    assert hashlib.sha256(stored(certificate.pdf.name)).hexdigest() == certificate.sha256


def files_of(certificate):
    folder = storages["private"].listdir(f"certificates/{certificate.issued_on.year}")[1]
    return [file for file in folder if file.startswith(str(certificate.public_id))]


def test_file_of_an_attempt_that_was_printed_otherwise_is_removed_by_the_next(monkeypatch):
    approved = issue.approve_certificate(actor=SYSTEM, order=make_order())
    with monkeypatch.context() as patch:
        patch.setattr(issue, "mark_certificates_issued", lambda **_: (_ for _ in ()).throw(Crash()))
        with pytest.raises(Crash):
            issue.print_certificate(actor=SYSTEM, certificate=approved)
    (left,) = files_of(approved)
    real = issue.get_certificate_press

    class Otherwise:
        """A press whose bytes differ: another way, another level, another moment of the timestamp."""

        def __init__(self, key):
            self.press = real(key)

        def print(self, *args, **kwargs):
            made = self.press.print(*args, **kwargs)
            pdf = made.pdf + b"\n"
            return replace(made, pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest())

    monkeypatch.setattr(issue, "get_certificate_press", Otherwise)
    certificate = issue.print_certificate(actor=SYSTEM, certificate=approved)
    (kept,) = files_of(certificate)
    assert (kept != left, certificate.pdf.name.rpartition("/")[2]) == (True, kept)
    assert hashlib.sha256(stored(certificate.pdf.name)).hexdigest() == certificate.sha256


def test_worker_that_was_only_slow_leaves_the_file_of_the_one_who_was_quicker(monkeypatch):
    approved = issue.approve_certificate(actor=SYSTEM, order=make_order())
    real = issue.mark_certificates_issued

    def overtaken(**kwargs):
        with monkeypatch.context() as patch:
            patch.setattr(issue, "mark_certificates_issued", real)
            quicker = issue.print_certificate(actor=SYSTEM, certificate=approved)
        assert quicker.state == CertificateState.ISSUED
        return real(**kwargs)

    monkeypatch.setattr(issue, "mark_certificates_issued", overtaken)
    certificate = issue.print_certificate(actor=SYSTEM, certificate=approved)
    assert files_of(certificate) == [certificate.pdf.name.rpartition("/")[2]]
    assert hashlib.sha256(stored(certificate.pdf.name)).hexdigest() == certificate.sha256
    assert StatusChange.objects.count() == 1


def test_many_at_once_settle_each_by_itself():
    org, year = OrgUnitFactory(code="330106"), timezone.localdate().year
    good = [make_order(org=org), make_order(org=org), make_order(org=OrgUnitFactory(code="330107"))]
    unset = make_order(person=PersonFactory(name="王\U0003fffd"), org=org)
    hole = make_order(org=org, subject="")
    nowhere = make_order(org=OrgUnitFactory(code="甲"))
    known = issue.issue_certificate(actor=SYSTEM, order=make_order(org=org))
    again = make_order(org=org, source_key=known.source_key)
    outcomes = issue.issue_certificates(
        actor=SYSTEM, orders=[good[0], unset, hole, good[1], nowhere, again, good[2], good[0]]
    )
    made = [one for one in outcomes if isinstance(one, Certificate)]
    assert [getattr(one, "state", getattr(one, "code", one)) for one in outcomes] == [
        "issued", "unseen_text", "wording_incomplete", "issued", "org_code_unusable", "issued", "issued", "issued",
    ]  # fmt: skip
    assert made[0].pk == made[-1].pk
    assert [
        number.parse_certificate_number(row.number).serial
        for row in Certificate.objects.filter(org=org).order_by("pk")
    ] == [
        1,
        2,
        3,
        4,
    ]
    assert Certificate.objects.get(hold_code="unseen_text").state == CertificateState.APPROVED
    assert all(hashlib.sha256(stored(row.pdf.name)).hexdigest() == row.sha256 for row in made)
    assert (
        len({(row.status_list_id, row.status_index) for row in Certificate.objects.all()})
        == Certificate.objects.count()
        == 5
    )
    assert (
        RegisterEntry.objects.filter(about__isnull=False).count() == 4 + 4
    )  # credentials and the four keys
    assert StatusChange.objects.count() == 4
    assert Event.objects.filter(kind="certification.issued").count() == 4
    assert {row.issued_on.year for row in made} == {year}


def test_order_the_database_refuses_stops_alone():
    orders = [make_order(), make_order(subject="超" * 300), make_order()]
    outcomes = issue.issue_certificates(actor=SYSTEM, orders=orders)
    assert [type(one).__name__ for one in outcomes] == [
        "Certificate",
        "ValidationError",
        "Certificate",
    ]
    assert Certificate.objects.count() == 2


@pytest.mark.parametrize("wrong", [{"holder": ""}, {"holder": "名" * 101}, {"level": -1}])
def test_what_does_not_fit_its_field_stops_alone(wrong):
    outcomes = issue.issue_certificates(
        actor=SYSTEM, orders=[make_order(), make_order(**wrong), make_order()]
    )
    assert [type(one).__name__ for one in outcomes] == [
        "Certificate",
        "ValidationError",
        "Certificate",
    ]
    assert Certificate.objects.count() == 2


def test_holder_that_changed_meanwhile_is_kept_and_told(monkeypatch):
    """Two records of a person become one while the files are made: the row's own word counts, not
    what the worker read before.
    """
    before, after = WorkerFactory(), WorkerFactory()
    stored = issue.store_certificate_file

    def merged(name, printed, *, tried):
        Certificate.objects.filter(person=before).update(person=after)
        stored(name, printed, tried=tried)

    monkeypatch.setattr(issue, "store_certificate_file", merged)
    (made,) = issue.issue_certificates(actor=SYSTEM, orders=[make_order(person=before)])
    assert made.person_id == after.pk == Certificate.objects.get().person_id
    assert Message.objects.get(kind="certification.issued").recipient == after.user
    assert made.state == Certificate.objects.get().state == CertificateState.ISSUED
    fresh = Certificate.objects.get()
    assert {
        field.name: getattr(made, field.attname) for field in Certificate._meta.concrete_fields
    } == {field.name: getattr(fresh, field.attname) for field in Certificate._meta.concrete_fields}


def test_holders_are_told_of_each_certificate_once():
    worker = WorkerFactory()
    orders = [
        make_order(person=worker),
        make_order(person=worker, source_key="another"),
        make_order(person=WorkerFactory()),
        make_order(),
    ]
    for _twice in range(2):
        issue.issue_certificates(actor=SYSTEM, orders=orders)
    told = Message.objects.filter(kind="certification.issued").values_list(
        "recipient__person", "about_id"
    )
    mine = Certificate.objects.filter(person__user__isnull=False).order_by("pk")
    assert sorted(told) == sorted((row.person_id, str(row.pk)) for row in mine)
    assert len(told) == 3


def test_batch_costs_the_same_queries_for_4_and_for_12():
    org = OrgUnitFactory()
    issue.issue_certificate(actor=SYSTEM, order=make_order(org=org))
    counts = []
    for size in (4, 12):
        orders = [make_order(person=WorkerFactory(), org=org) for _each in range(size)]
        with CaptureQueriesContext(connection) as counter:
            issue.issue_certificates(actor=SYSTEM, orders=orders)
        counts.append(len(counter))
    assert counts[0] == counts[1] <= 60


def test_rolled_back_transaction_gives_its_number_back():
    org = OrgUnitFactory()

    @transaction.atomic
    def approved_then_crashed():
        issue.approve_certificate(actor=SYSTEM, order=make_order(org=org))
        raise Crash

    with pytest.raises(Crash):
        approved_then_crashed()
    assert (
        number.parse_certificate_number(
            issue.approve_certificate(actor=SYSTEM, order=make_order(org=org)).number
        ).serial
        == 1
    )


def test_numbers_run_on_by_union_kind_and_year():
    first, second = OrgUnitFactory(code="3301-06"), OrgUnitFactory(code="330107")
    orders = [
        make_order(org=first),
        make_order(org=first),
        make_order(org=second),
        make_order(org=first, kind=CertificateKind.HONOUR, subject="示例工匠"),
        make_order(org=first, issued_on=date(2023, 5, 1)),
    ]
    read = [
        number.parse_certificate_number(issue.approve_certificate(actor=SYSTEM, order=order).number)
        for order in orders
    ]
    year = timezone.localdate().year
    assert [(n.org, n.kind, n.year, n.serial, n.fits) for n in read] == [
        ("330106", "PX", year, 1, True),
        ("330106", "PX", year, 2, True),
        ("330107", "PX", year, 1, True),
        ("330106", "RY", year, 1, True),
        ("330106", "PX", 2023, 1, True),
    ]


@pytest.mark.parametrize(
    ("character", "code"), [("\U0003fffd", "unseen_text"), ("\U00021d5a", "unsettable_text")]
)
def test_name_without_glyph_stops_with_a_sentence_and_goes_on_once_mended(character, code):
    """A code point that stands for nothing, as older records may hold it, and a character that the
    certificate fonts lack.
    """
    person = PersonFactory(name=f"王{character}明")
    order = make_order(person=person)
    with pytest.raises(UnsettableText):
        issue.issue_certificate(actor=SYSTEM, order=order)
    held = Certificate.objects.get()
    assert (held.state, held.hold_code, held.sha256, held.pdf.name) == ("approved", code, "", "")
    assert f"U+{ord(character):X}" in held.hold_reason
    assert held.holder_name == f"王{character}明"  # nothing is lost
    assert person.name not in held.hold_reason
    assert "王" not in str(Event.objects.filter(kind="certification.held").values().get())
    Certificate.objects.filter(pk=held.pk).update(holder_name="王明")
    mended = issue.issue_certificate(actor=SYSTEM, order=order)
    assert (mended.pk, mended.number, mended.state, mended.hold_code) == (
        held.pk,
        held.number,
        "issued",
        "",
    )


@pytest.mark.parametrize("name", ["𠮷田䶮", "㛃·阿卜杜拉", "欧阳𬭎"])
def test_rare_names_are_printed_and_kept_as_given(name):
    certificate = issue.issue_certificate(
        actor=SYSTEM, order=make_order(person=PersonFactory(name=name))
    )
    assert (certificate.holder_name, certificate.state) == (name, "issued")


def test_qr_code_on_the_page_leads_to_the_token(settings, tmp_path):
    certificate = issue.issue_certificate(actor=SYSTEM, order=make_order())
    face = issue.build_print_data(certificate)
    assert face.qr == f"{settings.BASE_URL}/V/{certificate.code}"
    assert certificate.holder_name not in face.qr
    assert certificate.number not in face.qr
    assert len(certificate.code) == 16
    from certification.rendering.picture import qr_pixels

    side, pixels = qr_pixels(face.qr)
    image = Image.frombytes("L", (side, side), pixels).resize((side * 2, side * 2))
    assert [
        code.text for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    ] == [face.qr]


def test_wording_with_a_hole_is_refused_before_a_number_is_taken():
    with pytest.raises(NotIssuable) as caught:
        issue.issue_certificate(actor=SYSTEM, order=make_order(subject=""))
    assert caught.value.code == "wording_incomplete"
    assert (
        Certificate.objects.count(),
        NamedCounter.objects.filter(name__startswith="certification:").count(),
    ) == (0, 0)


def test_union_code_without_letters_or_digits_is_refused():
    with pytest.raises(NotIssuable) as caught:
        issue.approve_certificate(actor=SYSTEM, order=make_order(org=OrgUnitFactory(code="甲-乙")))
    assert caught.value.code == "org_code_unusable"


def test_own_template_of_the_union_above_counts_and_older_certificates_keep_theirs():
    top = OrgUnitFactory()
    below = OrgUnitFactory(parent=top)
    old = issue.issue_certificate(actor=SYSTEM, order=make_order(org=below))
    mine = template.add_template_version(
        actor=SYSTEM,
        org=top,
        kind="PX",
        title="结业证书",
        wording="完成{subject}，准予结业。",
        valid_years=3,
        disclaimer="本证书不是国家职业技能等级证书。",
    )
    new = issue.issue_certificate(
        actor=SYSTEM, order=make_order(org=below, issued_on=date(2024, 2, 29))
    )
    old.refresh_from_db()
    assert (old.title, new.title, new.template_id, new.valid_until) == (
        "培训合格证书",
        "结业证书",
        mine.pk,
        date(2027, 2, 28),
    )
    assert CertificateTemplate.objects.filter(org=top).count() == 1


def test_officer_of_the_union_may_approve_a_stranger_may_not():
    org = OrgUnitFactory()
    officer, hr = UserFactory(), UserFactory()
    assign_role(actor=SYSTEM, user=officer, role="union_officer", scope=org)
    assign_role(actor=SYSTEM, user=hr, role="union_reviewer", scope=org)
    order = make_order(org=OrgUnitFactory(parent=org))
    with pytest.raises(NotFound):
        issue.approve_certificate(actor=UserFactory(), order=order)
    with pytest.raises(Forbidden):
        issue.approve_certificate(actor=hr, order=order)
    assert issue.approve_certificate(actor=officer, order=order).state == CertificateState.APPROVED
