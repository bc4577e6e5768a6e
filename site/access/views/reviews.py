"""Views of the half-yearly reviews."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access import handles, registry
from access.checks import missing_right_error
from access.forms.roles import RoleReasonForm
from access.models import Review, ReviewItem
from access.queries import desk as lists
from access.queries import scopes
from access.queries.accounts import name_of
from access.queries.person import status_of, where_of
from access.rules import terms
from access.views.common import roles_desk_required
from access.workflows import review as reviewing
from core import clock
from core.errors import InvalidInput, NotFound


def _review(request: HttpRequest, public_id: UUID) -> Review:
    row: Review | None = lists.list_reviews_for(request.user).filter(public_id=public_id).first()
    if row is None:
        if scopes.filter_visible_rows(
            request.user, Review.objects.filter(public_id=public_id)
        ).exists():
            raise missing_right_error(registry.GRANT)
        raise NotFound
    return row


def _item(request: HttpRequest, public_id: UUID, item: UUID) -> ReviewItem:
    review = _review(request, public_id)
    row = review.items.select_related("assignment__user__person").filter(public_id=item).first()
    if row is None:
        raise NotFound
    return row


@roles_desk_required
def show_role_reviews(request: HttpRequest) -> HttpResponse:
    """List the reviews the visitor takes part in."""
    page = Paginator(lists.list_reviews_for(request.user), 30).get_page(request.GET.get("page"))
    page.object_list = scopes.attach_scopes(page.object_list)
    return render(
        request,
        "access/reviews.html",
        {"page": page, "next_review": terms.next_half_year(clock.today())},
    )


@login_required
def show_role_review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the roles of one review, those to be confirmed first."""
    row = _review(request, public_id)
    items: list[Any] = list(
        row.items.select_related("assignment__user__person", "decided_by__person").order_by(
            "-state", "pk"
        )
    )
    for item in items:
        given = item.assignment
        item.name, item.handle, item.status = (
            name_of(given.user),
            handles.handle_of(given.user_id),
            status_of(given),
        )
        item.decider, item.own = name_of(item.decided_by), given.user_id == request.user.pk
    items.sort(key=lambda item: (item.state != "pending", item.pk))
    return render(
        request, "access/review.html", {"review": row, "items": items, "where": where_of(row.scope)}
    )


@login_required
@require_POST
def keep_reviewed_role(request: HttpRequest, public_id: UUID, item: UUID) -> HttpResponse:
    """Confirm that one role is still needed."""
    reviewing.keep_review_item(actor=request.user, item=_item(request, public_id, item))
    messages.success(request, _("Kept."))
    return redirect("access:review", public_id)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw_reviewed_role(request: HttpRequest, public_id: UUID, item: UUID) -> HttpResponse:
    """Withdraw one role, after the visitor gave a reason."""
    row = _item(request, public_id, item)
    form = RoleReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.withdraw_review_item(
                actor=request.user, item=row, reason=form.cleaned_data["reason"]
            )
        except InvalidInput as error:
            for sentence in error.fields.values():
                form.add_error("reason", str(sentence))
        else:
            messages.success(request, _("The role has been withdrawn with immediate effect."))
            return redirect("access:review", public_id)
    context = {
        "form": form,
        "title": _("Withdraw “%(role)s”") % {"role": row.assignment.label},
        "eyebrow": name_of(row.assignment.user),
        "consequence": _(
            "The role ends at once, even for pages that are open right now. Giving it again "
            "needs two people."
        ),
        "action_label": _("Withdraw the role"),
        "review": public_id,
        "danger": True,
    }
    return render(request, "access/confirm.html", context, status=422 if form.errors else 200)
