"""Views of what a person may do, and of who may do something on a union or employer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from access import handles, permission_labels
from access.forms.roles import WhereForm
from access.grants import GRANT_ROLE, VIEW_ROLES
from access.queries import codenames_of
from access.queries.accounts import find_accounts, name_of
from access.queries.person import build_person_rights
from access.queries.scopes import find_scopes
from access.queries.where import who_may, why_not
from access.rules import terms
from access.views.common import account_or_404, export_role_rows, may_propose, roles_desk_required
from access.workflows.assignment import may_give
from core import clock


@login_required
def show_person_rights(request: HttpRequest, handle: UUID) -> HttpResponse:
    """Show what the account behind *handle* may do.

    Everybody may open their own page.
    """
    subject = account_or_404(request.user, handle)
    seen = build_person_rights(request.user, subject)
    own = subject.pk == request.user.pk
    for row in seen.rows:
        row.names = _hands(row)
        gives = (
            not own and row.declared is not None and may_give(request.user, row.declared, row.scope)
        )
        row.can_withdraw, row.can_extend = (
            gives or own,
            (gives or own) and row.declared is not None and row.declared.two_people,
        )
        row.waits = any(proposal.assignment_id == row.pk for proposal in seen.proposals)
    for row in seen.past:
        row.names = _hands(row)
    for row in seen.proposals:
        row.proposer = name_of(row.proposed_by)
        row.mine = (row.proposed_by_id or row.user_id) == request.user.pk
        row.decidable = not own and not row.mine and may_give(request.user, row.declared, row.scope)
    person = getattr(subject, "person", None) if hasattr(subject, "person") else None
    membership = (
        person.memberships.filter(ends_on=None).select_related("org_unit").first()
        if person
        else None
    )
    held = codenames_of(request.user)
    context = {
        "subject": subject,
        "name": name_of(subject),
        "handle": handle,
        "own": own,
        "seen": seen,
        "union": membership.org_unit if membership else None,
        "second_factor": _second_factor(subject),
        "next_review": terms.next_half_year(clock.today()),
        "may_propose": not own
        and (request.user.is_superuser or bool({GRANT_ROLE, "access.appoint_admin"} & held)),
        "desk": request.user.is_superuser or VIEW_ROLES in held,
    }
    return render(request, "access/person.html", context)


def _second_factor(subject: Any) -> bool:
    authenticators = getattr(subject, "authenticator_set", None)
    return bool(authenticators is not None and authenticators.exists())


def _hands(row: Any) -> str:
    names = [name_of(user) for user in (row.granted_by, row.agreed_by) if user]
    return "、".join(names) or _("the system")


@login_required
@transaction.atomic
def person_sheet(request: HttpRequest, handle: UUID, kind: str) -> HttpResponse:
    """Export the table of one person's roles as a file."""
    subject = account_or_404(request.user, handle)
    seen = build_person_rights(request.user, subject)
    headings = [
        _("Role"),
        pgettext("rights", "Area"),
        pgettext("role", "From"),
        _("Last day"),
        _("Proposed and approved by"),
        _("State"),
        pgettext("rights", "Reason"),
    ]
    cells = (
        [
            row.label,
            getattr(row, "where", row.scope),
            row.starts_on,
            row.ends_on or "",
            _hands(row),
            row.status.word,
            row.reason,
        ]
        for row in (*seen.rows, *seen.past)
    )
    return export_role_rows(
        request,
        kind,
        headings,
        cells,
        f"craftpath-roles-of-{subject.pk}-{clock.today():%Y%m%d}",
    )


@roles_desk_required
def show_who_may(request: HttpRequest) -> HttpResponse:
    """Show who may do something on a union or employer and from which scope, and why one account
    can't.
    """
    asked = "deed" in request.GET
    form = WhereForm(request.GET if asked else None, user=request.user)
    context: dict[str, Any] = {
        "form": form,
        "asked": asked,
        "may_propose": may_propose(request.user),
        "offers": find_scopes(request.user, "", VIEW_ROLES, limit=300),
    }
    if asked and form.is_valid():
        scope, codename, who = (
            form.cleaned_data["scope"],
            form.cleaned_data["deed"],
            form.cleaned_data["who"].strip(),
        )
        context |= {
            "scope": scope,
            "deed": permission_labels.get_permission_label(codename),
            "holders": _holders(codename, scope),
        }
        if who:
            found = list(find_accounts(request.user, who)[:6])
            context["who"] = [
                (name_of(user), handles.handle_of(user.pk), why_not(user, codename, scope))
                for user in found
            ]
            context["who_text"] = who
    return render(
        request, "access/where.html", context, status=422 if asked and form.errors else 200
    )


@roles_desk_required
@transaction.atomic
def where_sheet(request: HttpRequest, kind: str) -> HttpResponse:
    """Export the holders of a permission on a union or employer as a file."""
    form = WhereForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "access/where.html", {"form": form, "asked": True}, status=422)
    scope, codename = form.cleaned_data["scope"], form.cleaned_data["deed"]
    headings = [_("Account"), _("User name"), _("Role"), _("Given for"), _("Last day")]
    cells = [
        [
            row.assignment.person_name,
            row.assignment.user.username,
            row.assignment.label,
            row.inherited_from or scope,
            row.assignment.ends_on or "",
        ]
        for row in _holders(codename, scope)
    ]
    return export_role_rows(
        request, kind, headings, cells, f"craftpath-who-may-{clock.today():%Y%m%d}"
    )


def _holders(codename: str, scope: Any) -> list[Any]:
    found = who_may(codename, scope)
    for holder in found:
        holder.assignment.person_name = name_of(holder.assignment.user)
        holder.assignment.handle = handles.handle_of(holder.assignment.user_id)
    return found
