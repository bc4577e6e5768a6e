"""Read JSON as I-JSON (RFC 7493) and nothing more, which means UTF-8, no duplicate members and no
NaN.

What two readers could read differently is refused. Of two members with the same name most readers
take the last, some the first. A forged one in front would be shown by one program while another
verifies the other.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn


class DuplicateMember(ValueError):
    """An object has two members of the same name."""


def parse_json(data: bytes | str) -> Any:
    """Return the value of *data*. Raises `DuplicateMember`, `ValueError` for anything else that
    isn't JSON, `RecursionError`.
    """
    text = data.decode("utf-8") if isinstance(data, bytes) else data
    return _DECODER.decode(text)


def write_canonically(value: Any) -> str:
    """Return *value* serialised in a single way, so that equal strings mean the same members,
    values and types.

    In Python 0, 0.0 and False are equal, in a credential they aren't. Raises `RecursionError`.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DuplicateMember
    return found


def _refuse(name: str) -> NoReturn:
    msg = f"{name} is no JSON"
    raise ValueError(msg)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse)
