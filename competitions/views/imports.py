"""Take in workbooks of the marking scheme and of the totals of an event marked elsewhere. They are
sent, checked without storing anything, then imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from competitions import queries, workbooks, workflows
from competitions.causes import Placed, group_problems
from competitions.enums import EventState
from competitions.forms.office import UploadForm
from competitions.models import Event
from competitions.views._shared import office_event
from competitions.views.office import _download, build_office_context
from competitions.views.uploads import Kept
from competitions.workflows.scheme import ProblemLine
from core.actors import Actor
from core.errors import DomainError, NotFound
from core.spreadsheets.causes import FaultCause

SHOWN_AT_MOST = 200


def _report(user: Actor, event: Event, purpose: str, stream: Any) -> Any:
    if purpose == "scheme":
        return workflows.check_scheme(actor=user, event=event, upload=stream)
    return workflows.import_raw_totals(actor=user, event=event, upload=stream, dry_run=True)


def _causes(problems: Sequence[ProblemLine]) -> list[FaultCause]:
    return group_problems(
        Placed(
            line.worksheet, workbooks.TITLES.get(line.column, ""), line.code, line.data, line.row
        )
        for line in problems
    )


def _take_over(user: Actor, event: Event, purpose: str, stream: Any) -> Any:
    if purpose == "scheme":
        return workflows.import_scheme(actor=user, event=event, upload=stream)
    return workflows.import_raw_totals(actor=user, event=event, upload=stream)


@login_required
@require_http_methods(["GET", "POST"])
def upload_event_workbook(request: HttpRequest, event: UUID, purpose: str) -> HttpResponse:
    """Show what is stored already, accept a workbook and go on to its check."""
    found, rights = office_event(request, event)
    may_import = "manage_event" in rights
    form = UploadForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
    )
    if request.method == "POST":
        office_event(request, event, "manage_event")
        if form.is_valid():
            kept = Kept(request, found, purpose)
            kept.keep(form.cleaned_data["file"])
            try:
                _report(request.user, found, purpose, kept.open())
            except DomainError as error:
                kept.drop()
                form.add_error("file" if error.status == 422 else None, str(error))
            else:
                return redirect(f"competitions:{purpose}_check", event)
    view = queries.event_office(request.user, found, rights)
    context = {
        **build_office_context(request, found, rights, purpose),
        "office": view,
        "form": form if may_import else None,
        "may_import": may_import
        and ("import_scheme" if purpose == "scheme" else "import_raw_totals") in view.may,
        "purpose": purpose,
        "drawn": found.state == EventState.DRAWN,
    }
    return render(
        request, f"competitions/office/{purpose}.html", context, status=422 if form.errors else 200
    )


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def check_event_workbook(request: HttpRequest, event: UUID, purpose: str) -> HttpResponse:
    """Show what the check found, row by row, and import the workbook on request. All rows are
    imported or none.
    """
    found, rights = office_event(request, event, "manage_event")
    kept = Kept(request, found, purpose)
    stream = kept.open()
    if stream is None:
        messages.info(
            request,
            _(
                "There is no workbook to import. It has already been imported, or it was "
                "uploaded too long ago. Upload it again if needed."
            ),
        )
        return redirect(f"competitions:{purpose}", event)
    problem, status = "", 200
    try:
        if request.method == "POST":
            report = _take_over(request.user, found, purpose, stream)
            if report.ok:
                kept.drop()
                messages.success(request, _("Imported."))
                return redirect(f"competitions:{purpose}", event)
        else:
            report = _report(request.user, found, purpose, stream)
    except DomainError as error:
        report, problem, status = None, str(error), error.status
    context = {
        **build_office_context(request, found, rights, purpose),
        "report": report,
        "rows": report.problems[:SHOWN_AT_MOST] if report else (),
        "causes": _causes(report.problems) if report else (),
        "purpose": purpose,
        "filename": kept.filename,
        "problem": problem,
    }
    return render(request, "competitions/office/check.html", context, status=status)


@login_required
@require_GET
def download_error_copy(request: HttpRequest, event: UUID, purpose: str) -> HttpResponse:
    """Send the workbook as it was uploaded, with a column of sentences."""
    found, _rights = office_event(request, event, "manage_event")
    stream = Kept(request, found, purpose).open()
    report = _report(request.user, found, purpose, stream) if stream else None
    if report is None or report.ok:
        raise NotFound
    return _download(report.error_workbook, f"{purpose}-problems.xlsx")


@login_required
@require_GET
def download_empty_workbook(request: HttpRequest, event: UUID, purpose: str) -> HttpResponse:
    """Send an empty workbook to fill in."""
    found, _rights = office_event(request, event, "manage_event")
    if purpose == "scheme":
        return _download(workbooks.scheme_template_workbook(), "scheme.xlsx")
    numbers = found.codes.order_by("number").values_list("number", flat=True)
    return _download(
        workbooks.totals_workbook(
            [{"number": number} for number in numbers] or [{"number": 1, "raw": 0}]
        ),
        "totals.xlsx",
    )
