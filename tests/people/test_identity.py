"""Identity numbers: the vectors of the standard, and what people really type."""

from datetime import date

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

import access
from core.errors import InvalidInput
from office.rules.roster import IDENTITY_FAULTS
from office.words import FAULTS
from people import crypto
from people.models import IdentityDocument, Person
from people.queries import person_by_identity
from people.rules.identity import (
    CODES,
    Identity,
    IdentityError,
    compute_id_check_character,
    read_identity_number,
    read_mobile,
)
from people.workflows.person import SENTENCES, record_person
from tests.factories.ground import PersonFactory

TODAY = date(2026, 11, 22)


def test_published_vector_has_the_check_character_x():
    assert compute_id_check_character("11010519491231002") == "X"
    assert read_identity_number("resident", "11010519491231002x", today=TODAY) == Identity(
        "11010519491231002X", date(1949, 12, 31), "female"
    )


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [
        ("resident", "", "empty"),
        ("resident", "110105491231002", "fifteen_digits"),
        ("resident", "1101051949123100", "form"),
        ("resident", "110105194902300021", "birth"),
        ("resident", "110105209912310021", "birth"),
        ("resident", "110105194912310021", "check"),
        ("resident", "１１０１０５１９４９１２３１００２Ｘ", "form"),
        ("hmt_residence", "11010519491231002X", "prefix"),
        ("hmt_residence", "810101199008080017", "prefix"),  # a county that isn't one
        ("hmt_residence", "81000019900808001" + "0", "check"),
        ("hmt_residence", "830000199002300016", "birth"),
        ("resident", "911124198108030024", "foreign_card"),
        ("foreign_residence", "911124198108030025", "check"),
        ("foreign_residence", "911124198113030024", "birth"),
        ("foreign_residence", "911124212108030024", "birth"),
        ("foreign_residence", "811124198108030024", "foreign"),
        ("foreign_residence", "CAN1101820109", "foreign"),
        ("resident", "81010519491231002X", "permit"),
        ("passport", "E1", "passport"),
        ("foreign_residence", "8123", "foreign"),
    ],
)
def test_number_that_can_not_be_one_says_why(kind, number, code):
    with pytest.raises(IdentityError) as fault:
        read_identity_number(kind, number, today=TODAY)
    assert fault.value.code == code


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("passport", "e12345678"),
        ("foreign_residence", "can110182010907"),  # the old card
        ("foreign_residence", "911124198108030024"),  # the new card
    ],
)
def test_other_documents_tell_neither_age_nor_sex(kind, number):
    assert read_identity_number(kind, number, today=TODAY) == Identity(number.upper())


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
@given(birth=st.dates(date(1900, 1, 1), TODAY), serial=st.integers(0, 999))
def test_permit_of_each_region_is_read_with_its_own_check_character_and_no_other(
    region, birth, serial
):
    first = f"{region}{birth:%Y%m%d}{serial:03d}"
    right = compute_id_check_character(first)
    assert read_identity_number("hmt_residence", first + right, today=TODAY) == Identity(
        first + right, birth, "male" if serial % 2 else "female"
    )
    for wrong in set("0123456789X") - {right}:
        with pytest.raises(IdentityError, match="check"):
            read_identity_number("hmt_residence", first + wrong, today=TODAY)


def test_every_fault_of_a_number_has_a_sentence_at_the_desk_and_in_a_roster():
    assert set(CODES) <= set(SENTENCES)
    assert {IDENTITY_FAULTS[code] for code in CODES} <= set(FAULTS)


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999), st.integers(100000, 659999))
def test_every_number_with_its_own_check_character_is_read_and_no_other(birth, serial, region):
    first = f"{region}{birth:%Y%m%d}{serial:03d}"
    right = compute_id_check_character(first)
    assert read_identity_number("resident", first + right, today=TODAY).birth == birth
    for wrong in set("0123456789X") - {right}:
        with pytest.raises(IdentityError):
            read_identity_number("resident", first + wrong, today=TODAY)


@pytest.mark.parametrize(
    "written", ["13800138000", "+86 138 0013 8000", "0086-13800138000", " 138-0013-8000 "]
)
def test_mobile_is_read_as_eleven_digits(written):
    assert read_mobile(written) == "13800138000"


def test_ciphertext_moved_to_another_row_can_not_be_read():
    blob = crypto.encrypt_text("11010519491231002X", bound_to="a:resident")
    assert crypto.decrypt_text(blob, bound_to="a:resident") == "11010519491231002X"
    with pytest.raises(InvalidTag):
        crypto.decrypt_text(blob, bound_to="b:resident")


def test_rotated_keys_still_read_and_still_find(settings):
    old = list(settings.IDENTITY_KEYS)
    blob, hashed = crypto.encrypt_text("X1", bound_to="a"), crypto.look_up_hash("passport", "X1")
    settings.IDENTITY_KEYS = [crypto.make_identity_key(), *old]
    assert (crypto.decrypt_text(blob, bound_to="a"), crypto.look_up_hash("passport", "X1")) == (
        "X1",
        hashed,
    )


@pytest.mark.django_db
def test_recorded_person_is_found_by_number_and_never_recorded_twice():
    person = record_person(
        actor=access.SYSTEM,
        name=" 阿卜杜拉•买买提 ",
        id_kind="resident",
        id_number="11010519491231002X",
    )
    assert person.name == "阿卜杜拉·买买提"
    assert person_by_identity("resident", "11010519491231002x", today=TODAY) == person
    with pytest.raises(InvalidInput) as refused:
        record_person(
            actor=access.SYSTEM, name="别人", id_kind="resident", id_number="11010519491231002X"
        )
    assert refused.value.code == "identity_taken"
    assert (Person.objects.count(), IdentityDocument.objects.count()) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["𠮷", "䶮", "㛃", "𫟹", "﨎", "欧阳𰻝"])
def test_name_is_stored_exactly_as_written(name):
    assert Person.objects.get(pk=PersonFactory(name=name).pk).name == name
