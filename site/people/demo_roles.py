"""The roles of the demo, with one account each.

They are used by the sign-in page when DEMO is on, and by `load_demo`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class DemoRole:
    """One button of the demo's sign-in page."""

    key: str
    username: str
    label: _StrPromise
    hint: _StrPromise
    lands_on: str = "/me/"


_ROLES = (
    DemoRole("worker", "demo-worker", _("Worker"), _("enrols, learns, takes the exam")),
    DemoRole(
        "judge",
        "demo-judge-1",
        _("Judge"),
        _("scores on a tablet and sees only blind numbers"),
        "/judging/",
    ),
    DemoRole("chief_judge", "demo-chief-judge", _("Chief judge"), _("locks modules, ranks")),
    DemoRole(
        "secrecy",
        "demo-secrecy",
        _("Secrecy officer"),
        _("draws the blind numbers and unseals them with a witness"),
    ),
    DemoRole(
        "hr",
        "demo-hr",
        _("Employer's HR"),
        _("verifies one certificate or a whole spreadsheet"),
        "/verify/",
    ),
    DemoRole(
        "officer",
        "demo-officer",
        _("Union officer"),
        _("imports the roster, sets up classes and events"),
    ),
    DemoRole("trainer", "demo-trainer", _("Class head"), _("runs sign-in and attendance")),
    DemoRole("editor", "demo-editor", _("Editor"), _("writes courses and lessons"), "/manage/"),
    DemoRole(
        "reviewer",
        "demo-reviewer",
        _("Union reviewer"),
        _("confirms results, but never their own work"),
    ),
    DemoRole(
        "union_admin",
        "demo-union-admin",
        _("Union administrator"),
        _("grants roles together with a second person"),
        "/office/access/",
    ),
    DemoRole(
        "admin",
        "demo-admin",
        _("System administrator"),
        _("runs the site and its pages, but sees no union's business"),
        "/manage/",
    ),
    DemoRole(
        "security_admin",
        "demo-security",
        _("Security administrator"),
        _("approves roles, but can't read the audit log"),
        "/office/access/",
    ),
    DemoRole(
        "audit_admin",
        "demo-audit",
        _("Audit administrator"),
        _("reads the audit log, but can't grant roles"),
        "/oversight/audit/",
    ),
    DemoRole(
        "privacy",
        "demo-privacy",
        _("Data protection officer"),
        _("answers requests about personal data"),
        "/oversight/privacy/requests/",
    ),
)


def list_demo_roles() -> tuple[DemoRole, ...]:
    """Return the demo's roles in the order of the buttons."""
    return _ROLES


def find_demo_role(key: str) -> DemoRole | None:
    """Return the demo role *key*, or None."""
    return next((role for role in _ROLES if role.key == key), None)
