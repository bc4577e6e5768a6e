"""Whatever is changed behind the program's back is found, and the sentence says where."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from certification.models import (
    RegisterCheck,
    RegisterCheckpoint,
    RegisterEntry,
    RegisterState,
    RegisterTile,
)
from certification.models.register import number_of
from certification.queries import register as queries
from certification.tlog import hashes, notes, proofs
from certification.tlog.checkpoint import TreeHead
from certification.tlog.notes import NoteError
from certification.tlog.tiles import TilePlace
from certification.workflows.register import append_register_entries
from certification.workflows.register_check import read_noted_heads, recompute_register
from tests.certification.register.making import ORIGIN, Key
from tests.certification.register.tampering import flip, free_hands, wipe
from tests.certification.register.test_append import entries

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(key):
    for start, end in ((0, 100), (100, 600), (600, 700)):
        append_register_entries(entries(*range(start, end)), sign=key)
    free_hands()
    return key


def fault(**kwargs):
    return recompute_register(**kwargs).fault


def test_a_register_in_order_has_no_fault(log):
    found = recompute_register(trusted=[log.verifier])
    assert (found.fault, found.size, found.heads) == ("", 700, 3)
    assert read_noted_heads() == [queries.get_newest_checkpoint().note]
    assert fault() == ""
    assert read_noted_heads() == [queries.get_newest_checkpoint().note]


def test_an_empty_register_has_no_fault(key):
    assert fault() == ""
    append_register_entries([], sign=key)
    assert fault() == ""


@pytest.mark.parametrize(
    ("place", "at", "words"),
    [
        (TilePlace(0, 0), 5, "tile 0/0 doesn't fit entry 0 (hash 0)"),
        (TilePlace(0, 2), 32 * 9, "tile 0/2 doesn't fit entry 521 (hash 9)"),
        (TilePlace(1, 0), 32, "tile 1/0 doesn't fit entries 256 to 511 (hash 1)"),
    ],
)
def test_a_flipped_byte_of_a_tile_is_found(log, place, at, words):
    row = RegisterTile.objects.get(pk=number_of(place))
    RegisterTile.objects.filter(pk=row.pk).update(data=flip(bytes(row.data), at))
    assert fault() == words


def test_a_changed_entry_is_found_with_and_without_its_fingerprint(log):
    RegisterEntry.objects.filter(pk=300).update(data=b"entry 99999")
    assert fault() == "entry 300 was changed: its fingerprint doesn't fit"
    from hashlib import sha256

    RegisterEntry.objects.filter(pk=300).update(key=sha256(b"entry 99999").digest())
    assert fault() == "tile 0/1 doesn't fit entry 300 (hash 44)"


def test_an_entry_taken_away_is_found(log):
    RegisterEntry.objects.filter(pk=300).delete()
    assert fault() == "entry 300 is missing"


def test_the_last_entry_taken_away_is_found(log):
    RegisterEntry.objects.filter(pk=699).delete()
    assert fault() == "entry 699 is missing"


def test_a_tile_taken_away_is_found(log):
    RegisterTile.objects.filter(pk=number_of(TilePlace(0, 1))).delete()
    assert fault() == "tile 0/1 is missing"


def test_a_shortened_register_is_found_by_its_own_heads(log):
    RegisterEntry.objects.filter(pk__gte=600).delete()
    RegisterState.objects.update(size=600)
    assert fault().startswith("the register has 600 entries, but the head of row")


def test_entries_beyond_the_size_are_found(log):
    RegisterEntry.objects.create(index=700, key=b"k" * 32, data=b"more")
    assert fault() == "entry 700 stands beyond the 700 that the register counts"


def test_a_tile_longer_than_the_size_is_found(log):
    row = RegisterTile.objects.get(pk=number_of(TilePlace(0, 2)))
    RegisterTile.objects.filter(pk=row.pk).update(data=bytes(row.data) + hashes.hash_leaf(b"more"))
    assert fault() == "tile 0/2 goes further than the 700 entries that the register counts"


def test_a_changed_root_is_found(log):
    RegisterState.objects.update(root=b"r" * 32)
    assert fault() == "the root kept for 700 entries isn't theirs"


def test_a_head_that_was_changed_or_signed_by_another_is_found(log):
    last = queries.get_newest_checkpoint()
    RegisterCheckpoint.objects.filter(pk=last.pk).update(
        note=last.note.replace("\n700\n", "\n699\n")
    )
    assert "doesn't hold: the signature of" in fault()
    thief = Key()
    forged = notes.sign_note(TreeHead(ORIGIN, 700, b"r" * 32).text, thief).written()
    RegisterCheckpoint.objects.filter(pk=last.pk).update(
        note=forged, root=b"r" * 32, vkey=thief.verifier.vkey
    )
    assert "doesn't fit them" in fault()
    assert "isn't one of ours" in fault(trusted=[log.verifier])
    RegisterCheckpoint.objects.filter(pk=last.pk).update(root=b"s" * 32)
    assert "another size or root" in fault()
    RegisterCheckpoint.objects.filter(pk=last.pk).update(vkey="nonsense")
    assert "no known key signed" in fault()


def test_a_history_rewritten_whole_with_the_right_key_is_found_by_a_remembered_head(log):
    old = queries.get_newest_checkpoint()
    assert fault() == ""
    wipe()
    append_register_entries(entries(*range(300), 9999, *range(301, 800)), sign=log)
    assert (
        fault(trusted=[log.verifier])
        == "the remembered head no. 1 over 700 entries doesn't fit them: an entry or the head was changed"
    )
    # Who asks for a proof finds it too: none can lead from the old root to the new one.
    new = queries.get_newest_checkpoint()
    proof = queries.build_consistency_proof(700, 800)
    assert not proofs.verify_consistency(700, 800, bytes(old.root), bytes(new.root), proof)


def test_a_register_begun_anew_shorter_is_found_by_a_remembered_head(log):
    assert fault() == ""
    wipe()
    append_register_entries(entries(*range(600)), sign=log)
    assert (
        fault()
        == "the register has 600 entries, but the remembered head no. 1 was signed over 700: it was shortened"
    )


def test_the_wrong_key_opens_no_head(log):
    with pytest.raises(NoteError, match="no known key"):
        notes.open_note(queries.get_newest_checkpoint().note, [Key().verifier])


def test_the_command_ends_with_one_sentence(log, tmp_path):
    out = io.StringIO()
    kept = tmp_path / "head"
    kept.write_text(queries.get_newest_checkpoint().note)
    call_command("check_register", "--key", log.verifier.vkey, "--head", str(kept), stdout=out)
    assert out.getvalue().startswith("700 entries and 3 heads in order, ")
    RegisterEntry.objects.filter(pk=300).update(data=b"x")
    with pytest.raises(CommandError, match="entry 300 was changed"):
        call_command("check_register")
    with pytest.raises(CommandError, match="--key"):
        call_command("check_register", "--key", "nonsense")
    with pytest.raises(CommandError, match="--head"):
        call_command("check_register", "--head", str(tmp_path / "none"))
    assert list(RegisterCheck.objects.order_by("pk").values_list("fault", flat=True)) == [
        "",
        "entry 300 was changed: its fingerprint doesn't fit",
    ]
    assert queries.warn_of_register_fault() == "fault"


def test_the_nightly_check_trusts_the_announced_keys_only(log):
    from certification import tasks
    from certification.credentials import multikey
    from certification.models import IssuerKey

    IssuerKey.objects.create(
        kid="log-2026-1",
        purpose="register",
        public=multikey.encode_multikey(log.secret.public_key()),
    )
    assert queries.list_register_keys() == [log.verifier]
    assert tasks.check_register() == ""
    append_register_entries([], sign=Key())
    RegisterCheck.objects.all().delete()
    assert "isn't one of ours" in tasks.check_register()


def test_it_is_due_once_a_night(log):
    assert queries.is_register_check_due()
    recompute_register()
    assert not queries.is_register_check_due()


def test_the_exported_tree_is_what_the_site_serves_and_grows(log, tmp_path, client):
    folder = tmp_path / "tree"
    out = io.StringIO()
    call_command("export_register", str(folder), stdout=out)
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert files == [
        "checkpoint",
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/188",
        "tile/1/000.p/2",
        "tile/entries/000",
        "tile/entries/001",
        "tile/entries/002.p/188",
    ]
    for name in files:
        assert client.get(f"/register/{name}").content == Path(folder / name).read_bytes()
    append_register_entries(entries(*range(700, 800)), sign=log)
    call_command("export_register", str(folder), stdout=out)
    assert out.getvalue().splitlines()[1].startswith("5 new files for 800 entries")
    assert (folder / "checkpoint").read_text() == queries.get_newest_checkpoint().note


def test_an_empty_register_exports_nothing(tmp_path):
    with pytest.raises(CommandError, match="empty"):
        call_command("export_register", str(tmp_path / "tree"))
