"""Views that propose, agree to, decline and retract roles, and that extend and withdraw them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access import handles, registry
from access.checks import missing_right_error
from access.forms.roles import ExtendForm, GrantForm, RoleReasonForm
from access.models import RoleAssignment, RoleProposal
from access.queries.accounts import find_accounts, name_of
from access.queries.person import status_of, where_of
from access.queries.scopes import filter_visible_rows, find_scopes
from access.views.common import may_propose, roles_desk_required
from access.workflows import assignment as giving
from access.workflows import proposal as proposing
from core.errors import DomainError, InvalidInput, NotFound
from core.text import clean_query


def _to_person(account: int) -> HttpResponse:
    return redirect("access:person", handles.handle_of(account))


def _proposal(request: HttpRequest, public_id: UUID) -> RoleProposal:
    rows = RoleProposal.objects.select_related(
        "user__person", "proposed_by__person", "decided_by__person", "assignment"
    )
    row = rows.filter(public_id=public_id).first()
    mine = row is not None and request.user.pk in (row.user_id, row.proposed_by_id)
    if row is None or not (
        mine or filter_visible_rows(request.user, RoleProposal.objects.filter(pk=row.pk)).exists()
    ):
        raise NotFound
    return row


def _assignment(request: HttpRequest, public_id: UUID) -> RoleAssignment:
    row = RoleAssignment.objects.select_related("user__person").filter(public_id=public_id).first()
    mine = row is not None and row.user_id == request.user.pk
    if row is None or not (
        mine or filter_visible_rows(request.user, RoleAssignment.objects.filter(pk=row.pk)).exists()
    ):
        raise NotFound
    return row


@roles_desk_required
@require_http_methods(["GET", "POST"])
def propose_new_role(request: HttpRequest) -> HttpResponse:
    """Propose a role.

    The account is searched first, then the role and its scope are chosen.
    """
    if not may_propose(request.user):
        raise missing_right_error(registry.GRANT)
    query = clean_query(request.GET.get("q", ""))
    handle = request.GET.get("account", "")
    if not handle:
        found = (
            [
                (name_of(user), user, handles.handle_of(user.pk))
                for user in find_accounts(request.user, query)[:21]
            ]
            if query
            else []
        )
        return render(
            request,
            "access/new_find.html",
            {"query": query, "found": found[:20], "more": len(found) > 20},
        )
    subject = _subject(request, handle)
    form = GrantForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data
        try:
            proposing.propose_role(
                actor=request.user,
                user=subject,
                role=read["role"],
                scope=read["scope"],
                starts_on=read["starts_on"],
                ends_on=read["ends_on"],
                reason=read["reason"],
            )
        except DomainError as error:
            _show(form, error)
        else:
            messages.success(
                request, _("Proposed. Another administrator has seven days to approve it.")
            )
            return _to_person(subject.pk)
    context = {
        "form": form,
        "subject": subject,
        "name": name_of(subject),
        "offers": find_scopes(request.user, "", registry.GRANT, limit=300),
    }
    return render(request, "access/new.html", context, status=422 if form.errors else 200)


def _subject(request: HttpRequest, handle: str) -> Any:
    # Whoever knows a full user name may propose a role for it: the account needn't be in his unions
    # yet.
    try:
        number = handles.account_of(UUID(handle))
    except ValueError:
        raise NotFound from None
    subject = (
        find_accounts(request.user, "")
        .model.objects.filter(pk=number)
        .select_related("person")
        .first()
    )
    if subject is None:
        raise NotFound
    return subject


def _show(form: Any, error: DomainError) -> None:
    """Put the workflow's sentence beside the field it is about, or else above the form."""
    fields = error.fields if isinstance(error, InvalidInput) else {}
    for name, sentence in fields.items():
        form.add_error(name if name in form.fields else None, str(sentence))
    if not fields:
        if error.status in (403, 404):
            raise error
        form.add_error(None, str(error))


@login_required
def show_role_proposal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one proposal, with the two buttons for people who may decide it."""
    row = _proposal(request, public_id)
    own = row.user_id == request.user.pk
    mine = (row.proposed_by_id or row.user_id) == request.user.pk
    declared = registry.get_role(row.role)
    context = {
        "row": row,
        "name": name_of(row.user),
        "proposer": name_of(row.proposed_by),
        "decider": name_of(row.decided_by),
        "handle": handles.handle_of(row.user_id),
        "where": where_of(row.scope),
        "mine": mine,
        "decidable": row.is_live
        and not own
        and not mine
        and giving.may_give(request.user, declared, row.scope),
        "form": RoleReasonForm(),
    }
    return render(request, "access/proposal.html", context)


@login_required
@require_POST
def agree_to_proposal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Agree to a proposal."""
    row = proposing.agree_to_role_proposal(
        actor=request.user, proposal=_proposal(request, public_id)
    )
    messages.success(
        request, _("Approved. “%(role)s” is in force from now on.") % {"role": row.label}
    )
    return _to_person(row.user_id)


@login_required
@require_POST
def take_up_proposal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Turn the holder's request into the visitor's own proposal."""
    row = proposing.take_up_extension(actor=request.user, proposal=_proposal(request, public_id))
    messages.success(request, _("Proposed. Another administrator has seven days to approve it."))
    return _to_person(row.user_id)


@login_required
@require_http_methods(["GET", "POST"])
def decline_proposal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Decline a proposal with a reason."""
    row = _proposal(request, public_id)
    form = RoleReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            proposing.decline_role_proposal(
                actor=request.user, proposal=row, reason=form.cleaned_data["reason"]
            )
        except InvalidInput as error:
            _show(form, error)
        else:
            messages.success(request, _("Declined. The proposer can read your reason."))
            return _to_person(row.user_id)
    elif request.method != "POST":
        giving.require_giving(request.user, registry.get_role(row.role), row.scope)
    context = {
        "form": form,
        "title": _("Decline the proposal"),
        "eyebrow": f"{name_of(row.user)} · {row.label}",
        "consequence": _(
            "The role won't be given. The proposer can read your reason, and it is kept in "
            "the audit log."
        ),
        "action_label": _("Decline"),
        "back": handles.handle_of(row.user_id),
    }
    return render(request, "access/confirm.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def retract_proposal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Retract the visitor's own proposal."""
    row = proposing.retract_role_proposal(
        actor=request.user, proposal=_proposal(request, public_id)
    )
    messages.success(request, _("The proposal has been withdrawn. No role was given."))
    return _to_person(row.user_id)


@login_required
@require_http_methods(["GET", "POST"])
def request_role_extension(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for a longer term.

    A holder makes a request, an administrator makes a proposal.
    """
    row = _assignment(request, public_id)
    own = row.user_id == request.user.pk
    if not own:
        giving.require_giving(request.user, registry.get_role(row.role), row.scope)
    form = ExtendForm(request.POST or None, current=row.ends_on or row.starts_on)
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data
        try:
            proposing.ask_extension(
                actor=request.user, assignment=row, ends_on=read["ends_on"], reason=read["reason"]
            )
        except DomainError as error:
            _show(form, error)
        else:
            said = (
                _("You have asked for an extension. Two administrators will handle it.")
                if own
                else _("Proposed. Another administrator has seven days to approve it.")
            )
            messages.success(request, said)
            return _to_person(row.user_id)
    context = {
        "form": form,
        "row": row,
        "own": own,
        "name": name_of(row.user),
        "back": handles.handle_of(row.user_id),
        "status": status_of(row),
    }
    return render(request, "access/extend.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw_role_assignment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Withdraw a role at once, after the visitor gave a reason and read the consequences."""
    row = _assignment(request, public_id)
    own = row.user_id == request.user.pk
    if not own:
        giving.require_giving(request.user, registry.find_role(row.role), row.scope)
    form = RoleReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            giving.withdraw_role(
                actor=request.user, assignment=row, reason=form.cleaned_data["reason"]
            )
        except InvalidInput as error:
            _show(form, error)
        else:
            messages.success(request, _("The role has been withdrawn with immediate effect."))
            return _to_person(row.user_id)
    context = {
        "form": form,
        "title": _("Give up “%(role)s”") % {"role": row.label}
        if own
        else _("Withdraw “%(role)s”") % {"role": row.label},
        "eyebrow": f"{name_of(row.user)} · {where_of(row.scope)}",
        "consequence": _what_follows(row, own=own),
        "detail": " ".join(
            registry.list_role_end_consequences(user=row.user, role=row.role, scope=row.scope)
        ),
        "action_label": _("Give up the role") if own else _("Withdraw the role"),
        "back": handles.handle_of(row.user_id),
        "danger": True,
    }
    return render(request, "access/confirm.html", context, status=422 if form.errors else 200)


def _what_follows(row: Any, *, own: bool) -> str:
    declared = registry.find_role(row.role)
    one_gives_it = declared is not None and not declared.two_people
    if own or row.role not in registry.strong_keys():
        if one_gives_it:
            return _(
                "The role ends at once, even for pages that are open right now. One person "
                "can give it again."
            )
        return _(
            "The role ends at once, even for pages that are open right now. Giving it again "
            "needs two people."
        )
    if one_gives_it:
        return _(
            "The role ends at once, even for pages that are open right now. If it is the "
            "last office role, the holder is signed out everywhere. One person can give it "
            "again."
        )
    return _(
        "The role ends at once, even for pages that are open right now. If it is the last "
        "office role, the holder is signed out everywhere. Giving it again needs two "
        "people."
    )
