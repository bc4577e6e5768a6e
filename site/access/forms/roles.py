"""Forms that turn what is typed into the arguments of a workflow.

The workflow checks the rules.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access import permission_labels, registry
from access.models import WholeSite
from access.queries import allowed_site
from access.queries.scopes import find_scopes
from access.rules import terms
from core import clock
from core.actors import Actor
from core.forms import CleanCharField, QueryCharField
from org.models import Employer, OrgUnit


class RoleFormBase(forms.Form):
    """A form whose labels end without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class DayInput(forms.DateInput):
    """A date widget with the browser's own calendar."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


class RoleReasonForm(RoleFormBase):
    """The reason for a change of rights."""

    reason = CleanCharField(
        label=pgettext_lazy("rights", "Reason"),
        max_length=300,
        help_text=_("It is kept in the audit log."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Give a short reason. It is kept in the audit log.")},
    )


class ExtendForm(RoleReasonForm):
    """The new last day of a role and the reason."""

    ends_on = forms.DateField(label=_("Extend until"), widget=DayInput())
    field_order = ("ends_on", "reason")

    def __init__(self, *args: Any, current: date, **kwargs: Any) -> None:
        later = max(current, clock.today())
        kwargs["initial"] = {
            "ends_on": terms.usual_end(later, max_days=settings.ROLE_MAX_DAYS),
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)


class ScopeField(QueryCharField):
    """A union or employer by name or code, among those where the visitor may do *codename*.

    The browser offers the nearest ones.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)


def read_scope(text: str, user: Actor, codename: str) -> Any:
    """Return the one union or employer that *text* means.

    Raises `ValidationError` with what to do if it means none or several.
    """
    first = text.split(" ", 1)[0]
    found = find_scopes(user, text, codename)
    exact = [
        scope
        for scope in found
        if str(getattr(scope, "code", "")) == text or text in (scope.name, str(scope))
    ]
    if not exact and " " in text:
        exact = [
            scope
            for scope in find_scopes(user, first, codename)
            if getattr(scope, "code", None) == first
        ]
    if len(exact) == 1:
        return exact[0]
    if len(found) == 1:
        return found[0]
    if not found:
        raise forms.ValidationError(
            _(
                "No union or employer in your area of responsibility has this name. Enter "
                "part of its name or its code."
            )
        )
    names = "、".join(str(scope) for scope in found[:5])
    raise forms.ValidationError(
        _("Several match: %(names)s. Enter the full name or the code."), params={"names": names}
    )


class GrantForm(RoleReasonForm):
    """A role to give, with its scope, its first and last day and the reason."""

    role = forms.ChoiceField(label=_("Role"))
    where = ScopeField(
        label=pgettext_lazy("rights", "Area"),
        required=False,
        help_text=_(
            "Name or code of a union or employer. Leave empty for the three administrator roles."
        ),
    )
    starts_on = forms.DateField(label=pgettext_lazy("role", "From"), widget=DayInput())
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput())
    field_order = ("role", "where", "starts_on", "ends_on", "reason")

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        today = clock.today()
        kwargs["initial"] = {
            "starts_on": today,
            "ends_on": terms.usual_end(today, max_days=settings.ROLE_MAX_DAYS),
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        self.user, self._appoints = user, allowed_site(user, registry.APPOINT)
        choices = [
            (role.key, role.label)
            for role in registry.all_roles()
            if role.two_people and self._may(role)
        ]
        self.fields["role"].choices = [("", _("Choose a role")), *choices]
        self.fields["where"].widget.attrs["list"] = "scopes"
        if not self._appoints:
            self.fields["where"].required = True
            self.fields["where"].help_text = _("Name or code of a union or employer.")
            self.fields["where"].error_messages["required"] = _("Enter the union or employer.")

    def _may(self, role: registry.Role) -> bool:
        return role.scope != registry.SITE or self._appoints

    def clean(self) -> dict[str, Any]:
        """Find the scope that fits the role."""
        read = super().clean() or self.cleaned_data
        if not read.get("role"):
            return read
        wanted = registry.get_role(read["role"]).scope
        if wanted == registry.SITE:
            read["scope"] = WholeSite.get()
            return read
        if not read.get("where"):
            if "where" not in self.errors:
                self.add_error("where", _("Enter the union or employer."))
            return read
        try:
            scope = read_scope(read["where"].strip(), self.user, registry.GRANT)
        except forms.ValidationError as error:
            self.add_error("where", error)
            return read
        if not isinstance(scope, OrgUnit if wanted == registry.ORG else Employer):
            self.add_error(
                "where",
                _("This role is given for a union. Choose a union.")
                if wanted == registry.ORG
                else _("This role is given for an employer. Choose an employer."),
            )
            return read
        read["scope"] = scope
        return read


class WhereForm(RoleFormBase):
    """A union or employer, a permission and, if wanted, an account that lacks it."""

    where = ScopeField(
        label=pgettext_lazy("rights", "Area"), widget=forms.TextInput(attrs={"list": "scopes"})
    )
    deed = forms.ChoiceField(label=pgettext_lazy("rights", "Action"))
    who = CleanCharField(
        label=_("Why can't a particular account do this?"),
        max_length=150,
        required=False,
        help_text=_("User name or name. You can leave this empty."),
    )

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        grouped: dict[str, list[tuple[str, str]]] = {}
        for deed in permission_labels.sort_permission_labels(registry.all_codenames()):
            grouped.setdefault(str(deed.area_label), []).append((deed.codename, str(deed.sentence)))
        self.fields["deed"].choices = list(grouped.items())

    def clean(self) -> dict[str, Any]:
        """Find the scope."""
        read = super().clean() or self.cleaned_data
        if read.get("where"):
            try:
                read["scope"] = read_scope(read["where"].strip(), self.user, "access.view_roles")
            except forms.ValidationError as error:
                self.add_error("where", error)
        return read
