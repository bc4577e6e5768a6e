"""The printed page as a stranger's scanner sees it: its QR code leads to the answer and holds a
token that a COSE library verifies.
"""

import io

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from openvc import cbor, cose

from certification.credentials import multikey
from tests.certification.credentials.test_offline_token import message_of
from tests.certification.outside.world import DID, DID_ADDRESS, HOST, TEN

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def scanned(pdf, dpi=200):
    """Return what the QR code on the page holds: drawn by PDFium, read by ZXing."""
    page = pypdfium2.PdfDocument(pdf)[0]
    found = zxingcpp.read_barcodes(
        page.render(scale=dpi / 72).to_pil(), formats=zxingcpp.BarcodeFormat.QRCode
    )
    (one,) = found
    return one.text


def keys_of(world):
    import base64
    import json

    found = {}
    for method in json.loads(world.table[DID_ADDRESS])["verificationMethod"]:
        if method["publicKeyMultibase"].startswith("zDn"):
            numbers = multikey.decode_multikey(method["publicKeyMultibase"]).public_numbers()
            x, y = (
                base64.urlsafe_b64encode(one.to_bytes(32, "big")).rstrip(b"=").decode()
                for one in (numbers.x, numbers.y)
            )
            found[method["id"].removeprefix(f"{DID}#")] = {
                "kty": "EC",
                "crv": "P-256",
                "x": x,
                "y": y,
            }
    return found


@pytest.mark.parametrize("name", TEN)
def test_code_on_the_page_is_verified_by_a_cose_library(world, name):
    one = world.good[name]
    address, _, digits = scanned(one.pdf).partition("#")
    assert address.startswith(f"{HOST}/V/")
    assert digits == one.offline
    message = cose.parse_sign1(cbor.decode(message_of(digits)))
    assert cose.verify_sign1(
        message, public_jwk=keys_of(world)[message.protected_header[4].decode()]
    )
    assert [cbor.decode(message.payload)[key] for key in (1, 2)] == [one.number, one.holder]


def test_code_on_the_page_is_verified_by_auth0s_cose(npm, world):
    digits = scanned(world.good["training, name with a dot"].pdf).partition("#")[2]
    assert npm(world.table, [{"name": "page", "form": "cose", "data": digits}]) == {"page": ""}


@pytest.mark.parametrize("name", ["training", "award", "honour"])
def test_files_inside_the_pdf_are_what_was_issued(world, name):
    one = world.good[name]
    with pikepdf.open(io.BytesIO(one.pdf)) as document:
        inside = {key: file.get_file().read_bytes() for key, file in document.attachments.items()}
    assert set(inside) == {"credential.json", "credential.jwt", "register.tlog-proof"}
    assert (inside["credential.json"].decode(), inside["credential.jwt"].decode()) == (
        one.data,
        one.jwt,
    )
