"""`make bench` as one command: each benchmark in a process of its own, and a failure told at the
end.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import list_benchmarks, run_benchmarks
from tests.support.benchmark import pick_by_size

ROOT = Path(__file__).resolve().parents[2]
SETS_UP = """
from tests.support.benchmark import prepared_database
with prepared_database():
    from org.models import OrgUnit
    assert not OrgUnit.objects.filter(code="bench").exists()
    print("{name} ran")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "sample_benchmarks"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))
    return package


def test_benchmarks_that_each_set_up_django_all_run_in_one_command(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("first", "second"):
        (folder / f"{name}.py").write_text(SETS_UP.format(name=name))
    done = run_benchmarks(list_benchmarks(folder), package=folder.name)
    assert [(one.name, one.code) for one in done] == [("first", 0), ("second", 0)]
    printed = capfd.readouterr().out
    assert "first ran" in printed
    assert "second ran" in printed


def test_benchmark_that_fails_doesnt_stop_those_behind_it(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "a_broken.py").write_text("raise RuntimeError('no')")
    (folder / "b_whole.py").write_text("print('b ran')")
    (folder / "test_of_it.py").write_text("raise SystemExit(3)")
    done = run_benchmarks(list_benchmarks(folder), package=folder.name)
    assert [(one.name, one.code) for one in done] == [("a_broken", 1), ("b_whole", 0)]
    assert "b ran" in capfd.readouterr().out


def test_size_unless_said_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIZE", raising=False)
    assert pick_by_size(small=1, large=2) == 1
    monkeypatch.setenv("SIZE", "large")
    assert pick_by_size(small=1, large=2) == 2
    monkeypatch.setenv("SIZE", "huge")
    with pytest.raises(SystemExit, match="choose one of small, large"):
        pick_by_size(small=1, large=2)


def test_unknown_benchmark_is_refused_with_those_there_are() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "nothing"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 2
    assert "There are: audit, " in answer.stderr
