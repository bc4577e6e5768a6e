"""Pages for large lists of members.

One person asks with a purpose, a second person decides, and the asker takes the file. Only the
asker and those who may decide see them.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from access.checks import is_allowed, require_anywhere
from core.errors import DomainError, InvalidInput
from core.sheets import XLSX
from office import people_grants as grants
from office.models import PeopleExport
from office.people_forms import AgreeExportForm, AskExportForm, FilterForm, PersonReasonForm
from office.queries import exports as reads
from office.queries.people import EXPORT_CAP
from office.views.people import list_desk_codenames
from office.workflows import bulk_export
from org.models import OrgUnit
from people.login.recent import recent_sign_in_required


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def people_export_ask(request: HttpRequest) -> HttpResponse:
    """Ask for a list, and say what it is for.

    The filters come from the list of members, except a name, which is never stored.
    """
    require_anywhere(request.user, grants.EXPORT, OrgUnit)
    chosen = FilterForm(request.GET, user=request.user)
    found = chosen.cleaned_data if chosen.is_valid() else {}
    if not chosen.is_valid() or chosen.unclear:
        raise InvalidInput(
            "filter_unclear",
            _(
                "It isn't clear which union or employer you mean. Choose it on the members "
                "page first, then request the list."
            ),
        )
    org = found.get("union") or reads.top_union(request.user)
    if org is None:
        messages.info(
            request,
            _(
                "You are responsible for several unions. Choose one on the members page "
                "first, then request the list."
            ),
        )
        return redirect("office:people")
    wanted: dict[str, Any] = {
        "org": org,
        "employer": found.get("employer"),
        "standing": found.get("status", ""),
    }
    form = AskExportForm(
        request.POST or None, may_unmask=is_allowed(request.user, grants.UNMASK, org)
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = bulk_export.request_people_export(
                actor=request.user, **wanted, **form.cleaned_data
            )
        except InvalidInput as error:
            form.refuse(error)
        except DomainError as error:
            if error.status in (403, 404):
                raise
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Requested. You will be notified of the decision."))
            return redirect("office:people_export_detail", made.public_id)
    draft = PeopleExport(asked_by_id=request.user.pk or 0, **wanted)
    context = {
        "form": form,
        "draft": draft,
        "count": reads.list_export_members(draft).count(),
        "cap": EXPORT_CAP,
        "name_left_out": found.get("q"),
    }
    return render(
        request, "office/people/export_ask.html", context, status=422 if form.errors else 200
    )


@login_required
@require_GET
def export_list(request: HttpRequest) -> HttpResponse:
    """List the requests that the officer made or may decide about."""
    if not list_desk_codenames(request.user) & {grants.EXPORT, grants.APPROVE_EXPORT}:
        require_anywhere(request.user, grants.EXPORT, OrgUnit)
    page = Paginator(reads.list_visible_exports(request.user), 30).get_page(request.GET.get("page"))
    return render(request, "office/people/exports.html", {"page": page})


@login_required
@require_GET
@never_cache
def people_export_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a request, with its purpose, who asked and what was decided.

    The second person can decide here, and the asker can take the file.
    """
    return _detail(request, reads.find_export(request.user, public_id), AgreeExportForm())


def _detail(request: HttpRequest, row: PeopleExport, form: AgreeExportForm) -> HttpResponse:
    own = row.asked_by_id == request.user.pk
    context = {
        "export": row,
        "form": form,
        "own": own,
        "may_decide": row.state == "asked"
        and not own
        and is_allowed(request.user, grants.APPROVE_EXPORT, row.org),
        "available": own and bulk_export.is_people_export_available(row),
    }
    return render(request, "office/people/export.html", context, status=422 if form.errors else 200)


@login_required
@recent_sign_in_required
@require_POST
@never_cache
def people_export_agree(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Approve the request as the second person."""
    row = reads.find_export(request.user, public_id)
    form = AgreeExportForm(request.POST)
    if form.is_valid():
        try:
            bulk_export.approve_export(
                actor=request.user, export=row, remark=form.cleaned_data["reason"]
            )
        except DomainError as error:
            if error.status in (403, 404):
                raise
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                _("Approved. The list is being created, and the requester will be notified."),
            )
            return redirect("office:people_export_detail", row.public_id)
    row.refresh_from_db()
    return _detail(request, row, form)


@login_required
@require_http_methods(["GET", "POST"])
def people_export_decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Decline the request, with a reason."""
    row = reads.find_export(request.user, public_id)
    form = PersonReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            bulk_export.decline_export(
                actor=request.user, export=row, reason=form.cleaned_data["reason"]
            )
        except InvalidInput as error:
            form.refuse(error)
        except DomainError as error:
            if error.status in (403, 404):
                raise
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Declined. No file was created."))
            return redirect("office:people_exports")
    return render(
        request,
        "office/people/export_decline.html",
        {"export": row, "form": form},
        status=422 if form.errors else 200,
    )


@login_required
@require_POST
def people_export_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Withdraw the officer's own request."""
    bulk_export.withdraw_export(
        actor=request.user, export=reads.find_export(request.user, public_id)
    )
    messages.success(request, _("Withdrawn. No file was created."))
    return redirect("office:people_exports")


@login_required
@require_POST
def people_export_delete(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Delete the file before its time is over."""
    bulk_export.delete_people_export_file(
        actor=request.user, export=reads.find_export(request.user, public_id)
    )
    messages.success(request, _("The file has been deleted."))
    return redirect(reverse("office:people_export_detail", args=[public_id]))


@require_safe
@never_cache
@login_required
@recent_sign_in_required
def people_export_take(request: HttpRequest, public_id: UUID) -> Any:
    """Download the file, as its asker only. Each download is recorded."""
    row = bulk_export.note_people_export_taken(
        actor=request.user, export=reads.find_export(request.user, public_id)
    )
    name = f"craftpath-members-{timezone.localdate(row.ready_at):%Y%m%d}.xlsx"
    return FileResponse(row.file.open("rb"), as_attachment=True, filename=name, content_type=XLSX)
