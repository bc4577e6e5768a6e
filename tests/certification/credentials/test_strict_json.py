from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.credentials import strict_json
from certification.credentials.strict_json import DuplicateMember

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)
OBJECTS = st.dictionaries(st.text(max_size=8), VALUES, min_size=1, max_size=5)


@given(VALUES, st.sampled_from([None, 2]), st.booleans())
def test_json_is_read_as_others_read_it(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    if not ascii_only and any("\ud800" <= sign <= "\udfff" for sign in text):
        return
    assert strict_json.parse_json(text) == value
    assert strict_json.parse_json(text.encode()) == value


@given(OBJECTS, st.data())
def test_member_twice_is_refused_wherever_and_however_it_is_written(
    value: dict[str, Any], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(value)))
    forged = data.draw(VALUES)
    spelled = "".join(
        f"\\u{unit:04x}" for unit in _units(name)
    )  # the same name, every letter escaped
    pair = f'"{spelled}":{json.dumps(forged)}'
    inside = json.dumps(value)[1:-1]
    both = data.draw(st.sampled_from([f"{{{pair},{inside}}}", f"{{{inside},{pair}}}"]))
    around = data.draw(st.sampled_from(["%s", "[1,%s]", '{"outer":{"inner":%s}}']))
    with pytest.raises(DuplicateMember):
        strict_json.parse_json(around.replace("%s", both))


def _units(text: str) -> list[int]:
    data = text.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


@given(VALUES, VALUES)
def test_equal_writing_means_equal_values_of_equal_types(one: Any, other: Any) -> None:
    same = strict_json.write_canonically(one) == strict_json.write_canonically(other)
    assert same == (_typed(one) == _typed(other))


def _typed(value: Any) -> Any:
    """Return *value* so that Python's equality is that of JSON: true isn't 1, and 1.0 isn't 1."""
    if isinstance(value, dict):
        return ("object", {name: _typed(one) for name, one in value.items()})
    if isinstance(value, list):
        return ("array", [_typed(one) for one in value])
    return (type(value).__name__, repr(value))


@pytest.mark.parametrize(
    "pair",
    [(0, False), (1, True), (1, 1.0), (0, 0.0), ([0], [False]), ({"hashed": 0}, {"hashed": False})],
)
def test_values_that_python_takes_for_equal_are_told_apart(pair: tuple[Any, Any]) -> None:
    assert pair[0] == pair[1]
    assert strict_json.write_canonically(pair[0]) != strict_json.write_canonically(pair[1])


@pytest.mark.parametrize(
    "data",
    [
        b"NaN",
        b'{"a":Infinity}',
        b"[-Infinity]",
        '{"a":1}'.encode("utf-16"),
        b'{"a":1}{"b":2}',
        b'{"a":1,}',
        b"\xff",
        b"",
    ],
)
def test_what_only_some_readers_take_is_no_json(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"no JSON|Expecting|decode|Extra data|Illegal"):
        strict_json.parse_json(data)
