"""Who may what: one line an address. The words are role keys, and `worker`, `owner`, `nobody`.

`may` gets in, `forbidden` reads 403 (knows of the place, lacks the right), everybody else reads 404; nobody signed in is led to sign in.
`may="+"`: everybody signed in; `may="*"`: the whole world; `forbidden="rest"`: everybody signed in who may not; `site`: the three
administrators. `on` names the thing in `tests/access/world.py` an address needs; such an address is asked for in the other city too,
where nobody gets in and everybody reads 404 unless `other_may`, `other_forbidden` say otherwise.
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


# fmt: off
# ruff: noqa: E501 - one line an address, however long
row("courses:roster", "class", may="class_assessor class_head trainer training_officer union_officer union_reviewer", forbidden="editor union_admin")
row("health_live", may="*")

row("health_ready", may="*")

row("licence", may="*")

row("styleguide", may="*")

# ---- people ----
row("people:sign_in", may="*")
row("people:demo_sign_in", post=True, door=False)
row("people:sign_out", post=True, may="*")

# ---- access ----
row("access:desk", may="site union_admin union_officer", forbidden="rest")
row("access:people", may="site union_admin union_officer", forbidden="rest")
row("access:person", "handle", may="site union_admin union_officer", other_may="site")
row("access:person_sheet", "handle sheet", may="site union_admin union_officer", other_may="site")
row("access:where", may="site union_admin union_officer", forbidden="rest")
row("access:where_sheet", "sheet kind", may="site union_admin union_officer", forbidden="rest", other_may="site union_admin union_officer", other_forbidden="rest")
row("access:new", may="site union_admin", forbidden="rest")
row("access:proposal", "proposal", may="site union_admin union_officer", other_may="site")
row("access:agree", "proposal", post=True, may="security_admin union_admin", forbidden="audit_admin system_admin union_officer", other_may="security_admin", other_forbidden="audit_admin system_admin")
row("access:take_up", "proposal", post=True, may="security_admin union_admin", forbidden="audit_admin system_admin union_officer", other_may="security_admin", other_forbidden="audit_admin system_admin")
row("access:decline", "proposal", may="security_admin union_admin", forbidden="audit_admin system_admin union_officer", other_may="security_admin", other_forbidden="audit_admin system_admin")
row("access:retract", "proposal", post=True, forbidden="site union_admin union_officer", other_forbidden="site")
row("access:roles", may="site union_admin union_officer", forbidden="rest")
row("access:roles_sheet", "sheet kind", may="site union_admin union_officer", forbidden="rest", other_may="site union_admin union_officer", other_forbidden="rest")
row("access:extend", "held", may="security_admin union_admin", forbidden="audit_admin system_admin union_officer", other_may="security_admin", other_forbidden="audit_admin system_admin")
row("access:withdraw", "held", may="security_admin union_admin", forbidden="audit_admin system_admin union_officer", other_may="security_admin", other_forbidden="audit_admin system_admin")
row("access:log", may="site union_admin union_officer", forbidden="rest")
row("access:reviews", may="site union_admin union_officer", forbidden="rest")
row("access:review", "review", may="security_admin union_admin", forbidden="audit_admin system_admin union_officer", other_may="security_admin", other_forbidden="audit_admin system_admin")
row("access:review_keep", "review item", post=True, may="security_admin union_admin", forbidden="audit_admin system_admin union_officer", other_may="security_admin", other_forbidden="audit_admin system_admin")
row("access:review_drop", "review item", may="security_admin union_admin", forbidden="audit_admin system_admin union_officer", other_may="security_admin", other_forbidden="audit_admin system_admin")

# ---- jobs ----
row("jobs:list", may="+")
row("jobs:detail", "job", may="owner")
row("jobs:progress", "job", may="owner")
row("jobs:pause", "job", post=True, may="owner")
row("jobs:resume", "job", post=True, may="owner")
row("jobs:retry", "job", post=True, may="owner")

# ---- home ----
row("home:me", may="+")

# ---- courses ----
row("courses:classes", may="+")
row("courses:choose", may="*")
row("courses:class", "class", may="+", other_may="+")
row("courses:enrol", "class", post=True, may="owner worker", forbidden="rest", other_may="owner worker", other_forbidden="rest")
row("courses:withdraw", "class", post=True, may="owner worker", forbidden="rest", other_may="owner worker", other_forbidden="rest")
row("courses:roster_xlsx", "class", post=True, may="class_head training_officer union_officer", forbidden="class_assessor editor trainer union_admin union_reviewer")
row("courses:present", "enrolment", post=True, may="class_head trainer training_officer union_officer", forbidden="class_assessor editor union_admin union_reviewer")
row("courses:confirm", "attendance", post=True, forbidden="class_assessor editor union_admin union_reviewer")
row("courses:move", "class move", post=True, may="training_officer union_officer", forbidden="class_assessor class_head editor trainer union_admin union_reviewer")
row("courses:cancel_session", "session", may="training_officer union_officer", forbidden="class_assessor class_head editor trainer union_admin union_reviewer")
row("courses:wall", "session", may="class_head trainer training_officer union_officer", forbidden="class_assessor editor union_admin union_reviewer")
row("courses:wall_now", "session", may="class_head trainer training_officer union_officer", forbidden="class_assessor editor union_admin union_reviewer")
row("courses:sitting", "attempt")
row("courses:answers", "attempt", post=True)
row("courses:submit", "attempt", post=True)
row("courses:result", "attempt")

# ---- competitions ----
row("competitions:list", may="*")
row("competitions:office_list", may="+")
row("competitions:event_new", may="union_officer")
row("competitions:detail", "event", may="*", other_may="*")
row("competitions:board", "event", may="*", other_may="*")
row("competitions:enter", "event", may="+", other_may="+")
row("competitions:withdraw", "event", may="+", other_may="+")
row("competitions:desk", may="+")
row("competitions:worker", may="*")
row("competitions:sheet_state", "sheet")
row("competitions:sheet_save", "sheet", post=True, may="*", other_may="*")
row("competitions:sheet_sign", "sheet", post=True, may="*", other_may="*")
row("competitions:sheet_withdraw", "sheet", post=True)
row("competitions:office", "event", may="chief_judge event_manager secrecy_officer union_officer union_reviewer")
row("competitions:event_edit", "event", may="event_manager union_officer", forbidden="chief_judge secrecy_officer union_reviewer")
row("competitions:decide", "event asked", forbidden="secrecy_officer")
row("competitions:entries", "event", may="event_manager secrecy_officer union_officer", forbidden="chief_judge union_reviewer")
row("competitions:entry_qualify", "event entry", may="event_manager union_officer", forbidden="chief_judge secrecy_officer union_reviewer")
row("competitions:entry_reject", "event entry", may="event_manager union_officer", forbidden="chief_judge secrecy_officer union_reviewer")
row("competitions:code_book", "event", may="secrecy_officer", forbidden="chief_judge event_manager union_officer union_reviewer")
row("competitions:judges", "event", may="event_manager union_officer", forbidden="chief_judge secrecy_officer union_reviewer")
row("competitions:sheets", "event", may="chief_judge", forbidden="event_manager secrecy_officer union_officer union_reviewer")
