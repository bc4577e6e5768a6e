"""Views of the rights desk, which are the overview, the list of roles and the log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from access import handles, registry
from access.queries import desk as lists
from access.queries import scopes
from access.queries.accounts import find_accounts, name_of
from access.queries.person import status_of
from access.rules import terms
from access.system import SYSTEM
from access.views.common import account_or_404, export_role_rows, may_propose, roles_desk_required
from audit import registry as kinds
from core import clock
from core.errors import NotFound
from core.text import clean_query


def _named(rows: list[Any]) -> list[Any]:
    for row in rows:
        row.person_name, row.handle = name_of(row.user), handles.handle_of(row.user_id)
    return rows


@roles_desk_required
def show_roles_desk(request: HttpRequest) -> HttpResponse:
    """Show the proposals that wait for the visitor's consent, the visitor's own proposals, roles
    that end soon and open reviews.
    """
    waiting = _named(scopes.attach_scopes(lists.list_decidable_proposals(request.user)[:50]))
    own = _named(scopes.attach_scopes(lists.own_proposals(request.user)[:50]))
    soon = _named(scopes.attach_scopes(lists.ending_soon(request.user)[:50]))
    for row in soon:
        row.status = status_of(row)
    context = {
        "may_propose": may_propose(request.user),
        "waiting": waiting,
        "own": own,
        "soon": soon,
        "reviews": scopes.attach_scopes(lists.open_reviews(request.user)[:20]),
        "next_review": terms.next_half_year(clock.today()),
    }
    return render(request, "access/desk.html", context)


@roles_desk_required
def search_accounts(request: HttpRequest) -> HttpResponse:
    """Search the accounts."""
    query = clean_query(request.GET.get("q", ""))
    page = Paginator(find_accounts(request.user, query), 30).get_page(request.GET.get("page"))
    for account in page:
        account.person_name, account.handle = name_of(account), handles.handle_of(account.pk)
    return render(request, "access/people.html", {"page": page, "query": query})


@roles_desk_required
def show_role_list(request: HttpRequest) -> HttpResponse:
    """List the roles the visitor may see."""
    rows, filters = _chosen(request)
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    page.object_list = _named(scopes.attach_scopes(page.object_list))
    for row in page:
        row.status, row.names = status_of(row), _hands(row)
    return render(
        request,
        "access/roles.html",
        {"page": page, "choices": list(registry.all_roles()), **filters},
    )


@roles_desk_required
@transaction.atomic
def roles_sheet(request: HttpRequest, kind: str) -> HttpResponse:
    """Export the list of roles as a file."""
    rows, _filters = _chosen(request)
    listed = _named(scopes.attach_scopes(rows[:20_000]))
    headings = [
        _("Account"),
        _("User name"),
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
            row.person_name, row.user.username, row.label, row.scope, row.starts_on, row.ends_on or "", _hands(row), status_of(row).word,
            row.reason,
        ]
        for row in listed
    )  # fmt: skip
    return export_role_rows(
        request, kind, headings, cells, f"craftpath-roles-{clock.today():%Y%m%d}"
    )


@roles_desk_required
def show_roles_log(request: HttpRequest) -> HttpResponse:
    """List the changes of rights on the visitor's unions, or only those about one account."""
    account, subject = request.GET.get("account", ""), None
    if account:
        subject = account_or_404(request.user, _uuid(account))
    page = Paginator(
        lists.list_role_changes(request.user, account=subject.pk if subject else None), 30
    ).get_page(request.GET.get("page"))
    numbers = {event.after.get("user") for event in page if isinstance(event.after, dict)} - {None}
    known = {
        row.pk: row
        for row in lists.accounts_by_number(number for number in numbers if number is not None)
    }
    units = lists.load_event_scopes(page)
    for event in page:
        after = event.after if isinstance(event.after, dict) else {}
        event.words = kinds.get_audit_kind(event.kind).label
        event.who = name_of(event.actor) or (
            _("the system") if event.actor_label == SYSTEM.audit_label else event.actor_label
        )
        about = known.get(after.get("user"))
        event.about, event.handle = name_of(about), handles.handle_of(about.pk) if about else None
        event.role = registry.get_role_label(after["role"]) if after.get("role") else ""
        event.scope = units.get((event.target_type, event.target_id), "")
        event.until = after.get("to", "")
    return render(
        request,
        "access/log.html",
        {"page": page, "subject": subject, "subject_name": name_of(subject), "account": account},
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _chosen(request: HttpRequest) -> tuple[Any, dict[str, Any]]:
    role, query, over = (
        request.GET.get("role", "")[:60],
        clean_query(request.GET.get("q", "")),
        request.GET.get("over") == "1",
    )
    return lists.list_visible_roles(request.user, role=role, text=query, over=over), {
        "role": role,
        "query": query,
        "over": over,
    }


def _hands(row: Any) -> str:
    names = [name_of(user) for user in (row.granted_by, row.agreed_by) if user]
    return "、".join(names) or _("the system")
