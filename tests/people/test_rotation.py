"""Rotation of the identity keys: found and unique under either key, killed in the middle, gone on,
then the old key leaves.
"""

from datetime import date

import pytest
from cryptography.exceptions import InvalidTag
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

import access
from core.errors import InvalidInput
from people import crypto, rotation
from people.models import IdentityDocument
from people.queries import person_by_identity
from people.rules.identity import compute_id_check_character
from people.workflows import rotation as work
from people.workflows.person import record_person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
OLD, NEW = crypto.make_identity_key(), crypto.make_identity_key()


def number(serial):
    first = f"33010619800506{serial:03d}"
    return first + compute_id_check_character(first)


def record(serial):
    return record_person(
        actor=access.SYSTEM, name=f"工{serial}", id_kind="resident", id_number=number(serial)
    )


@pytest.fixture
def seven(settings):
    settings.IDENTITY_KEYS = [OLD]
    return [record(serial) for serial in range(7)]


def found(serial):
    return person_by_identity("resident", number(serial), today=TODAY)


def test_rotation_killed_in_the_middle_goes_on_where_it_stopped_and_nobody_is_lost_meanwhile(
    settings, seven
):
    settings.IDENTITY_KEYS = [NEW, OLD]
    assert work.count_stale_rows()["people.IdentityDocument"] == 7
    steps = work.rotate_identity_numbers(actor=access.SYSTEM, batch=3)
    assert next(steps) == 3
    steps.close()  # the process is killed between two batches
    assert work.count_stale_rows()["people.IdentityDocument"] == 4
    assert [found(serial) for serial in range(7)] == seven
    for serial in (0, 6):  # one row rewritten already, one not yet
        with pytest.raises(InvalidInput) as refused:
            record(serial)
        assert refused.value.code == "identity_taken"
    late = record(8)
    call_command("rotate_identity_keys", batch=3)
    call_command("rotate_identity_keys", check=True)
    settings.IDENTITY_KEYS = [NEW]
    assert [found(serial) for serial in (*range(7), 8)] == [*seven, late]
    assert [row.number() for row in IdentityDocument.objects.order_by("pk")] == [
        number(serial) for serial in (*range(7), 8)
    ]


def test_database_itself_refuses_a_number_twice_whatever_keys_the_writers_know(settings, seven):
    def insert(person):
        with pytest.raises(IntegrityError), transaction.atomic():
            IdentityDocument.of(person, "resident", number(0)).save()

    other = record_person(actor=access.SYSTEM, name="别人")
    insert(other)  # both know the old key only
    settings.IDENTITY_KEYS = [NEW, OLD]
    insert(other)  # the row is not rewritten yet
    list(work.rotate_identity_numbers(actor=access.SYSTEM))
    insert(other)
    settings.IDENTITY_KEYS = [OLD]
    insert(other)  # a process that was not restarted yet
    settings.IDENTITY_KEYS = [NEW]
    insert(other)  # the old key is off the list


def test_check_says_how_many_rows_are_left_and_ends_with_an_error(settings, seven, capsys):
    settings.IDENTITY_KEYS = [NEW, OLD]
    with pytest.raises(CommandError, match="7 rows still need an older key"):
        call_command("rotate_identity_keys", check=True)
    assert "people.IdentityDocument: 7" in capsys.readouterr().out


def test_key_taken_off_too_early_is_said_and_nothing_is_changed(settings, seven):
    before = list(
        IdentityDocument.objects.order_by("pk").values_list("number_encrypted", "number_hash")
    )
    settings.IDENTITY_KEYS = [NEW]
    with pytest.raises(CommandError, match="can't be opened with any listed key"):
        call_command("rotate_identity_keys")
    assert (
        list(IdentityDocument.objects.order_by("pk").values_list("number_encrypted", "number_hash"))
        == before
    )


def test_next_rotation_starts_from_the_hashes_of_the_last(settings, seven):
    newer = crypto.make_identity_key()
    for keys in ([NEW, OLD], [NEW], [newer, NEW], [newer]):
        settings.IDENTITY_KEYS = keys
        list(work.rotate_identity_numbers(actor=access.SYSTEM))
        assert [found(serial) for serial in range(7)] == seven
        assert work.count_stale_rows()["people.IdentityDocument"] == 0


def test_blob_of_the_first_version_without_a_key_name_is_still_read(settings):
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    settings.IDENTITY_KEYS = [NEW, OLD]
    nonce = b"0" * 12
    blob = (
        b"\x01" + nonce + AESGCM(crypto.load_identity_keys()[1]).encrypt(nonce, b"E1234567", b"a")
    )
    assert (crypto.decrypt_text(blob, bound_to="a"), crypto.key_name_of(blob)) == ("E1234567", "")
    settings.IDENTITY_KEYS = [NEW]
    with pytest.raises(InvalidTag):
        crypto.decrypt_text(blob, bound_to="a")


def test_every_other_secret_is_rewritten_too(settings):
    from allauth.mfa.models import Authenticator

    from people.login.adapters import SecondFactorAdapter
    from tests.factories.ground import UserFactory

    settings.IDENTITY_KEYS = [OLD]
    row = Authenticator.objects.create(
        user=UserFactory(), type="totp", data={"secret": SecondFactorAdapter().encrypt("SEED")}
    )
    settings.IDENTITY_KEYS = [NEW, OLD]
    assert {
        secret.key: len(rotation.list_rows_to_reencrypt(secret))
        for secret in rotation.list_registered_secrets()
    }["mfa.Authenticator.data"] == 1
    list(work.rotate_identity_numbers(actor=access.SYSTEM))
    settings.IDENTITY_KEYS = [NEW]
    row.refresh_from_db()
    assert SecondFactorAdapter().decrypt(row.data["secret"]) == "SEED"
    assert set(work.count_stale_rows().values()) == {0}
