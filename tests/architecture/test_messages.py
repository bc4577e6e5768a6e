"""Every sentence a person may read is there in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from django.utils import translation
from django.utils.dates import WEEKDAYS_ABBR

from scripts import messages
from scripts.library_texts import REWORDED, find_shadowed, translations_of_libraries
from tests.architecture.sources import PACKAGES, folder, modules


def test_catalogues_are_complete_and_up_to_date() -> None:
    assert list(messages.problems()) == []


def test_every_package_with_sentences_has_a_catalogue() -> None:
    def speaks(package: str) -> bool:
        texts = [path.read_text(encoding="utf-8") for path in modules(package)]
        return any("gettext" in text and "_(" in text for text in texts)

    covered = {messages.owner(po) for po in messages.catalogues()}
    site = messages.ROOT / "site"
    assert [
        package
        for package in PACKAGES
        if speaks(package) and folder(package) not in covered and site not in covered
    ] == []


def test_translating_functions_have_names_that_collecting_knows() -> None:
    alias = re.compile(r"import (?:\w+, )*\w*gettext(?:_lazy|_noop)? as (?!_$)\w+$", re.MULTILINE)
    found = {
        str(path): alias.findall(path.read_text(encoding="utf-8"))
        for package in PACKAGES
        for path in modules(package)
    }
    assert {path: lines for path, lines in found.items() if lines} == {}, (
        "makemessages doesn't collect what is said through another name"
    )


def test_text_that_two_catalogues_translate_differently_is_found(tmp_path: Path) -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    one, other = tmp_path / "one.po", tmp_path / "other.po"
    one.write_text(
        head + 'msgid "Done"\nmsgstr "已完成"\n\nmsgctxt "lesson"\nmsgid "Read"\nmsgstr "已读"\n',
        encoding="utf-8",
    )
    other.write_text(
        head + 'msgid "Done"\nmsgstr "已学完"\n\nmsgid "Read"\nmsgstr "阅读"\n', encoding="utf-8"
    )
    assert list(messages.conflicts([one, other])) == ['"Done"']
    assert list(messages.conflicts([one])) == []


def test_weekdays_of_a_library_are_named_as_the_library_names_them() -> None:
    with translation.override("zh-hans"):
        assert str(WEEKDAYS_ABBR[5]) == "星期六"


def test_text_that_says_something_else_than_a_library_is_found() -> None:
    libraries = {
        "Sat": frozenset({"星期六"}),
        "Date": frozenset({"日期"}),
        "Filter": frozenset({"过滤器"}),
    }
    assert "Filter" in REWORDED
    assert list(find_shadowed({"Date": "日期", "Filter": "筛选", "Own": "自己的"}, libraries)) == []
    (line,) = find_shadowed({"Sat": "已考"}, libraries)
    assert "已考" in line
    assert "星期六" in line


def test_reworded_texts_are_texts_of_libraries() -> None:
    assert [text for text in REWORDED if text not in translations_of_libraries("django")] == []


def test_people_are_addressed_politely() -> None:
    said = {
        po: [line for line in po.read_text(encoding="utf-8").splitlines() if "你" in line]
        for po in messages.catalogues()
    }
    assert {str(po): lines for po, lines in said.items() if lines} == {}, "您, as everywhere else"
