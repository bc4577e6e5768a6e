"""The document key in a box (PKCS #11), with SoftHSM as the box: its key never leaves it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import call_command

import access
from certification.keys import KeyPurpose, get_keyring, key_store
from certification.keys import pkcs11 as pkcs11_keys
from certification.keys.errors import KeyDeviceUnavailable, NoKey
from certification.keys.pkcs11 import Pkcs11Key, Pkcs11Location, read_pin
from certification.models import IssuerKey
from certification.rendering.classes import CertificatePrinter
from certification.rendering.pdf import Renderer
from certification.rendering.print_data import PrintData
from certification.signing.check import PdfCause, verify_pdf_signature
from certification.workflows import issue, keys
from tests.certification.signing.pki import AT, certify, der, make_key
from tests.certification.signing.test_pades import ATTACHED, by_pyhanko
from tests.factories.certification import make_order

pytest.importorskip("pkcs11", reason="python-pkcs11 isn't installed (the extra hsm)")
MODULE = next(
    (
        path
        for path in (
            "/usr/lib/softhsm/libsofthsm2.so",
            "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        )
        if Path(path).exists()
    ),
    "",
)
pytestmark = pytest.mark.skipif(
    not (MODULE and shutil.which("softhsm2-util")),
    reason="SoftHSM isn't installed: apt install softhsm2",
)
PIN = "135790"
Make = Callable[..., PrintData]


@dataclass
class Box:
    """A token in SoftHSM, with a root that stands outside."""

    folder: Path
    root_key: ec.EllipticCurvePrivateKey
    root: x509.Certificate

    @property
    def tokens(self) -> Path:
        return self.folder / "tokens"

    def place(self, **changes: str) -> Pkcs11Location:
        return Pkcs11Location(
            **({"module": MODULE, "token": "Seal", "key": "seal-1", "pin": PIN} | changes)
        )

    def put(self, label: str, *, curve: ec.EllipticCurve | None = None) -> x509.Certificate:
        """Put a key and its certificate, and the root's, into the box."""
        import pkcs11
        from pkcs11.util.ec import decode_ec_private_key
        from pkcs11.util.x509 import decode_x509_certificate

        key = ec.generate_private_key(curve or ec.SECP256R1())
        leaf = certify(key, f"Seal {label}", by=(self.root_key, self.root))
        plain = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        token = pkcs11.lib(MODULE).get_token(token_label="Seal")
        try:
            session = token.open(rw=True, user_pin=PIN)
        except pkcs11.UserAlreadyLoggedIn:
            session = token.open(rw=True)
        named = {pkcs11.Attribute.LABEL: label, pkcs11.Attribute.TOKEN: True}
        session.create_object(decode_ec_private_key(plain) | named | {pkcs11.Attribute.SIGN: True})
        for one in (leaf, self.root):
            session.create_object(decode_x509_certificate(der(one)) | named)
        session.close()
        return leaf


@pytest.fixture(scope="module")
def made_box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    folder = tmp_path_factory.mktemp("box")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    patch = pytest.MonkeyPatch()
    patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
    subprocess.run(
        [
            "softhsm2-util",
            "--init-token",
            "--free",
            "--label",
            "Seal",
            "--pin",
            PIN,
            "--so-pin",
            "987654",
        ],
        check=True,
        capture_output=True,
    )
    import pkcs11

    pkcs11.lib(MODULE).reinitialize()
    root_key = make_key()
    assert isinstance(root_key, ec.EllipticCurvePrivateKey)
    one = Box(folder, root_key, certify(root_key, "Root", ca=True))
    one.put("seal-1")
    yield one
    patch.undo()


@pytest.fixture
def seal(made_box: Box) -> Iterator[Box]:
    import pkcs11

    pkcs11.lib(MODULE).reinitialize()  # nobody is logged in
    yield made_box
    pkcs11_keys._wrong.clear()


def test_key_in_the_box_signs_and_brings_its_certificates(seal: Box) -> None:
    key = Pkcs11Key.open(seal.place())
    leaf = x509.load_der_x509_certificate(key.chain[0])
    assert key.chain[1:] == (der(seal.root),)
    assert key.kid == f"pdf-{leaf.fingerprint(hashes.SHA256()).hex()[:16]}"
    digest = bytes(range(32))
    public = leaf.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    for _each in range(8):  # numbers of 31 to 33 bytes
        public.verify(key.sign_digest(digest), digest, ec.ECDSA(Prehashed(hashes.SHA256())))
    assert PIN not in repr(key)


@pytest.mark.parametrize("way", ["class", "full"])
def test_certificate_sealed_by_the_box_is_genuine(
    renderer: Renderer, face: Make, seal: Box, way: str
) -> None:
    key = Pkcs11Key.open(seal.place())
    press = CertificatePrinter(renderer, signer=key, pays_from=1 if way == "class" else 100)
    press.plan([face()])
    made = press.print(face(), ATTACHED, at=AT)
    assert (made.way, made.level) == (way, "B")
    assert verify_pdf_signature(made.pdf, [key.chain[0]]).cause is PdfCause.GENUINE
    assert by_pyhanko(made.pdf, seal).bottom_line  # type: ignore[arg-type]  # a root is all it asks for


def test_certificates_may_come_from_a_file(seal: Box, tmp_path: Path) -> None:
    leaf = x509.load_der_x509_certificate(Pkcs11Key.open(seal.place()).chain[0])
    path = tmp_path / "chain.pem"
    path.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in (seal.root, leaf)))
    assert Pkcs11Key.open(seal.place(chain=str(path))).chain == (der(leaf), der(seal.root))
    path.write_bytes(seal.root.public_bytes(Encoding.PEM))
    with pytest.raises(NoKey) as caught:
        Pkcs11Key.open(seal.place(chain=str(path)))
    assert caught.value.code == "box_without_certificate"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"module": "/nowhere/lib.so"}, "box_without_library"),
        ({"key": "another"}, "box_without_key"),
        ({"chain": "/nowhere/chain.pem"}, "key_unreadable"),
        ({"pin": "000000"}, "box_wrong_pin"),
    ],
)
def test_what_is_wrong_is_said(seal: Box, changes: dict[str, str], code: str) -> None:
    with pytest.raises(NoKey) as caught:
        Pkcs11Key.open(seal.place(**changes))
    assert caught.value.code == code


def test_wrong_pin_is_not_tried_again(seal: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    import pkcs11

    with pytest.raises(NoKey):
        Pkcs11Key.open(seal.place(pin="000000"))
    monkeypatch.setattr(pkcs11, "lib", lambda _path: pytest.fail("the box was asked again"))
    with pytest.raises(NoKey) as caught:
        Pkcs11Key.open(seal.place(pin="000000"))
    assert caught.value.code == "box_wrong_pin"


def test_box_that_is_pulled_out_is_waited_for_and_works_when_it_is_back(seal: Box) -> None:
    key = Pkcs11Key.open(seal.place())
    away = seal.tokens.with_name("away")
    seal.tokens.rename(away)
    seal.tokens.mkdir()
    try:
        key.box._session.close()  # as a driver does that notices
        with pytest.raises(KeyDeviceUnavailable) as caught:
            key.sign_digest(bytes(32))
        assert caught.value.status == 503
    finally:
        seal.tokens.rmdir()
        away.rename(seal.tokens)
    assert key.sign_digest(bytes(32))


def test_forked_worker_opens_a_session_of_its_own(seal: Box) -> None:
    code = (
        "import os, sys\n"
        "from certification.keys.pkcs11 import Pkcs11Key, Pkcs11Location\n"
        f"key = Pkcs11Key.open(Pkcs11Location({MODULE!r}, 'Seal', 'seal-1', {PIN!r}))\n"
        "pid = os.fork()\n"
        "if pid == 0:\n    os._exit(0 if key.sign_digest(bytes(32)) else 1)\n"
        "status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])\n"
        "assert key.sign_digest(bytes(32))\n"
        "sys.exit(status)\n"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env={
            **os.environ,
            "PYTHONPATH": f"{root / 'site'}{os.pathsep}{root}",
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_pin_comes_from_the_setting_or_the_first_line_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("2468\nmore\n")
    assert [read_pin("1", ""), read_pin("", ""), read_pin("", str(tmp_path / "pin"))] == [
        "1",
        "",
        "2468",
    ]
    with pytest.raises(NoKey):
        read_pin("", str(tmp_path / "none"))


@pytest.fixture
def configured(seal: Box, settings: object, tmp_path: Path) -> Iterator[Box]:
    settings.CERTIFICATE_KEY_FOLDER = tmp_path / "keys"  # type: ignore[attr-defined]  # Django's settings take any name
    (tmp_path / "pin").write_text(f"{PIN}\n")
    for name, value in {
        "MODULE": MODULE,
        "TOKEN": "Seal",
        "KEY": "seal-1",
        "PIN": "",
        "PIN_FILE": str(tmp_path / "pin"),
    }.items():
        setattr(settings, f"PKCS11_{name}", value)
    key_store._ring.cache_clear()
    yield seal
    key_store._ring.cache_clear()


@pytest.mark.django_db
def test_site_with_a_box_makes_no_document_key_and_signs_with_the_box(
    configured: Box, settings: object, tmp_path: Path
) -> None:
    settings.CERTIFICATE_KEYS_SELF_MADE = False  # type: ignore[attr-defined]  # as above
    call_command("make_certificate_keys", verbosity=0)
    assert sorted(path.name.split("-")[0] for path in (tmp_path / "keys").glob("*.pem")) == [
        "credential",
        "register",
        "token",
    ]
    first = get_keyring().document
    assert IssuerKey.objects.get(purpose=KeyPurpose.DOCUMENT).kid == first.kid
    certificate = issue.issue_certificate(actor=access.SYSTEM, order=make_order())
    with certificate.pdf.open("rb") as file:
        assert verify_pdf_signature(file.read(), [first.chain[0]]).genuine


@pytest.mark.django_db
def test_new_key_in_the_box_is_announced_and_the_old_one_stays_known(
    configured: Box, settings: object
) -> None:
    first = keys.load_announced_keys().document.kid
    with pytest.raises(NoKey) as caught:
        keys.rotate_issuer_key(actor=access.SYSTEM, purpose=KeyPurpose.DOCUMENT)
    assert "CRAFTPATH_PKCS11_KEY" in str(caught.value)
    configured.put("seal-2")
    settings.PKCS11_KEY = "seal-2"  # type: ignore[attr-defined]  # as above
    key_store._ring.cache_clear()  # the restart
    second = keys.load_announced_keys().document.kid
    assert second != first
    assert set(
        IssuerKey.objects.filter(purpose=KeyPurpose.DOCUMENT).values_list("kid", flat=True)
    ) == {first, second}
