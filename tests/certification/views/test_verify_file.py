"""A file handed in: ours, ours but no longer good, changed, forged, made to exhaust; each ends in a plain sentence."""

import base64
import io
import json
import re
from datetime import timedelta

import pikepdf
import pypdfium2
import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from access import SYSTEM
from certification import limits
from certification.credentials import jose, proof
from certification.enums import CertificateState, Reason
from certification.keys import keyring
from certification.models import Certificate, Credential, HandedIn, LookUp
from certification.queries.keys import issuer
from certification.rendering.pdf import Attached, renderer
from certification.signing.pades import Seal
from certification.workflows import handed_in, issue, standing, status_lists
from certification.workflows.sealing import attachments
from tests.certification.credentials.making import P256, Ed
from tests.certification.signing.pki import Signer
from tests.factories.certification import make_order
from tests.factories.ground import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(db):
    return issue.issue(actor=SYSTEM, order=make_order(person=PersonFactory(name="欧阳示例")))


@pytest.fixture
def credential(certificate):
    return Credential.objects.get()


def hand_in(client, data, name="a.pdf", **more):
    data = data if isinstance(data, bytes) else data.encode()
    return client.post(reverse("certification:verify_file"), {"file": SimpleUploadedFile(name, data)}, **more)


def judged(client, data, **more):
    """Return (status, cause, points) of the page that answers *data*."""
    page = hand_in(client, data, **more)
    row = HandedIn.objects.latest("pk")
    if page.status_code == 302:
        page = client.get(page.url)
    assert f'data-cause="{row.cause}"' in page.content.decode()
    return page.status_code, row.cause, [row.points[name] for name in ("signature", "unchanged", "attachments", "register", "standing")]


def signed_pdf(certificate, credential, *, number=None, files=None, signer=None):
    """Return a file such as we sign, whatever is in it."""
    at = timezone.now()
    from weasyprint import HTML

    from certification.rendering.layers import settle
    from certification.rendering.pdf import _attachment
    from certification.rendering.signature_field import add_signature_field

    seal = Seal(signer or keyring().document)

    def finish(_document, pdf):
        add_signature_field(pdf, pdf.objects[int(pdf.page_references[0].split()[0])], label="signature", seal=seal, at=at)
        settle(pdf)

    attached = files if files is not None else attachments(certificate, credential)
    html = f"<title>{certificate.title} {number or certificate.number}</title><p>{certificate.number}"
    data = HTML(string=html).write_pdf(
        finisher=finish,
        pdf_variant="pdf/a-3u",
        attachments=[_attachment(Attached(name, content), at.date(), renderer()._fetcher) for name, content in sorted(attached)],
    )
    return seal.sign(bytearray(data)).pdf


OK, NO, OUT = "ok", "failed", "absent"


def test_credential_json_is_answered_like_a_look_up_with_the_list(client, credential):
    assert judged(client, credential.data) == (200, "genuine", [OK, OK, OUT, OK, OK])
    page = client.get(reverse("certification:verify_result", args=[LookUp.objects.get().public_id])).content.decode()
    assert "证书有效" in page
    assert "欧阳示例" in page
    assert credential.certificate.number in page


def test_name_is_masked_for_who_only_has_the_address_of_the_answer(client, credential):
    address = hand_in(client, credential.data).url
    client.cookies.clear()
    page = client.get(address).content.decode()
    assert "欧阳**" in page
    assert "欧阳示例" not in page


def test_credential_written_otherwise_is_the_same_credential(client, credential):
    text = "\ufeff" + json.dumps(json.loads(credential.data), indent=4, sort_keys=True, ensure_ascii=True)
    assert judged(client, text)[:2] == (200, "genuine")


def test_credential_jwt_is_answered(client, credential):
    assert judged(client, credential.jwt + "\n") == (200, "genuine", [OK, OK, OUT, OK, OK])


def test_pdf_is_answered_with_every_point(client, certificate, credential):
    assert judged(client, signed_pdf(certificate, credential)) == (200, "genuine", [OK] * 5)


@pytest.mark.parametrize(
    ("state", "answer"),
    [(CertificateState.REVOKED, "revoked"), (CertificateState.SUSPENDED, "suspended"), ("expired", "expired"), ("replaced", "superseded")],
)
def test_standing_of_today_counts_however_good_the_file(client, certificate, credential, state, answer):
    if state == "expired":
        Certificate.objects.update(issued_on="2020-01-01", valid_until="2021-01-01")
    elif state == "replaced":
        standing.replace(actor=SYSTEM, certificate=certificate, reason=Reason.CORRECTED)
    else:
        Certificate.objects.update(state=state, state_since="2026-10-01", state_reason=Reason.FRAUD)
    address = hand_in(client, credential.data).url
    page = client.get(address).content.decode()
    assert f'data-answer="{answer}"' in page
    assert HandedIn.objects.get().points == {"signature": OK, "unchanged": OK, "attachments": OUT, "register": OK, "standing": NO}


# --- hostile: JSON ----------------------------------------------------------------------------------------------------


def changed(credential, **changes):
    document = json.loads(credential.data)
    document.update(changes)
    return document


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["credentialSubject"]["identifier"][0].update(identityHash="别人"),
        lambda d: d.pop("credentialStatus"),
        lambda d: d.update(validUntil="2099-01-01T00:00:00Z"),
        lambda d: d.update(extra="undefined"),
        lambda d: d.update({"@context": [*d["@context"], "http://169.254.169.254/latest/meta-data"]}),
        lambda d: d.update(credentialStatus={"statusListCredential": "http://127.0.0.1:9/list"}),
    ],
)
def test_changed_credential_is_not_to_be_relied_on(client, credential, change, monkeypatch):
    import socket

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: pytest.fail("asked the network"))
    document = json.loads(credential.data)
    change(document)
    assert judged(client, json.dumps(document)) == (422, "changed", [NO, NO, OUT, OUT, OUT])
    assert "被改动过，不能采信" in hand_in(client, json.dumps(document)).content.decode()


def test_our_content_signed_by_another_key_under_our_id_is_refused(client, credential):
    document = json.loads(credential.data)
    del document["proof"]
    forged = proof.attach(document, signer=Ed(keyring().credential.kid, seed=9), controller=issuer(), at=timezone.now())
    assert judged(client, json.dumps(forged))[:2] == (422, "foreign_signature")
    named = proof.attach(document, signer=Ed("vc-evil", seed=9), controller="did:key:z6Mk", at=timezone.now())
    assert judged(client, json.dumps(named))[:2] == (422, "foreign_signature")


def test_our_content_without_a_proof_is_unsigned(client, credential):
    document = json.loads(credential.data)
    del document["proof"]
    assert judged(client, json.dumps(document))[:2] == (422, "unsigned")


def test_credential_we_never_issued_is_not_ours(client, credential):
    document = changed(credential, id="https://evil.example/credentials/00000000-0000-4000-8000-000000000000")
    assert judged(client, json.dumps(document))[:2] == (422, "foreign")


def test_status_list_is_no_certificate_old_or_new(client, certificate):
    kept = status_lists.published(certificate.status_list.number, "revocation")
    assert judged(client, kept.data)[:2] == (422, "status_list")
    assert judged(client, kept.jwt)[:2] == (422, "status_list")
    standing.suspend(actor=SYSTEM, certificate=certificate, reason=Reason.UNDER_REVIEW)
    old = {**json.loads(Credential.objects.get().data), "replayed": json.loads(kept.data)}
    assert judged(client, json.dumps(old))[:2] == (422, "changed")


@pytest.mark.parametrize(
    ("data", "status", "cause"),
    [
        (b"", 422, "empty"),
        (b"  \n", 422, "empty"),
        (b"{", 422, "damaged"),
        (b"[" * 100_000, 422, "too_complex"),
        (b'{"credentialSubject":' * 20_000, 422, "too_complex"),
        (b'{"credentialSubject":' + b"[" * 900 + b"]" * 900 + b"}", 422, "too_complex"),
        (b'{"id":"' + b"x" * (300 << 10) + b'"}', 422, "too_complex"),
        (b'{"a":1}', 422, "unknown_kind"),
        (b'{"credentialSubject":{},"id":1e999999}', 422, "unsigned"),
        (b'{"credentialSubject":' + b"9" * 5000 + b"}", 422, "damaged"),
        (b"\xff\xfe{\x00", 422, "unknown_kind"),
        (b"PK\x03\x04" + b"\x00" * 100, 422, "unknown_kind"),
        (b"\x89PNG\r\n", 422, "unknown_kind"),
        (b"%PDF-1.7\n", 422, "damaged"),
        (b"%PDF-1.7\n" + b"1 0 obj\n<</Length 9999999999>>stream\n" + b"%%EOF", 422, "damaged"),
        (b"a.b.c", 422, "damaged"),
    ],
)
def test_file_that_is_none_ends_in_a_sentence(client, data, status, cause):
    assert judged(client, data)[:2] == (status, cause)


def test_blank_nodes_made_to_exhaust_are_found_changed_without_canonical_form(client, credential, monkeypatch):
    from certification.credentials import linked_data

    monkeypatch.setattr(linked_data, "canonical", lambda _d: pytest.fail("put into canonical form"))
    ring = [{"id": f"_:b{n}", "narrative": {"id": f"_:b{(n + 1) % 500}"}} for n in range(500)]
    document = changed(credential, credentialSubject=ring)
    assert judged(client, json.dumps(document))[:2] == (422, "changed")


# --- hostile: JWT -----------------------------------------------------------------------------------------------------


def b64(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_jwt_without_a_signature_or_by_another_key_is_refused(client, credential):
    head, claims, signature = credential.jwt.split(".")
    none = b64({"alg": "none", "typ": "JWT", "kid": f"{issuer()}#{keyring().token.kid}"})
    assert judged(client, f"{none}.{claims}.")[:2] == (422, "unsigned")
    hs = b64({"alg": "HS256", "kid": f"{issuer()}#{keyring().token.kid}"})
    assert judged(client, f"{hs}.{claims}.{signature}")[:2] == (422, "unsigned")
    document = {k: v for k, v in json.loads(credential.data).items() if k != "proof"}
    ours = jose.sign(document, signer=P256(keyring().token.kid), controller=issuer())
    assert judged(client, ours)[:2] == (422, "changed")
    foreign = jose.sign(document, signer=P256("qr-evil"), controller="did:key:zDn")
    assert judged(client, foreign)[:2] == (422, "foreign")
    other = json.loads(jose._bytes(claims))
    other["credentialSubject"]["licenseNumber"] = "1"
    assert judged(client, f"{head}.{b64(other)}.{signature}")[:2] == (422, "changed")


def test_jwt_signed_by_us_that_is_not_in_our_register_is_refused(client, credential):
    document = {k: v for k, v in json.loads(credential.data).items() if k != "proof"}
    again = jose.sign({**document, "name": "别的证书"}, signer=keyring().token, controller=issuer())
    assert judged(client, again)[:2] == (422, "not_registered")


# --- hostile: PDF -----------------------------------------------------------------------------------------------------


def test_overlay_written_behind_the_signature_is_refused(client, certificate, credential):
    genuine = signed_pdf(certificate, credential)
    writer = IncrementalPdfFileWriter(io.BytesIO(genuine))
    page, _ = writer.find_page_for_modification(0)
    writer.update_container(page.get_object())
    page.get_object()["/Rotate"] = generic.NumberObject(90)
    target = io.BytesIO()
    writer.write(target)
    assert judged(client, target.getvalue()) == (422, "added_to", [OUT, NO, OUT, OUT, OUT])
    assert "被改动过，不能采信" in hand_in(client, target.getvalue()).content.decode()


def test_changed_stripped_foreign_and_unsigned_pdfs_are_refused(client, certificate, credential):
    genuine = signed_pdf(certificate, credential)
    at = genuine.index(b"/Contents<") - 400
    assert judged(client, genuine[:at] + bytes([genuine[at] ^ 1]) + genuine[at + 1 :])[1] in {"changed", "damaged", "incomplete"}
    files = attachments(certificate, credential)
    assert judged(client, signed_pdf(certificate, credential, files=files[:2]))[:2] == (422, "incomplete")
    assert judged(client, signed_pdf(certificate, credential, signer=Signer()))[:2] == (422, "foreign")
    assert judged(client, signed_pdf(certificate, credential, number="330106-PX-2026-000001-A"))[:2] == (422, "incomplete")


def test_pdf_with_the_attachments_of_another_certificate_is_refused(client, certificate, credential):
    other = issue.issue(actor=SYSTEM, order=make_order())
    files = dict(attachments(certificate, credential)) | {"credential.jwt": other.credential.jwt.encode()}
    assert judged(client, signed_pdf(certificate, credential, files=list(files.items())))[:2] == (422, "incomplete")
    files = dict(attachments(certificate, credential)) | {
        "register.tlog-proof": dict(attachments(other, other.credential))["register.tlog-proof"]
    }
    assert judged(client, signed_pdf(certificate, credential, files=list(files.items()))) == (422, "not_registered", [OK, OK, OK, NO, OK])


# --- size, frequency --------------------------------------------------------------------------------------------------


def test_too_large_is_refused_before_it_is_read(client):
    class Unread(io.BytesIO):
        def read(self, *_size):
            pytest.fail("was read")

    answer = client.generic(
        "POST",
        reverse("certification:verify_file"),
        b"",
        content_type="multipart/form-data; boundary=x",
        **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(200 << 20)},
    )
    assert answer.status_code == 413
    assert "10 MB" in answer.content.decode()
    assert LookUp.objects.count() == 0


def test_a_little_too_large_is_said_so(client):
    assert judged(client, b"%PDF-" + bytes(handed_in.LARGEST))[:2] == (413, "too_large")


def test_nothing_of_a_file_is_written_to_the_disk(client, credential, monkeypatch):
    import tempfile

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", lambda *_a, **_k: pytest.fail("wrote a file"))
    assert judged(client, credential.data.encode() + b" " * (200 << 10))[0] == 200
    assert judged(client, b"%PDF-" + bytes(5 << 20))[1] == "damaged"


def test_form_without_a_file_comes_back_with_a_sentence(client):
    page = client.post(reverse("certification:verify_file"), {})
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()


def test_files_are_limited_by_address(client, credential, monkeypatch):
    monkeypatch.setattr(limits, "BY_FILE_ADDRESS", limits.Limit("file", 1, 3600))
    assert [hand_in(client, credential.data).status_code for _turn in range(2)] == [302, 429]


def test_form_needs_its_token(credential):
    from django.test import Client

    assert hand_in(Client(enforce_csrf_checks=True), credential.data).status_code == 403


# --- the report -------------------------------------------------------------------------------------------------------


def report_of(client, look_up):
    answer = client.get(reverse("certification:verify_report", args=[look_up.public_id]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return answer.content


def words(pdf):
    import subprocess

    return re.sub(r"\s+", "", subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode())


def test_report_says_what_was_asked_and_answered_and_can_be_handed_in(client, certificate):
    client.get(f"/v/{certificate.code}/")
    look_up = LookUp.objects.get()
    report = report_of(client, look_up)
    said = words(report)
    assert look_up.reference in said
    assert "证书有效" in said
    assert certificate.number in said
    assert "欧阳**" in said
    assert "欧阳示例" not in said
    assert judged(client, report) == (200, "report", [OK, OK, OUT, OUT, OK])
    page = client.get(reverse("certification:verify_result", args=[LookUp.objects.latest("pk").public_id])).content.decode()
    assert look_up.reference in page
    assert "查验报告" in page


def test_report_of_yesterday_does_not_hide_the_standing_of_today(client, certificate):
    client.get(f"/v/{certificate.code}/")
    report = report_of(client, LookUp.objects.get())
    Certificate.objects.update(state=CertificateState.REVOKED, state_since="2026-10-01", state_reason=Reason.FRAUD)
    page = client.get(hand_in(client, report).url).content.decode()
    assert 'data-answer="revoked"' in page


def test_full_name_stands_in_the_report_only_for_who_typed_it(client, certificate):
    client.post(reverse("certification:verify"), {"number": certificate.number, "name": "欧阳示例"})
    assert "欧阳示例" in words(report_of(client, LookUp.objects.get()))
    client.cookies.clear()
    assert "欧阳示例" not in words(report_of(client, LookUp.objects.get()))


def test_report_of_a_file_names_its_fingerprint(client, credential):
    hand_in(client, credential.data)
    row = HandedIn.objects.get()
    assert row.sha256 in words(report_of(client, row.look_up))


def test_report_of_no_match_can_be_kept_too(client, certificate):
    client.post(reverse("certification:verify"), {"number": "12345", "name": "王"})
    report = report_of(client, LookUp.objects.get())
    assert judged(client, report) == (200, "report", [OK, OK, OUT, OUT, OUT])


def test_changed_report_is_refused(client, certificate):
    client.get(f"/v/{certificate.code}/")
    report = report_at(client, LookUp.objects.get())
    assert judged(client, report + b"\n%%EOF")[1] in {"added_to", "changed", "damaged"}


def test_report_of_an_old_look_up_is_gone(client, certificate):
    client.get(f"/v/{certificate.code}/")
    LookUp.objects.update(at=timezone.now() - timedelta(hours=25))
    assert client.get(reverse("certification:verify_report", args=[LookUp.objects.get().public_id])).status_code == 410


# --- the name is shown only to whoever has it ------------------------------------------------------------------------------


def report_at(client, address):
    page = client.get(address + "report.pdf")
    assert page.status_code == 200
    return page.content


def answer_page(client, data):
    return client.get(hand_in(client, data).url).content.decode()


def test_report_to_somebody_who_scanned_the_code_unmasks_nothing(client, certificate):
    scanned = client.get(reverse("certification:code", args=[certificate.code])).content.decode()
    data = report_at(client, re.search(r"/verify/result/[0-9a-f-]+/", scanned)[0])
    for _turn in range(3):  # the report, the report of the report, and that one's
        page = hand_in(client, data).url
        body = client.get(page).content.decode()
        assert ("欧阳**" in body, "欧阳示例" in body) == (True, False)
        data = report_at(client, page)
    assert "欧阳示例" not in pypdfium2.PdfDocument(data)[0].get_textpage().get_text_bounded()
    assert "本身就是这样一份报告" in body or "itself such a report" in body


def test_jwt_inside_such_a_report_unmasks_nothing(client, certificate):
    scanned = client.get(reverse("certification:code", args=[certificate.code])).content.decode()
    data = report_at(client, re.search(r"/verify/result/[0-9a-f-]+/", scanned)[0])
    with pikepdf.open(io.BytesIO(data)) as document:
        (inside,) = [file.get_file().read_bytes() for file in document.attachments.values()]
    body = answer_page(client, inside)
    assert ("欧阳**" in body, "欧阳示例" in body) == (True, False)


def test_report_to_somebody_who_typed_the_name_shows_it_to_who_hands_it_in(client, certificate):
    page = client.post(reverse("certification:verify"), {"number": certificate.number, "name": "欧阳示例"})
    data = report_at(client, page.url)
    stranger = Client()
    assert "欧阳示例" in answer_page(stranger, data)
    # Another browser that only has the address of the answer reads no name.
    assert "欧阳示例" not in Client().get(f"/verify/result/{LookUp.objects.latest('pk').public_id}/").content.decode()


def test_report_by_another_browser_masks_the_typed_name(client, certificate):
    page = client.post(reverse("certification:verify"), {"number": certificate.number, "name": "欧阳示例"})
    body = answer_page(Client(), report_at(Client(), page.url))
    assert ("欧阳**" in body, "欧阳示例" in body) == (True, False)


def test_files_that_hold_the_name_show_it(client, certificate, credential):
    with storages["private"].open(certificate.pdf.name) as file:
        whole = file.read()
    for data in (whole, credential.data, credential.jwt):
        assert "欧阳示例" in answer_page(client, data)
        assert HandedIn.objects.latest("pk").names_holder is True


def test_programs_and_shared_links_keep_the_mask(client, certificate):
    from certification.workflows.programs import said

    assert said(status_of(certificate), certificate)["certificate"]["holder"] == "欧阳**"


def status_of(certificate):
    from certification.rules import status

    return status.judge(certificate.standing, today=timezone.localdate())
