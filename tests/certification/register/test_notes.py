"""Notes, heads and proofs as C2SP writes them: its own examples, every bent byte, strangers' lines
kept.
"""

import base64
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.tlog import checkpoint, hashes, leaves, notes, proof_text, proofs
from certification.tlog.checkpoint import TreeHead
from certification.tlog.notes import NoteError
from tests.certification.register.making import ORIGIN, Key, log_of, mth

# The example of the specification signed-note, "Verifier keys".
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
KEY = Key()
HEAD = TreeHead(ORIGIN, 3, b"r" * 32)


def witnessed(text, name="witness.example/w1", at=1_679_315_147):
    """Return (witness's public key, its line) over *text*."""
    key = Key(name)
    verifier = notes.Verifier(name, key.public, notes.COSIGNATURE)
    raw = at.to_bytes(8, "big") + key.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
    return verifier, notes.NoteSignature(name, verifier.key_hash, raw)


def test_the_specifications_example_opens():
    key = notes.read_vkey(EXAMPLE_KEY)
    opened = notes.open_note(EXAMPLE, [key])
    assert (opened.note.text, opened.by, opened.strangers, key.vkey) == (
        "This is an example message.\n",
        (key,),
        (),
        EXAMPLE_KEY,
    )
    assert opened.note.written() == EXAMPLE


def test_a_signed_head_is_read_back():
    note = notes.sign_note(HEAD.text, KEY)
    opened = notes.open_note(note.written(), [KEY.verifier])
    assert checkpoint.parse_checkpoint(opened.note.text) == HEAD
    assert note.written().startswith(
        f"{ORIGIN}\n3\n{base64.b64encode(b'r' * 32).decode()}\n\n— {ORIGIN} "
    )


def test_several_signatures_are_kept_strangers_unread_and_witnesses_judged():
    second, (witness, line) = Key(), witnessed(HEAD.text)
    note = notes.sign_note(HEAD.text, KEY, second, keep=[line])
    opened = notes.open_note(note.written(), [KEY.verifier, witness])
    assert opened.by == (KEY.verifier, witness)
    assert [stranger.key_hash for stranger in opened.strangers] == [second.key_hash]
    assert (
        notes.sign_note(HEAD.text, KEY, keep=note.signatures).signatures
        == note.signatures[:1] + note.signatures[1:]
    )


def test_a_witness_whose_time_was_changed_doesnt_hold():
    witness, line = witnessed(HEAD.text)
    later = notes.NoteSignature(
        line.name, line.key_hash, (1_679_315_148).to_bytes(8, "big") + line.raw[8:]
    )
    note = notes.sign_note(HEAD.text, KEY, keep=[later])
    with pytest.raises(NoteError, match=r"witness\.example/w1 doesn't hold"):
        notes.verify_note(note, [KEY.verifier, witness])


def test_the_wrong_key_opens_nothing():
    note = notes.sign_note(HEAD.text, KEY).written()
    with pytest.raises(NoteError, match="no known key"):
        notes.open_note(note, [Key().verifier])
    with pytest.raises(NoteError, match="no known key"):
        notes.open_note(note, [])


@given(st.data())
def test_one_bent_byte_anywhere_is_refused(data):
    written = notes.sign_note(HEAD.text, KEY).written().encode()
    at = data.draw(st.integers(0, len(written) - 1))
    bent = bytearray(written)
    bent[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(NoteError):
        notes.open_note(bytes(bent), [KEY.verifier])


@pytest.mark.parametrize(
    "written",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— name\n",
        "text\n\n— name !!!!\n",
        "text\n\n- name AAAAAAAA\n",
        "text\n\n— na+me AAAAAAAA\n",
        "text\n\n— name AAAAAAAA",
        "te\txt\n\n— name AAAAAAAA\n",
        "text\n\n" + "— name AAAAAAAA\n" * 65,
        "x" * 70_000 + "\n\n— name AAAAAAAA\n",
        b"\xff\n\n",
    ],
)
def test_what_is_no_note_is_refused(written):
    with pytest.raises(NoteError):
        notes.parse_note(written)


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\n",
        "o\n01\n" + "A" * 43 + "=\n",
        "o\n-1\n" + "A" * 43 + "=\n",
        "o\n1\nAAAA\n",
        "o\n1\n\n",
        "\n1\n" + "A" * 43 + "=\n",
        "o\n٣\n" + "A" * 43 + "=\n",
    ],
)
def test_what_is_no_head_is_refused(text):
    with pytest.raises(NoteError):
        checkpoint.parse_checkpoint(text)


def test_extension_lines_of_others_are_kept():
    text = TreeHead("o", 0, hashes.EMPTY_ROOT, ("more",)).text
    assert checkpoint.parse_checkpoint(text).extensions == ("more",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a+b",
        "name+00000000+" + EXAMPLE_KEY[-44:],
        EXAMPLE_KEY[:-4],
        "a b+" + EXAMPLE_KEY.split("+", 1)[1],
    ],
)
def test_what_is_no_verifier_key_is_refused(text):
    with pytest.raises(NoteError):
        notes.read_vkey(text)


def made(index=77, size=300):
    entries = [str(n).encode() for n in range(size)]
    kept, _all = log_of([entries])
    note = notes.sign_note(TreeHead(ORIGIN, size, mth(entries)).text, KEY).written()
    return entries, proof_text.write_proof_text(
        index=index, steps=proofs.compute_inclusion_proof(index, size, kept.__getitem__), note=note
    )


def test_a_proof_proves_its_entry_and_no_other():
    entries, text = made()
    proven = proof_text.verify_proof_text(text, entries[77], [KEY.verifier])
    assert (proven.index, proven.head.size) == (77, 300)
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 77\n")
    for entry, known in ((entries[78], [KEY.verifier]), (entries[77], [Key().verifier])):
        with pytest.raises(NoteError):
            proof_text.verify_proof_text(text, entry, known)


def test_a_proof_of_a_log_of_one_has_no_steps_and_extra_is_carried():
    note = notes.sign_note(TreeHead(ORIGIN, 1, hashes.hash_leaf(b"a")).text, KEY).written()
    text = proof_text.write_proof_text(index=0, steps=[], note=note, extra=b"\x01more")
    assert proof_text.parse_proof_text(text).extra == b"\x01more"
    assert proof_text.verify_proof_text(text, b"a", [KEY.verifier]).index == 0


@given(st.data())
def test_one_bent_byte_of_a_proof_is_refused(data):
    entries, text = made(5, 9)
    written = bytearray(text.encode())
    at = data.draw(st.integers(0, len(written) - 1))
    written[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(NoteError):
        proof_text.verify_proof_text(bytes(written), entries[5], [KEY.verifier])


def test_a_witness_alone_proves_nothing():
    entries = [b"a"]
    text = TreeHead(ORIGIN, 1, mth(entries)).text
    witness, line = witnessed(text)
    note = notes.sign_note(text, keep=[line]).written()
    with pytest.raises(NoteError, match="the log itself"):
        proof_text.verify_proof_text(
            proof_text.write_proof_text(index=0, steps=[], note=note), b"a", [witness]
        )


def test_an_entry_is_canonical_and_holds_a_fingerprint_a_day_and_a_kind():
    data = leaves.write_leaf("issue", bytes(range(32)), date(2026, 11, 23))
    assert (
        data
        == b'{"c":"' + bytes(range(32)).hex().encode() + b'","d":"2026-11-23","t":"issue","v":1}'
    )
    assert leaves.parse_leaf(data) == leaves.Leaf("issue", bytes(range(32)), date(2026, 11, 23))
    again = leaves.write_leaf("suspend", bytes(32), date(2026, 11, 23), 2)
    assert leaves.parse_leaf(again) == leaves.Leaf("suspend", bytes(32), date(2026, 11, 23), 2)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b'{"c": 1}',
        b"[" * 100_000,
        b'{"v":1,"t":"issue","c":"","d":""}',
        b"\xff",
    ],
)
def test_other_entries_are_read_as_nothing(data):
    assert leaves.parse_leaf(data) is None


@pytest.mark.parametrize(
    "text", ["AB" * 32, "sha256:" + "ab" * 32, " ".join(["abab"] * 16) + "\n", "ab:" * 31 + "ab"]
)
def test_fingerprints_are_read_however_spaced(text):
    assert leaves.parse_fingerprint(text) == b"\xab" * 32


@pytest.mark.parametrize("text", ["", "ab" * 31, "张" * 64, "٣" * 64])
def test_what_is_no_fingerprint_is_none(text):
    assert leaves.parse_fingerprint(text) is None
