"""A file handed in: ours, ours but no longer good, changed, forged, made to exhaust; each ends in
a plain sentence.
"""

import base64
import io
import json
import re
from datetime import datetime, timedelta

import pikepdf
import pypdfium2
import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject

from access import SYSTEM
from certification import throttling
from certification.credentials import jose, proof, strict_json
from certification.enums import CertificateState, Reason
from certification.keys import get_keyring
from certification.models import Certificate, Credential, HandedIn, LookUp
from certification.queries.keys import get_issuer_did
from certification.rendering.pdf import Attached, get_renderer
from certification.sandbox.client import AT_ONCE, sandbox
from certification.sandbox.errors import SandboxInterrupted
from certification.sandbox.slots import take_slot
from certification.signing.pades import PadesSigner
from certification.views import verify_file
from certification.workflows import file_check, issue, look_up_log, status_changes, status_lists
from certification.workflows.credential_issue import list_certificate_attachments
from tests.certification.credentials.making import P256, Ed
from tests.certification.signing.pki import Signer
from tests.factories.certification import make_order
from tests.factories.ground import PersonFactory

pytestmark = pytest.mark.django_db
JUDGED = 1
"""Queries to judge a genuine PDF: its certificate, its credential, its place in the register."""


@pytest.fixture
def certificate(db):
    return issue.issue_certificate(
        actor=SYSTEM, order=make_order(person=PersonFactory(name="欧阳示例"))
    )


@pytest.fixture
def credential(certificate):
    return Credential.objects.get()


def hand_in(client, data, name="a.pdf", **more):
    data = data if isinstance(data, bytes) else data.encode()
    return client.post(
        reverse("certification:verify_file"), {"file": SimpleUploadedFile(name, data)}, **more
    )


def judged(client, data, **more):
    """Return (status, cause, points) of the page that answers *data*."""
    page = hand_in(client, data, **more)
    row = HandedIn.objects.latest("pk")
    if page.status_code == 302:
        page = client.get(page.url)
    assert f'data-cause="{row.cause}"' in page.content.decode()
    return (
        page.status_code,
        row.cause,
        [
            row.points[name]
            for name in ("signature", "unchanged", "attachments", "register", "standing")
        ],
    )


def signed_pdf(certificate, credential, *, number=None, files=None, signer=None):
    """Return a file such as we sign, whatever is in it."""
    at = timezone.now()
    from weasyprint import HTML

    from certification.rendering.layers import finish_streams
    from certification.rendering.pdf import _attachment
    from certification.rendering.signature_field import add_signature_field

    seal = PadesSigner(signer or get_keyring().document)

    def finish(_document, pdf):
        add_signature_field(
            pdf,
            pdf.objects[int(pdf.page_references[0].split()[0])],
            label="signature",
            seal=seal,
            at=at,
        )
        finish_streams(pdf)

    attached = files if files is not None else list_certificate_attachments(certificate, credential)
    html = (
        f"<title>{certificate.title} {number or certificate.number}</title><p>{certificate.number}"
    )
    data = HTML(string=html).write_pdf(
        finisher=finish,
        pdf_variant="pdf/a-3u",
        attachments=[
            _attachment(Attached(name, content), at.date(), get_renderer()._fetcher)
            for name, content in sorted(attached)
        ],
    )
    return seal.sign(bytearray(data)).pdf


OK, NO, OUT = "ok", "failed", "absent"


def test_credential_json_is_answered_like_a_look_up_with_the_list(client, credential):
    assert judged(client, credential.data) == (200, "genuine", [OK, OK, OUT, OK, OK])
    page = client.get(
        reverse("certification:verify_result", args=[LookUp.objects.get().public_id])
    ).content.decode()
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
    text = "\ufeff" + json.dumps(
        json.loads(credential.data), indent=4, sort_keys=True, ensure_ascii=True
    )
    assert judged(client, text)[:2] == (200, "genuine")


def test_credential_jwt_is_answered(client, credential):
    assert judged(client, credential.jwt + "\n") == (200, "genuine", [OK, OK, OUT, OK, OK])


def test_pdf_is_answered_with_every_point(client, certificate, credential):
    assert judged(client, signed_pdf(certificate, credential)) == (200, "genuine", [OK] * 5)
    assert (
        HandedIn.objects.get().compared == "signed_part"
    )  # a file such as we sign, but not the one on record


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        (CertificateState.REVOKED, "revoked"),
        (CertificateState.SUSPENDED, "suspended"),
        ("expired", "expired"),
        ("replaced", "superseded"),
    ],
)
def test_standing_of_today_counts_however_good_the_file(
    client, certificate, credential, state, answer
):
    if state == "expired":
        Certificate.objects.update(issued_on="2020-01-01", valid_until="2021-01-01")
    elif state == "replaced":
        status_changes.replace_certificate(
            actor=SYSTEM, certificate=certificate, reason=Reason.CORRECTED
        )
    else:
        Certificate.objects.update(state=state, state_since="2026-10-01", state_reason=Reason.FRAUD)
    address = hand_in(client, credential.data).url
    page = client.get(address).content.decode()
    assert f'data-answer="{answer}"' in page
    assert HandedIn.objects.get().points == {
        "signature": OK,
        "unchanged": OK,
        "attachments": OUT,
        "register": OK,
        "standing": NO,
    }


# --- known by the bytes -----------------------------------------------------------------------------------------------


def pdf_of(certificate):
    with certificate.pdf.open("rb") as stored:
        return stored.read()


@pytest.fixture
def opens_nothing(monkeypatch):
    """Fail if a file is opened, parsed, or its signature computed."""
    monkeypatch.setattr(sandbox, "examine", lambda *_a, **_k: pytest.fail("opened the file"))
    monkeypatch.setattr(
        jose, "verify_credential_jwt", lambda *_a, **_k: pytest.fail("computed a signature")
    )
    monkeypatch.setattr(
        proof, "verify_credential_proof", lambda *_a, **_k: pytest.fail("computed a signature")
    )


@pytest.mark.usefixtures("opens_nothing")
def test_genuine_file_is_known_by_its_fingerprint_without_being_opened(
    client, certificate, credential
):
    for data in (pdf_of(certificate), credential.data, credential.jwt):
        assert judged(client, data)[:2] == (200, "genuine")
        assert HandedIn.objects.latest("pk").compared == "bytes"
        page = client.get(
            reverse("certification:verify_result", args=[LookUp.objects.latest("pk").public_id])
        ).content.decode()
        assert "与本站签发的文件逐字节一致" in page
        assert certificate.number in page


@pytest.mark.parametrize("kind", ["pdf", "json", "jwt"])
def test_genuine_file_costs_one_query_whatever_else_is_on_record(
    client, certificate, credential, django_assert_num_queries, kind
):
    data = {
        "pdf": pdf_of(certificate),
        "json": credential.data.encode(),
        "jwt": credential.jwt.encode(),
    }[kind]
    hand_in(client, data)
    with django_assert_num_queries(JUDGED):
        file_check.verify_uploaded_file(data)
    for _turn in range(3):
        issue.issue_certificate(actor=SYSTEM, order=make_order())
    with django_assert_num_queries(JUDGED):
        file_check.verify_uploaded_file(data)


def test_file_that_is_printed_but_not_handed_out_yet_is_not_answered(client, certificate):
    data = pdf_of(certificate)
    Certificate.objects.update(state=CertificateState.APPROVED)
    assert judged(client, data)[0] == 422


def said_of(client, data):
    """Return (cause, how it was compared, text of the page)."""
    page = hand_in(client, data)
    row = HandedIn.objects.latest("pk")
    if page.status_code == 302:
        page = client.get(page.url)
    return row.cause, row.compared, page.content.decode()


def otherwise_signed(data):
    """Return the PDF *data* with the digits of its signature in capitals: the same signature,
    other bytes.
    """
    hole = data.index(b"/Contents<") + len(b"/Contents<")
    end = data.index(b">", hole)
    return data[:hole] + data[hole:end].upper() + data[end:]


def test_changed_bytes_in_the_place_of_the_signature_are_not_called_byte_for_byte(
    client, certificate
):
    genuine = pdf_of(certificate)
    changed = otherwise_signed(genuine)
    assert changed != genuine
    cause, compared, page = said_of(client, changed)
    assert (cause, compared) == ("genuine", "signed_part")
    assert "签过名的部分没有改动；整个文件与本站签发的不是逐字节一致" in page
    assert "与本站签发的文件逐字节一致" not in page


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: json.dumps(json.loads(text), indent=4, sort_keys=True, ensure_ascii=True),
        lambda text: "\ufeff" + text,
        lambda text: text + "\n",
        lambda text: json.dumps(dict(json.loads(text), proof=json.loads(text)["proof"][0])),
    ],
)
def test_credential_written_otherwise_is_not_called_byte_for_byte(client, credential, rewrite):
    cause, compared, page = said_of(client, rewrite(credential.data))
    assert (cause, compared) == ("genuine", "content")
    assert "逐字节一致" not in page
    assert "每一项内容都是本站签发的" in page


def test_jwt_with_a_line_end_is_letter_for_letter_ours_but_not_byte_for_byte(client, credential):
    cause, compared, page = said_of(client, credential.jwt + "\n")
    assert (cause, compared) == ("genuine", "content")
    assert "逐字节一致" not in page


@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_byte_for_byte_is_said_of_no_file_with_any_bit_changed(certificate, credential, place, bit):
    for data in (credential.data.encode(), credential.jwt.encode()):
        changed = bytearray(data)
        changed[place % len(data)] ^= 1 << bit
        found = file_check.verify_uploaded_file(bytes(changed)).checklist
        assert found.compared != "bytes"
        assert found.cause != "genuine" or strict_json.parse_json(
            bytes(changed)
        ) == strict_json.parse_json(data)


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
        lambda d: d.update(
            {"@context": [*d["@context"], "http://169.254.169.254/latest/meta-data"]}
        ),
        lambda d: d.update(credentialStatus={"statusListCredential": "http://127.0.0.1:9/list"}),
    ],
)
def test_changed_credential_is_not_to_be_relied_on(client, credential, change, monkeypatch):
    import socket

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: pytest.fail("asked the network"))
    document = json.loads(credential.data)
    change(document)
    assert judged(client, json.dumps(document)) == (422, "changed", [OUT, NO, OUT, OUT, OUT])
    assert "被改动过，不能采信" in hand_in(client, json.dumps(document)).content.decode()


def test_our_content_signed_by_another_key_under_our_id_is_refused(client, credential):
    document = json.loads(credential.data)
    del document["proof"]
    forged = proof.add_credential_proof(
        document,
        signer=Ed(get_keyring().credential.kid, seed=9),
        controller=get_issuer_did(),
        at=timezone.now(),
    )
    assert judged(client, json.dumps(forged))[:2] == (422, "foreign_signature")
    named = proof.add_credential_proof(
        document, signer=Ed("vc-evil", seed=9), controller="did:key:z6Mk", at=timezone.now()
    )
    assert judged(client, json.dumps(named))[:2] == (422, "foreign_signature")


def test_our_content_without_a_proof_is_unsigned(client, credential):
    document = json.loads(credential.data)
    del document["proof"]
    assert judged(client, json.dumps(document))[:2] == (422, "unsigned")


def test_credential_we_never_issued_is_not_ours(client, credential):
    document = changed(
        credential, id="https://evil.example/credentials/00000000-0000-4000-8000-000000000000"
    )
    assert judged(client, json.dumps(document))[:2] == (422, "foreign")


def test_status_list_is_no_certificate_old_or_new(client, certificate):
    kept = status_lists.get_published_status_list(certificate.status_list.number, "revocation")
    assert judged(client, kept.data)[:2] == (422, "status_list")
    assert judged(client, kept.jwt)[:2] == (422, "status_list")
    status_changes.suspend_certificate(
        actor=SYSTEM, certificate=certificate, reason=Reason.UNDER_REVIEW
    )
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


def test_blank_nodes_made_to_exhaust_are_found_changed_without_canonical_form(
    client, credential, monkeypatch
):
    from certification.credentials import linked_data

    monkeypatch.setattr(
        linked_data, "canonicalise_document", lambda _d: pytest.fail("put into canonical form")
    )
    ring = [{"id": f"_:b{n}", "narrative": {"id": f"_:b{(n + 1) % 500}"}} for n in range(500)]
    document = changed(credential, credentialSubject=ring)
    assert judged(client, json.dumps(document))[:2] == (422, "changed")


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    "member",
    [
        '"credentialSubject":{"name":"别人"}',
        '"id":"https://evil.example/credentials/1"',
        '"\\u0070roof":[]',
        '"type":[]',
    ],
)
def test_credential_with_a_member_twice_says_two_things_at_once(client, credential, member, first):
    inside = credential.data[1:-1]
    text = f"{{{member},{inside}}}" if first else f"{{{inside},{member}}}"
    cause, _compared, page = said_of(client, text)
    assert cause == "ambiguous"
    assert "自相矛盾，不能采信" in page


def test_value_of_another_type_is_a_change(client, credential):
    assert '"hashed":false' in credential.data
    assert said_of(client, credential.data.replace('"hashed":false', '"hashed":0'))[0] == "changed"


def test_record_of_ours_that_was_changed_in_the_database_is_found_out(client, credential):
    text = credential.data.replace('"hashed":false', '"hashed":true')
    Credential.objects.update(data=text)
    assert said_of(client, text)[0] == "not_registered"


# --- hostile: JWT -----------------------------------------------------------------------------------------------------


def b64(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_jwt_without_a_signature_or_by_another_key_is_refused(client, credential):
    head, claims, signature = credential.jwt.split(".")
    none = b64(
        {"alg": "none", "typ": "JWT", "kid": f"{get_issuer_did()}#{get_keyring().token.kid}"}
    )
    assert judged(client, f"{none}.{claims}.")[:2] == (422, "unsigned")
    hs = b64({"alg": "HS256", "kid": f"{get_issuer_did()}#{get_keyring().token.kid}"})
    assert judged(client, f"{hs}.{claims}.{signature}")[:2] == (422, "unsigned")
    document = {k: v for k, v in json.loads(credential.data).items() if k != "proof"}
    ours = jose.sign_credential_jwt(
        document, signer=P256(get_keyring().token.kid), controller=get_issuer_did()
    )
    assert judged(client, ours)[:2] == (422, "changed")
    foreign = jose.sign_credential_jwt(document, signer=P256("qr-evil"), controller="did:key:zDn")
    assert judged(client, foreign)[:2] == (422, "foreign")
    other = json.loads(jose._bytes(claims))
    other["credentialSubject"]["licenseNumber"] = "1"
    assert judged(client, f"{head}.{b64(other)}.{signature}")[:2] == (422, "changed")


def test_jwt_signed_by_us_that_is_not_in_our_register_is_refused(client, credential):
    document = {k: v for k, v in json.loads(credential.data).items() if k != "proof"}
    again = jose.sign_credential_jwt(
        {**document, "name": "别的证书"}, signer=get_keyring().token, controller=get_issuer_did()
    )
    assert judged(client, again)[:2] == (422, "not_registered")


@pytest.mark.parametrize("name", ["vc", "jti", "credentialSubject"])
def test_jwt_with_a_member_twice_says_two_things_at_once(client, credential, name):
    head, claims, signature = credential.jwt.split(".")
    inside = jose._bytes(claims).decode()[1:-1]
    twice = (
        base64.urlsafe_b64encode(f'{{"{name}":1,"{name}":2,{inside}}}'.encode())
        .rstrip(b"=")
        .decode()
    )
    cause, _compared, page = said_of(client, f"{head}.{twice}.{signature}")
    assert cause == "ambiguous"
    assert "自相矛盾，不能采信" in page


def test_jwt_in_another_spelling_of_base64_is_not_ours(client, credential):
    """The last character of 64 bytes has four bits that mean nothing: sixteen spellings of one
    signature.
    """
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(credential.jwt[-1])
    assert last % 16 == 0
    for other in alphabet[last + 1 : last + 16]:
        assert judged(client, credential.jwt[:-1] + other)[1] == "damaged"


# --- hostile: PDF -----------------------------------------------------------------------------------------------------


def test_overlay_written_behind_the_signature_is_refused(client, certificate, credential):
    with certificate.pdf.open("rb") as stored:
        genuine = stored.read()
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
    assert judged(client, genuine[:at] + bytes([genuine[at] ^ 1]) + genuine[at + 1 :])[1] in {
        "changed",
        "damaged",
        "incomplete",
    }
    files = list_certificate_attachments(certificate, credential)
    assert judged(client, signed_pdf(certificate, credential, files=files[:2]))[:2] == (
        422,
        "incomplete",
    )
    assert judged(client, signed_pdf(certificate, credential, files=[], signer=Signer()))[:2] == (
        422,
        "foreign",
    )
    assert judged(client, signed_pdf(certificate, credential, number="330106-PX-2026-000001-A"))[
        :2
    ] == (422, "incomplete")


def test_pdf_with_the_attachments_of_another_certificate_is_refused(
    client, certificate, credential
):
    other = issue.issue_certificate(actor=SYSTEM, order=make_order())
    files = dict(list_certificate_attachments(certificate, credential)) | {
        "credential.jwt": other.credential.jwt.encode()
    }
    assert judged(client, signed_pdf(certificate, credential, files=list(files.items())))[:2] == (
        422,
        "incomplete",
    )
    files = dict(list_certificate_attachments(certificate, credential)) | {
        "register.tlog-proof": dict(list_certificate_attachments(other, other.credential))[
            "register.tlog-proof"
        ]
    }
    assert judged(client, signed_pdf(certificate, credential, files=list(files.items()))) == (
        422,
        "not_registered",
        [OK, OK, OK, NO, OK],
    )


def test_our_attachments_on_a_page_that_we_did_not_sign_are_borrowed(
    client, certificate, credential
):
    from weasyprint import HTML, Attachment

    files = list_certificate_attachments(certificate, credential)
    made = HTML(string=f"<title>{certificate.title} {certificate.number}</title><p>王某").write_pdf(
        attachments=[Attachment(file_obj=io.BytesIO(content), name=name) for name, content in files]
    )
    cause, _compared, page = said_of(client, made)
    assert cause == "borrowed"
    assert "页面不是本站的，不能采信" in page
    assert judged(client, signed_pdf(certificate, credential, signer=Signer()))[:2] == (
        422,
        "borrowed",
    )


def test_our_file_with_another_page_behind_is_added_to_without_being_opened(
    client, certificate, monkeypatch
):
    genuine = pdf_of(certificate)
    writer = IncrementalPdfFileWriter(io.BytesIO(genuine))
    writer.insert_page(
        PageObject(
            contents=writer.add_object(generic.StreamObject(stream_data=b"")),
            media_box=[0, 0, 500, 300],
        )
    )
    target = io.BytesIO()
    writer.write(target)
    monkeypatch.setattr(sandbox, "examine", lambda *_a, **_k: pytest.fail("opened the file"))
    for data in (
        target.getvalue(),
        genuine + b"\n",
        genuine + b"%%EOF\n",
        genuine + b"PK\x03\x04 and a zip behind %%EOF",
    ):
        assert said_of(client, data)[0] == "added_to"


# --- a busy door -------------------------------------------------------------------------------------------------------

FOREIGN = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"


def test_full_sandbox_is_said_at_once_and_genuine_files_are_answered_all_the_same(
    client, certificate, credential
):
    with take_slot(AT_ONCE, sandbox.folder), take_slot(AT_ONCE, sandbox.folder):
        for data in (FOREIGN, b"\xff\xd8\xff\xe0 a photo"):
            answer = hand_in(client, data)
            assert answer.status_code == 503
            assert int(answer["Retry-After"]) > 0
            page = answer.content.decode()
            assert "请过半分钟再选一次" in page
            assert 'type="file"' in page
        assert (
            LookUp.objects.count() == 0
        )  # nothing is known about the files, so nothing is on record
        assert judged(client, pdf_of(certificate))[:2] == (200, "genuine")
        assert judged(client, credential.jwt)[:2] == (200, "genuine")
    assert judged(client, FOREIGN)[0] == 422


def test_third_file_in_one_process_is_turned_away_and_passed_over_piece_by_piece(
    client, monkeypatch
):
    class Sent(io.BytesIO):
        def read(self, size=-1):
            assert 0 < size <= 1 << 20
            return super().read(size)

    def post(size):
        sent = Sent(bytes(size))
        more = {"wsgi.input": sent, "CONTENT_LENGTH": str(size)}
        answer = client.generic(
            "POST",
            reverse("certification:verify_file"),
            b"",
            content_type="multipart/form-data; boundary=x",
            **more,
        )
        return answer, sent.tell()

    monkeypatch.setattr(file_check, "verify_uploaded_file", lambda _data: pytest.fail("was judged"))
    with verify_file._DOOR, verify_file._DOOR:
        answer, read = post(4 << 20)
        # To the end: a browser that is still sending would show a broken connection instead of the
        # sentence.
        assert (answer.status_code, read) == (503, 4 << 20)
        assert "请过半分钟再选一次" in answer.content.decode()
        assert client.get(reverse("certification:verify_file")).status_code == 200
    answer, read = post(12 << 20)
    assert (answer.status_code, read) == (413, 12 << 20)
    monkeypatch.undo()
    assert hand_in(client, FOREIGN).status_code == 422


def test_check_that_was_interrupted_says_nothing_about_the_file(client, monkeypatch):
    def interrupted(*_args, **_options):
        raise SandboxInterrupted

    monkeypatch.setattr(sandbox, "examine", interrupted)
    answer = hand_in(client, FOREIGN)
    assert answer.status_code == 503
    assert "核验中断" in answer.content.decode()
    assert LookUp.objects.count() == 0


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
    assert judged(client, b"%PDF-" + bytes(file_check.LARGEST))[:2] == (413, "too_large")


def test_nothing_of_a_file_is_written_to_the_disk(client, credential, monkeypatch):
    import tempfile

    monkeypatch.setattr(
        tempfile, "NamedTemporaryFile", lambda *_a, **_k: pytest.fail("wrote a file")
    )
    assert judged(client, credential.data.encode() + b" " * (200 << 10))[0] == 200
    assert judged(client, b"%PDF-" + bytes(5 << 20))[1] == "damaged"


def test_form_without_a_file_comes_back_with_a_sentence(client):
    page = client.post(reverse("certification:verify_file"), {})
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()


def test_files_are_limited_by_address(client, credential, monkeypatch):
    monkeypatch.setattr(
        throttling, "BY_FILE_ADDRESS", throttling.VerificationLimit("file", 1, 3600)
    )
    assert [hand_in(client, credential.data).status_code for _turn in range(2)] == [302, 429]


def test_form_needs_its_token(credential):
    from django.test import Client

    assert hand_in(Client(enforce_csrf_checks=True), credential.data).status_code == 403


# --- the report -------------------------------------------------------------------------------------------------------


def scan(client, certificate):
    client.get(f"/v/{certificate.code}/")
    look_up_log.drain_look_up_journal()  # its line becomes a row


def report_of(client, look_up):
    answer = client.get(reverse("certification:verify_report", args=[look_up.public_id]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return answer.content


def words(pdf):
    import subprocess

    return re.sub(
        r"\s+",
        "",
        subprocess.run(
            ["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True
        ).stdout.decode(),
    )


def test_report_says_what_was_asked_and_answered_and_can_be_handed_in(client, certificate):
    scan(client, certificate)
    look_up = LookUp.objects.get()
    report = report_of(client, look_up)
    said = words(report)
    assert look_up.reference in said
    assert "证书有效" in said
    assert certificate.number in said
    assert "欧阳**" in said
    assert "欧阳示例" not in said
    assert judged(client, report) == (200, "report", [OK, OK, OUT, OUT, OK])
    page = client.get(
        reverse("certification:verify_result", args=[LookUp.objects.latest("pk").public_id])
    ).content.decode()
    assert look_up.reference in page
    assert "核验报告" in page


def test_report_of_yesterday_does_not_hide_the_standing_of_today(client, certificate):
    scan(client, certificate)
    report = report_of(client, LookUp.objects.get())
    Certificate.objects.update(
        state=CertificateState.REVOKED, state_since="2026-10-01", state_reason=Reason.FRAUD
    )
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


def test_report_of_a_report_says_that_it_looked_at_one(client, certificate):
    scan(client, certificate)
    first = report_of(client, LookUp.objects.get())
    hand_in(client, first)
    second = report_of(client, LookUp.objects.latest("pk"))
    cause, _compared, page = said_of(client, second)
    assert cause == "report"
    assert "本身就是这样一份报告" in page
    assert 'data-answer="valid"' in page


def test_report_handed_in_names_its_time_as_the_page_does_and_ends_its_sentence_in_chinese(
    client, certificate
):
    scan(client, certificate)
    page = client.get(hand_in(client, report_of(client, LookUp.objects.get())).url).content.decode()
    answered = HandedIn.objects.get().report["answered"]
    here = timezone.localtime(datetime.fromisoformat(answered)).strftime("%Y-%m-%d %H:%M:%S")
    assert f"北京时间 {here} 的答复：<b>有效</b>。" in page
    assert answered not in page  # in UTC, eight hours before the moment in the line above it


def test_changed_report_is_refused(client, certificate):
    scan(client, certificate)
    report = report_of(client, LookUp.objects.get())
    assert judged(client, report + b"\n%%EOF")[1] == "several_parts"


def test_report_of_an_old_look_up_is_gone(client, certificate):
    scan(client, certificate)
    yesterday = timezone.now() - timedelta(hours=25)
    LookUp.objects.update(at=yesterday, public_id=look_up_log.new_look_up_id(yesterday))
    assert (
        client.get(
            reverse("certification:verify_report", args=[LookUp.objects.get().public_id])
        ).status_code
        == 410
    )


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
    page = client.post(
        reverse("certification:verify"), {"number": certificate.number, "name": "欧阳示例"}
    )
    data = report_at(client, page.url)
    stranger = Client()
    assert "欧阳示例" in answer_page(stranger, data)
    # Another browser that only has the address of the answer reads no name.
    assert (
        "欧阳示例"
        not in Client()
        .get(f"/verify/result/{LookUp.objects.latest('pk').public_id}/")
        .content.decode()
    )


def test_report_by_another_browser_masks_the_typed_name(client, certificate):
    page = client.post(
        reverse("certification:verify"), {"number": certificate.number, "name": "欧阳示例"}
    )
    body = answer_page(Client(), report_at(Client(), page.url))
    assert ("欧阳**" in body, "欧阳示例" in body) == (True, False)


def test_files_that_hold_the_name_show_it(client, certificate, credential):
    with storages["private"].open(certificate.pdf.name) as file:
        whole = file.read()
    for data in (whole, credential.data, credential.jwt):
        assert "欧阳示例" in answer_page(client, data)
        assert HandedIn.objects.latest("pk").names_holder is True


def test_programs_and_shared_links_keep_the_mask(client, certificate):
    from certification.workflows.programs import describe_verdict

    assert (
        describe_verdict(status_of(certificate), certificate)["certificate"]["holder"] == "欧阳**"
    )


def status_of(certificate):
    from certification.rules import status

    return status.determine_verdict(certificate.standing, today=timezone.localdate())
