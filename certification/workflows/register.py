"""Append to the public register, which is a transparency log.

Entries, tiles and a signed head are written in one transaction, which locks the one row that says
how far the register goes. No right is checked here. What enters the register was decided by another
workflow, and its audit row names the person who decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db import connection, transaction
from django.utils.translation import gettext as _

from certification.errors import RegisterRefuses
from certification.models import RegisterCheckpoint, RegisterEntry, RegisterState, RegisterTile
from certification.models.register import number_of
from certification.queries.register import (
    build_tile_reader,
    find_entry_places,
    get_newest_checkpoint,
)
from certification.tlog import checkpoint, hashes, leaves, notes, tiles
from certification.tlog.checkpoint import TreeHead
from certification.tlog.notes import NoteError, NoteSigner, Verifier

ROWS_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Appended:
    """The result of an append.

    *indexes*: for each entry given, in order, its place. An entry that was there before, or earlier
    in the same batch, keeps the place it has. So a batch run again returns the same indexes and
    *added* 0, and a batch of which half is known adds the other half only.

    *checkpoint*: a signed head that covers all of them.
    """

    indexes: tuple[int, ...]
    added: int
    size: int
    checkpoint: RegisterCheckpoint

    @property
    def first_index(self) -> int:
        """Return the place of the first of the entries given."""
        return self.indexes[0]


@transaction.atomic(durable=True)
def append_register_entries(entries: Sequence[bytes], *, sign: NoteSigner) -> Appended:
    """Append those of *entries* that the register doesn't hold yet, and sign its head with *sign*.
    An entry has up to 65,535 bytes.

    It is durable, so it can't be called inside another transaction: a head that was handed out must
    not be rolled back. If nothing is new and the newest head has a signature of this key, that head
    is returned. So `append_register_entries([], sign=…)` makes sure there is one, for example after
    a change of keys. Raises `RegisterRefuses` for an entry that is too long, for a key with another
    name than the register's, and for a register whose stored edge doesn't lead to its root (then
    `check_register` says where it is broken).
    """
    return append_entries_in_transaction(entries, sign=sign)


def append_entries_in_transaction(entries: Sequence[bytes], *, sign: NoteSigner) -> Appended:
    """Append as `append_register_entries` does, but in the caller's transaction, which must be
    durable itself. Rows that name their entries can then be written together with them.

    The register stays locked until that transaction ends. Take no other lock before it, and do
    nothing slow after it.
    """
    for data in entries:
        if len(data) > tiles.MAX_ENTRY:
            raise RegisterRefuses(
                "entry_too_long",
                _("A register entry can have at most 65,535 bytes. Enter its fingerprint instead."),
            )
    state = _lock()
    last = get_newest_checkpoint()
    if (
        last is not None
        and checkpoint.parse_checkpoint(notes.parse_note(last.note).text).origin != sign.name
    ):
        raise RegisterRefuses(
            "other_register",
            _(
                "The register keeps the name it was started with. Make the signing key "
                "under that name. The site's address may differ."
            ),
        )
    keys = [sha256(data).digest() for data in entries]
    known = find_entry_places(list(dict.fromkeys(keys)))
    fresh: dict[bytes, bytes] = {}
    for key, data in zip(keys, entries, strict=True):
        if key not in known:
            known[key] = state.size + len(fresh)
            fresh[key] = data
    if fresh:
        _grow(state, fresh)
    if (
        fresh
        or last is None
        or last.size != state.size
        or not notes.parse_note(last.note).signed_by(sign.name, sign.key_hash)
    ):
        last = _sign_head(state, sign)
    return Appended(tuple(known[key] for key in keys), len(fresh), state.size, last)


@transaction.atomic(durable=True)
def store_cosignatures(*, note: str, witnesses: Iterable[Verifier]) -> RegisterCheckpoint:
    """Store the signatures of *witnesses* over our newest head as a further row, and return the
    head with all its signatures.

    What other keys have signed in *note* is dropped. If a witness signed nothing new, the newest
    head is returned. Raises `RegisterRefuses` if *note* isn't about the newest head, or has no
    valid signature of a witness.
    """
    state = _lock()
    last = get_newest_checkpoint()
    try:
        given = notes.parse_note(note)
        judged = notes.verify_note(given, witnesses)
    except NoteError as error:
        raise RegisterRefuses(
            "not_witnessed", _("None of the known witnesses has signed this checkpoint.")
        ) from error
    mine = notes.parse_note(last.note) if last else None
    if last is None or mine is None or given.text != mine.text or last.size != state.size:
        raise RegisterRefuses(
            "other_head",
            _("That isn't the newest checkpoint. Ask the witness to sign the newest one."),
        )
    by = {(key.name, key.key_hash) for key in judged.by}
    new = [
        line
        for line in given.signatures
        if (line.name, line.key_hash) in by and line not in mine.signatures
    ]
    if not new:
        return last
    whole = notes.SignedNote(mine.text, (*mine.signatures, *new))
    return RegisterCheckpoint.objects.create(
        size=last.size, root=last.root, note=whole.written(), vkey=last.vkey
    )


def _lock() -> RegisterState:
    state = RegisterState.objects.select_for_update().filter(pk=1).first()
    if state is None:
        RegisterState.objects.get_or_create(pk=1, defaults={"root": hashes.EMPTY_ROOT})
        state = RegisterState.objects.select_for_update().get(pk=1)
    return state


def _grow(state: RegisterState, fresh: Mapping[bytes, bytes]) -> None:
    """Append *fresh*, which maps fingerprints to entries, with the tiles that it makes or
    lengthens, and update the state.
    """
    edge = tiles.list_partial_tiles(state.size)
    read = build_tile_reader(edge)
    try:
        partial = {place: read(place) for place in edge}
        if tiles.compute_log_root(state.size, partial.__getitem__) != bytes(state.root):
            raise RegisterRefuses(
                "broken",
                _(
                    "The stored end of the register doesn't match its root. Nothing was "
                    "entered. Run check_register."
                ),
            )
        changed = tiles.grow_tiles(
            state.size, partial, [hashes.hash_leaf(data) for data in fresh.values()]
        )
    except tiles.TileMissing as error:
        raise RegisterRefuses(
            "broken",
            _("A part of the register is missing. Nothing was entered. Run check_register."),
        ) from error
    size = state.size + len(fresh)
    _write_entries(state.size, fresh)
    RegisterTile.objects.bulk_create(
        [
            RegisterTile(number=number_of(place), data=data)
            for place, data in sorted(changed.items())
        ],
        update_conflicts=True,
        unique_fields=["number"],
        update_fields=["data"],
        batch_size=ROWS_AT_ONCE,
    )
    both = partial | changed
    state.size, state.root = size, tiles.compute_log_root(size, both.__getitem__)
    state.save(update_fields=["size", "root"])


def _write_entries(first: int, fresh: Mapping[bytes, bytes]) -> None:
    """Insert the rows the fastest way. Building 10,000 model instances would cost more than all
    the hashing.
    """
    rows = []
    for index, (key, data) in enumerate(fresh.items(), first):
        leaf = leaves.parse_leaf(data)
        rows.append((index, key, leaf.about if leaf else None, data))
    table = RegisterEntry._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(
                f'COPY {table} ("index", key, about, data) FROM STDIN (FORMAT BINARY)'
            ) as copy:
                copy.set_types(["int8", "bytea", "bytea", "bytea"])
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(
                f'INSERT INTO {table} ("index", key, about, data) VALUES (%s, %s, %s, %s)',  # noqa: S608 - as above
                rows,
            )


def _sign_head(state: RegisterState, sign: NoteSigner) -> RegisterCheckpoint:
    note = notes.sign_note(TreeHead(sign.name, state.size, bytes(state.root)).text, sign)
    return RegisterCheckpoint.objects.create(
        size=state.size,
        root=state.root,
        note=note.written(),
        vkey=Verifier(sign.name, sign.public).vkey,
    )
