"""Check a spreadsheet of certificates.

The views take the sheet, show the answers, check again, give the signed report, and show whether a
report is ours.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import registry
from access.queries import permitted
from audit.context import client_address
from certification import throttling, workbooks
from certification.enums import Provenance, SheetCheckState, VerificationAnswer
from certification.forms.verify import CheckSheetForm, ReportForm
from certification.grants import VERIFY_BATCH
from certification.models import BatchCheck
from certification.queries import sheet_report as report_queries
from certification.queries import sheets as queries
from certification.queries import watching
from certification.rules import wording
from certification.rules.fingerprint import fingerprint_report_rows
from certification.rules.sheet import AT_ONCE_ROWS, NOT_ASKED, has_changed
from certification.rules.status import Verdict
from certification.views.answers import (
    TONES,
    AnswerText,
    describe_answer,
    describe_number_writing,
    explain_unasked,
    handle_too_often,
)
from certification.views.origin import origin_tag, set_origin_tone
from certification.workflows import sheet_report as report_workflows
from certification.workflows import sheets as workflows
from certification.workflows import watching as watch_workflows
from core.actors import Actor
from core.errors import Forbidden, InvalidInput, NotFound
from core.spreadsheets.causes import FaultCause, FoundFault, group_causes
from core.spreadsheets.describing import describe_notes
from core.templatetags.craft import exact_moment
from core.uploads import file_name
from org.models import Employer, OrgUnit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ORDER = {
    answer: at
    for at, answer in enumerate(
        (
            VerificationAnswer.REVOKED,
            VerificationAnswer.SUSPENDED,
            VerificationAnswer.EXPIRED,
            VerificationAnswer.SUPERSEDED,
            NOT_ASKED,
            VerificationAnswer.NO_MATCH,
            VerificationAnswer.VALID,
        )
    )
}
SHOWN = (
    VerificationAnswer.VALID,
    VerificationAnswer.EXPIRED,
    VerificationAnswer.SUSPENDED,
    VerificationAnswer.REVOKED,
    VerificationAnswer.SUPERSEDED,
    VerificationAnswer.NO_MATCH,
    NOT_ASKED,
)
SAME_CAUSE_ROWS = 2  # so many rows of one cause are one line
SOON_DAYS = 90
FIRST_VALID = 10
DEMO_SHEET = "verify-50.xlsx"  # certification.demo writes it


def _scopes(user: Actor) -> dict[str, Employer | OrgUnit]:
    """Return whom *user* may check for, which are employers and the topmost unions."""
    employers = {
        f"employer-{one.public_id}": one
        for one in permitted(user, VERIFY_BATCH, Employer.objects.order_by("pk"))[:20]
    }
    tops: list[OrgUnit] = []
    for unit in permitted(user, VERIFY_BATCH, OrgUnit.objects.order_by("path")):
        if not tops or not unit.path.startswith(tops[-1].path):
            tops.append(unit)
    return employers | {f"union-{one.public_id}": one for one in tops}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@handle_too_often
def send_check_sheet(request: HttpRequest) -> HttpResponse:
    """Check an uploaded spreadsheet, and list the ones checked before."""
    scopes = _scopes(request.user)
    if not scopes:
        raise Forbidden(
            roles_needed=[str(role.label) for role in registry.roles_with(VERIFY_BATCH)]
        )
    choices = [(key, str(scope)) for key, scope in scopes.items()]
    bound = CheckSheetForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()), scopes=choices
    )
    if request.method == "POST" and bound.is_valid():
        throttling.throttle_use(throttling.BY_ACCOUNT, str(request.user.pk))
        file = bound.cleaned_data["file"]
        try:
            sent = workbooks.read_sheet(file.read(), name=file_name(file))
            check = workflows.check_sheet(
                actor=request.user,
                scope=scopes[bound.cleaned_data["scope"]],
                file_name=file.name,
                rows=sent.rows,
                unasked=sent.unasked,
                address=client_address(request),
            )
        except InvalidInput as error:
            bound.add_error("file", str(error.message))
        else:
            for sentence in describe_notes(sent.notes):
                messages.info(request, sentence)
            return redirect("certification:batch_result", check.public_id)
    context = {
        "form": bound,
        "checks": queries.list_sheet_checks(request.user)[:10],
        "max_rows": workbooks.MAX_ROWS,
        "at_once": AT_ONCE_ROWS,
        "keep_days": workflows.KEEP_CHECKS_DAYS,
        "demo_sheet": _demo_sheet() is not None,
        "watches": any(isinstance(scope, Employer) for scope in scopes.values()),
    }
    return render(
        request,
        "certification/verify/batch.html",
        context,
        status=422 if request.method == "POST" else 200,
    )


def _own(request: HttpRequest, public_id: UUID) -> BatchCheck:
    check = queries.find_sheet_check(request.user, public_id)
    if check is None:
        raise NotFound
    return check


@login_required
@never_cache
@require_safe
def show_sheet_result(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the answers of a check, those that need a look first.

    They can be narrowed by answer, by what ends soon and by what has changed. While the check runs,
    its progress is shown.
    """
    check = _own(request, public_id)
    if request.headers.get("HX-Request") and check.state != SheetCheckState.RUNNING:
        return HttpResponse(headers={"HX-Refresh": "true"})
    if check.state == SheetCheckState.RUNNING:
        return render(
            request,
            "certification/verify/batch_running.html",
            {"check": check, "watches": check.employer is not None},
        )
    rows = sorted(
        queries.list_answered_rows(check), key=lambda row: (ORDER[row["answer"]], row["row"])
    )
    soon, changed = [row for row in rows if _soon(row)], [row for row in rows if row.get("changed")]
    look_at = sum(row["answer"] != VerificationAnswer.VALID for row in rows)
    narrowed = {"soon": soon, "changed": changed} | {
        str(answer): [row for row in rows if row["answer"] == answer] for answer in SHOWN
    }
    narrowed |= {
        key: [row for row in rows if _cause_of(row) == key]
        for key in {_cause_of(row) for row in rows} - {""}
    }
    show = request.GET.get("show", "")
    show = show if show in narrowed else ""
    causes = [] if show or request.GET.get("all") else _causes(rows)
    in_causes = {cause.code for cause in causes}
    single = [row for row in rows if _cause_of(row) not in in_causes]
    chosen = narrowed.get(show, single)
    folded, first = (
        0,
        sum(row["answer"] != VerificationAnswer.VALID for row in single) + FIRST_VALID,
    )
    if not show and not request.GET.get("all") and first <= 50:
        chosen, folded = single[:first], max(0, len(single) - first)
    page = Paginator(chosen, 50).get_page(request.GET.get("page"))
    counts = {answer: check.counts.get(answer, 0) for answer in SHOWN}
    matched = [row["certificate"] for row in page if row.get("certificate")]
    watched = watching.find_watched_certificates(check.employer, matched) if check.employer else ()
    context = {
        "check": check,
        "valid": counts[VerificationAnswer.VALID],
        "look_at": look_at,
        "parts": [
            (TONES.get(answer, ""), count, _label(answer))
            for answer, count in counts.items()
            if count
        ],
        "chips": [
            {
                "key": str(answer),
                "label": _label(answer),
                "tone": TONES.get(answer, ""),
                "count": count,
            }
            for answer, count in counts.items()
            if count
        ],
        "causes": causes,
        "in_causes": sum(len(cause.rows) for cause in causes),
        "cause": next(iter(_causes(chosen, most=1)), None)
        if show in {_cause_of(row) for row in rows}
        else None,
        "soon": len(soon),
        "changed": len(changed),
        "show": show,
        "page_obj": page,
        "shown": [_shown(row) | {"watched": row.get("certificate") in watched} for row in page],
        "folded": folded,
        "unanswered": check.total - check.answered,
        "watchable": sum(counts[answer] for answer in watch_workflows.WATCHABLE)
        if check.employer
        else 0,
        "watches": check.employer is not None,
        "milliseconds": max(check.milliseconds, 1),
    }
    return render(request, "certification/verify/batch_result.html", context)


def _label(answer: str) -> str:
    """Return an answer in a word or two."""
    return (
        pgettext("verification", "not checked")
        if answer == NOT_ASKED
        else str(VerificationAnswer(answer).label)
    )


def _cause_of(row: dict[str, Any]) -> str:
    """Return the key of the cause that a row shares with others, or "" if there is none.

    A cause is how the number is written, or what is wrong in the cell.
    """
    if row["answer"] == NOT_ASKED:
        return f"fault-{row['fault']}"
    return (
        f"writing-{row.get('writing') or 'other'}"
        if row["answer"] == VerificationAnswer.NO_MATCH
        else ""
    )


def _causes(rows: list[dict[str, Any]], *, most: int = SAME_CAUSE_ROWS) -> list[FaultCause]:
    """Return the causes that at least *most* rows share, the most frequent first.

    Each becomes one line on the page, however many rows it has.
    """
    found = [
        FoundFault(
            key,
            {},
            -1,
            *(("", row["stands"]) if row["answer"] == NOT_ASKED else ("number", row["number"])),
            row["row"],
        )
        for row in rows
        if (key := _cause_of(row))
    ]
    causes = [cause for cause in group_causes(found, _describe_cause) if len(cause.rows) >= most]
    for cause in causes:
        cause.rows_url = f"?show={cause.code}"
    return causes


def _describe_cause(key: str, _params: object) -> tuple[str, str]:
    kind, _dash, code = key.partition("-")
    return explain_unasked(code) if kind == "fault" else describe_number_writing(code)


def _soon(row: dict[str, Any]) -> bool:
    return (
        row["answer"] == VerificationAnswer.VALID
        and row.get("days_left") is not None
        and row["days_left"] <= SOON_DAYS
    )


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    if row["answer"] == NOT_ASKED:
        return _shown_unasked(row)
    verdict = Verdict(
        VerificationAnswer(row["answer"]),
        since=_day(row.get("since")),
        reason=row.get("reason", ""),
        replaced_by=row.get("replaced_by", ""),
        valid_until=_day(row.get("until")),
        days_left=row.get("days_left"),
    )
    provenance = row.get("provenance", "")
    return row | {
        "said": set_origin_tone(
            describe_answer(verdict, writing=row.get("writing", "")), provenance
        ),
        "number": row.get("written") or row["number"],
        "origin": origin_tag(provenance),
        "label": verdict.answer.label,
        "trade": wording.format_trade(row.get("occupation", ""), row.get("level"))
        or row.get("title", ""),
        "before": _label(row["was"]["answer"]) if has_changed(row) else "",
        "watchable": verdict.answer in watch_workflows.WATCHABLE,
        "replaced": verdict.answer == VerificationAnswer.SUPERSEDED,
    }


def _shown_unasked(row: dict[str, Any]) -> dict[str, Any]:
    meaning, advice = explain_unasked(row["fault"], cell=row["cell"], shows=row["stands"])
    return row | {
        "said": AnswerText(NOT_ASKED, "", "？", _label(NOT_ASKED), meaning, advice),
        "number": row["number"] or row["stands"],
        "origin": "",
        "label": _label(NOT_ASKED),
        "trade": "",
        "before": "",
        "watchable": False,
        "replaced": False,
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@login_required
@require_POST
@handle_too_often
def handle_sheet_recheck(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Check the rows of an earlier check again, as of now."""
    throttling.throttle_use(throttling.BY_ACCOUNT, str(request.user.pk))
    check = workflows.repeat_sheet_check(
        actor=request.user, check=_own(request, public_id), address=client_address(request)
    )
    return redirect("certification:batch_result", check.public_id)


@login_required
@require_POST
def watch_sheet_matches(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put certificates that matched on the employer's watch-list, either one row or all."""
    row = request.POST.get("row", "")
    number = int(row) if row.isascii() and row.isdigit() and len(row) < 8 else None
    count = watch_workflows.watch_matches(
        actor=request.user, check=_own(request, public_id), row=number
    )
    if count:
        words = ngettext(
            "%(count)s certificate is on the watch-list now.",
            "%(count)s certificates are on the watch-list now.",
            count,
        )
        messages.success(request, words % {"count": count})
    else:
        messages.info(request, _("Nothing to add. They are already on the watch-list."))
    return redirect("certification:batch_result", public_id)


@login_required
@require_safe
def download_sheet_report(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Return the answers as xlsx in the order of the uploaded sheet, with a second sheet that
    proves they are ours.
    """
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
        _("Previous answer"),
        _("Where the record comes from"),
    ]
    rows = [_line(_shown(kept)) for kept in queries.list_answered_rows(check)]
    token = report_workflows.sign_sheet_report(
        actor=request.user, check=check, rows=[headings, *rows]
    )
    facts = [
        (_("Check no."), check.reference),
        (_("Checked"), f"{exact_moment(check.at)} UTC+8"),
        (_("Checked for"), str(check.employer or check.org)),
        (_("Checked by"), str(request.user)),
        (_("File"), check.file_name),
        (_("Rows"), str(check.answered)),
        *[
            (_label(answer), str(check.counts[answer]))
            for answer in SHOWN
            if check.counts.get(answer)
        ],
        (_("Fingerprint of the answers (SHA-256)"), fingerprint_report_rows([headings, *rows])),
        (
            _("How to check this report"),
            request.build_absolute_uri(reverse("certification:batch_judge")),
        ),
        (_("Signature (JWT, ES256)"), token),
    ]
    data = workbooks.write_report_workbook(
        check.reference, headings, rows, widths=[6, 32, 14, 20, 28, 12, 52, 40, 14, 34], facts=facts
    )
    return _xlsx(data, f"{check.reference}.xlsx")


def _line(row: dict[str, Any]) -> list[object]:
    said = row["said"]
    words = [
        row["number"],
        row["name"],
        row.get("title", ""),
        row["trade"],
        str(row["label"]),
        said.meaning,
        said.advice,
        str(row["before"]),
        _origin(row),
    ]
    return [row["row"], *words]


def _origin(row: dict[str, Any]) -> str:
    """Return where the record of a matched row comes from, in the words of the enum. It is empty
    where nothing matched.
    """
    return (
        str(Provenance(row.get("provenance", Provenance.ISSUED)).label)
        if row.get("certificate")
        else ""
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@handle_too_often
def verify_sheet_report(request: HttpRequest) -> HttpResponse:
    """Say whether a report that somebody presents is ours and unchanged. This needs no account,
    and the file is not kept.
    """
    form = ReportForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        throttling.throttle_use(throttling.BY_FILE_ADDRESS, client_address(request))
        try:
            rows, token = workbooks.read_report_workbook(form.cleaned_data["file"].read())
        except InvalidInput as error:
            form.add_error("file", str(error.message))
        else:
            judged = report_queries.judge_sheet_report(rows, token)
            counts = judged.claims.get("counts", {})
            context |= {
                "judged": judged,
                "at": datetime.fromtimestamp(
                    judged.claims["iat"], tz=timezone.get_current_timezone()
                )
                if judged.ours
                else None,
                "told": [
                    (_label(answer), counts[answer]) for answer in SHOWN if counts.get(answer)
                ],
            }
            return render(request, "certification/verify/report.html", context)
    return render(
        request,
        "certification/verify/report.html",
        context,
        status=422 if request.method == "POST" else 200,
    )


@login_required
@require_safe
def download_sheet_template(request: HttpRequest) -> HttpResponse:
    """Return an empty sheet to fill in."""
    del request
    return _xlsx(workbooks.make_sheet_template(), "certificates-to-check.xlsx")


@login_required
@require_safe
def download_demo_sheet(request: HttpRequest) -> FileResponse:
    """Return the demo's sheet of 50 rows. Raises `NotFound` outside the demo."""
    del request
    path = _demo_sheet()
    if path is None:
        raise NotFound
    return FileResponse(path.open("rb"), as_attachment=True, filename=DEMO_SHEET, content_type=XLSX)


def _demo_sheet() -> Path | None:
    path = Path(settings.VAR) / "demo" / DEMO_SHEET
    return path if settings.DEMO and path.is_file() else None


def _xlsx(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
