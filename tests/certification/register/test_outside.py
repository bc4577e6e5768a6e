"""tlog-scales, which nobody here wrote, reads our heads, proofs and tiles, and refuses what isn't
so.
"""

import pytest
from cryptography.exceptions import InvalidSignature

from certification.queries import register as queries
from certification.tlog import hashes
from certification.workflows.register import append_register_entries
from tests.certification.register.making import Key
from tests.certification.register.test_append import entries
from tests.certification.register.test_notes import witnessed

tlog = pytest.importorskip("tlog_scales.tlog")
signing = pytest.importorskip("tlog_scales.signing")
pytestmark = pytest.mark.django_db


def test_head_inclusion_and_consistency_hold_for_the_outside_judge(key):
    heads = [
        append_register_entries(entries(*range(a, b)), sign=key).checkpoint
        for a, b in [(0, 3), (3, 256), (256, 777), (777, 1500)]
    ]
    vkey = signing.Vkey.from_string(key.verifier.vkey)
    outside = [tlog.Checkpoint.from_text(head.note) for head in heads]
    for head in outside:
        head.verify(vkey)
    last = outside[-1]
    for index in (0, 255, 256, 776, 1499):
        proof = tlog.InclusionProof(index, 1500, queries.build_inclusion_proof(index, 1500))
        proof.check(hashes.hash_leaf(entries(index)[0]), last.root_hash)
        with pytest.raises(tlog.InclusionProofInvalid):
            proof.check(hashes.hash_leaf(b"another"), last.root_hash)
    for old in outside:
        proof = tlog.ConsistencyProof(
            old.size, 1500, queries.build_consistency_proof(old.size, 1500)
        )
        proof.check(old.root_hash, last.root_hash)
        if old.size < 1500:
            with pytest.raises(tlog.ConsistencyProofInvalid):
                proof.check(b"x" * 32, last.root_hash)


def test_the_outside_judge_refuses_another_key_and_a_changed_head(key):
    note = append_register_entries(entries(1), sign=key).checkpoint.note
    thief = Key()
    with pytest.raises(RuntimeError, match="no signature matched"):
        tlog.Checkpoint.from_text(note).verify(signing.Vkey.from_string(thief.verifier.vkey))
    with pytest.raises(InvalidSignature):
        tlog.Checkpoint.from_text(note.replace("\n1\n", "\n2\n")).verify(
            signing.Vkey.from_string(key.verifier.vkey)
        )


def test_the_outside_judge_accepts_our_reading_of_a_witness(key):
    note = append_register_entries(entries(1), sign=key).checkpoint.note
    text = note.split("\n\n")[0] + "\n"
    witness, line = witnessed(text)
    whole = tlog.Checkpoint.from_text(f"{note}{line.line}\n")
    whole.verify(signing.Vkey.from_string(witness.vkey))
