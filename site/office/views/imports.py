"""Spreadsheets of unions and workers in four steps: send, match the columns, look at the dry run,
take over. Undo within a week.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from access.checks import require, require_anywhere
from access.queries import permitted
from core import clock
from core.errors import InvalidInput, NotFound
from core.uploads import limited_upload
from imports.screens import (
    Screens,
    answer_columns,
    answer_progress,
    describe_check,
    describe_import,
    list_rows,
    send_workbook,
)
from office.enums import ImportKind, ImportState, Undone
from office.forms.imports import ImportForm, MappingForm, UnionChoiceForm
from office.grants import IMPORT_ROSTER
from office.models import SheetImport
from office.queries import imports as queries
from office.workflows import importing
from office.workflows.importing.apply import UNDO_DAYS
from office.workflows.importing.tree import tree_causes
from org.models import OrgUnit

SCREENS = Screens(
    title=gettext_lazy("Imports"),
    steps_template="office/import_steps.html",
    listing="office:imports",
    detail="office:import_detail",
    columns="office:import_columns",
    progress="office:import_progress",
    rows="office:import_rows",
    errors="office:import_errors",
    apply="office:import_apply",
    discard="office:import_discard",
)
LISTS: dict[str, Callable[[SheetImport], Any]] = {
    "updates": queries.updates,
    "possible": queries.possible,
    "taken": queries.taken,
    "kept": lambda run: queries.taken(run, undone=Undone.KEPT),
}


def _run(request: HttpRequest, public_id: UUID) -> SheetImport:
    found = SheetImport.objects.select_related("org", "default_union", "applied_by", "undone_by")
    run = permitted(request.user, IMPORT_ROSTER, found).filter(public_id=public_id).first()
    if run is None:
        raise NotFound
    return run


def _roster(request: HttpRequest, public_id: UUID) -> SheetImport:
    run = _run(request, public_id)
    if run.kind != ImportKind.ROSTER:
        raise NotFound
    return run


@login_required
def import_list(request: HttpRequest) -> HttpResponse:
    """List the sheets sent for one's own unions, newest first."""
    require_anywhere(request.user, IMPORT_ROSTER, OrgUnit)
    runs = permitted(
        request.user, IMPORT_ROSTER, SheetImport.objects.select_related("org", "actor")
    ).order_by("-pk")
    return render(
        request,
        "office/imports.html",
        {"page": Paginator(runs, 30).get_page(request.GET.get("page"))},
    )


@limited_upload
@login_required
@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    """Step 1: send a sheet. Nothing is changed yet."""
    require_anywhere(request.user, IMPORT_ROSTER, OrgUnit)
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        user=request.user,
        oversized=getattr(request, "oversized", ()),
        initial={"kind": request.GET.get("kind", ImportKind.ROSTER)},
    )
    if request.method == "POST" and form.is_valid():
        file, org = form.cleaned_data["file"], form.cleaned_data["org"]
        receive = (
            importing.check_tree
            if form.cleaned_data["kind"] == ImportKind.TREE
            else importing.receive_roster
        )
        try:
            run = receive(actor=request.user, org=org, filename=file.name, file=file)
        except InvalidInput as error:
            form.add_error("file", str(error))
        else:
            return redirect(
                "office:import_columns"
                if run.kind == ImportKind.ROSTER
                else "office:import_detail",
                run.public_id,
            )
    return render(
        request, "office/import_new.html", {"form": form}, status=422 if form.errors else 200
    )


@login_required
@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step 2: say which column is what; then the rows are checked in the background."""
    run = _roster(request, public_id)
    if not run.open:
        return redirect("office:import_detail", public_id)
    form = MappingForm(request.POST if request.method == "POST" else None, run=run)
    return answer_columns(
        request,
        run,
        form,
        screens=SCREENS,
        start=importing.start_check,
        template="office/import_columns.html",
        alike={"kind": run.kind},
    )


@login_required
def import_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step 3, what the check found, or step 4, what became of it; a live bar while the background
    works.
    """
    run = _run(request, public_id)
    if run.kind == ImportKind.TREE:
        return render(request, "office/import_tree.html", _tree(run))
    if run.state == ImportState.MAPPING:
        return redirect("office:import_columns", public_id)
    if run.working:
        return render(
            request,
            "office/import_working.html",
            {**describe_import(run, SCREENS), "may_import": True},
        )
    if run.state in (ImportState.READY, ImportState.REFUSED):
        return render(request, "office/import_check.html", _checked(run))
    return render(request, "office/import_done.html", _done(run))


@login_required
def import_progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The live part of the page; once the work is done, it asks for the page again."""
    return answer_progress(request, _roster(request, public_id), SCREENS)


def _checked(run: SheetImport) -> dict[str, Any]:
    return {
        **describe_check(run, SCREENS),
        "may_import": True,
        "undo_until": clock.now() + timedelta(days=UNDO_DAYS),
        "untouched": run.summary.get("faulty", 0) + run.summary.get("same", 0),
    }


def _tree(run: SheetImport) -> dict[str, Any]:
    causes = tree_causes(run.problems)
    return {**describe_import(run, SCREENS), "causes": causes, "bad": len(run.problems)}


def _done(run: SheetImport) -> dict[str, Any]:
    kept = [
        (row, queries.stays(row)) for row in queries.taken(run, undone=Undone.KEPT)[: queries.SHOWN]
    ]
    return {**describe_import(run, SCREENS), "kept": kept}


@login_required
def import_rows(request: HttpRequest, public_id: UUID, what: str) -> HttpResponse:
    """One list in full: rows to mend, spellings read as meant, values before and after, possible
    doubles, what was taken over.
    """
    run = _roster(request, public_id)
    if what not in _titles():
        raise Http404
    shapes = {
        "updates": lambda row: queries.change(row, _words()),
        "kept": lambda row: (row, queries.stays(row)),
    }
    context = {
        **describe_import(run, SCREENS),
        **list_rows(request, run, what, LISTS, shapes),
        "title": _titles()[what],
    }
    return render(request, "office/import_rows.html", context)


def _words() -> dict[str, str]:
    return {
        "mobile": _("Mobile"), "union": _("Union"), "employer": _("Employer"), "none": pgettext("nothing recorded", "none"),
        "as_it_is": _("left as recorded"),
    }  # fmt: skip


def _titles() -> dict[str, str]:
    return {
        "faults": _("Rows to correct"),
        "notes": _("Different spellings that aren't errors"),
        "updates": _("Values before and after"),
        "possible": _("Possibly recorded already"),
        "taken": _("Imported rows"),
        "kept": _("People who were kept, and why"),
    }


@login_required
@require_http_methods(["GET", "POST"])
def import_unions(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Choose which union is meant where a name fits several or none; then the rows are checked
    again.
    """
    run = _roster(request, public_id)
    if run.state not in (ImportState.READY, ImportState.REFUSED):
        return redirect("office:import_detail", public_id)
    names = queries.open_names(run)
    if not names:
        return redirect("office:import_detail", public_id)
    form = UnionChoiceForm(request.POST if request.method == "POST" else None, run=run, names=names)
    if request.method == "POST" and form.is_valid():
        if not form.choices():
            form.add_error(None, _("Choose a union for at least one of the names."))
        else:
            importing.choose_unions(actor=request.user, run=run, choices=form.choices())
            return redirect("office:import_detail", public_id)
    return render(
        request,
        "office/import_unions.html",
        {**describe_import(run, SCREENS), "form": form},
        status=422 if form.errors else 200,
    )


@login_required
def import_errors(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand out the rows to mend as a workbook."""
    run = _run(request, public_id)
    if not run.file or not (run.problems or run.summary.get("faulty")):
        raise NotFound
    return send_workbook(importing.error_workbook(run), "craftpath-import-errors.xlsx")


@login_required
@require_POST
def import_apply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step 4: take the good rows over."""
    run = importing.apply_import(actor=request.user, run=_run(request, public_id))
    if run.kind == ImportKind.TREE:
        messages.success(request, _("%(rows)s rows have been imported.") % {"rows": run.rows})
    return redirect("office:import_detail", public_id)


@login_required
@require_POST
def import_discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Throw a sheet away."""
    importing.discard_import(actor=request.user, run=_run(request, public_id))
    messages.success(request, _("The spreadsheet has been discarded. Nothing was imported."))
    return redirect("office:imports")


@login_required
@require_http_methods(["GET", "POST"])
def import_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Undo an import within a week, after saying what that does."""
    run = _roster(request, public_id)
    require(request.user, IMPORT_ROSTER, run.org)
    if request.method == "POST":
        importing.undo_import(actor=request.user, run=run)
        return redirect("office:import_detail", public_id)
    if not run.undoable:
        return redirect("office:import_detail", public_id)
    return render(request, "office/import_undo.html", describe_import(run, SCREENS))


@login_required
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand out an empty sheet with the headings we know."""
    if kind not in ImportKind.values:
        raise Http404
    return send_workbook(importing.template_workbook(kind), f"craftpath-{kind}.xlsx")
