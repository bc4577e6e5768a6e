"""The token in the QR code, read back by us and by a COSE library that nobody here wrote."""

import base64
from datetime import date, timedelta

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openvc import cbor, cose

from certification.credentials import offline_token
from certification.credentials.errors import NotGenuine
from tests.certification.credentials.making import P256, make_token

KEY, OTHER = P256(), P256(number=11)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


def message_of(digits):
    number = int(digits)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")[1:]


@given(
    name=st.text(min_size=1, max_size=60),
    level=st.none() | st.integers(1, 5),
    issued=DAYS,
    years=st.none() | st.integers(1, 30),
    index=st.integers(0, 131_071),
)
def test_what_was_written_is_read_back(name, level, issued, years, index):
    token = make_token(
        name=name,
        level=level,
        issued=issued,
        until=None if years is None else issued + timedelta(days=365 * years),
        status_index=index,
    )
    digits = offline_token.sign_offline_token(token, signer=KEY)
    assert digits.isdigit()
    assert offline_token.verify_offline_token(digits, key_of_kid=KEY.find) == token


def jwk(key):
    numbers = key.private.public_key().public_numbers()
    x, y = (
        base64.urlsafe_b64encode(one.to_bytes(32, "big")).rstrip(b"=").decode()
        for one in (numbers.x, numbers.y)
    )
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def test_token_is_a_cose_message_to_others_too():
    message = cose.parse_sign1(
        cbor.decode(message_of(offline_token.sign_offline_token(make_token(), signer=KEY)))
    )
    assert cose.verify_sign1(message, public_jwk=jwk(KEY))
    assert cbor.decode(message.payload)[2] == "买买提·依明"
    assert not cose.verify_sign1(message, public_jwk=jwk(OTHER))


@given(st.integers(0, 10_000))
def test_any_changed_digit_is_refused(place):
    digits = offline_token.sign_offline_token(make_token(), signer=KEY)
    place %= len(digits)
    changed = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]
    with pytest.raises(NotGenuine):
        offline_token.verify_offline_token(changed, key_of_kid=KEY.find)


def packed(*parts):
    return str(int.from_bytes(b"\x01" + cbor2.dumps(cbor2.CBORTag(18, list(parts))), "big"))


HEADER = cbor2.dumps({1: -7, 4: b"qr-2026-1"})


@pytest.mark.parametrize(
    ("digits", "cause"),
    [
        ("", "format"),
        ("abc", "format"),
        ("١٢٣", "format"),
        ("9" * 1501, "format"),
        ("2", "format"),
        (str(int.from_bytes(b"\x01", "big")), "format"),
        (str(int.from_bytes(b"\x01" + cbor2.dumps([1, 2]), "big")), "format"),
        (packed(HEADER, {}, b""), "format"),
        (packed(cbor2.dumps({1: -8, 4: b"qr-2026-1"}), {}, cbor2.dumps({}), b"\0" * 64), "suite"),
        (packed(HEADER, {1: -7}, cbor2.dumps({}), b"\0" * 64), "suite"),
        (
            packed(cbor2.dumps({1: -7, 4: b"unheard"}), {}, cbor2.dumps({}), b"\0" * 64),
            "foreign_key",
        ),
        (packed(HEADER, {}, cbor2.dumps({}), b"\0" * 64), "signature"),
        (packed(HEADER, {}, cbor2.dumps({}), b"\0"), "signature"),
        (packed(HEADER, {}, cbor2.dumps({}) + b"\0", b"\0" * 64), "format"),
    ],
)
def test_hostile_digits_are_refused_with_their_cause(digits, cause):
    with pytest.raises(NotGenuine) as caught:
        offline_token.verify_offline_token(digits, key_of_kid=KEY.find)
    assert caught.value.cause == cause


def test_python_and_other_readers_agree_on_every_character_of_gbk():
    """What was awarded stands in GBK: a browser's decoder must read each character that Python
    writes.
    """
    import json
    import shutil
    import subprocess

    node = shutil.which("node")
    if node is None:
        pytest.skip("Node isn't here")
    text = "".join(sign for sign in map(chr, range(0x80, 0x10000)) if _encodes(sign))
    assert len(text) > 21_000
    script = (
        "let t='';process.stdin.on('data',d=>t+=d).on('end',()=>process.stdout.write(JSON.stringify("
        "new TextDecoder('gbk').decode(Buffer.from(t,'hex')))))"
    )
    read = subprocess.run(
        [node, "-e", script],
        input=text.encode("gbk").hex(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert json.loads(read) == text


def _encodes(sign):
    try:
        sign.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def test_what_was_awarded_is_read_back_in_gbk_and_beyond():
    for what in ("示例市职工职业技能大赛 焊工 一等奖", "𬭎·龴 大赛", "plain", "龖…"):
        digits = offline_token.sign_offline_token(make_token(what=what), signer=KEY)
        assert offline_token.verify_offline_token(digits, key_of_kid=KEY.find).what == what
    # Tokens printed before: what was awarded as text.
    message = cbor.decode(
        message_of(offline_token.sign_offline_token(make_token(what="培训合格证书 𬭎"), signer=KEY))
    )
    assert isinstance(
        cbor.decode(message.value[2] if hasattr(message, "value") else message[2])[3], str
    )
