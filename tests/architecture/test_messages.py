"""Every sentence a person may read is there in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from scripts import messages
from tests.architecture.sources import PACKAGES, folder, modules


def test_catalogues_are_complete_and_up_to_date() -> None:
    assert list(messages.problems()) == []


def test_every_package_with_sentences_has_a_catalogue() -> None:
    def speaks(package: str) -> bool:
        texts = [path.read_text(encoding="utf-8") for path in modules(package)]
        return any("gettext" in text and "_(" in text for text in texts)

    covered = {messages.owner(po) for po in messages.catalogues()}
    site = messages.ROOT / "site"
    assert [package for package in PACKAGES if speaks(package) and folder(package) not in covered and site not in covered] == []


def test_translating_functions_have_names_that_collecting_knows() -> None:
    alias = re.compile(r"import (?:\w+, )*\w*gettext(?:_lazy|_noop)? as (?!_$)\w+$", re.MULTILINE)
    found = {str(path): alias.findall(path.read_text(encoding="utf-8")) for package in PACKAGES for path in modules(package)}
    assert {path: lines for path, lines in found.items() if lines} == {}, "makemessages doesn't collect what is said through another name"


def test_text_that_two_catalogues_translate_differently_is_found(tmp_path: Path) -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    one, other = tmp_path / "one.po", tmp_path / "other.po"
    one.write_text(head + 'msgid "Done"\nmsgstr "已完成"\n\nmsgctxt "lesson"\nmsgid "Read"\nmsgstr "已读"\n', encoding="utf-8")
    other.write_text(head + 'msgid "Done"\nmsgstr "已学完"\n\nmsgid "Read"\nmsgstr "阅读"\n', encoding="utf-8")
    assert list(messages.conflicts([one, other])) == ['"Done"']
    assert list(messages.conflicts([one])) == []
