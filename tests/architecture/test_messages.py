"""Every sentence a person may read is there in both languages."""

from __future__ import annotations

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
