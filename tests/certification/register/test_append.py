"""The register grows: places, repetitions, heads, what is refused; the database keeps what was
entered.
"""

from contextlib import contextmanager
from datetime import date
from hashlib import sha256

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from certification.errors import RegisterRefuses
from certification.models import RegisterCheckpoint, RegisterEntry, RegisterState, RegisterTile
from certification.queries import register as queries
from certification.tlog import checkpoint, hashes, leaves, notes, proof_text, proofs
from certification.workflows.register import append_register_entries, store_cosignatures
from tests.certification.register.making import ORIGIN, Key, mth, proof
from tests.certification.register.tampering import flip, free_hands
from tests.certification.register.test_notes import witnessed

pytestmark = pytest.mark.django_db


@contextmanager
def refused(code):
    with pytest.raises(RegisterRefuses) as caught:
        yield
    assert caught.value.code == code


def entries(*numbers):
    return [f"entry {n}".encode() for n in numbers]


def test_a_batch_stands_in_order_under_a_signed_head(key):
    done = append_register_entries(entries(*range(300)), sign=key)
    assert (done.indexes, done.first_index, done.added, done.size) == (
        tuple(range(300)),
        0,
        300,
        300,
    )
    head = checkpoint.parse_checkpoint(
        notes.open_note(done.checkpoint.note, [key.verifier]).note.text
    )
    assert head == checkpoint.TreeHead(ORIGIN, 300, mth(entries(*range(300))))
    assert done.checkpoint.vkey == key.verifier.vkey
    assert list(RegisterEntry.objects.order_by("pk").values_list("index", flat=True)) == list(
        range(300)
    )
    assert [str(tile) for tile in RegisterTile.objects.order_by("pk")] == ["0/0", "0/1", "1/0"]


def test_further_batches_keep_what_stands_and_their_heads_are_consistent(key):
    sizes = [
        append_register_entries(entries(*range(a, b)), sign=key).size
        for a, b in [(0, 1), (1, 255), (255, 256), (256, 257), (257, 900)]
    ]
    assert sizes == [1, 255, 256, 257, 900]
    whole = entries(*range(900))
    assert bytes(queries.get_newest_checkpoint().root) == mth(whole)
    assert [queries.build_consistency_proof(old, 900) for old in sizes] == [
        proof(old, whole) for old in sizes
    ]
    assert [(row.added, row.consistent) for row in queries.list_latest_heads()] == [
        (643, True),
        (1, True),
        (1, True),
        (254, True),
        (1, None),
    ]


def test_a_batch_run_again_adds_nothing_and_gets_its_places_back(key):
    first = append_register_entries(entries(1, 2, 3), sign=key)
    again = append_register_entries(entries(1, 2, 3), sign=key)
    assert (again.indexes, again.added, again.checkpoint) == (first.indexes, 0, first.checkpoint)
    assert RegisterCheckpoint.objects.count() == 1


def test_a_batch_known_by_half_adds_the_other_half(key):
    append_register_entries(entries(1, 2), sign=key)
    done = append_register_entries(entries(9, 2, 8, 1), sign=key)
    assert (done.indexes, done.added, done.size, done.first_index) == ((2, 1, 3, 0), 2, 4, 2)


def test_an_entry_twice_in_one_batch_stands_once(key):
    done = append_register_entries(entries(5, 6, 5), sign=key)
    assert (done.indexes, done.size) == ((0, 1, 0), 2)


def test_nothing_to_enter_still_signs_a_head_for_a_new_key_once(key):
    append_register_entries(entries(1), sign=key)
    second = Key()
    heads = [append_register_entries([], sign=second).checkpoint for _turn in range(2)]
    assert (heads[0], heads[0].size, RegisterCheckpoint.objects.count()) == (heads[1], 1, 2)
    assert notes.open_note(heads[0].note, [second.verifier]).by == (second.verifier,)


def test_an_empty_register_has_an_empty_head(key):
    head = append_register_entries([], sign=key).checkpoint
    assert (head.size, bytes(head.root)) == (0, hashes.EMPTY_ROOT)


def test_a_key_of_another_name_is_refused(key):
    append_register_entries(entries(1), sign=key)
    with refused("other_register"):
        append_register_entries(entries(2), sign=Key("elsewhere.example/register"))
    assert RegisterState.objects.get().size == 1
    assert queries.get_register_origin() == ORIGIN


def test_an_entry_too_long_for_its_length_is_refused_and_nothing_entered(key):
    with refused("entry_too_long"):
        append_register_entries([b"a", b"x" * 65_536], sign=key)
    assert append_register_entries([b"x" * 65_535], sign=key).size == 1


@pytest.mark.django_db(transaction=True)
def test_inside_another_transaction_it_is_refused(key):
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        append_register_entries(entries(1), sign=key)


@pytest.mark.django_db(transaction=True)
def test_a_key_that_fails_leaves_nothing(key):
    class Gone(Key):
        def sign(self, data):
            raise InterruptedError

    with pytest.raises(InterruptedError):
        append_register_entries(entries(1), sign=Gone())
    assert (
        RegisterEntry.objects.count(),
        RegisterTile.objects.count(),
        RegisterCheckpoint.objects.count(),
    ) == (0, 0, 0)
    assert append_register_entries(entries(1), sign=key).size == 1


def test_an_edge_that_was_changed_stops_the_register(key):
    append_register_entries(entries(1, 2, 3), sign=key)
    free_hands()
    tile = RegisterTile.objects.get()
    RegisterTile.objects.update(data=flip(bytes(tile.data), 40))
    with refused("broken"):
        append_register_entries(entries(4), sign=key)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE certification_registerentry SET data = key",
        "DELETE FROM certification_registerentry",
        "UPDATE certification_registercheckpoint SET size = 1",
        "DELETE FROM certification_registercheckpoint",
        "DELETE FROM certification_registertile",
        "UPDATE certification_registertile SET number = number + 1",
        "UPDATE certification_registertile SET data = substr(data, 2)",
        "UPDATE certification_registertile SET data = substr(data, 1, 32)",
        "UPDATE certification_registerstate SET size = size - 1",
        "DELETE FROM certification_registerstate",
    ],
)
def test_the_database_refuses_to_take_back(key, statement):
    append_register_entries(entries(1, 2, 3), sign=key)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_queries_of_an_append_are_the_same_for_one_and_for_300(key):
    append_register_entries(entries(0), sign=key)
    counts = []
    for batch in (entries(1), entries(*range(2, 302)), entries(302)):
        with CaptureQueriesContext(connection) as seen:
            append_register_entries(batch, sign=key)
        counts.append(len([query for query in seen if "SAVEPOINT" not in query["sql"]]))
    assert (counts[0], counts[2]) == (8, 8)
    assert counts[1] <= 9  # SQLite takes 249 rows in one statement


def test_proofs_of_a_batch_are_one_query_and_hold(key, django_assert_num_queries):
    whole = entries(*range(600))
    head = append_register_entries(whole, sign=key).checkpoint
    with django_assert_num_queries(1):
        texts = queries.write_proof_texts([0, 255, 256, 599], head)
    for index, text in zip([0, 255, 256, 599], texts, strict=True):
        assert proof_text.verify_proof_text(text, whole[index], [key.verifier]).index == index


def test_entries_are_found_by_what_they_speak_of_by_fingerprint_and_by_their_text(key):
    about = sha256(b"credential").digest()
    issued = leaves.write_leaf("issue", about, date(2026, 11, 23))
    revoked = leaves.write_leaf("revoke", about, date(2026, 11, 24))
    append_register_entries(
        [issued, leaves.write_leaf("issue", bytes(32), date(2026, 11, 23)), revoked], sign=key
    )
    assert [
        (row.index, row.leaf.kind) for row in queries.find_register_entries(about.hex().upper())
    ] == [(0, "issue"), (2, "revoke")]
    for text in (revoked.decode(), sha256(revoked).hexdigest()):
        assert [row.index for row in queries.find_register_entries(text)] == [2]
    assert queries.find_register_entries("ff" * 32) == []
    assert queries.find_register_entries("张伟") is None
    found = queries.find_register_entries(about.hex())[1]
    assert proof_text.verify_proof_text(found.proof, revoked, [key.verifier]).index == 2


def test_a_witness_is_kept_beside_our_signature(key):
    head = append_register_entries(entries(1), sign=key).checkpoint
    text = notes.parse_note(head.note).text
    witness, line = witnessed(text)
    _stranger, other = witnessed(text, "stranger.example")
    given = notes.SignedNote(text, (*notes.parse_note(head.note).signatures, line, other)).written()
    kept = store_cosignatures(note=given, witnesses=[witness])
    opened = notes.open_note(kept.note, [key.verifier, witness])
    assert (opened.by, opened.strangers, queries.get_newest_checkpoint()) == (
        (key.verifier, witness),
        (),
        kept,
    )
    assert store_cosignatures(note=given, witnesses=[witness]) == kept
    with refused("not_witnessed"):
        store_cosignatures(note=given, witnesses=[Key("nobody.example").verifier])
    append_register_entries(entries(2), sign=key)
    with refused("other_head"):
        store_cosignatures(note=given, witnesses=[witness])
    assert proofs.verify_consistency(
        1,
        2,
        bytes(kept.root),
        bytes(queries.get_newest_checkpoint().root),
        queries.build_consistency_proof(1, 2),
    )
