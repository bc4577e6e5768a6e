"""My data, with what is held about me, my choices and my requests.

Everything is found through the account, so another person's identifier answers 404.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import audit
from core import clock, personal
from core.errors import DomainError, InvalidInput, NotFound
from oversight import notice as notices
from oversight.forms.mydata import DataCorrectionForm, NoticeForm, SureForm
from oversight.queries.privacy_data import held_about, looks_at_number
from oversight.workflows import privacy_export, privacy_requests
from people.login.recent import recent_sign_in_required
from people.models import DataExport, IdentityDocument, Person, PrivacyRequest
from people.privacy_enums import (
    CONSENT_WORDS,
    OPEN_STATES,
    ConsentChannel,
    ConsentPurpose,
    DataExportState,
    PrivacyRequestKind,
)
from people.privacy_queries import (
    consents_of,
    current_policy,
    list_data_exports,
    notice_due,
    requests_of,
)
from people.queries import person_of
from people.workflows import privacy as choices

HOME = "oversight:my_data"


def _person(request: HttpRequest) -> Person:
    person = person_of(request.user)
    if person is None:
        raise NotFound(
            "no_person",
            _(
                "This account isn't linked to a person's record, so there is nothing here. "
                "Ask your union to link it."
            ),
        )
    return person


def list_offered_purposes() -> list[str]:
    """Return the purposes that people are asked about, which are those that something on this site
    uses.
    """
    return [purpose for purpose in ConsentPurpose.values if purpose in personal.consents_used()]


@require_safe
@never_cache
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    """Show all that is held, the choices made, requests and copies."""
    person = _person(request)
    asked = list(requests_of(person)[:20])
    copies = [one for one in list_data_exports(person)[:5] if one.state != DataExportState.DELETED]
    consents = list(consents_of(person))
    held = {row.purpose: row for row in consents if row.withdrawn_at is None}
    rows = [
        {
            "purpose": purpose,
            "label": ConsentPurpose(purpose).label,
            "means": CONSENT_WORDS[ConsentPurpose(purpose)][0],
            "ends": CONSENT_WORDS[ConsentPurpose(purpose)][1],
            "row": held.get(purpose),
        }
        for purpose in ConsentPurpose.values
        if purpose in held or purpose in personal.consents_used()
    ]
    context = {
        "person": person,
        "groups": held_about(person),
        "looks": looks_at_number(person),
        "consents": rows,
        "history": [row for row in consents if row.withdrawn_at],
        "asked": asked,
        "erasure": next(
            (
                one
                for one in asked
                if one.kind == PrivacyRequestKind.ERASURE and one.state in OPEN_STATES
            ),
            None,
        ),
        "copies": [
            {"row": one, "available": privacy_export.is_copy_available(one)} for one in copies
        ],
        "policy": current_policy(),
        "has_number": IdentityDocument.objects.filter(person=person).exists(),
    }
    return render(request, "oversight/mydata/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def my_notice(request: HttpRequest) -> HttpResponse:
    """Show the notice in force and offer the choices. Only reading is required, and agreeing is
    voluntary.
    """
    policy, person = current_policy(), person_of(request.user)
    due = notice_due(request.user)
    held = (
        {row.purpose for row in consents_of(person) if row.withdrawn_at is None}
        if person
        else set()
    )
    purposes = (
        [purpose for purpose in list_offered_purposes() if purpose not in held] if person else []
    )
    form = NoticeForm(request.POST if request.method == "POST" else None, purposes=purposes)
    target = _next(request)
    if request.method == "POST" and policy is not None and form.is_valid():
        with transaction.atomic():
            if str(policy.public_id) != request.POST.get("version"):
                raise DomainError(
                    "notice_replaced",
                    _(
                        "There is a newer version of this notice. Reload the page and read "
                        "that version."
                    ),
                )
            choices.record_notice_read(
                actor=request.user,
                version=policy,
                channel=ConsentChannel.SIGN_IN if due else ConsentChannel.MY_DATA,
            )
            for purpose in purposes:
                if form.cleaned_data[purpose] and person is not None:
                    choices.give_consent(
                        actor=request.user,
                        person=person,
                        purpose=purpose,
                        channel=ConsentChannel.SIGN_IN if due else ConsentChannel.MY_DATA,
                    )
        request.session.pop(notices.DUE, None)
        return redirect(target)
    text = (
        ""
        if policy is None
        else policy.text_en
        if (get_language() or "").startswith("en")
        else policy.text_zh
    )
    context = {"policy": policy, "blocks": _blocks(text), "form": form, "due": due, "next": target}
    return render(
        request, "oversight/mydata/notice.html", context, status=422 if form.errors else 200
    )


def _blocks(text: str) -> list[tuple[str, str]]:
    """Return the notice as pairs of (h2 or p, words).

    The only marks are # and empty lines, so nothing in the text can become markup.
    """
    blocks: list[tuple[str, str]] = []
    for part in (block.strip() for block in text.replace("\r\n", "\n").split("\n\n")):
        first, _newline, rest = part.partition("\n")
        if first.startswith("#"):
            blocks.append(("h2", first.lstrip("# ")))
            part = rest.strip()
        if part:
            blocks.append(("p", part))
    return blocks


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if target and allowed else "/me/"


@require_POST
@login_required
def my_consent(request: HttpRequest, purpose: str, act: str) -> HttpResponse:
    """Give or withdraw one consent."""
    person = _person(request)
    if purpose not in ConsentPurpose.values:
        raise NotFound
    if act == "give":
        if purpose not in personal.consents_used():
            raise NotFound
        choices.give_consent(actor=request.user, person=person, purpose=purpose)
        messages.success(
            request, _("Your consent has been recorded. You can withdraw it here at any time.")
        )
    else:
        choices.withdraw_consent(actor=request.user, person=person, purpose=purpose)
        messages.success(request, _("Your consent has been withdrawn with immediate effect."))
    return redirect(f"{_home()}#choices")


def _home() -> str:
    return reverse(HOME)


@require_safe
@never_cache
@login_required
@recent_sign_in_required
def own_number(request: HttpRequest) -> HttpResponse:
    """Show the person's own identity numbers in full. The look is recorded like anybody else's."""
    person = _person(request)
    with transaction.atomic():
        rows = [
            (row.get_kind_display(), row.number())
            for row in IdentityDocument.objects.filter(person=person).order_by("pk")
        ]
        if rows:
            audit.record(
                "privacy.own_number_seen",
                actor=request.user,
                target=person,
                reason=_("viewed by the person concerned"),
            )
    return render(request, "oversight/mydata/number.html", {"rows": rows})


@require_POST
@login_required
@recent_sign_in_required
def export_new(request: HttpRequest) -> HttpResponse:
    """Ask for a copy of the person's own data."""
    privacy_export.request_data_copy(actor=request.user, person=_person(request))
    messages.success(
        request,
        _(
            "Your copy is being created. It will appear here in a moment and is kept for "
            "seven days."
        ),
    )
    return redirect(f"{_home()}#copies")


def _own_export(request: HttpRequest, public_id: UUID) -> DataExport:
    export = list_data_exports(_person(request)).filter(public_id=public_id).first()
    if export is None:
        raise NotFound
    return export


@require_safe
@never_cache
@login_required
@recent_sign_in_required
def my_export_file(request: HttpRequest, public_id: UUID) -> Any:
    """Download the copy, as its owner only."""
    export = privacy_export.note_copy_taken(
        actor=request.user, export=_own_export(request, public_id)
    )
    name = f"craftpath-my-data-{timezone.localdate(export.ready_at):%Y%m%d}.zip"
    return FileResponse(
        export.file.open("rb"), as_attachment=True, filename=name, content_type="application/zip"
    )


@require_POST
@login_required
def export_delete(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Delete the copy before its time is over."""
    privacy_export.delete_export(actor=request.user, export=_own_export(request, public_id))
    messages.success(request, _("The copy has been deleted."))
    return redirect(f"{_home()}#copies")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def my_correction(request: HttpRequest) -> HttpResponse:
    """Ask for a correction. If something is wrong with it, what was typed stays on the page."""
    person = _person(request)
    form = DataCorrectionForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={"field": request.GET.get("field", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = privacy_requests.request_data_correction(
                actor=request.user, person=person, **form.cleaned_data
            )
        except InvalidInput as error:
            _add(form, error)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                _("Your request has been submitted. You will get an answer by %(day)s.")
                % {"day": made.due_on.isoformat()},
            )
            return redirect("oversight:my_request", made.public_id)
    return render(
        request,
        "oversight/mydata/correction.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


def _add(form: Any, error: InvalidInput) -> None:
    for name, sentence in (error.fields or {"": error.message}).items():
        form.add_error(name if name in form.fields else None, str(sentence))


@require_safe
@login_required
def my_erasure(request: HttpRequest) -> HttpResponse:
    """Explain what deletion means for this person.

    The page says what is deleted, what stays and why, and what stands in the way. It changes
    nothing.
    """
    person = _person(request)
    return render(request, "oversight/mydata/erasure.html", _erasure_words(person))


def _erasure_words(person: Person) -> dict[str, Any]:
    goes = sorted(
        {
            str(field.category.label)
            for holding in personal.list_holdings()
            for field in holding.fields.values()
            if (holding.delete_rows or field.on_erase != personal.OnErase.KEEP) and field.export
        }
    )
    return {
        "person": person,
        "goes": goes,
        "stays": personal.kept_on_erasure(person),
        "blockers": personal.erasure_blockers(person),
        "open_request": requests_of(person)
        .filter(kind=PrivacyRequestKind.ERASURE, state__in=OPEN_STATES)
        .first(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@recent_sign_in_required
def erasure_confirm(request: HttpRequest) -> HttpResponse:
    """Confirm the deletion with a tick and a button. The person then has seven days to think it
    over.
    """
    person = _person(request)
    words = _erasure_words(person)
    if words["open_request"] is not None:
        return redirect("oversight:my_request", words["open_request"].public_id)
    if words["blockers"]:
        return redirect("oversight:erasure")
    form = SureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = privacy_requests.request_data_erasure(actor=request.user, person=person)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("oversight:my_request", made.public_id)
    return render(
        request,
        "oversight/mydata/erasure_confirm.html",
        {**words, "form": form},
        status=422 if form.errors else 200,
    )


def _own_request(request: HttpRequest, public_id: UUID) -> PrivacyRequest:
    row = requests_of(_person(request)).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


@require_safe
@never_cache
@login_required
def my_request(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one of the person's own requests, with its state, its due date and the answer."""
    row = _own_request(request, public_id)
    return render(
        request,
        "oversight/mydata/request.html",
        {"row": row, "wanted": row.wanted(), "today": clock.today()},
    )


@require_POST
@login_required
def withdraw_request(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Withdraw one of the person's own requests."""
    privacy_requests.withdraw_privacy_request(
        actor=request.user, request=_own_request(request, public_id)
    )
    messages.success(request, _("Your request has been withdrawn. Nothing was changed."))
    return redirect("oversight:my_request", public_id)


@require_safe
@never_cache
@login_required
def my_evidence(request: HttpRequest, public_id: UUID) -> FileResponse:
    """Return the proof to the person who sent it."""
    return evidence_response(_own_request(request, public_id))


def evidence_response(row: PrivacyRequest) -> FileResponse:
    """Return the proof as a download. It is never shown inside our pages, whatever type it claims
    to be.
    """
    if not row.evidence:
        raise NotFound
    name = f"proof-{row.public_id}.{str(row.evidence.name).rsplit('.', 1)[-1]}"
    return FileResponse(
        row.evidence.open("rb"),
        as_attachment=True,
        filename=name,
        content_type="application/octet-stream",
    )
