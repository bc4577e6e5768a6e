"""Who may what: one line an address. The words are role keys, and `person`, `owner`, `superuser`,
`nobody`.

To add an address: `row("app:name", "thing", may="role role", forbidden="role")`, where the thing is
a line of `KWARGS` in `tests/access/world.py`; `python -m tests.access.measure app:name=thing`
prints what the site answers today (`=thing!` by POST), to be judged.

`may` gets in, `forbidden` reads 403 (sees the thing or holds a right beside it, lacks this one),
everybody else reads 404 (may not know of it); nobody signed in is led to sign in. `may="+"`:
everybody signed in; `may="*"`: the whole world; `forbidden="rest"`: everybody signed in who may
not; `-role` takes one out again; `site`: the three administrators; `person`: who has a person's
record; `superuser` gets in wherever a role does, unless `superuser=False`. A union administrator of
the province above is answered as the city's own, one of a district below as one of another city. A
thing is asked for in the other city too, where nobody gets in and everybody reads 404 unless
`other_may`, `other_forbidden` say otherwise; `everywhere=True`: it lies in no city. `post=True`:
asked by POST with an empty body (the others are POSTed to as well by those who may not).
`door=False`: without signing in it is 404 instead of the way to sign in; `led=True`: everybody is
led to sign in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

NOBODY, SUPERUSER, ABOVE, BELOW, FORMER = "nobody", "superuser", "above", "below", "former"
SITE = {"system_admin", "security_admin", "audit_admin"}
PERSONS = {"owner", "worker", ABOVE, BELOW, FORMER}
WORDS = {"+", "*", "rest", "person", "owner", NOBODY, SUPERUSER}


@dataclass(frozen=True)
class Row:
    """What one address answers to whom."""

    on: str = ""
    may: str = ""
    forbidden: str = ""
    post: bool = False
    door: bool = True
    led: bool = False
    everywhere: bool = False
    superuser: bool = True
    other_may: str = ""
    other_forbidden: str = ""

    @property
    def scoped(self) -> bool:
        """Say whether the address names a thing that lies in a city."""
        return bool(self.on) and not self.everywhere

    def expected(self, people: set[str], *, other: bool = False) -> dict[str, str]:
        """Return the answer for each of *people*."""
        if self.led:
            return dict.fromkeys(people, "sign-in")
        may = _read(self.other_may if other else self.may, people)
        forbidden = _read(self.other_forbidden if other else self.forbidden, people)
        if (
            self.superuser
            and {
                word for word in f"{self.may} {self.forbidden}".split() if not word.startswith("-")
            }
            - WORDS
        ):
            may.add(SUPERUSER)
        found = {
            key: "in" if key in may else "403" if key in forbidden else "404" for key in people
        }
        if self.door and NOBODY not in may:
            found[NOBODY] = "sign-in"
        words = f"{self.may} {self.forbidden}".split()
        if "person" not in words:
            if ABOVE not in words:
                found[ABOVE] = found["union_admin"]
            if BELOW not in words and self.scoped and not other:
                found[BELOW] = self.expected(people, other=True)["union_admin"]
            elif BELOW not in words:
                found[BELOW] = found["union_admin"]
        return found


ROWS: dict[str, Row] = {}


def _read(text: str, people: set[str]) -> set[str]:
    words = text.split()
    groups = {
        "*": people,
        "+": people - {NOBODY},
        "rest": people - {NOBODY},
        "site": SITE,
        "person": PERSONS,
    }
    found: set[str] = set().union(*(groups.get(word, {word}) for word in words))
    return {key for key in found if f"-{key}" not in words}


def row(name: str, on: str = "", **what: Any) -> None:
    """Add the line of one address."""
    if name in ROWS:
        msg = f"two lines for {name}"
        raise ValueError(msg)
    ROWS[name] = Row(on, **what)


# ---- core ----
row("health_live", may="*")
row("health_ready", may="*")
row("licence", may="*")
row("styleguide", may="*")
row("styleguide_screen", "screen", may="*", everywhere=True)
row("account_login", may="*")
row("mfa_authenticate", may="+")
row("openid_connect_callback", "provider", everywhere=True, door=False)
row("manage_login", led=True)
row("manage_password_reset", led=True)

# ---- people: the codes, links and steps of signing in show nothing before one has begun ----
row("people:sign_in", may="*")
row("people:demo_sign_in", post=True, door=False)
row("people:sign_out", post=True, may="*")
row("people:session_state", may="*")
row("people:session_renewed", may="+")
row("people:passkey_sign_in", post=True, led=True)
row("people:outside_unknown", led=True)
row("people:passkey_sign_in_options", may="*")
row("people:by_code", may="*")
row("people:code_enter", may="*")
row("people:code_choose", may="*")
row("people:forgot", may="*")
row("people:forgot_enter", may="*")
row("people:forgot_password", may="*")
row("people:first", may="*")
row("people:first_password", may="*")
row("people:outside", "provider", post=True, everywhere=True, door=False)
row("people:sign_in_again", may="+")
row("people:account", may="+")
row("people:password", may="+")
row("people:phone", may="+")
row("people:phone_enter", may="+")
row("people:phone_remove", may="+")
row("people:mail", may="+")
row("people:mail_enter", may="+")
row("people:mail_remove", may="+")
row("people:second_factor", may="+")
row("people:app_add", may="+")
row("people:passkey_add", may="+")
row("people:recovery_codes", may="+")
row("people:link", may="+")
row("people:sessions_end", post=True, may="+")
row("people:start_link", "provider", post=True, everywhere=True)
row("people:passkey_rename", "passkey", may="owner")
row("people:factor_remove", "factor", may="owner")
row("people:session_end", "session row", may="owner")
row("people:unlink", "link", may="owner")

# ---- access ----
row("access:desk", may="site union_admin union_officer", forbidden="rest")
row("access:people", may="site union_admin union_officer", forbidden="rest")
row("access:person", "handle", may="site union_admin union_officer", other_may="site")
row("access:person_sheet", "handle sheet", may="site union_admin union_officer", other_may="site")
row("access:where", may="site union_admin union_officer", forbidden="rest")
row(
    "access:where_sheet",
    "sheet kind",
    may="site union_admin union_officer",
    forbidden="rest",
    everywhere=True,
)
row("access:new", may="site union_admin", forbidden="rest")
row("access:proposal", "proposal", may="site union_admin union_officer", other_may="site")
row(
    "access:agree",
    "proposal",
    post=True,
    may="security_admin union_admin",
    forbidden="audit_admin system_admin union_officer",
    other_may="security_admin",
    other_forbidden="audit_admin system_admin",
)
row(
    "access:take_up",
    "proposal",
    post=True,
    may="security_admin union_admin",
    forbidden="audit_admin system_admin union_officer",
    other_may="security_admin",
    other_forbidden="audit_admin system_admin",
)
row(
    "access:decline",
    "proposal",
    may="security_admin union_admin",
    forbidden="audit_admin system_admin union_officer",
    other_may="security_admin",
    other_forbidden="audit_admin system_admin",
)
row(
    "access:retract",
    "proposal",
    post=True,
    forbidden="site union_admin union_officer superuser",
    superuser=False,
    other_forbidden="site superuser",
)
row("access:roles", may="site union_admin union_officer", forbidden="rest")
row(
    "access:roles_sheet",
    "sheet kind",
    may="site union_admin union_officer",
    forbidden="rest",
    everywhere=True,
)
row(
    "access:extend",
    "held",
    may="security_admin union_admin",
    forbidden="audit_admin system_admin union_officer",
    other_may="security_admin",
    other_forbidden="audit_admin system_admin",
)
row(
    "access:withdraw",
    "held",
    may="security_admin union_admin",
    forbidden="audit_admin system_admin union_officer",
    other_may="security_admin",
    other_forbidden="audit_admin system_admin",
)
row("access:log", may="site union_admin union_officer", forbidden="rest")
row("access:reviews", may="site union_admin union_officer", forbidden="rest")
row(
    "access:review",
    "review",
    may="security_admin union_admin",
    forbidden="audit_admin system_admin union_officer",
    other_may="security_admin",
    other_forbidden="audit_admin system_admin",
)
row(
    "access:review_keep",
    "review item",
    post=True,
    may="security_admin union_admin",
    forbidden="audit_admin system_admin union_officer",
    other_may="security_admin",
    other_forbidden="audit_admin system_admin",
)
row(
    "access:review_drop",
    "review item",
    may="security_admin union_admin",
    forbidden="audit_admin system_admin union_officer",
    other_may="security_admin",
    other_forbidden="audit_admin system_admin",
)

# ---- jobs ----
row("jobs:list", may="+")
row("jobs:detail", "job", may="owner superuser", other_may="superuser")
row("jobs:progress", "job", may="owner superuser", other_may="superuser")
row("jobs:pause", "job", post=True, may="owner superuser", other_may="superuser")
row("jobs:resume", "job", post=True, may="owner superuser", other_may="superuser")
row("jobs:retry", "job", post=True, may="owner superuser", other_may="superuser")

# ---- notify: what belongs to an account is its owner's alone ----
row("notify:inbox", may="+")
row("notify:preferences", may="+")
row("notify:read_all", post=True, may="+")
row("notify:trial", post=True, may="+")
row("notify:sms_consent", post=True, may="person")
row("notify:push_subscribe", post=True, may="+")
row("notify:unsubscribe", "unsubscribe", may="*", everywhere=True)
row("notify:push_worker", may="*")
row("notify:push_remove", "push", post=True, may="owner")
row("notify:message", "message", may="owner")
row("notify:mark", "message", post=True, may="owner")

# ---- office: where a union stands in the tree is decided from above (`above`) ----
row("office:tree", may="editor union_admin union_officer union_reviewer", forbidden="rest")
row("office:unit_export", may="editor union_admin union_officer union_reviewer", forbidden="rest")
row("office:employers", may="editor union_admin union_officer union_reviewer", forbidden="rest")
row(
    "office:employer_export",
    may="editor union_admin union_officer union_reviewer",
    forbidden="rest",
)
row("office:people", may="union_admin union_officer union_reviewer", forbidden="rest")
row("office:unit_new", may="union_admin", forbidden="rest")
row("office:employer_new", may="union_admin", forbidden="rest")
row("office:unit", "unit", may="editor union_admin union_officer union_reviewer")
row("office:employer", "employer", may="editor union_admin union_officer union_reviewer")
row("office:unit_edit", "unit", may="union_admin", forbidden="editor union_officer union_reviewer")
row(
    "office:unit_rename", "unit", may="union_admin", forbidden="editor union_officer union_reviewer"
)
row("office:unit_link", "unit", may="union_admin", forbidden="editor union_officer union_reviewer")
row(
    "office:unit_unlink", "unit", may="union_admin", forbidden="editor union_officer union_reviewer"
)
row(
    "office:unit_move",
    "unit",
    may="above",
    forbidden="editor union_admin union_officer union_reviewer",
)
row(
    "office:unit_merge",
    "unit",
    may="above",
    forbidden="editor union_admin union_officer union_reviewer",
)
row(
    "office:unit_dissolve",
    "unit",
    may="above",
    forbidden="editor union_admin union_officer union_reviewer",
)
row(
    "office:unit_restore",
    "unit",
    may="above",
    forbidden="editor union_admin union_officer union_reviewer",
)
row(
    "office:unit_activate",
    "unit",
    may="above",
    forbidden="editor union_admin union_officer union_reviewer",
)
row(
    "office:unit_annul",
    "unit change",
    may="union_admin below",
    forbidden="editor union_officer union_reviewer",
)
row(
    "office:employer_edit",
    "employer",
    may="union_admin",
    forbidden="editor union_officer union_reviewer",
)
row(
    "office:employer_rename",
    "employer",
    may="union_admin",
    forbidden="editor union_officer union_reviewer",
)
row(
    "office:employer_link",
    "employer",
    may="union_admin",
    forbidden="editor union_officer union_reviewer",
)
row(
    "office:employer_merge",
    "employer",
    may="union_admin",
    forbidden="editor union_officer union_reviewer",
)
row(
    "office:employer_unlink",
    "employer unit",
    may="union_admin",
    forbidden="editor union_officer union_reviewer",
)
row("office:person_new", may="union_admin union_officer", forbidden="rest")
row("office:person_look_up", may="union_admin union_officer", forbidden="rest")
row("office:people_export", may="union_admin union_officer", forbidden="rest")
row("office:people_export_ask", may="union_admin union_officer", forbidden="rest")
row("office:people_exports", may="union_admin union_officer union_reviewer", forbidden="rest")
# The asker's and the deciders' own; the file is the asker's alone, who here holds no right any
# more.
row("office:people_export_detail", "export", may="owner union_admin union_reviewer")
row("office:people_export_agree", "export", post=True, may="union_admin union_reviewer")
row("office:people_export_decline", "export", may="owner union_admin union_reviewer")
row("office:people_export_withdraw", "export", post=True, may="owner")
row("office:people_export_delete", "export", post=True, may="owner")
row("office:people_export_take", "export")
row("office:duplicates", may="union_admin union_officer union_reviewer", forbidden="rest")
row("office:duplicates_scan", post=True, may="union_admin union_officer", forbidden="rest")
row("office:duplicate_pair", "pair", may="union_admin union_officer", forbidden="union_reviewer")
row(
    "office:duplicate_different",
    "pair",
    may="union_admin union_officer",
    forbidden="union_reviewer",
)
row(
    "office:duplicate_again",
    "pair",
    post=True,
    may="union_admin union_officer",
    forbidden="union_reviewer",
)
row("office:merge", "merge", may="union_admin union_officer union_reviewer")
row("office:merge_refuse", "merge", may="union_admin union_officer union_reviewer")
row("office:merge_agree", "merge", post=True, may="union_admin union_officer union_reviewer")
row("office:merge_withdraw", "merge", post=True, may="union_admin union_officer union_reviewer")
row("office:person", "person", may="union_admin union_officer union_reviewer")
row("office:person_photo_file", "person", may="union_admin union_officer union_reviewer")
row("office:person_facts", "person", may="union_admin union_officer", forbidden="union_reviewer")
row("office:person_name", "person", may="union_admin union_officer", forbidden="union_reviewer")
row("office:person_identity", "person", may="union_admin union_officer", forbidden="union_reviewer")
row(
    "office:person_identity_show",
    "person",
    may="union_admin union_officer",
    forbidden="union_reviewer",
)
row("office:person_photo", "person", may="union_admin union_officer", forbidden="union_reviewer")
row("office:person_transfer", "person", may="union_admin union_officer", forbidden="union_reviewer")
row("office:person_join", "person", may="union_admin union_officer", forbidden="union_reviewer")
row("office:person_leave", "person", may="union_admin union_officer", forbidden="union_reviewer")
row("office:person_resume", "person", may="union_admin union_officer", forbidden="union_reviewer")
row("office:person_employ", "person", may="union_admin union_officer", forbidden="union_reviewer")
row("office:person_account", "person", may="union_admin union_officer", forbidden="union_reviewer")
row(
    "office:person_sign_in_help",
    "person",
    may="union_admin union_officer",
    forbidden="union_reviewer",
)
row(
    "office:person_account_close",
    "person",
    may="union_admin union_officer",
    forbidden="union_reviewer",
)
row(
    "office:person_account_reopen",
    "person",
    may="union_admin union_officer",
    forbidden="union_reviewer",
)
row(
    "office:person_photo_remove",
    "person",
    post=True,
    may="union_admin union_officer",
    forbidden="union_reviewer",
)
row(
    "office:person_employment_end",
    "person work",
    may="union_admin union_officer",
    forbidden="union_reviewer",
)
row("office:imports", may="union_officer", forbidden="rest")
row("office:import_new", may="union_officer", forbidden="rest")
row("office:import_template", "import kind", may="+", everywhere=True)
row("office:import_detail", "import", may="union_officer")
row("office:import_columns", "import", may="union_officer")
row("office:import_progress", "import", may="union_officer")
row("office:import_unions", "import", may="union_officer")
row("office:import_undo", "import", may="union_officer")
row("office:import_errors", "import", may="union_officer")
row("office:import_rows", "import rows", may="union_officer")
row("office:import_apply", "import", post=True, may="union_officer")
row("office:import_discard", "import", post=True, may="union_officer")

# ---- oversight: the record is closed to superusers too; what privacy officers see belongs to the whole site ----
row("oversight:audit", may="audit_admin", forbidden="rest", superuser=False)
row("oversight:audit_exports", may="audit_admin", forbidden="rest", superuser=False)
row("oversight:audit_statistics", may="audit_admin", forbidden="rest", superuser=False)
row("oversight:audit_integrity", may="audit_admin", forbidden="rest", superuser=False)
row("oversight:audit_head", may="audit_admin", forbidden="rest", superuser=False)
row("oversight:audit_export", post=True, may="audit_admin", forbidden="rest", superuser=False)
row("oversight:audit_check", post=True, may="audit_admin", forbidden="rest", superuser=False)
row(
    "oversight:audit_row",
    "audit row",
    everywhere=True,
    may="audit_admin",
    forbidden="rest",
    superuser=False,
)
row("oversight:audit_export_file", "missing", everywhere=True, forbidden="rest -audit_admin")
row("oversight:my_data", may="person")
row("oversight:own_number", may="person")
row("oversight:correction", may="person")
row("oversight:erasure", may="person")
row("oversight:erasure_confirm", may="person")
row("oversight:notice", may="+")
row("oversight:export_new", post=True, may="person")
row("oversight:consent", "consent", post=True, everywhere=True, may="person")
row("oversight:export_file", "copy", may="owner")
row("oversight:export_delete", "copy", post=True, may="owner")
row("oversight:my_request", "wish", may="owner")
row("oversight:my_evidence", "wish", may="owner")
row("oversight:withdraw_request", "wish", post=True, may="owner")
row("oversight:inventory", may="privacy_officer", forbidden="rest")
row("oversight:inventory_sheet", may="privacy_officer", forbidden="rest")
row("oversight:assessment", may="privacy_officer", forbidden="rest")
row("oversight:privacy_requests", may="privacy_officer", forbidden="rest")
row("oversight:privacy_requests_sheet", may="privacy_officer", forbidden="rest")
row("oversight:privacy_policy", may="privacy_officer", forbidden="rest")
row("oversight:retention", may="privacy_officer", forbidden="rest")
row("oversight:privacy_request", "wish", everywhere=True, may="privacy_officer", forbidden="rest")
row("oversight:privacy_evidence", "wish", everywhere=True, may="privacy_officer", forbidden="rest")
row(
    "oversight:privacy_execute",
    "farewell",
    everywhere=True,
    may="privacy_officer",
    forbidden="rest",
)
row(
    "oversight:privacy_prepare",
    "farewell",
    post=True,
    everywhere=True,
    may="privacy_officer",
    forbidden="rest",
)
row(
    "oversight:privacy_decide",
    "wish act",
    post=True,
    everywhere=True,
    may="privacy_officer",
    forbidden="rest",
)
row("oversight:privacy_publish", "notice", everywhere=True, may="privacy_officer", forbidden="rest")
row("oversight:retention_kind", "keeping", everywhere=True, may="privacy_officer", forbidden="rest")
row(
    "oversight:retention_act",
    "rule act",
    post=True,
    everywhere=True,
    may="privacy_officer",
    forbidden="rest",
)

# ---- home ----
row("home:me", may="+")
row("home:record", may="person")
row("home:record_workbook", may="person")
row(
    "home:calendar",
    "calendar",
    may="owner class_head trainer training_officer union_officer",
    other_may="superuser",
)

# ---- courses ----
row(
    "courses:roster",
    "class",
    may="class_assessor class_head trainer training_officer union_officer union_reviewer",
    forbidden="editor union_admin",
)
row("courses:classes", may="+")
row("courses:choose", may="*")
row("courses:class", "class", may="+", other_may="+")
row(
    "courses:enrol",
    "class",
    post=True,
    may="person",
    forbidden="rest",
    other_may="person",
    other_forbidden="rest",
)
row(
    "courses:withdraw",
    "class",
    post=True,
    may="person",
    forbidden="rest",
    other_may="person",
    other_forbidden="rest",
)
row(
    "courses:roster_xlsx",
    "class",
    post=True,
    may="class_head training_officer union_officer",
    forbidden="class_assessor editor trainer union_admin union_reviewer",
)
row(
    "courses:present",
    "enrolment",
    post=True,
    may="class_head trainer training_officer union_officer",
    forbidden="class_assessor editor union_admin union_reviewer",
)
row(
    "courses:confirm",
    "attendance",
    post=True,
    may="class_head trainer training_officer union_officer",
    forbidden="class_assessor editor union_admin union_reviewer",
)
row(
    "courses:move",
    "class move",
    post=True,
    may="training_officer union_officer",
    forbidden="class_assessor class_head editor trainer union_admin union_reviewer",
)
row(
    "courses:cancel_session",
    "session",
    may="training_officer union_officer",
    forbidden="class_assessor class_head editor trainer union_admin union_reviewer",
)
row(
    "courses:wall",
    "session",
    may="class_head trainer training_officer union_officer",
    forbidden="class_assessor editor union_admin union_reviewer",
)
row(
    "courses:wall_now",
    "session",
    may="class_head trainer training_officer union_officer",
    forbidden="class_assessor editor union_admin union_reviewer",
)
for name in ("courses:spot_checks", "courses:spot_checks_now"):
    row(
        name,
        "session",
        may="class_head trainer training_officer union_officer",
        forbidden="class_assessor editor union_admin union_reviewer",
    )
for name in ("courses:new_session", "courses:change_session"):
    row(
        name,
        "class" if name.endswith("new_session") else "session",
        may="training_officer union_officer",
        forbidden="class_assessor class_head editor trainer union_admin union_reviewer",
    )
row(
    "courses:place",
    "place",
    may="class_head training_officer union_officer",
    forbidden="class_assessor editor trainer union_admin union_reviewer",
)
row(
    "courses:serve_queue",
    "class",
    post=True,
    may="class_head training_officer union_officer",
    forbidden="class_assessor editor trainer union_admin union_reviewer",
)
row("courses:leave", "class", may="owner")
row("courses:spot_check", may="+")
row("courses:answer_spot_check", "spot check", post=True, may="owner")
row("courses:sitting", "attempt", may="owner")
row("courses:answers", "attempt", post=True, may="owner")
row("courses:submit", "attempt", post=True, may="owner")
row("courses:result", "attempt", may="owner")
row("courses:receipt", "attempt", may="owner")
row("courses:sitting_worker", may="*")
row(
    "courses:exam_sittings",
    "exam",
    may="class_assessor class_head trainer training_officer union_officer union_reviewer",
    forbidden="editor union_admin",
)
row(
    "courses:exam_late",
    "class attempt",
    may="class_assessor training_officer",
    forbidden="class_head editor trainer union_admin union_officer union_reviewer",
)
row("courses:accept", "class", post=True, may="owner")
row("courses:check_in", "class", may="owner")
row("courses:lesson", "lesson", may="owner")
row("courses:beat", "lesson", post=True, may="owner")
row("courses:exam", "exam", may="owner")
row(
    "courses:mark",
    "enrolment",
    may="class_assessor training_officer",
    forbidden="class_head editor trainer union_admin union_officer union_reviewer",
)

# ---- competitions: judges know their sheets only; what stands behind an office reads 404 to who has none there ----
row("competitions:list", may="*")
row("competitions:office_list", may="+")
row("competitions:event_new", may="union_officer", forbidden="rest")
row("competitions:detail", "event", may="*", other_may="*")
row("competitions:board", "event", may="*", other_may="*")
row("competitions:mine", "event", may="owner", superuser=False)
row("competitions:enter", "event", may="+", other_may="+")
row("competitions:withdraw", "event", may="+", other_may="+")
row("competitions:desk", may="+")
row("competitions:worker", may="*")
row("competitions:sheet_state", "sheet", may="judge", superuser=False)
row("competitions:sheet_save", "sheet", post=True, may="judge", superuser=False)
row("competitions:sheet_sign", "sheet", post=True, may="judge", superuser=False)
row("competitions:stand_aside", "sheet", may="judge", superuser=False)
row("competitions:sheet_remark", "sheet", post=True, may="judge", superuser=False)
row("competitions:remark_photo", "sheet remark", may="judge chief_judge union_reviewer")
row("competitions:sheet_withdraw", "sheet", post=True, may="judge", superuser=False)
row(
    "competitions:office",
    "event",
    may="chief_judge event_manager secrecy_officer union_officer union_reviewer",
)
row(
    "competitions:event_edit",
    "event",
    may="event_manager union_officer",
    forbidden="chief_judge secrecy_officer union_reviewer",
)
row(
    "competitions:decide",
    "event asked",
    may="chief_judge event_manager union_officer union_reviewer",
    forbidden="secrecy_officer",
)
row(
    "competitions:entries",
    "event",
    may="event_manager secrecy_officer union_officer",
    forbidden="chief_judge union_reviewer",
)
row(
    "competitions:entry_qualify",
    "event entry",
    may="event_manager union_officer",
    forbidden="chief_judge secrecy_officer union_reviewer",
)
row(
    "competitions:entry_reject",
    "event entry",
    may="event_manager union_officer",
    forbidden="chief_judge secrecy_officer union_reviewer",
)
row(
    "competitions:code_book",
    "event",
    may="secrecy_officer",
    forbidden="chief_judge event_manager union_officer union_reviewer",
)
row(
    "competitions:judges",
    "event",
    may="event_manager union_officer",
    forbidden="chief_judge secrecy_officer union_reviewer",
)
row(
    "competitions:sheets",
    "event",
    may="chief_judge",
    forbidden="event_manager secrecy_officer union_officer union_reviewer",
)
row(
    "competitions:substitutes",
    "event",
    may="chief_judge event_manager union_officer",
    forbidden="secrecy_officer union_reviewer",
)
row("competitions:sheet", "sheet", may="judge", superuser=False)
row(
    "competitions:act",
    "event act",
    may="event_manager union_officer",
    forbidden="chief_judge secrecy_officer union_reviewer",
)
row(
    "competitions:act_part",
    "event part",
    may="chief_judge",
    forbidden="event_manager secrecy_officer union_officer union_reviewer",
)
row(
    "competitions:entry_add",
    "event person",
    post=True,
    may="union_officer",
    forbidden="chief_judge secrecy_officer union_reviewer",
)
row(
    "competitions:sheet_reopen",
    "event sheet",
    may="chief_judge",
    forbidden="event_manager secrecy_officer union_officer union_reviewer",
)
row(
    "competitions:sheet_rescore",
    "event sheet",
    may="chief_judge",
    forbidden="event_manager secrecy_officer union_officer union_reviewer",
)
row(
    "competitions:sheet_minutes",
    "event sheet",
    may="chief_judge",
    forbidden="event_manager secrecy_officer union_officer union_reviewer",
)
row(
    "competitions:number",
    "event number",
    may="chief_judge",
    forbidden="event_manager secrecy_officer union_officer union_reviewer",
)
row(
    "competitions:marks",
    "event",
    may="chief_judge union_reviewer",
    forbidden="event_manager secrecy_officer union_officer",
)
row(
    "competitions:correct",
    "event correction",
    may="chief_judge event_manager union_officer",
    forbidden="secrecy_officer union_reviewer",
)
row(
    "competitions:results",
    "event",
    may="chief_judge event_manager secrecy_officer union_officer union_reviewer",
)
row(
    "competitions:scheme",
    "event",
    may="chief_judge event_manager secrecy_officer union_officer union_reviewer",
)
row(
    "competitions:totals",
    "event",
    may="chief_judge event_manager secrecy_officer union_officer union_reviewer",
)
row("competitions:results_workbook", "event")
row(
    "competitions:scheme_check",
    "event",
    may="event_manager union_officer",
    forbidden="chief_judge secrecy_officer union_reviewer",
)
row(
    "competitions:scheme_template",
    "event",
    may="event_manager union_officer",
    forbidden="chief_judge secrecy_officer union_reviewer",
)
row(
    "competitions:scheme_errors",
    "event",
    forbidden="chief_judge secrecy_officer union_reviewer",
    superuser=False,
)
row(
    "competitions:totals_check",
    "event",
    may="event_manager union_officer",
    forbidden="chief_judge secrecy_officer union_reviewer",
)
row(
    "competitions:totals_template",
    "event",
    may="event_manager union_officer",
    forbidden="chief_judge secrecy_officer union_reviewer",
)
row(
    "competitions:totals_errors",
    "event",
    forbidden="chief_judge secrecy_officer union_reviewer",
    superuser=False,
)

# ---- certification: who asks for a revocation never confirms it ----
row("certification:verify", may="*")
row("certification:honours", may="*")
row("certification:verify_result", "look-up", may="*", everywhere=True)
row("certification:verify_report", "look-up", may="*", everywhere=True)
row("certification:verify_file", may="*")
row("certification:verify_offline", may="*")
row("certification:verify_kept", may="*")
row("certification:verify_worker", may="*")
row("certification:verify_manifest", may="*")
row("certification:status_lists", may="*")
row("certification:code", "code", may="*", everywhere=True)
row("scanned_code", "code", may="*", everywhere=True)
row("scanned_printed_code", "code", may="*", everywhere=True)
row("certification:typed_code", "code", may="*", everywhere=True)
row("certification:honour", "honour", may="*", everywhere=True)
row("certification:batch", may="employer_hr union_officer union_reviewer", forbidden="rest")
row("certification:batch_template", may="+")
row("certification:batch_demo")
row("certification:batch_result", "check", may="owner")
row("certification:batch_report", "check", may="owner")
row(
    "certification:batch_again", "check", post=True
)  # the right of then is asked again, and the owner here holds none
row("certification:batch_watch", "check", post=True, may="owner")
row("certification:batch_judge", may="*")
row("certification:watch_list", may="employer_hr", forbidden="rest")
row("certification:watch_list_csv", may="employer_hr", forbidden="rest")
row("certification:watch_change", "watch", may="employer_hr")
row("certification:did", may="*")
row("certification:document_root", may="*")
row("certification:credential", "credential", may="*", everywhere=True)
row("certification:status_list", "status list", may="*", everywhere=True)
row("certification:public_register", may="*")
row("certification:register_checkpoint", may="*")
row("certification:register_tile", "tile", may="*", everywhere=True)
row("certification:register_entries", "bundle", may="*", everywhere=True)
row("certification:register_proof", "entry of the register", may="*", everywhere=True)
row("certification:wallet", may="+")
row("certification:certificate", "certificate", may="owner")
row("certification:certificate_pdf", "certificate", may="owner")
row("certification:show", "certificate", may="owner")
row("certification:certificate_file", "file of a certificate", may="owner")
row("certification:share", "certificate", may="owner")
row("certification:withdraw_share", "share", post=True, may="owner")
row("certification:shared", "shared", may="*", everywhere=True)
row("certification:shared_photo", "shared", door=False, everywhere=True)
row("certification:watched", "watched", may="owner")
row("certification:ask_correction", "certificate", may="owner")
row("certification:take_back_correction", "correction", post=True, may="owner")
row("certification:bulk", may="union_officer", forbidden="rest")
row("certification:bulk_change", "change of many", may="owner union_reviewer")
row("certification:bulk_report", "change of many", may="owner union_reviewer")
# The asker gets in, and is told that a second person decides.
row(
    "certification:decide_bulk", "answer to a change of many", post=True, may="owner union_reviewer"
)
row("certification:files", may="union_officer", forbidden="rest")
row("certification:look_at_files", post=True, may="union_officer", forbidden="rest")
row("certification:ask_for_files", post=True, may="union_officer", forbidden="rest")
row("certification:corrections", may="union_officer", forbidden="rest")
row("certification:corrected_awards", may="union_officer", forbidden="rest")
row("certification:replace_corrected_award", "certificate", post=True)
row("certification:correction", "correction", may="union_officer")
row("certification:correction_paper", "correction", may="union_officer")
row("certification:register", may="union_officer union_reviewer", forbidden="rest")
row("certification:issue", may="union_officer", forbidden="rest")
row("certification:historic_imports", may="union_officer union_reviewer", forbidden="rest")
row("certification:historic_new", may="union_officer", forbidden="rest")
row("certification:historic_template", may="+")
row("certification:historic", "papers", may="union_officer union_reviewer")
row("certification:historic_progress", "papers", may="union_officer union_reviewer")
row("certification:historic_rows", "rows of papers", may="union_officer union_reviewer")
row(
    "certification:historic_columns",
    "sheet of papers",
    may="union_officer",
    forbidden="union_reviewer",
)
row(
    "certification:historic_errors",
    "sheet of papers",
    may="union_officer",
    forbidden="union_reviewer",
)
row(
    "certification:historic_apply",
    "sheet of papers",
    post=True,
    may="union_officer",
    forbidden="union_reviewer",
)
row(
    "certification:historic_discard",
    "sheet of papers",
    post=True,
    may="union_officer",
    forbidden="union_reviewer",
)
row(
    "certification:historic_link",
    "papers",
    post=True,
    may="union_officer",
    forbidden="union_reviewer",
)
row("certification:historic_withdraw", "papers", may="union_officer", forbidden="union_reviewer")
row("certification:historic_sample", "papers", may="union_reviewer", forbidden="union_officer")
row("certification:bodies", may="union_admin", forbidden="rest")
row("certification:body_end", "assessment body", may="union_admin")
row("certification:templates", may="union_officer", forbidden="rest")
row(
    "certification:template",
    "shipped template",
    may="union_officer",
    forbidden="rest",
    everywhere=True,
)
row(
    "certification:template_sample",
    "shipped template",
    may="union_officer",
    forbidden="rest",
    everywhere=True,
)
row(
    "certification:edit_template",
    "kind of certificate",
    may="union_officer",
    forbidden="rest",
    everywhere=True,
)
row("certification:batch_job", "batch", may="owner")
row("certification:batch_issue_report", "batch", may="owner")
row("certification:page_picture", "certificate", may="union_officer union_reviewer")
row("certification:batch_control", "batch act", post=True, may="owner")
row("certification:office_certificate", "certificate", may="union_officer union_reviewer")
row("certification:suspend", "certificate", may="union_officer", forbidden="union_reviewer")
row("certification:reinstate", "certificate", may="union_officer", forbidden="union_reviewer")
row("certification:replace", "certificate", may="union_officer", forbidden="union_reviewer")
row("certification:revoke", "certificate", may="union_officer", forbidden="union_reviewer")
row(
    "certification:print", "certificate", post=True, may="union_officer", forbidden="union_reviewer"
)
row(
    "certification:confirm_revocation",
    "certificate",
    may="union_reviewer",
    forbidden="union_officer",
)
row(
    "certification:refuse_revocation",
    "certificate",
    may="union_reviewer",
    forbidden="union_officer",
)

# ---- search ----
row("search:results", may="*")

# ---- the training desk in Wagtail: refuses everybody alike who has no such desk, and knows rows of one's own unions only ----
for _name, _thing, _desk, _edited in (
    ("course", "course", "editor training_officer", True),
    ("completionrule", "completion", "editor training_officer", False),
    ("lesson", "lesson", "editor training_officer", True),
    ("question", "question", "editor training_officer", True),
    ("trainingclass", "klass", "training_officer", True),
    ("exam", "exam", "training_officer", True),
):
    for _view in ("index", "index_results", "add"):
        row(f"{_name}:{_view}", may=_desk, forbidden="rest")
    for _view in ("edit", "history", "history_results", "usage"):
        _may = _desk if _edited or _view.startswith("history") else ""
        # 404 about another union's rows to whoever got as far as the row; editing is refused before
        # where one edits nothing of the kind.
        _known = "training_officer editor" if _view != "edit" else _desk if _edited else ""
        # The system administrator enters the admin for its settings, and gets as far as these
        # doors; no row is theirs.
        _inside = "rest" if _view == "edit" else "rest -system_admin"
        _rest = " ".join([_inside, *(f"-{key}" for key in _known.split())])
        row(f"{_name}:{_view}", f"{_thing} pk", may=_may, forbidden=_inside, other_forbidden=_rest)

# ---- api: a session opens nothing; documentation and description are for everybody ----
row("api:docs", may="*")
row("api:openapi", may="*")
row("api:verifications", led=True)
row("api:batch", led=True)
row("api:certificate", "code", led=True, everywhere=True)
row("api:watchlist", led=True)
row("api:watchlist_entry", "api entry", led=True, everywhere=True)
row("api:nothing", "api rest", everywhere=True, door=False)
row("api:keys", may="employer_hr union_officer", forbidden="rest")
row("api:revoke", "api key", may="owner")
row("api:webhooks", may="employer_hr union_officer", forbidden="rest")
row("api:webhook", "webhook", may="employer_hr")
row("api:webhook_secret", "webhook", may="employer_hr")
row("api:webhook_remove", "webhook", may="employer_hr")
row("api:webhook_test", "webhook", post=True, may="employer_hr")
row("api:webhook_resend", "webhook delivery", post=True, may="employer_hr")
