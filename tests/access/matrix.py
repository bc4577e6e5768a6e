"""Who may what: one line an address. The words are role keys, and `worker`, `owner`, `nobody`.

`may` gets in, `forbidden` reads 403 (knows of the place, lacks the right), everybody else reads 404; nobody signed in is led to sign in.
`may="+"`: everybody signed in; `may="*"`: the whole world; `forbidden="rest"`: everybody signed in who may not; `site`: the three administrators. `on` names the thing in `tests/access/world.py` an address needs; such an
address is asked for in the other city too, where nobody gets in and everybody reads 404 unless `other_may`, `other_forbidden` say otherwise.
`post=True`: asked by POST with an empty body. `door=False`: without signing in it is 404 instead of the way to sign in.
"""

from __future__ import annotations

from dataclasses import dataclass

NOBODY = "nobody"
SITE = {"system_admin", "security_admin", "audit_admin"}


@dataclass(frozen=True)
class Row:
    """What one address answers to whom."""

    on: str
    may: str
    forbidden: str
    post: bool
    door: bool
    other_may: str
    other_forbidden: str

    @property
    def scoped(self) -> bool:
        """Say whether the address names a thing that lies in a city."""
        return bool(self.on)

    def expected(self, people: set[str], *, other: bool = False) -> dict[str, str]:
        """Return the answer for each of *people*."""
        may = _read(self.other_may if other else self.may, people)
        forbidden = _read(self.other_forbidden if other else self.forbidden, people) - may
        found = {key: "in" if key in may else "403" if key in forbidden else "404" for key in people}
        if self.door and NOBODY not in may and NOBODY not in forbidden:
            found[NOBODY] = "sign-in"
        return found


ROWS: dict[str, Row] = {}
# Addresses asked elsewhere, with the test that does.
LEFT_OUT: dict[str, str] = {}


def _read(text: str, people: set[str]) -> set[str]:
    if text == "*":
        return set(people)
    if text in ("+", "rest"):
        return people - {NOBODY}
    found = set(text.split())
    return found - {"site"} | SITE if "site" in found else found


def row(
    name: str,
    on: str = "",
    *,
    may: str = "",
    forbidden: str = "",
    post: bool = False,
    door: bool = True,
    other_may: str = "",
    other_forbidden: str = "",
) -> None:
    """Add the line of one address."""
    if name in ROWS:
        msg = f"two lines for {name}"
        raise ValueError(msg)
    ROWS[name] = Row(on, may, forbidden, post, door, other_may, other_forbidden)
