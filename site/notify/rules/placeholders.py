"""Fill texts that hold `{name}` placeholders.

Placeholders are the only thing a template can hold, so nobody who edits one can run code or reach
other data. `{until:moment}` writes a value in a named form. The caller gives the forms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(?::([a-z_]+))?\}")
FORMS = ("day", "moment", "clock")

Form = Callable[[Any], str]


def list_placeholders(text: str) -> frozenset[str]:
    """Return the names of the placeholders in *text*."""
    return frozenset(match[1] for match in PLACEHOLDER.finditer(text))


def find_unknown_placeholders(text: str, known: frozenset[str]) -> list[str]:
    """Return the placeholders of *text* that get no value, in order, once each."""
    return list(
        dict.fromkeys(match[1] for match in PLACEHOLDER.finditer(text) if match[1] not in known)
    )


def find_unknown_forms(text: str) -> list[str]:
    """Return the forms *text* asks for that don't exist, in order, once each."""
    return list(
        dict.fromkeys(
            match[2] for match in PLACEHOLDER.finditer(text) if match[2] and match[2] not in FORMS
        )
    )


def has_stray_brace(text: str) -> bool:
    """Say whether *text* holds a brace that belongs to no placeholder. A mistyped placeholder
    would be shown to readers as it is.
    """
    return bool(re.search(r"[{}]", PLACEHOLDER.sub("", text)))


def fill_placeholders(
    text: str, values: Mapping[str, Any], forms: Mapping[str, Form] | None = None
) -> str:
    """Return *text* with its placeholders replaced, in one pass, so that a value that looks like a
    placeholder stays as it is.

    Raises `KeyError` for a name without a value, which is a mistake of the caller.
    """
    given = forms or {}

    def put(match: re.Match[str]) -> str:
        value = values[match[1]]
        form = given.get(match[2] or "")
        return form(value) if form else "" if value is None else str(value)

    return PLACEHOLDER.sub(put, text)
