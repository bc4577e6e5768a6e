"""Certificate files with a drawing fault.

The page counts them, lets the unchecked ones be inspected, and asks for new files.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from access.checks import require_anywhere
from certification import grants
from certification.enums import BulkAct
from certification.models import BulkChange
from certification.queries import bulk as changes
from certification.queries import files as queries
from certification.workflows import bulk, reissue
from core.errors import InvalidInput
from jobs.enums import JobState
from jobs.queries import get_job_progress, list_jobs_of_user
from org.models import OrgUnit


@login_required
@never_cache
@require_safe
def show_faulty_files(request: HttpRequest) -> HttpResponse:
    """Show the counts, what is under way, and the certificates whose files are at fault."""
    require_anywhere(request.user, grants.ISSUE, OrgUnit)
    return _overview(request)


def _overview(
    request: HttpRequest, *, problem: str = "", note: str = "", status: int = 200
) -> HttpResponse:
    counts = queries.count_certificate_files(request.user)
    page = Paginator(queries.list_faulty_files(request.user), 30).get_page(request.GET.get("page"))
    look = (
        list_jobs_of_user(request.user)
        .filter(kind=reissue.LOOK_JOB)
        .exclude(state=JobState.FINISHED)
        .first()
    )
    context = {
        "counts": counts,
        "page_obj": page,
        "look": look,
        "look_progress": get_job_progress(look) if look else None,
        "at_once": queries.exclude_requested_reissues(queries.list_faulty_files(request.user))[
            : changes.AT_MOST
        ].count(),
        "recent": BulkChange.objects.filter(act=BulkAct.REISSUE, asked_by=request.user.pk)[:5],
        "problem": problem,
        "note": note,
    }
    return render(request, "certification/office/files.html", context, status=status)


@login_required
@require_POST
def request_file_inspection(request: HttpRequest) -> HttpResponse:
    """Start inspecting the unchecked files in the background."""
    reissue.start_file_inspection(actor=request.user)
    return redirect("certification:files")


@login_required
@require_POST
def request_new_files(request: HttpRequest) -> HttpResponse:
    """Ask a second person for new files in place of all that are at fault."""
    require_anywhere(request.user, grants.ISSUE, OrgUnit)
    rows = queries.exclude_requested_reissues(queries.list_faulty_files(request.user))
    numbers = list(rows.values_list("number_key", flat=True)[: changes.AT_MOST])
    note = request.POST.get("note", "")[:300]
    if not numbers:
        return _overview(
            request,
            problem=_("A new file has already been requested or made for every faulty file."),
            note=note,
            status=409,
        )
    try:
        change = bulk.start_bulk_change(
            actor=request.user, act=BulkAct.REISSUE, numbers=numbers, note=note
        )
    except InvalidInput as error:
        return _overview(request, problem=str(error.message), note=note, status=422)
    return redirect("certification:bulk_change", change.public_id)
