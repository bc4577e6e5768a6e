"""Spreadsheets of unions and workers: send, look at what the check found, take over or throw away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.checks import require_anywhere
from access.queries import permitted
from core.errors import InvalidInput, NotFound
from core.sheets import XLSX
from office.enums import ImportKind
from office.forms import ImportForm
from office.grants import IMPORT_ROSTER
from office.models import SheetImport
from office.workflows import importing
from org.models import OrgUnit


def _run(request: HttpRequest, public_id: UUID) -> SheetImport:
    run = permitted(request.user, IMPORT_ROSTER, SheetImport.objects.select_related("org")).filter(public_id=public_id).first()
    if run is None:
        raise NotFound
    return run


@login_required
def import_list(request: HttpRequest) -> HttpResponse:
    """List the sheets sent for one's own unions, newest first."""
    require_anywhere(request.user, IMPORT_ROSTER, OrgUnit)
    runs = permitted(request.user, IMPORT_ROSTER, SheetImport.objects.select_related("org", "actor")).order_by("-pk")
    return render(request, "office/imports.html", {"page": Paginator(runs, 30).get_page(request.GET.get("page"))})


@login_required
@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    """Send a sheet: it is checked at once, and nothing is changed yet."""
    require_anywhere(request.user, IMPORT_ROSTER, OrgUnit)
    form = ImportForm(
        request.POST or None, request.FILES or None, user=request.user, initial={"kind": request.GET.get("kind", ImportKind.ROSTER)}
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = importing.check_sheet(
                actor=request.user, org=form.cleaned_data["org"], kind=form.cleaned_data["kind"], filename=file.name, data=file.read()
            )
        except InvalidInput as error:
            form.add_error("file", str(error))
        else:
            return redirect("office:import_detail", run.public_id)
    return render(request, "office/import_new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
def import_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what the check found, and offer the next step."""
    run = _run(request, public_id)
    return render(request, "office/import_detail.html", {"run": run, "problems": run.problems[:200]})


@login_required
def import_errors(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand out the sent workbook with the sentences in it."""
    run = _run(request, public_id)
    if not run.problems:
        raise NotFound
    return _xlsx(importing.error_workbook(run), "craftpath-import-errors.xlsx")


@login_required
@require_POST
def import_apply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take over a checked sheet."""
    run = importing.apply_import(actor=request.user, run=_run(request, public_id))
    messages.success(request, _("Taken over: %(rows)s rows.") % {"rows": run.rows})
    return redirect("office:import_detail", public_id)


@login_required
@require_POST
def import_discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Throw a sheet away."""
    importing.discard_import(actor=request.user, run=_run(request, public_id))
    messages.success(request, _("Thrown away. Nothing was taken over."))
    return redirect("office:imports")


@login_required
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand out an empty sheet with the headings we know."""
    if kind not in ImportKind.values:
        raise Http404
    return _xlsx(importing.template_workbook(kind), f"craftpath-{kind}.xlsx")


def _xlsx(data: bytes, filename: str) -> HttpResponse:
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{filename}"'})
