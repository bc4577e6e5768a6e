"""The forms with which the audit administrator searches the audit log."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit import registry
from audit.words import type_label
from core import clock
from core.forms import QueryCharField
from oversight.queries.audit import Search, accounts_named, object_types

MAX_TEXT_DAYS = 92
NO_ACCOUNT = {"system": "system", "系统": "system", "anonymous": "anonymous", "未登录": "anonymous"}


def _day() -> forms.DateField:
    return forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class SearchForm(forms.Form):
    """Search the audit log. Each field narrows the search, and none has to be filled."""

    since = _day()
    to = _day()
    who = QueryCharField(required=False, max_length=150)
    kind = forms.ChoiceField(required=False)
    type = forms.ChoiceField(required=False)
    object = QueryCharField(required=False, max_length=64)
    request = QueryCharField(required=False, max_length=20)
    address = QueryCharField(required=False, max_length=45)
    text = QueryCharField(required=False, max_length=100)
    reading = forms.BooleanField(required=False)

    labels = {
        "since": pgettext_lazy("period", "From"),
        "to": pgettext_lazy("period", "To"),
        "who": _("Who did it"),
        "kind": _("What was done"),
        "type": _("Kind of object"),
        "object": _("Number of the object"),
        "request": _("Request ID"),
        "address": pgettext_lazy("network", "Address"),
        "text": _("Words in the reason"),
        "reading": _("include viewing of the audit log"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            self.fields[name].label = label
        self.fields["who"].help_text = _(
            "User name or part of the display name. Use “system” for background work."
        )
        self.fields["request"].help_text = _("Shown on error pages and in the server log.")
        groups: dict[str, list[tuple[str, str]]] = {}
        for kind in registry.list_audit_kinds():
            groups.setdefault(_app(kind.key.partition(".")[0]), []).append(
                (kind.key, str(kind.label))
            )
        self.fields["kind"].choices = [("", _("all")), *groups.items()]
        types = sorted(
            ((label, type_label(label)) for label in object_types()), key=lambda row: row[1]
        )
        self.fields["type"].choices = [("", _("all")), *types]

    def clean_request(self) -> str:
        """Return the request number in capitals, as it is stored."""
        return str(self.cleaned_data["request"]).strip().upper()

    def clean_address(self) -> str:
        """Return the address as it is stored."""
        value = str(self.cleaned_data["address"]).strip()
        if not value:
            return ""
        try:
            return str(ip_address(value))
        except ValueError:
            raise forms.ValidationError(
                _("This isn't a network address. Enter it like 203.0.113.9 or 2001:db8::1.")
            ) from None

    def clean(self) -> dict[str, Any]:
        """Look up the accounts, and check that the period is in order and, for a search of words,
        short enough.
        """
        data = super().clean() or {}
        since, to, who = data.get("since"), data.get("to"), str(data.get("who") or "").strip()
        if since and to and since > to:
            self.add_error("to", _("The end date is before the start date. Swap the two dates."))
        if data.get("object") and not data.get("type"):
            self.add_error("type", _("Choose the kind of object that this number belongs to."))
        data["accounts"] = None
        if who and who not in NO_ACCOUNT:
            data["accounts"] = accounts_named(who)
            if not data["accounts"]:
                self.add_error(
                    "who",
                    _("There is no such account. Enter the user name or part of the display name."),
                )
        narrowed = who or data.get("object") or data.get("request")
        if data.get("text") and not narrowed:
            start = since or (to or clock.today()) - timedelta(days=MAX_TEXT_DAYS)
            if ((to or clock.today()) - start).days > MAX_TEXT_DAYS:
                self.add_error(
                    "since",
                    _(
                        "A text search can cover at most 92 days. Choose a shorter period "
                        "or enter a person."
                    ),
                )
            data["since"] = start
        return data

    def search(self) -> Search:
        """Return the search that was typed."""
        data = self.cleaned_data
        who = str(data.get("who") or "").strip()
        return Search(
            since=data.get("since"),
            to=data.get("to"),
            accounts=data["accounts"],
            who=NO_ACCOUNT.get(who, who),
            kind=data.get("kind") or "",
            type=data.get("type") or "",
            object=(data.get("object") or "").strip(),
            request=data.get("request") or "",
            address=data.get("address") or "",
            text=(data.get("text") or "").strip(),
            reading=bool(data.get("reading")),
        )


def _app(label: str) -> str:
    from django.apps import apps  # slow import

    return str(apps.get_app_config(label).verbose_name) if apps.is_installed(label) else label


class PeriodForm(forms.Form):
    """A period of at most 92 days."""

    since = _day()
    to = _day()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].label, self.fields["to"].label = (
            SearchForm.labels["since"],
            SearchForm.labels["to"],
        )

    def clean(self) -> dict[str, Any]:
        """Fill in the last 30 days by default, and refuse a period that is reversed or too long."""
        data = super().clean() or {}
        to = data.get("to") or clock.today()
        since = data.get("since") or to - timedelta(days=29)
        if since > to:
            self.add_error("to", _("The end date is before the start date. Swap the two dates."))
        elif (to - since).days >= MAX_TEXT_DAYS:
            self.add_error(
                "since", _("Statistics can cover at most 92 days. Choose a shorter period.")
            )
        return data | {"since": since, "to": to}
