"""What the views of every import share. A tenant's views look the import up, ask for its right and
name the template.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.errors import InvalidInput
from core.sheets import XLSX
from core.spreadsheets.describing import describe_notes
from imports import queries
from imports.enums import Stage
from imports.forms import ColumnsForm
from imports.kinds import kind_of
from imports.models import Import

PAGE = 50


@dataclass(frozen=True, slots=True)
class Screens:
    """The names of the tenant's addresses, the title of its list of imports and the template that
    draws its steps.
    """

    title: Any
    steps_template: str
    listing: str
    detail: str
    columns: str
    progress: str
    rows: str
    errors: str
    apply: str
    discard: str

    def link(self, run: Import) -> dict[str, str]:
        """Return the addresses of *run* for the shared templates."""
        names = ("detail", "columns", "progress", "errors", "apply", "discard")
        return {
            "listing": reverse(self.listing),
            "faults": self.link_rows(run, "faults"),
            "notes": self.link_rows(run, "notes"),
            **{name: reverse(getattr(self, name), args=[run.public_id]) for name in names},
        }

    def link_rows(self, run: Import, what: str) -> str:
        """Return the address of one list in full."""
        return reverse(self.rows, args=[run.public_id, what])


def describe_import(run: Import, screens: Screens) -> dict[str, Any]:
    """Return what every page of *run* shows."""
    kind = kind_of(run)
    return {
        "run": run,
        "urls": screens.link(run),
        "listing_title": screens.title,
        "steps_template": screens.steps_template,
        "step": number_step(run),
        "good": kind.count_good_rows(run.summary),
        "back_words": kind.words.back.get(run.note, ""),
        "notes": describe_notes(run.layout.get("notes", ())),
        "can_send_errors": bool(run.file) and bool(run.summary.get("faulty")),
    }


def describe_check(run: Import, screens: Screens) -> dict[str, Any]:
    """Return what the check of *run* found."""
    kind = kind_of(run)
    causes = queries.list_causes(run)
    for cause in causes:
        cause.rows_url = f"{screens.link_rows(run, 'faults')}?{urlencode({'code': cause.code, 'column': cause.column})}"
        cause.link = kind.find_choice(run, cause.code)
    seconds = (
        (run.checked_at - run.started_at).total_seconds()
        if run.checked_at and run.started_at
        else 0
    )
    sentences = pgettext("between notes", "; ").join(
        note.rstrip("。.") for note in queries.list_note_sentences(run)
    )
    return {
        **describe_import(run, screens),
        "causes": causes,
        "mapping": queries.list_matched_columns(run, _("not imported")),
        "noted": _("%(notes)s.") % {"notes": sentences},
        "seconds": f"{seconds:.1f}",
    }


def answer_columns(
    request: HttpRequest,
    run: Import,
    form: ColumnsForm,
    *,
    screens: Screens,
    start: Callable[..., object],
    template: str,
    alike: Mapping[str, Any],
) -> HttpResponse:
    """Show the matching of columns, or start the check if it was sent.

    *alike* names the fields that an earlier import of the same file shares with *run*.
    """
    if request.method == "POST" and form.is_valid():
        try:
            start(actor=request.user, run=run, mapping=form.read_mapping(), **form.read_defaults())
        except InvalidInput as error:
            for name, sentence in (error.fields or {"__all__": str(error)}).items():
                form.add_error(None if name == "__all__" else name, sentence)
        else:
            return redirect(screens.detail, run.public_id)
    before = queries.find_same_file(run, **alike)
    shown = {**describe_import(run, screens), "form": form, "before": before}
    if before:
        shown["before_url"] = reverse(screens.detail, args=[before.public_id])
    return render(request, template, shown, status=422 if form.errors else 200)


def number_step(run: Import) -> int:
    """Return which step *run* is at.

    Step 2 is to match columns, 3 to look at the check, 4 to apply, and 5 means that this is over.
    """
    at = {
        Stage.MAPPING: 2,
        Stage.CHECKING: 3,
        Stage.READY: 3,
        Stage.REFUSED: 3,
        Stage.DISCARDED: 3,
        Stage.APPLYING: 4,
    }
    return {str(stage): number for stage, number in at.items()}.get(str(run.state), 5)


def answer_progress(request: HttpRequest, run: Import, screens: Screens) -> HttpResponse:
    """Show how far the work is.

    Once the work is done, the answer asks the browser to load the page again.
    """
    response = render(request, "imports/progress.html", {"run": run, "urls": screens.link(run)})
    if not run.working:
        response["HX-Refresh"] = "true"
    return response


def list_rows(
    request: HttpRequest,
    run: Import,
    what: str,
    lists: Mapping[str, Callable[[Any], Any]],
    shapes: Mapping[str, Callable[[Any], Any]],
) -> dict[str, Any]:
    """Return one page of the list *what*.

    It is the faults, the notes or one of the tenant's *lists*, each row in the shape the template
    reads.
    """
    found: Any = {"faults": queries.find_faults, "notes": queries.find_notes, **lists}[what](run)
    if what == "faults":
        found = queries.narrow_to_cause(found, request.GET)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shape: Any = {
        "faults": lambda row: queries.describe_fault(run, row),
        "notes": lambda row: queries.describe_note(run, row),
        **shapes,
    }.get(what, lambda row: row)
    return {"run": run, "what": what, "page": page, "rows": [shape(row) for row in page]}


def send_workbook(data: bytes, filename: str) -> HttpResponse:
    """Hand out a workbook as a download."""
    return HttpResponse(
        data,
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
