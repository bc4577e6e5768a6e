"""One's own certificates, and nobody else's."""

import hashlib

import pytest
import zxingcpp
from django.core.files.storage import storages
from PIL import Image

import access
from audit.models import Event
from certification.models import Certificate
from certification.views.wallet import draw_qr_path
from certification.workflows import issue
from tests.factories.certification import CertificateFactory, make_order
from tests.factories.ground import UserFactory, WorkerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(client):
    """A worker, signed in, with a certificate issued for real."""
    person = WorkerFactory()
    client.force_login(person.user)
    return issue.issue_certificate(actor=access.SYSTEM, order=make_order(person=person))


def test_wallet_lists_own_certificates_newest_first(client, own):
    older = CertificateFactory(person=own.person)
    CertificateFactory()
    page = client.get("/certificates/")
    assert [one["row"].pk for one in page.context["shown"]] == [own.pk, older.pk]
    assert "出示二维码" in page.content.decode()


@pytest.mark.parametrize("rows", [1, 20])
def test_wallet_costs_the_same_for_one_and_many(client, own, rows, django_assert_num_queries):
    for _ in range(rows - 1):
        CertificateFactory(person=own.person)
    client.get("/certificates/")
    with django_assert_num_queries(7):
        client.get("/certificates/")


def test_pdf_is_the_issued_file_and_its_download_is_on_record(client, own):
    response = client.get(f"/certificates/{own.public_id}/pdf/")
    assert response["Content-Type"] == "application/pdf"
    assert hashlib.sha256(response.content).hexdigest() == own.sha256
    assert response["Content-Disposition"] == f'attachment; filename="{own.number}.pdf"'
    assert Event.objects.filter(kind="certification.downloaded", target_id=str(own.pk)).count() == 1


def test_others_pdf_is_not_found_for_worker_officer_and_stranger(client, own):
    paths = [f"/certificates/{own.public_id}/", f"/certificates/{own.public_id}/pdf/"]
    for user in (WorkerFactory().user, UserFactory()):
        client.force_login(user)
        assert [client.get(path).status_code for path in paths] == [404, 404]
    client.logout()
    assert [client.get(path).status_code for path in paths] == [302, 302]


def test_unprinted_certificate_is_in_nobodys_wallet(client, own):
    waiting = issue.approve_certificate(
        actor=access.SYSTEM, order=make_order(person=own.person, source_key="other")
    )
    assert client.get(f"/certificates/{waiting.public_id}/pdf/").status_code == 404
    assert waiting.number not in client.get("/certificates/").content.decode()


def test_damaged_file_is_not_handed_out(client, own):
    storage = storages["private"]
    with open(storage.path(own.pdf.name), "ab") as file:  # noqa: PTH123 - damage it
        file.write(b"x")
    assert client.get(f"/certificates/{own.public_id}/pdf/").status_code == 503


def test_private_files_have_no_address(client, own):
    assert client.get(f"/files/{own.pdf.name}").status_code == 404


def test_code_on_the_page_is_the_address_of_the_verification(client, own, settings):
    page = client.get(f"/certificates/{own.public_id}/")
    side, path = page.context["code_side"], page.context["code_path"]
    picture = Image.new("L", (side, side), 255)
    for run in path.split("M")[1:]:
        start, rest = run.split("h", 1)
        x, y = map(int, start.split())
        for step in range(int(rest.split("v")[0])):
            picture.putpixel((x + step, y), 0)
    (read,) = zxingcpp.read_barcodes(
        picture.resize((side * 6, side * 6), Image.Resampling.NEAREST),
        formats=zxingcpp.BarcodeFormat.QRCode,
    )
    assert read.text.partition("#")[0] == f"{settings.BASE_URL}/V/{own.code}"
    assert draw_qr_path(read.text) == (side, path)


def test_account_without_person_has_an_empty_wallet(client):
    client.force_login(UserFactory())
    page = client.get("/certificates/")
    assert (page.status_code, Certificate.objects.count()) == (200, 0)
    assert "还没有证书" in page.content.decode()
