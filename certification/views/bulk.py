"""Change many certificates at once.

The views take the choice, preview the outcome, start the change, show its progress and give the
report.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.checks import require_anywhere
from access.queries import permitted
from certification import grants, workbooks
from certification.enums import TWO_PERSON_ACTS, BulkAct, BulkState
from certification.forms.bulk import BulkForm
from certification.models import BulkChange
from certification.queries import bulk as queries
from certification.views.answers import explain_unasked, reason_label
from certification.workflows import bulk
from core.errors import InvalidInput, NotFound
from core.uploads import limited_upload
from jobs.queries import get_job_progress
from org.models import OrgUnit

CONSEQUENCES = {
    BulkAct.SUSPEND: lambda: _(
        "From now on every verification answers “suspended”, with the reason. This can be undone."
    ),
    BulkAct.REINSTATE: lambda: _(
        "From now on verifications answer as they did before the suspension."
    ),
    BulkAct.REISSUE: lambda: _(
        "Your request goes to a second person, who confirms all of them together. Then the "
        "page of each certificate is rendered and signed again. The number, content, "
        "validity and entry in the public register don't change, and the old file stays "
        "genuine. The holders are notified."
    ),
    BulkAct.REVOKE: lambda: _(
        "Your request goes to a second person, who confirms all of them together. After "
        "that it is final, and every verification gives the date and reason."
    ),
}


@limited_upload
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_bulk_change(request: HttpRequest) -> HttpResponse:
    """Choose certificates and change, preview what would happen to each without changing anything,
    then start it.
    """
    rights = (grants.SUSPEND, grants.ISSUE)
    if not any(permitted(request.user, right, OrgUnit.objects.all()).exists() for right in rights):
        require_anywhere(request.user, grants.REQUEST_REVOCATION, OrgUnit)
    if request.method == "POST":
        form = BulkForm(request.POST, request.FILES)
        if form.is_valid():
            data = form.cleaned_data
            if "go" in request.POST:
                try:
                    change = bulk.start_bulk_change(
                        actor=request.user,
                        act=data["act"],
                        numbers=data["numbers"],
                        reason=data["reason"],
                        note=data["note"],
                    )
                except InvalidInput as error:
                    for field, sentence in (error.fields or {"": error.message}).items():
                        form.add_error(field if field in form.fields else None, str(sentence))
                else:
                    return redirect("certification:bulk_change", change.public_id)
            else:
                return _preview(request, form)
    else:
        form = BulkForm(
            initial={
                "numbers": "\n".join(request.GET.getlist("number")[: queries.AT_MOST]),
                "act": request.GET.get("act"),
            }
        )
    context = {
        "form": form,
        "recent": queries.list_bulk_changes(request.user)[:10],
        "waiting": queries.list_waiting_bulk_changes(request.user)[:10],
    }
    return render(
        request, "certification/office/bulk.html", context, status=422 if form.errors else 200
    )


def _preview(request: HttpRequest, form: BulkForm) -> HttpResponse:
    data = form.cleaned_data
    unread = [
        queries.Planned(
            one.cell, None, explain_unasked(one.fault, cell=one.cell, shows=one.written)[0]
        )
        for one in data["unread"]
    ]
    plan = unread + queries.plan_bulk_change(request.user, data["act"], data["numbers"])
    good = [one for one in plan if not one.problem]
    context = {
        "data": data,
        "plan": sorted(plan, key=lambda one: not one.problem)[:500],
        "total": len(plan),
        "good": len(good),
        "bad": len(plan) - len(good),
        "act_label": BulkAct(data["act"]).label,
        "reason": reason_label(data["reason"]),
        "consequence": CONSEQUENCES[BulkAct(data["act"])](),
        "danger": data["act"] == BulkAct.REVOKE,
        "asks": data["act"] in TWO_PERSON_ACTS,
        "numbers": "\n".join(data["numbers"]),
    }
    return render(request, "certification/office/bulk_preview.html", context)


def _seen(request: HttpRequest, public_id: UUID) -> BulkChange:
    change = queries.find_visible_bulk_change(request.user, public_id)
    if change is None:
        raise NotFound
    return change


@login_required
@never_cache
@require_safe
def show_bulk_change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show how far a change is, what became of each certificate, and the second person's decision.

    While it runs the page polls (htmx, every two seconds).
    """
    row = _seen(request, public_id)
    lines = queries.list_bulk_lines(row)
    context = {
        "change": row,
        "lines": lines[:500],
        "total": lines.count(),
        "done": lines.exclude(done_at=None).count(),
        "failed": lines.exclude(problem="").count(),
        "progress": get_job_progress(row.job) if row.job else None,
        "reason": reason_label(row.reason),
        "revokes": row.act == BulkAct.REVOKE,
        "may_decide": row.state == BulkState.WAITING
        and row.asked_by_id != request.user.pk,  # who else sees it may decide it
    }
    if not request.headers.get("HX-Request"):
        return render(request, "certification/office/bulk_change.html", context)
    response = render(request, "certification/office/bulk_running.html", context | {"swap": True})
    if row.state != BulkState.RUNNING:
        response["HX-Refresh"] = "true"  # the heading stands outside the live part
    return response


@login_required
@require_POST
def decide_bulk_change(request: HttpRequest, public_id: UUID, answer: str) -> HttpResponse:
    """Confirm or refuse a change as the second person."""
    row = _seen(request, public_id)
    if answer == "confirm":
        bulk.confirm_bulk_change(actor=request.user, change=row)
        anew = row.act == BulkAct.REISSUE
        begun = (
            _("Confirmed. The new files are being made now.")
            if anew
            else _("Confirmed. They are being revoked now, one by one.")
        )
        messages.success(request, begun)
    elif answer == "refuse":
        bulk.refuse_bulk_change(actor=request.user, change=row)
        messages.success(request, _("Turned down. The certificates don't change."))
    else:
        raise NotFound
    return redirect("certification:bulk_change", public_id)


@login_required
@never_cache
@require_safe
def download_bulk_report(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Return what became of each certificate, as a workbook."""
    row = _seen(request, public_id)
    rows = [
        [
            line.certificate.number,
            line.certificate.holder_name,
            str(row.get_act_display()),
            _("done") if line.done_at else line.problem or _("not yet"),
            line.done_at.isoformat(timespec="seconds") if line.done_at else "",
        ]
        for line in queries.list_bulk_lines(row)
    ]
    headings = [
        _("Certificate number"),
        _("Holder"),
        _("What was asked"),
        _("What happened to it"),
        pgettext("moment", "Time"),
    ]
    data = workbooks.write_sheet_workbook(
        _("Bulk change of certificates"), headings, rows, widths=[30, 18, 16, 40, 26]
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(
        data,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="change-{row.public_id}.xlsx"'},
    )
