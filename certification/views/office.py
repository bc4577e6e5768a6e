"""An officer's list of certificates, with issue, suspension, replacement and revocation by two
people.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import jobs.workflows
from access.checks import is_allowed, require, require_anywhere
from access.queries import permitted
from certification import grants
from certification.enums import CertificateState, RevocationState
from certification.errors import DamagedFile
from certification.forms import office as forms
from certification.models import Certificate, HistoricRecord, RevocationRequest
from certification.queries import batch as batches
from certification.queries import certificate as queries
from certification.queries.files import list_former_files
from certification.rendering.preview import render_png_preview
from certification.rules import status, wording
from certification.views.answers import describe_answer, reason_label
from certification.views.origin import origin_of, origin_tag, set_origin_tone
from certification.workflows import completion, issue, status_changes
from core import clock, sheets
from core.errors import DomainError, NotFound
from core.text import clean_query
from courses import public as courses
from jobs.enums import JobState
from jobs.models import Job
from org.models import OrgUnit

STATES = (
    CertificateState.ISSUED,
    CertificateState.SUSPENDED,
    CertificateState.REVOKED,
    CertificateState.SUPERSEDED,
    CertificateState.APPROVED,
)


@login_required
@never_cache
@require_safe
def show_certificate_list(request: HttpRequest) -> HttpResponse:
    """List the certificates of the user's unions.

    Those that wait for a second person and those that could not be printed come first.
    """
    require_anywhere(request.user, grants.VIEW, OrgUnit)
    text, state = clean_query(request.GET.get("q", "")), request.GET.get("state", "")
    page = Paginator(
        queries.list_office_certificates(request.user, text=text, state=state), 30
    ).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "shown": [(row, origin_tag(row.provenance)) for row in page],
        "q": text,
        "state": state if state in {*CertificateState.values, queries.FROM_PAPER} else "",
        "states": [
            *((one.value, one.label) for one in STATES),
            (queries.FROM_PAPER, _("from paper")),
        ],
        "held": queries.list_held_certificates(request.user)[:20],
        "waiting": queries.list_waiting_revocations(request.user)[:20],
        "may_issue": permitted(request.user, grants.ISSUE, OrgUnit.objects.all()).exists(),
    }
    return render(request, "certification/office/register.html", context)


def _seen(request: HttpRequest, public_id: UUID) -> Certificate:
    rows = Certificate.objects.select_related("person", "org", "template", "replaced_by")
    certificate = permitted(request.user, grants.VIEW, rows).filter(public_id=public_id).first()
    if certificate is None:
        raise NotFound
    return certificate


@login_required
@never_cache
@require_safe
def show_office_certificate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one certificate with its history and what may be done with it now."""
    row = _seen(request, public_id)
    user = request.user
    waiting = (
        row.revocation_requests.filter(state=RevocationState.WAITING)
        .select_related("requested_by")
        .first()
    )
    may = {
        "suspend": row.state == CertificateState.ISSUED and is_allowed(user, grants.SUSPEND, row),
        "reinstate": row.state == CertificateState.SUSPENDED
        and is_allowed(user, grants.SUSPEND, row),
        "replace": row.state == CertificateState.ISSUED
        and not row.of_paper
        and is_allowed(user, grants.ISSUE, row),
        "print": row.state == CertificateState.APPROVED
        and not row.of_paper
        and is_allowed(user, grants.ISSUE, row),
        "revoke": waiting is None
        and row.state in {CertificateState.ISSUED, CertificateState.SUSPENDED}
        and is_allowed(user, grants.REQUEST_REVOCATION, row),
        "decide": waiting is not None
        and waiting.requested_by_id != user.pk
        and is_allowed(user, grants.CONFIRM_REVOCATION, row),
    }
    context = {
        "certificate": row,
        "said": set_origin_tone(
            describe_answer(status.determine_verdict(row.standing, today=clock.today())),
            row.provenance,
        ),
        "trade": wording.format_trade(row.occupation_name, row.level),
        "origin": origin_of(row),
        "record": HistoricRecord.objects.select_related("run").filter(certificate=row).first()
        if row.of_paper
        else None,
        "changes": row.changes.select_related("actor", "second").order_by("-pk"),
        "former_files": list_former_files(row),
        "waiting": waiting,
        "may": may,
    }
    return render(request, "certification/office/certificate.html", context)


def _act(
    request: HttpRequest,
    public_id: UUID,
    *,
    right: str,
    form_class: type[Form],
    do: Callable[[Certificate, dict[str, Any]], object],
    words: Callable[[Certificate], dict[str, object]],
    done: str,
) -> HttpResponse:
    """Ask for confirmation with the consequence in words, then do it.

    A user without *right* is refused before being asked.
    """
    row = _seen(request, public_id)
    require(request.user, right, row)
    if row.of_paper and form_class is forms.RevokeForm:
        form_class = forms.PaperRevokeForm
    form = form_class(
        request.POST if request.method == "POST" else None,
        initial={"reason": request.GET.get("reason", "")[:20]},
    )
    if request.method == "POST" and form.is_valid():
        outcome = do(row, form.cleaned_data)
        messages.success(request, done)
        return redirect(
            "certification:office_certificate",
            outcome.public_id if isinstance(outcome, Certificate) else public_id,
        )
    context = {"form": form, "certificate": row, **words(row)}
    return render(
        request,
        "certification/office/act.html",
        context,
        status=422 if request.method == "POST" else 200,
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handle_suspension(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Suspend a certificate."""
    return _act(
        request,
        public_id,
        right=grants.SUSPEND,
        form_class=forms.SuspendForm,
        do=lambda row, data: status_changes.suspend_certificate(
            actor=request.user, certificate=row, **data
        ),
        words=lambda row: {
            "title": _("Suspend %(number)s") % {"number": row.number},
            "consequence": _(
                "From now on every verification answers “suspended”, with the reason. This "
                "can be undone."
            ),
            "action_label": _("Suspend the certificate"),
            "danger": False,
        },
        done=_("Suspended. Verifications say so from now on."),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handle_reinstatement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make a suspended certificate valid again."""
    return _act(
        request,
        public_id,
        right=grants.SUSPEND,
        form_class=forms.ReinstateForm,
        do=lambda row, data: status_changes.reinstate_certificate(
            actor=request.user, certificate=row, **data
        ),
        words=lambda row: {
            "title": _("Make %(number)s valid again") % {"number": row.number},
            "consequence": _("From now on verifications answer as they did before the suspension."),
            "action_label": _("Make valid again"),
            "danger": False,
        },
        done=_("Valid again."),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handle_replacement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Issue a new certificate in place of another."""
    return _act(
        request,
        public_id,
        right=grants.ISSUE,
        form_class=forms.ReplaceForm,
        do=lambda row, data: status_changes.replace_certificate(
            actor=request.user, certificate=row, reason=data["reason"]
        ),
        words=lambda row: {
            "title": _("Replace %(number)s") % {"number": row.number},
            "consequence": _(
                "A new certificate is issued with a new number and the holder's current "
                "name. The old one answers “replaced”."
            ),
            "action_label": _("Issue the new certificate"),
            "danger": False,
        },
        done=_("The new certificate has been issued. The old one points to it."),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handle_revocation_request(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask for the revocation of a certificate."""
    return _act(
        request,
        public_id,
        right=grants.REQUEST_REVOCATION,
        form_class=forms.RevokeForm,
        do=lambda row, data: status_changes.request_revocation(
            actor=request.user, certificate=row, **data
        ),
        words=lambda row: {
            "title": _("Revoke %(number)s") % {"number": row.number},
            "consequence": _(
                "Your request goes to a second person. Once confirmed, it is final, and "
                "every verification gives the date and reason."
            ),
            "action_label": _("Request the revocation"),
            "danger": True,
        },
        done=_("Requested. Until a second person confirms it, the certificate doesn't change."),
    )


def _waiting(request: HttpRequest, row: Certificate) -> RevocationRequest:
    found = (
        row.revocation_requests.filter(state=RevocationState.WAITING)
        .select_related("requested_by")
        .first()
    )
    if found is None:
        raise DomainError(
            "nothing_waiting",
            _(
                "There is no longer a revocation waiting for this certificate. Reload the "
                "page and look again."
            ),
        )
    return found


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handle_revocation_confirmation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Confirm a revocation as the second person."""
    return _act(
        request,
        public_id,
        right=grants.CONFIRM_REVOCATION,
        form_class=forms.DecideForm,
        do=lambda row, _data: status_changes.confirm_revocation(
            actor=request.user, request=_waiting(request, row)
        ),
        words=lambda row: {
            "title": _("Confirm the revocation of %(number)s") % {"number": row.number},
            "consequence": _(
                "This is final. The certificate can't be made valid again. Every "
                "verification will answer “revoked”, with the date and reason."
            ),
            "detail": f"{reason_label(_waiting(request, row).reason)} · {_waiting(request, row).note}",
            "action_label": _("Revoke permanently"),
            "danger": True,
        },
        done=_("Revoked."),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handle_revocation_refusal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Refuse a revocation as the second person."""
    return _act(
        request,
        public_id,
        right=grants.CONFIRM_REVOCATION,
        form_class=forms.DecideForm,
        do=lambda row, data: status_changes.refuse_revocation(
            actor=request.user, request=_waiting(request, row), note=data["note"]
        ),
        words=lambda row: {
            "title": _("Turn down the revocation of %(number)s") % {"number": row.number},
            "consequence": _("The certificate doesn't change."),
            "detail": f"{reason_label(_waiting(request, row).reason)} · {_waiting(request, row).note}",
            "action_label": _("Turn the request down"),
            "danger": False,
        },
        done=_("Turned down. The certificate doesn't change."),
    )


@login_required
@require_POST
def print_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Try to print a held certificate again. It keeps its number."""
    row = _seen(request, public_id)
    require(request.user, grants.ISSUE, row)
    if row.of_paper:
        raise NotFound
    if row.source_kind == completion.SOURCE:
        completion.issue_for_completion(enrolment_public_id=row.source_key, actor=request.user)
    else:
        issue.print_certificate(actor=request.user, certificate=row)
    messages.success(request, _("Issued under the same number."))
    return redirect("certification:office_certificate", public_id)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def issue_batch(request: HttpRequest) -> HttpResponse:
    """List trainees who have passed and have no certificate yet, and issue for those chosen."""
    require_anywhere(request.user, grants.ISSUE, OrgUnit)
    org = permitted(request.user, grants.ISSUE, OrgUnit.objects.order_by("depth", "path")).first()
    if org is None:
        raise NotFound
    if request.method == "POST":
        job = completion.start_completion_batch(
            actor=request.user, org=org, enrolment_public_ids=request.POST.getlist("enrolment")
        )
        return redirect("certification:batch_job", job.public_id)
    page = Paginator(batches.list_eligible_enrolments(org), 200).get_page(request.GET.get("page"))
    context = {
        "org": org,
        "page_obj": page,
        "rows": batches.describe_eligible_enrolments(page),
        "before_the_end": courses.passed_before_the_end(org.path),
        "template": queries.find_certificate_template("PX", org),
        "jobs": batches.list_issuing_batches(request.user)[:10],
    }
    return render(request, "certification/office/issue.html", context)


def _job(request: HttpRequest, public_id: UUID) -> Job:
    job = batches.list_issuing_batches(request.user).filter(public_id=public_id).first()
    if job is None:
        raise NotFound
    return job


@login_required
@never_cache
@require_safe
def batch_job(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the progress of the user's own batch, with what is issued, what stopped and why."""
    job = _job(request, public_id)
    report = batches.build_batch_report(job)
    template = (
        "certification/office/batch_live.html"
        if request.headers.get("HX-Request")
        else "certification/office/batch.html"
    )
    parts = [
        ("ok", report.progress.done, _("Issued")),
        ("info", report.running, _("In progress")),
        ("", report.waiting, _("Waiting")),
        ("bad", report.progress.failed, _("Stopped")),
    ]
    context = {
        "job": job,
        "report": report,
        "put_off": report.put_off,
        "parts": parts,
        "sample": report.sample,
        "template": report.sample.template if report.sample else None,
    }
    response = render(request, template, context)
    if request.headers.get("HX-Request") and job.state == JobState.FINISHED:
        response["HX-Refresh"] = "true"  # the heading stands outside the live part
    return response


@login_required
@never_cache
@require_safe
def batch_report(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Return the batch line by line as a workbook.

    A line has the number, how it was printed and signed, its place in the register, and why it
    stopped.
    """
    job = _job(request, public_id)
    ways = {"class": _("by layout class"), "full": _("on its own")}
    headings = [
        pgettext("order", "No."),
        pgettext("person", "Name"),
        pgettext("certificate", "Number"),
        _("State"),
        _("Printed"),
        _("Signature"),
        _("Place in the register"),
        _("Why it stopped"),
    ]
    rows = [
        (
            row.position,
            row.name,
            row.number,
            row.state,
            ways.get(row.printed_by, ""),
            f"PAdES B-{row.level}" if row.level else "",
            "" if row.place is None else row.place,
            row.sentence,
        )
        for row in batches.list_batch_report_rows(job)
    ]
    data = sheets.write_workbook(
        headings, rows, title=str(_("Issuing report")), widths=[8, 16, 28, 14, 14, 14, 16, 60]
    )
    name = f"issuing-{job.created_at:%Y%m%d-%H%M}.xlsx"
    return HttpResponse(
        data,
        content_type=sheets.XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@login_required
@never_cache
@require_safe
def page_picture(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Return the first page of a certificate as a picture, for those who may see it in the office."""
    row = _seen(request, public_id)
    if not row.pdf:
        raise NotFound
    with row.pdf.open("rb") as file:
        data = file.read()
    try:
        return HttpResponse(render_png_preview(data, width=900), content_type="image/png")
    except ValueError as error:
        raise DamagedFile(
            "damaged_file",
            _(
                "The stored file is damaged, so we can't offer it for download. Tell your "
                "union, which can make it again."
            ),
        ) from error


@login_required
@require_POST
def batch_control(request: HttpRequest, public_id: UUID, act: str) -> HttpResponse:
    """Pause or resume a batch, or retry its stopped lines."""
    job = _job(request, public_id)
    match act:
        case "pause":
            jobs.workflows.pause_job(actor=request.user, job=job)
        case "resume":
            jobs.workflows.resume_job(actor=request.user, job=job)
        case "retry":
            jobs.workflows.retry_failed_items(actor=request.user, job=job)
        case _:
            raise NotFound
    return redirect("certification:batch_job", public_id)
