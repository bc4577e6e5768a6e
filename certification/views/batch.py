"""Check a spreadsheet of certificates: send, read the answers, take the report away."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from access import registry
from access.queries import permitted
from audit.context import client_address
from certification import limits, workbooks
from certification.enums import Answer
from certification.forms.verify import SheetForm
from certification.grants import VERIFY_BATCH
from certification.models import BatchCheck
from certification.queries import verification as queries
from certification.rules import wording
from certification.rules.status import Verdict
from certification.views.answers import TONES, calm, say
from certification.workflows import verification as workflows
from core.errors import Forbidden, InvalidInput, NotFound
from org.models import Employer, OrgUnit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ORDER = (Answer.REVOKED, Answer.SUSPENDED, Answer.EXPIRED, Answer.SUPERSEDED, Answer.NO_MATCH, Answer.VALID)
SHOWN = (Answer.VALID, Answer.EXPIRED, Answer.SUSPENDED, Answer.REVOKED, Answer.SUPERSEDED, Answer.NO_MATCH)
SOON_DAYS = 90
FIRST_VALID = 10
DEMO_SHEET = "verify-50.xlsx"  # certification.demo writes it


def _scopes(user: Any) -> dict[str, Employer | OrgUnit]:
    """Return for whom *user* may check: employers, and the topmost unions."""
    employers = {f"employer-{one.public_id}": one for one in permitted(user, VERIFY_BATCH, Employer.objects.order_by("pk"))[:20]}
    tops: list[OrgUnit] = []
    for unit in permitted(user, VERIFY_BATCH, OrgUnit.objects.order_by("path")):
        if not tops or not unit.path.startswith(tops[-1].path):
            tops.append(unit)
    return employers | {f"union-{one.public_id}": one for one in tops}


def _choices(scopes: dict[str, Employer | OrgUnit]) -> list[tuple[str, str]]:
    return [(key, str(scope)) for key, scope in scopes.items()]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@calm
def send(request: HttpRequest) -> HttpResponse:
    """Take a spreadsheet; show the ones checked before."""
    scopes = _scopes(request.user)
    if not scopes:
        raise Forbidden(roles_needed=[str(role.label) for role in registry.roles_with(VERIFY_BATCH)])
    bound = SheetForm(*((request.POST, request.FILES) if request.method == "POST" else ()), scopes=_choices(scopes))
    if request.method == "POST" and bound.is_valid():
        limits.count(limits.BY_ACCOUNT, str(request.user.pk))
        file = bound.cleaned_data["file"]
        try:
            check = workflows.check_sheet(
                actor=request.user,
                scope=scopes[bound.cleaned_data["scope"]],
                file_name=file.name,
                rows=workbooks.read(file.read()),
                address=client_address(request),
            )
        except InvalidInput as error:
            bound.add_error("file", str(error.message))
        else:
            return redirect("certification:batch_result", check.public_id)
    context = {
        "form": bound,
        "checks": queries.checks_of(request.user)[:10],
        "max_rows": workbooks.MAX_ROWS,
        "keep_days": workflows.KEEP_CHECKS_DAYS,
        "demo_sheet": _demo_sheet() is not None,
    }
    return render(request, "certification/verify/batch.html", context, status=422 if request.method == "POST" else 200)


def _own(request: HttpRequest, public_id: UUID) -> BatchCheck:
    check = queries.check_of(request.user, public_id)
    if check is None:
        raise NotFound
    return check


@login_required
@never_cache
@require_safe
def result(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the answers, those to look at first; narrowed by answer."""
    check = _own(request, public_id)
    rows = [_shown(row) for row in sorted(check.rows, key=lambda row: (ORDER.index(row["answer"]), row["row"]))]
    show = request.GET.get("show", "")
    if show == "soon":
        chosen = [row for row in rows if _soon(row)]
    elif show in Answer.values:
        chosen = [row for row in rows if row["answer"] == show]
    else:
        show, chosen = "", rows
    look_at = sum(row["answer"] != Answer.VALID for row in rows)
    folded = 0
    if not show and not request.GET.get("all") and len(rows) > look_at + FIRST_VALID and look_at + FIRST_VALID <= 50:
        chosen, folded = rows[: look_at + FIRST_VALID], len(rows) - look_at - FIRST_VALID
    page = Paginator(chosen, 50).get_page(request.GET.get("page"))
    parts = [(TONES[answer], check.counts.get(answer, 0), answer.label) for answer in SHOWN]
    context = {
        "check": check,
        "valid": check.counts.get(Answer.VALID, 0),
        "look_at": look_at,
        "parts": [part for part in parts if part[1]],
        "chips": [
            {"key": answer.value, "label": answer.label, "tone": TONES[answer], "count": check.counts[answer]}
            for answer in SHOWN
            if check.counts.get(answer)
        ],
        "soon": sum(_soon(row) for row in rows),
        "show": show,
        "page_obj": page,
        "folded": folded,
        "milliseconds": max(check.milliseconds, 1),
    }
    return render(request, "certification/verify/batch_result.html", context)


def _soon(row: dict[str, Any]) -> bool:
    return row["answer"] == Answer.VALID and row.get("days_left") is not None and row["days_left"] <= SOON_DAYS


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    verdict = Verdict(
        Answer(row["answer"]),
        since=date.fromisoformat(row["since"]) if row.get("since") else None,
        reason=row.get("reason", ""),
        replaced_by=row.get("replaced_by", ""),
        valid_until=date.fromisoformat(row["until"]) if row.get("until") else None,
        days_left=row.get("days_left"),
    )
    said = say(verdict, writing=row.get("writing", ""))
    return row | {
        "said": said,
        "label": verdict.answer.label,
        "trade": wording.trade(row.get("occupation", ""), row.get("level")) or row.get("title", ""),
    }


@login_required
@require_safe
def report(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The answers as xlsx, in the order of the sheet that was sent."""
    check = _own(request, public_id)
    headings = [
        _("Row"),
        _("Certificate number"),
        _("Holder"),
        _("Certificate"),
        _("Trade and level"),
        pgettext("verification", "Answer"),
        _("Explanation"),
        _("What you can do"),
    ]
    rows = [
        [row["row"], row["number"], row["name"], row.get("title", ""), row["trade"], row["label"], row["said"].meaning, row["said"].advice]
        for row in (_shown(kept) for kept in check.rows)
    ]
    data = workbooks.write(check.reference, [str(one) for one in headings], rows, widths=[6, 32, 14, 20, 28, 12, 52, 40])
    return _xlsx(data, f"{check.reference}.xlsx")


@login_required
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """An empty sheet to fill in."""
    del request
    return _xlsx(workbooks.template(), "certificates-to-check.xlsx")


@login_required
@require_safe
def demo(request: HttpRequest) -> FileResponse:
    """The demo's sheet of 50 rows. Doesn't exist outside the demo."""
    del request
    path = _demo_sheet()
    if path is None:
        raise NotFound
    return FileResponse(path.open("rb"), as_attachment=True, filename=DEMO_SHEET, content_type=XLSX)


def _demo_sheet() -> Path | None:
    path = Path(settings.VAR) / "demo" / DEMO_SHEET
    return path if settings.DEMO and path.is_file() else None


def _xlsx(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
