"""Certificates from paper at the office: send, match, look, take over; compare a sample as the
second person; take back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.checks import is_allowed, require, require_anywhere
from access.queries import permitted
from certification.enums import HistoricState, Sampled
from certification.forms.paper_records import PaperColumnsForm, SampleForm, SheetForm, WithdrawForm
from certification.grants import CONFIRM_HISTORIC, IMPORT_HISTORIC, VIEW
from certification.models import HistoricImport
from certification.queries import paper_records as queries
from certification.rules import wording
from certification.rules.paper_records import sample_size
from certification.workflows import paper_records as workflows
from certification.workflows.paper_records.sample import list_drawn_records
from certification.workflows.paper_records.withdraw import refuse_if_relied_on
from core.errors import DomainError, InvalidInput, NotFound
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
from org.models import OrgUnit

SCREENS = Screens(
    title=gettext_lazy("Paper certificates"),
    steps_template="certification/office/paper_records/steps.html",
    listing="certification:historic_imports",
    detail="certification:historic",
    columns="certification:historic_columns",
    progress="certification:historic_progress",
    rows="certification:historic_rows",
    errors="certification:historic_errors",
    apply="certification:historic_apply",
    discard="certification:historic_discard",
)
LISTS: dict[str, Callable[[HistoricImport], Any]] = {
    "same": queries.same,
    "records": queries.records,
    "differing": queries.differing,
    "relied": queries.relied_on,
}


def _run(request: HttpRequest, public_id: UUID) -> HistoricImport:
    run = queries.imports_seen_by(request.user).filter(public_id=public_id).first()
    if run is None:
        raise NotFound
    return run


@login_required
@never_cache
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """List the imports from paper of one's unions, newest first; those that wait for oneself as
    second person come before.
    """
    require_anywhere(request.user, VIEW, OrgUnit)
    page = Paginator(queries.imports_seen_by(request.user), 30).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "waiting": queries.waiting_for_sample(request.user)[:20],
        "may_import": permitted(request.user, IMPORT_HISTORIC, OrgUnit.objects.all()).exists(),
    }
    return render(request, "certification/office/paper_records/list.html", context)


@limited_upload
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Step 1: send a sheet. Nothing is changed yet."""
    require_anywhere(request.user, IMPORT_HISTORIC, OrgUnit)
    form = SheetForm(
        request.POST or None,
        request.FILES or None,
        user=request.user,
        oversized=getattr(request, "oversized", ()),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            run = workflows.receive_sheet(
                actor=request.user,
                org=given["org"],
                filename=given["file"].name,
                file=given["file"],
                source=given["source"],
                aim=given["aim"],
            )
        except InvalidInput as error:
            form.add_error("file", str(error))
        else:
            return redirect("certification:historic_columns", run.public_id)
    return render(
        request,
        "certification/office/paper_records/new.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step 2: say which column is what; then the rows are checked in the background."""
    run = _run(request, public_id)
    require(request.user, IMPORT_HISTORIC, run.org)
    if not run.open:
        return redirect("certification:historic", public_id)
    form = PaperColumnsForm(request.POST if request.method == "POST" else None, run=run)
    return answer_columns(
        request,
        run,
        form,
        screens=SCREENS,
        start=workflows.start_check,
        template="certification/office/paper_records/columns.html",
        alike={},
    )


@login_required
@never_cache
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step 3, what the check found, or step 4, what became of it; a live bar while the background
    works.
    """
    run = _run(request, public_id)
    context = {
        **describe_import(run, SCREENS),
        "may_import": is_allowed(request.user, IMPORT_HISTORIC, run.org),
    }
    if run.working:
        return render(request, "certification/office/paper_records/working.html", context)
    if run.state == HistoricState.MAPPING:
        if context["may_import"]:
            return redirect("certification:historic_columns", public_id)
        return render(request, "certification/office/paper_records/working.html", context)
    if run.state in (HistoricState.READY, HistoricState.REFUSED):
        return render(
            request,
            "certification/office/paper_records/check.html",
            context | describe_check(run, SCREENS),
        )
    return render(
        request, "certification/office/paper_records/done.html", context | _done(request, run)
    )


@login_required
@never_cache
@require_safe
def progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The live part of the page; once the work is done, it asks for the page again."""
    return answer_progress(request, _run(request, public_id), SCREENS)


def _done(request: HttpRequest, run: HistoricImport) -> dict[str, Any]:
    over = run.state != HistoricState.APPLIED
    relied = 0 if over else queries.relied_on(run).count()
    mine = request.user.pk in {run.actor_id, run.applied_by_id}
    return {
        "relied": relied,
        "differing": 0 if over else queries.differing(run).count(),
        "may_compare": not over
        and run.confirmed_at is None
        and not mine
        and is_allowed(request.user, CONFIRM_HISTORIC, run.org),
        "may_withdraw": not over and is_allowed(request.user, IMPORT_HISTORIC, run.org),
        "withdrawable": not over and not relied and run.confirmed_at is None,
    }


@login_required
@never_cache
@require_safe
def rows(request: HttpRequest, public_id: UUID, what: str) -> HttpResponse:
    """One list in full: rows to mend, spellings read as meant, rows recorded already, records,
    those somebody has relied on.
    """
    run = _run(request, public_id)
    if what not in _titles():
        raise Http404
    context = {
        **describe_import(run, SCREENS),
        **list_rows(request, run, what, LISTS, {}),
        "title": _titles()[what],
    }
    return render(request, "certification/office/paper_records/rows.html", context)


def _titles() -> dict[str, str]:
    return {
        "faults": _("Rows to correct"),
        "notes": _("Other spellings, not counted as errors"),
        "same": _("Already recorded"),
        "records": _("Imported records"),
        "differing": _("Differ from the originals"),
        "relied": _("Already relied on"),
    }


@login_required
@require_safe
def errors(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand out the rows to mend as a workbook."""
    run = _run(request, public_id)
    require(request.user, IMPORT_HISTORIC, run.org)
    if not run.file or not run.summary.get("faulty"):
        raise NotFound
    return send_workbook(workflows.build_error_workbook(run), "craftpath-paper-errors.xlsx")


@login_required
@require_POST
def apply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Step 4: take the good rows over."""
    workflows.apply_import(actor=request.user, run=_run(request, public_id))
    return redirect("certification:historic", public_id)


@login_required
@require_POST
def discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Throw a sheet away."""
    workflows.discard_import(actor=request.user, run=_run(request, public_id))
    messages.success(request, _("Discarded. Nothing was imported."))
    return redirect("certification:historic_imports")


@login_required
@require_POST
def link(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Look for the holders once more: people may have been recorded since."""
    run = _run(request, public_id)
    require(request.user, IMPORT_HISTORIC, run.org)
    count = workflows.link_known_holders(run)
    if count:
        words = ngettext(
            "%(count)s record is linked to its holder.",
            "%(count)s records are linked to their holders.",
            count,
        )
        messages.success(request, words % {"count": count})
    else:
        messages.info(
            request,
            _(
                "None of the other holders is recorded yet. They are linked automatically once they are."
            ),
        )
    return redirect("certification:historic", public_id)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Compare a sample with the originals, as the second person: draw it first, then answer row by
    row.
    """
    run = _run(request, public_id)
    require(request.user, CONFIRM_HISTORIC, run.org)
    if run.state != HistoricState.APPLIED or run.confirmed_at is not None:
        return redirect("certification:historic", public_id)
    drawn = [record for record in list_drawn_records(run) if record.sampled == Sampled.DRAWN]
    if request.method == "POST" and "draw" in request.POST:
        workflows.draw_sample(actor=request.user, run=run)
        return redirect("certification:historic_sample", public_id)
    if not drawn:
        count = queries.records(run).filter(certificate__state="issued").count()
        context = {
            **describe_import(run, SCREENS),
            "count": count,
            "size": sample_size(count, failed=run.draws),
            "differing": queries.differing(run).count(),
        }
        return render(request, "certification/office/paper_records/draw.html", context)
    form = SampleForm(request.POST if request.method == "POST" else None, records=drawn)
    if request.method == "POST" and form.is_valid():
        run = workflows.record_sample(
            actor=request.user,
            run=run,
            verdicts=form.verdicts(),
            remark=form.cleaned_data["remark"],
        )
        if run.confirmed_at is not None:
            messages.success(
                request,
                _(
                    "All agree. From now on verifications say that a sample was compared with the originals."
                ),
            )
        else:
            messages.warning(
                request,
                _(
                    "Saved. The records stay “not compared”, and the officer is told which ones differ."
                ),
            )
        return redirect("certification:historic", public_id)
    shown = [
        (
            record,
            bound,
            wording.format_trade(record.certificate.occupation_name, record.certificate.level),
        )
        for record, bound in form.rows()
    ]
    context = {**describe_import(run, SCREENS), "form": form, "shown": shown}
    return render(
        request,
        "certification/office/paper_records/sample.html",
        context,
        status=422 if form.errors else 200,
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a whole import back, after saying what that does."""
    run = _run(request, public_id)
    require(request.user, IMPORT_HISTORIC, run.org)
    if run.state != HistoricState.APPLIED:
        return redirect("certification:historic", public_id)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    try:
        refuse_if_relied_on(run)
        if request.method == "POST" and form.is_valid():
            workflows.withdraw_import(
                actor=request.user, run=run, reason=form.cleaned_data["reason"]
            )
            return redirect("certification:historic", public_id)
    except DomainError as error:
        messages.error(request, str(error.message))
        return redirect("certification:historic", public_id)
    context = {
        "run": run,
        "form": form,
        "good": queries.records(run).filter(certificate__state="issued").count(),
    }
    return render(
        request,
        "certification/office/paper_records/withdraw.html",
        context,
        status=422 if form.errors else 200,
    )


@login_required
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """Hand out an empty sheet with the headings we know."""
    del request
    return send_workbook(workflows.template_workbook(), "craftpath-papers.xlsx")
