"""An employer's watch-list, and what holders can do about being watched.

Entries are listed, added by number and name, renewed, moved to a successor, removed, and exported
as CSV.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from access.checks import missing_right_error
from audit.context import client_address
from certification import workbooks
from certification.enums import VerificationAnswer
from certification.forms.watching import AnswerForm, ObjectionForm, WatchForm
from certification.grants import WATCH
from certification.models import Watch
from certification.queries import watching as queries
from certification.rules import wording
from certification.rules.watching import OBJECTION_DAYS, RENEW_WITHIN_DAYS
from certification.views.answers import describe_answer, handle_too_often
from certification.views.origin import origin_tag, set_origin_tone
from certification.workflows import watching as workflows
from core import clock
from core.actors import Actor
from core.errors import InvalidInput, NotFound
from core.text import mask_name
from org.models import Employer
from people.queries import person_of

ACTS = ("renew", "follow", "remove", "keep")
ASKED = ("remove", "keep")  # asked on a page of their own first


def _employers(user: Actor) -> dict[str, Employer]:
    found = {str(one.public_id): one for one in queries.list_watching_employers(user)[:20]}
    if not found:
        raise missing_right_error(WATCH)
    return found


def _chosen(request: HttpRequest, employers: dict[str, Employer]) -> Employer:
    wanted = request.GET.get("employer", "")
    if wanted and wanted not in employers:
        raise NotFound
    return employers[wanted or next(iter(employers))]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@handle_too_often
def watch_list(request: HttpRequest) -> HttpResponse:
    """Show the entries with their answer of today, and add one by number and name."""
    employers = _employers(request.user)
    employer = _chosen(request, employers)
    choices = [(key, one.name) for key, one in employers.items()]
    form = WatchForm(
        request.POST if request.method == "POST" else None,
        employers=choices,
        initial={"employer": str(employer.public_id)},
    )
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made = workflows.watch_by_number_and_name(
                actor=request.user,
                employer=employers[typed["employer"]],
                number=typed["number"],
                name=typed["name"],
                address=client_address(request),
            )
        except InvalidInput as error:
            form.add_error("name", str(error.message))
        else:
            messages.success(
                request, _("On the watch-list until %(day)s.") % {"day": made.ends_on.isoformat()}
            )
            return redirect(f"{request.path}?employer={made.employer.public_id}")
    page = Paginator(queries.list_employer_watches(employer), 50).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "employer": employer,
        "employers": list(employers.values()),
        "page_obj": page,
        "shown": [_shown(row) for row in page],
        "watches": True,
    }
    return render(
        request,
        "certification/verify/watch_list.html",
        context,
        status=422 if request.method == "POST" else 200,
    )


def _shown(watch: Watch) -> dict[str, Any]:
    today = clock.today()
    certificate = watch.certificate
    verdict = queries.judge_watched_certificate(watch, today=today)
    return {
        "watch": watch,
        "certificate": certificate,
        "holder": mask_name(certificate.holder_name),
        "trade": wording.format_trade(certificate.occupation_name, certificate.level)
        or certificate.title,
        "said": set_origin_tone(describe_answer(verdict), certificate.provenance),
        "origin": origin_tag(certificate.provenance),
        "label": verdict.answer.label,
        "replaced": verdict.answer == VerificationAnswer.SUPERSEDED,
        "renewable": (watch.ends_on - today).days <= RENEW_WITHIN_DAYS,
    }


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_watch_entry(request: HttpRequest, public_id: UUID, act: str) -> HttpResponse:
    """Renew an entry, replace it by its successor, remove it, or answer the holder's objection.

    Removing and answering have a page of their own first.
    """
    watch = queries.find_employer_watch(request.user, public_id)
    if watch is None or act not in ACTS or (request.method != "POST" and act not in ASKED):
        raise NotFound
    if act == "keep":
        return _keep(request, watch)
    if request.method != "POST":
        return render(request, "certification/verify/watch_remove.html", _shown(watch))
    match act:
        case "renew":
            day = workflows.renew_watch(actor=request.user, watch=watch).ends_on.isoformat()
            messages.success(request, _("On the watch-list until %(day)s.") % {"day": day})
        case "follow":
            workflows.watch_successor(actor=request.user, watch=watch)
            messages.success(
                request, _("The new certificate is now watched in place of the old one.")
            )
        case _:
            workflows.remove_watch(actor=request.user, watch=watch)
            messages.success(
                request, _("Removed from the watch-list. You won't be notified about it any more.")
            )
    response = redirect("certification:watch_list")
    response["Location"] += f"?employer={watch.employer.public_id}"
    return response


def _keep(request: HttpRequest, watch: Watch) -> HttpResponse:
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            workflows.keep_watch(
                actor=request.user, watch=watch, answer=form.cleaned_data["answer"]
            )
        except InvalidInput as error:
            form.add_error("answer", str(error.message))
        else:
            messages.success(
                request, _("Answered. The holder will read your reason, and the entry stays.")
            )
            response = redirect("certification:watch_list")
            response["Location"] += f"?employer={watch.employer.public_id}"
            return response
    context = _shown(watch) | {"form": form}
    return render(
        request,
        "certification/verify/watch_keep.html",
        context,
        status=422 if request.method == "POST" else 200,
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def handle_own_watcher(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let holders end an employer's watching, object to it, or allow again what they ended.
    Entries of others answer 404.
    """
    watch = queries.find_own_watch(person_of(request.user), public_id)
    if watch is None:
        raise NotFound
    ended, employed = (
        queries.list_refused_watches().filter(pk=watch.pk).exists(),
        queries.is_holder_employed(watch),
    )
    form = (
        ObjectionForm(request.POST if request.method == "POST" else None)
        if employed and not ended
        else None
    )
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            done = _say(request, watch, ended=ended, form=form)
        except InvalidInput as error:
            if form is None:
                raise
            form.add_error("reason", str(error.message))
        else:
            messages.success(request, done)
            response = redirect("certification:certificate", watch.certificate.public_id)
            response["Location"] += "#watchers"
            return response
    context = {
        "watch": watch,
        "certificate": watch.certificate,
        "ended": ended,
        "form": form,
        "days": OBJECTION_DAYS,
    }
    return render(
        request,
        "certification/wallet/watched.html",
        context,
        status=422 if request.method == "POST" else 200,
    )


def _say(request: HttpRequest, watch: Watch, *, ended: bool, form: ObjectionForm | None) -> str:
    if ended:
        workflows.allow_watch_again(actor=request.user, watch=watch)
        return _("The employer can watch your certificate again if it enters it once more.")
    if form is not None:
        due = workflows.object_to_watch(
            actor=request.user, watch=watch, reason=form.cleaned_data["reason"]
        ).answer_due_on
        return _(
            "The employer has been notified. Without an answer by %(day)s, the watch ends."
        ) % {"day": due.isoformat() if due else ""}
    workflows.end_watch_by_holder(actor=request.user, watch=watch)
    return _(
        "Ended. The employer has been notified and can't enter the certificate again unless "
        "you allow it."
    )


@login_required
@require_safe
def export_watch_list(request: HttpRequest) -> HttpResponse:
    """Return the whole list as CSV, with the answers of today."""
    employer = _chosen(request, _employers(request.user))
    headings = [
        _("Certificate number"),
        _("Holder"),
        _("Trade and level"),
        pgettext("verification", "Answer"),
        _("Explanation"),
        _("Where the record comes from"),
        _("Watched since"),
        _("Watched until"),
    ]
    rows = [
        [
            one["certificate"].number,
            one["holder"],
            one["trade"],
            str(one["label"]),
            one["said"].meaning,
            str(one["certificate"].get_provenance_display()),
            one["watch"].added_on.isoformat(),
            one["watch"].ends_on.isoformat(),
        ]
        for one in map(_shown, queries.list_employer_watches(employer))
    ]
    return HttpResponse(
        workbooks.write_csv(headings, rows),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="watch-list-{clock.today().isoformat()}.csv"'
        },
    )
