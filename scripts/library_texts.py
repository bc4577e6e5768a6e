"""Texts of ours that a library has too: Django puts all catalogues into one, so our word is said
on the library's screens as well.

A text that means something else than the library's needs a context in our code. `REWORDED` lists
those that mean the same and for which our Chinese is wanted everywhere; a text whose Chinese equals
a library's needs no line.
"""

from __future__ import annotations

import gettext
import site
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("zh_Hans", "zh_CN")
SYNONYM = "the same thing; one Chinese word for it on every screen"
ADVICE = "the library's sentence says what is wrong, ours also says what to do"
REWORDED: Mapping[str, str] = {
    "Account": SYNONYM,
    "Accounts": SYNONYM,
    "Add": SYNONYM,
    "All": SYNONYM,
    "Change": SYNONYM,
    "English": SYNONYM,
    "Enter a number.": ADVICE,
    "Enter a valid date.": ADVICE,
    "Enter a whole number.": ADVICE,
    "Filter": SYNONYM,
    "No file was submitted. Check the encoding type on the form.": ADVICE,
    "Page not found": SYNONYM,
    "Recovery codes": SYNONYM,
    "Remove": SYNONYM,
    "Rename": SYNONYM,
    "Select a valid choice. %(value)s is not one of the available choices.": ADVICE,
    "Select a valid choice. That choice is not one of the available choices.": ADVICE,
    "Show": SYNONYM,
    "Show all": SYNONYM,
    "Site": SYNONYM,
    "The submitted file is empty.": ADVICE,
    "This field is required.": ADVICE,
    "description": SYNONYM,
    "name": SYNONYM,
    "owner": SYNONYM,
    "requested by": SYNONYM,
}


def read_catalogue(compiled: Path) -> dict[str, str]:
    """Return the texts of a compiled catalogue with their translations; plural forms are left out,
    a context stands before the text.
    """
    with compiled.open("rb") as file:
        texts = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined] # no public way to list them
    return {key: said for key, said in texts.items() if isinstance(key, str) and key}


@cache
def translations_of_libraries(domain: str) -> Mapping[str, frozenset[str]]:
    """Return every text that installed packages translate in *domain* ("django", "djangojs"), with
    each Chinese they have for it.
    """
    found: dict[str, set[str]] = {}
    for packages in map(Path, site.getsitepackages()):
        for language in LANGUAGES:
            for compiled in packages.rglob(f"locale/{language}/LC_MESSAGES/{domain}.mo"):
                for text, said in read_catalogue(compiled).items():
                    found.setdefault(text, set()).add(said)
    return {text: frozenset(said) for text, said in found.items()}


def find_shadowed(
    ours: Mapping[str, str], libraries: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    """Yield a line for each text of *ours* that would say something else than the library that has
    it, and isn't listed.
    """
    for text, said in sorted(ours.items()):
        known = libraries.get(text)
        if known and said not in known and text not in REWORDED:
            yield f"{text!r} is {said} here and {'/'.join(sorted(known))} in a library: give ours a context, or list it as reworded"
