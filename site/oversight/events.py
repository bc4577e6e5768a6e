"""Kinds of audit events about looking at the record, and words for what rows of the lower apps mention."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.registry import label_of
from audit.registry import register
from audit.words import kind_label, register_field, type_label
from org.models import Employer, OrgUnit

SEARCHED = register("oversight.audit_searched", label=_("Record searched"))
READ = register("oversight.audit_read", label=_("Row of the record read"))
EXPORTED = register("oversight.audit_exported", label=_("Part of the record exported"))
CHECK_STARTED = register("oversight.audit_check_started", label=_("Check of the record started"))
READING = (SEARCHED.key, READ.key)


def _accounts(ids: Iterable[Any]) -> Mapping[Any, str]:
    return {user.pk: str(user) for user in get_user_model().objects.filter(pk__in=[one for one in ids if isinstance(one, int)])}


def _units(ids: Iterable[Any]) -> Mapping[Any, str]:
    return dict(OrgUnit.objects.filter(pk__in=[one for one in ids if isinstance(one, int)]).values_list("pk", "name"))


def _employers(ids: Iterable[Any]) -> Mapping[Any, str]:
    return dict(Employer.objects.filter(pk__in=[one for one in ids if isinstance(one, int)]).values_list("pk", "name"))


for _key, _label in {"user": _("account"), "asked_by": _("asked by"), "proposed_by": _("proposed by"), "agreed_by": _("agreed by")}.items():
    register_field(_key, _label, names=_accounts)
for _key, _label in {"person": _("account"), "accounts": _("accounts")}.items():
    register_field(_key, _label, names=_accounts, of="oversight.")
register_field("role", _("role"), word=label_of)
register_field("union", pgettext_lazy("in the record", "union"), names=_units)
register_field("employer", pgettext_lazy("in the record", "employer"), names=_employers)
register_field("kind", pgettext_lazy("audit", "kind"), word=kind_label, of="oversight.")
register_field("type", _("kind of object"), word=type_label, of="oversight.")
register_field("fields", _("searched by"), of="oversight.")
register_field("format", _("file format"), of="oversight.")

# What the keys of before/after are called on the screens.
for _key, _label in {
    "document": pgettext_lazy("in the record", "Document"),
    "field": pgettext_lazy("in the record", "Field"),
    "due_on": pgettext_lazy("in the record", "Answer due on"),
    "ripe_on": pgettext_lazy("in the record", "To be carried out from"),
    "emptied": pgettext_lazy("in the record", "Fields emptied"),
    "key": pgettext_lazy("in the record", "Kind of data"),
    "months": pgettext_lazy("in the record", "Months kept"),
    "removed": pgettext_lazy("in the record", "Rows removed"),
    "older_than": pgettext_lazy("in the record", "Older than"),
}.items():
    register_field(_key, _label, of="oversight.")
