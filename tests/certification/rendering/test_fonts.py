from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import uharfbuzz as hb
from fontTools.ttLib import TTFont

from certification.rendering import fonts as module
from certification.rendering.errors import FontsUnavailable
from certification.rendering.fonts import (
    BOLD,
    MAIN,
    RARE,
    REGULAR,
    FontSet,
    ensure_fonts,
    find_missing_characters,
)


def test_faces_hold_the_source_whole(fonts: FontSet) -> None:
    for weight, (path, index) in module.find_sources().items():
        source = frozenset(hb.Face(hb.Blob.from_file_path(str(path)), index).unicodes)
        main, rare = (face.characters for face in fonts.faces if face.weight == weight)
        assert main | rare == source
        assert len(main & rare) < 10  # signs whose mirrored forms came along


def test_lists_of_characters_equal_what_the_files_can_set(fonts: FontSet) -> None:
    assert [(face.family, face.weight) for face in fonts.faces] == [
        (MAIN, REGULAR),
        (RARE, REGULAR),
        (MAIN, BOLD),
        (RARE, BOLD),
    ]
    for face in fonts.faces:
        with TTFont(face.path, lazy=True) as font:
            assert frozenset(font.getBestCmap()) == face.characters


def test_main_face_is_small_truetype_with_tabular_digits(fonts: FontSet) -> None:
    for face in fonts.faces:
        if face.family == MAIN:
            with TTFont(face.path, lazy=True) as font:
                assert "glyf" in font
                assert font["maxp"].numGlyphs < 8000
                assert (
                    len({font["hmtx"][font.getBestCmap()[ord(digit)]][0] for digit in "0123456789"})
                    == 1
                )


@pytest.mark.parametrize("bold", [False, True])
def test_missing_lists_each_character_once_in_order(bold: bool) -> None:
    assert find_missing_characters("欧阳䶮𬭎㛃·１2Aé〇／", bold=bold) == ()
    assert find_missing_characters("𡵚张\ue000𡵚\ufe00", bold=bold) == ("𡵚", "\ue000", "\ufe00")


def test_made_fonts_are_read_not_made_again(
    fonts: FontSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_make", lambda *_: pytest.fail("made again"))
    assert ensure_fonts().digest == fonts.digest


def test_other_recipe_gets_another_folder(fonts: FontSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module.RECIPE, "version", 0)
    assert module._digest(module.find_sources()) != fonts.digest


@pytest.mark.slow
def test_two_processes_starting_at_once_make_one_set(tmp_path: Path, fonts: FontSet) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom certification.rendering import fonts\n"
        "fonts._MAIN_SET = 'ascii'\n"  # as the real recipe, but a second's work
        "made = []\nmake = fonts._make\n"
        "fonts._make = lambda *a: (made.append(1), make(*a))\n"
        "sys.stdin.readline()\n"
        "found = fonts.ensure_fonts(folder=Path(sys.argv[1]))\n"
        "print(len(made), found.digest, len(found.characters(bold=True)))\n"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", script, tmp_path / "fonts"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=120)[0].split() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert Counter(row[0] for row in told) == {"1": 1, "0": 1}
    assert told[0][1:] == told[1][1:]
    assert sorted(path.name for path in (tmp_path / "fonts").iterdir()) == [".lock", told[0][1]]


def test_half_made_folder_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAIN_SET", "ascii")
    broken = tmp_path / module._digest(module.find_sources())
    broken.mkdir()
    (broken / "half.ttf").write_bytes(b"")
    reports: list[tuple[int, int]] = []
    made = ensure_fonts(lambda done, total: reports.append((done, total)), folder=tmp_path)
    assert not (broken / "half.ttf").exists()
    assert all(face.path.exists() for face in made.faces)
    assert reports[-1][0] == reports[-1][1]


def test_machine_without_chinese_serif_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "_KNOWN_FOLDERS", ())
    monkeypatch.setattr(module.shutil, "which", lambda _name: None)
    with pytest.raises(FontsUnavailable, match="fonts-noto-cjk"):
        ensure_fonts(folder=tmp_path)


def test_source_is_found_through_fontconfig_too(monkeypatch: pytest.MonkeyPatch) -> None:
    known = module.find_sources()
    monkeypatch.setattr(module, "_KNOWN_FOLDERS", ())
    assert module.find_sources() == known


def test_machine_without_subset_library_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module.ctypes.util, "find_library", lambda _name: None)
    with pytest.raises(FontsUnavailable, match="libharfbuzz-subset0"):
        ensure_fonts(folder=tmp_path)
