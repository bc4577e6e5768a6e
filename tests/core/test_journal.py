"""The journal: whole lines, sealed segments, writers and drainers beside each other."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from core.journal import EMPTY_FOR_SECONDS, OPEN, SEALED, Journal, read_lines


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


def drained(journal: Journal) -> list[str]:
    found = []
    for path in journal.seal():
        found += read_lines(path)[0]
        path.unlink()
    return found


def test_lines_come_back_whole_and_in_order(journal: Journal) -> None:
    lines = [f"{number} 王 {'x' * number}" for number in range(300)]
    for line in lines:
        journal.append(line)
    assert drained(journal) == lines
    assert drained(journal) == []


def test_writer_begins_another_segment_when_its_own_was_sealed(journal: Journal) -> None:
    journal.append("first")
    assert [path.suffix for path in journal.seal()] == [SEALED]
    journal.append("second")
    assert sorted(path.suffix for path in journal.folder.iterdir()) == [OPEN, SEALED]
    assert drained(journal) == ["first", "second"]


def test_line_that_was_torn_or_changed_is_left_out_and_counted(journal: Journal) -> None:
    for line in ("first", "second", "third"):
        journal.append(line)
    [path] = journal.seal()
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"second", b"sEcond")[:-3])
    assert read_lines(path) == (["first"], 2)


def test_segments_are_readable_by_their_owner_only(journal: Journal) -> None:
    journal.append("line")
    [path] = journal.folder.iterdir()
    assert (path.stat().st_mode & 0o777, journal.folder.stat().st_mode & 0o777) == (0o600, 0o700)


def test_many_writers_beside_a_drainer_lose_and_double_nothing(journal: Journal) -> None:
    """Threads of one process, and a second process's journal in the same folder; the drainer seals
    as often as it can.
    """
    other, stop, found = Journal(journal.folder), threading.Event(), []

    def write(which: Journal, name: str) -> None:
        for number in range(1500):
            which.append(f"{name} {number}")

    def drain() -> None:
        while not stop.is_set():
            found.extend(drained(journal))

    drainer = threading.Thread(target=drain)
    writers = [
        threading.Thread(target=write, args=(which, name))
        for which, name in ((journal, "a"), (journal, "b"), (other, "c"))
    ]
    drainer.start()
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    drainer.join()
    found.extend(drained(journal))
    assert sorted(found) == sorted(f"{name} {number}" for name in "abc" for number in range(1500))


def test_second_drainer_is_told_that_another_is_at_work(journal: Journal) -> None:
    with journal.only_one_drains() as first, Journal(journal.folder).only_one_drains() as second:
        assert (first, second) == (True, False)
    with journal.only_one_drains() as again:
        assert again


def test_empty_segment_of_a_dead_process_goes(journal: Journal) -> None:
    journal.append("line")
    long_ago = time.time_ns() - (EMPTY_FOR_SECONDS + 1) * 10**9
    dead = journal.folder / f"{long_ago:020d}-dead{OPEN}"
    dead.touch(0o600)
    journal.seal()
    assert not dead.exists()


def test_disk_that_takes_no_whole_line_is_told(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = os.write
    monkeypatch.setattr(os, "write", lambda file, data: written(file, data[:5]))
    with pytest.raises(OSError, match="bytes fitted"):
        journal.append("line")
    monkeypatch.undo()
    journal.append("after")
    [path] = journal.seal()
    assert read_lines(path)[1] == 1


def test_lines_wait_too_long_by_the_age_of_their_segment(journal: Journal) -> None:
    assert not journal.has_lines()
    journal.append("line")
    assert journal.has_lines()
    assert not journal.has_lines(older_than=60)
