"""Kinds of audit events about reading the audit log, and words for what rows of the lower apps
mention.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.registry import get_role_label
from audit.registry import register_audit_kind
from audit.words import kind_label, register_field, type_label
from core import personal
from org.models import Employer, OrgUnit
from people.record_words import say_counts

SEARCHED = register_audit_kind("oversight.audit_searched", label=_("Audit log searched"))
READ = register_audit_kind("oversight.audit_read", label=_("Audit log row viewed"))
EXPORTED = register_audit_kind(
    "oversight.audit_exported", label=_("Part of the audit log exported")
)
CHECK_STARTED = register_audit_kind(
    "oversight.audit_check_started", label=_("Check of the audit log started")
)
READING = (SEARCHED.key, READ.key)


def _accounts(ids: Iterable[Any]) -> Mapping[Any, str]:
    return {
        user.pk: str(user)
        for user in get_user_model().objects.filter(
            pk__in=[one for one in ids if isinstance(one, int)]
        )
    }


def _units(ids: Iterable[Any]) -> Mapping[Any, str]:
    """Return unions by primary key, or by code where a row has that. At most two queries."""
    keys = list(ids)
    numbers = [one for one in keys if isinstance(one, int)]
    codes = [one for one in keys if isinstance(one, str)]
    names = (
        dict(OrgUnit.objects.filter(pk__in=numbers).values_list("pk", "name")) if numbers else {}
    )
    return {**names, **(_units_by_code(codes) if codes else {})}


def _employers(ids: Iterable[Any]) -> Mapping[Any, str]:
    return dict(
        Employer.objects.filter(pk__in=[one for one in ids if isinstance(one, int)]).values_list(
            "pk", "name"
        )
    )


def _units_by_code(codes: Iterable[Any]) -> Mapping[Any, str]:
    names = dict(
        OrgUnit.objects.filter(code__in=[one for one in codes if isinstance(one, str)]).values_list(
            "code", "name"
        )
    )
    return {code: names.get(code, code) for code in codes}


def _count_emptied(counts: Any) -> str:
    """Return, from `{"app.Model": number}`, how many rows of each kind were emptied, in words."""
    if not isinstance(counts, dict):
        return str(counts)
    return say_counts(
        counts,
        {
            holding.label: str(holding.model._meta.verbose_name_plural)
            for holding in personal.list_holdings()
        },
    )


for _key, _label in {
    "user": _("account"),
    "asked_by": _("requested by"),
    "proposed_by": _("proposed by"),
    "agreed_by": _("approved by"),
}.items():
    register_field(_key, _label, names=_accounts)
for _key, _label in {"person": _("account"), "accounts": _("accounts")}.items():
    register_field(_key, _label, names=_accounts, of="oversight.")
register_field("role", _("role"), word=get_role_label)
register_field("union", pgettext_lazy("in the record", "union"), names=_units)
register_field("employer", pgettext_lazy("in the record", "employer"), names=_employers)
for _kind, _key, _label, _names in (
    ("org.", "works_at", pgettext_lazy("in the record", "Works at"), _employers),
    ("org.employer_merged", "into", pgettext_lazy("in the record", "Merged into"), _employers),
    ("org.unit_merged", "into", pgettext_lazy("in the record", "Merged into"), _units_by_code),
    (
        "org.unit_dissolved",
        "successor",
        pgettext_lazy("in the record", "Successor"),
        _units_by_code,
    ),
    ("org.", "parent", pgettext_lazy("in the record", "Union above"), _units_by_code),
    ("org.", "superior", pgettext_lazy("in the record", "Union above"), _units_by_code),
    (
        "certification.template_added",
        "org",
        pgettext_lazy("in the record", "union"),
        _units_by_code,
    ),
):
    register_field(_key, _label, names=_names, of=_kind)
register_field("kind", pgettext_lazy("audit", "kind"), word=kind_label, of="oversight.")
register_field("type", _("kind of object"), word=type_label, of="oversight.")
register_field("fields", _("search conditions"), of="oversight.")
register_field("format", _("file format"), of="oversight.")

# What the keys of before/after are called on the screens.
for _key, _label in {
    "document": pgettext_lazy("in the record", "Document"),
    "field": pgettext_lazy("in the record", "Field"),
    "due_on": pgettext_lazy("in the record", "Answer due on"),
    "ripe_on": pgettext_lazy("in the record", "To be carried out from"),
    "key": pgettext_lazy("in the record", "Kind of data"),
    "months": pgettext_lazy("in the record", "Months kept"),
    "removed": pgettext_lazy("in the record", "Rows removed"),
    "older_than": pgettext_lazy("in the record", "Older than"),
    "purposes": pgettext_lazy("in the record", "Purposes"),
}.items():
    register_field(_key, _label, of="privacy.")
register_field(
    "emptied",
    pgettext_lazy("in the record", "Rows emptied or removed"),
    word=_count_emptied,
    of="privacy.",
)
