"""Status lists: a bit for each place, and hostile lists refused without unpacking what they claim
to hold.
"""

import base64
import gzip
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.credentials import status_list
from certification.credentials.errors import NotGenuine
from certification.rules import status_index

PLACES = st.integers(0, status_list.LENGTH - 1)


@given(st.sets(PLACES, max_size=30), PLACES)
@settings(max_examples=30)
def test_bits_that_were_set_are_set_and_no_others(places, other):
    encoded = status_list.encode_status_list(places)
    assert all(status_list.is_status_bit_set(encoded, place) for place in places)
    assert status_list.is_status_bit_set(encoded, other) == (other in places)
    assert encoded == status_list.encode_status_list(sorted(places))


def packed(data):
    # Without the time of day: every worker has to collect tests of the same names.
    return "u" + base64.urlsafe_b64encode(gzip.compress(data, mtime=0)).rstrip(b"=").decode()


BOMB = packed(b"\0" * 50_000_000)
OTHER_BASE = "z" + packed(b"\0" * 16_384)[1:]


@pytest.mark.parametrize(
    "encoded",
    ["", "u", "uAAAA", "u!", packed(b"\0" * 10), packed(b"\0" * 16_385), BOMB, OTHER_BASE],
)
def test_list_that_is_none_is_refused(encoded):
    with pytest.raises(NotGenuine):
        status_list.is_status_bit_set(encoded, 0)


def test_every_serial_has_a_place_of_its_own():
    secret = b"k" * 16
    assert sorted(
        status_index.compute_status_index(serial, secret) for serial in range(status_index.LENGTH)
    ) == list(range(status_index.LENGTH))


@given(st.binary(min_size=16, max_size=16))
def test_neighbours_are_not_neighbours(secret):
    places = [status_index.compute_status_index(serial, secret) for serial in range(200)]
    assert sum(abs(a - b) < 100 for a, b in itertools.pairwise(places)) < 10
    assert places != [
        status_index.compute_status_index(serial, bytes(16)) for serial in range(200)
    ] or secret == bytes(16)


@pytest.mark.parametrize("serial", [-1, status_index.LENGTH])
def test_serial_beyond_the_list_is_a_mistake(serial):
    with pytest.raises(ValueError, match=str(serial)):
        status_index.compute_status_index(serial, b"k" * 16)
