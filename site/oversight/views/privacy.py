"""The data protection officer's desk, with the inventory, requests, the notice and retention
rules.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import audit
from access.checks import require_anywhere
from access.models import WholeSite
from core import clock, personal, sheets
from core.errors import DomainError, InvalidInput, NotFound
from core.text import mask_number
from oversight.forms.privacy import PolicyForm, PrivacyReasonForm, RuleForm
from oversight.privacy_grants import HANDLE_REQUEST, SET_RETENTION, VIEW_INVENTORY
from oversight.queries import privacy_desk
from oversight.queries.privacy_data import list_personal_fields as inventory_rows
from oversight.queries.privacy_sample import SAMPLE_EN, SAMPLE_ZH
from oversight.views.mydata import evidence_response
from oversight.workflows import privacy_policy, privacy_requests, privacy_retention
from people.login.recent import recent_sign_in_required
from people.models import PolicyVersion, PrivacyRequest, RetentionRule
from people.privacy_enums import OPEN_STATES, CorrectedField, PolicyState, PrivacyRequestKind

View = Callable[..., HttpResponse]
COLUMNS = (
    "table",
    "field",
    "category",
    "sensitive",
    "purpose",
    "basis",
    "keeping",
    "seen",
    "erase",
    "export",
)


def _desk(codename: str) -> Callable[[View], View]:
    """Admit only those who hold *codename* for the whole site."""

    def decorate(view: View) -> View:
        @never_cache
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require_anywhere(request.user, codename, WholeSite)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


# ---- inventory ----


def _headings() -> list[str]:
    return [
        _("Table"),
        _("Field"),
        _("Kind"),
        _("Sensitive"),
        _("Purpose"),
        _("Legal basis"),
        _("Retention period"),
        _("Who can see it"),
        _("At deletion"),
        _("Included in the person's copy"),
    ]


@require_safe
@_desk(VIEW_INVENTORY)
def data_inventory(request: HttpRequest) -> HttpResponse:
    """Show what is held about people, app by app."""
    apps = list(inventory_rows())
    numbers = {
        "fields": sum(len(rows) for _app, _name, rows in apps),
        "sensitive": sum(1 for _app, _name, rows in apps for row in rows if row["sensitive"]),
    }
    return render(request, "oversight/privacy/inventory.html", {"apps": apps, "numbers": numbers})


@require_safe
@_desk(VIEW_INVENTORY)
def inventory_sheet(request: HttpRequest) -> HttpResponse:
    """Download the inventory as a spreadsheet."""
    rows = [
        (name, *(row[key] for key in COLUMNS))
        for _app, name, rows in inventory_rows()
        for row in rows
    ]
    return _xlsx(
        sheets.write_workbook([_("Area of the site"), *_headings()], rows, widths=[14] + [20] * 10),
        "craftpath-personal-data.xlsx",
    )


@require_safe
@_desk(VIEW_INVENTORY)
def impact_assessment(request: HttpRequest) -> HttpResponse:
    """Show the impact assessment for printing, with purposes, data, risks and measures from the
    inventory.
    """
    purposes: dict[str, dict[str, Any]] = {}
    for holding in personal.list_holdings():
        for field in holding.fields.values():
            entry = purposes.setdefault(
                field.purpose,
                {
                    "label": field.purpose.label,
                    "kinds": set(),
                    "bases": set(),
                    "sensitive": False,
                    "public": False,
                    "fields": 0,
                },
            )
            entry["kinds"].add(str(field.category.label))
            entry["bases"].add(str(field.basis.label))
            entry["sensitive"] |= field.sensitive
            entry["public"] |= field.seen_by == personal.Seen.PUBLIC
            entry["fields"] += 1
    with transaction.atomic():
        audit.record(
            "privacy.assessment_exported",
            actor=request.user,
            target=WholeSite.get(),
            after={"purposes": len(purposes)},
        )
    context = {
        "purposes": purposes.values(),
        "today": clock.today(),
        "keepings": personal.list_keepings(),
    }
    return render(request, "oversight/privacy/assessment.html", context)


# ---- requests ----


@require_safe
@_desk(HANDLE_REQUEST)
def request_list(request: HttpRequest) -> HttpResponse:
    """List requests, the most urgent first, with the numbers of the year."""
    state, kind = request.GET.get("state", "open"), request.GET.get("kind", "")
    page = Paginator(privacy_desk.list_privacy_requests(state, kind), 30).get_page(
        request.GET.get("page")
    )
    year = clock.today().year
    context = {
        "page_obj": page,
        "state": "closed" if state == "closed" else "open",
        "kind": kind if kind in PrivacyRequestKind.values else "",
        "kinds": PrivacyRequestKind.choices,
        "report": privacy_desk.count_request_answers(year),
        "year": year,
        "today": clock.today(),
    }
    return render(request, "oversight/privacy/requests.html", context)


@require_safe
@_desk(HANDLE_REQUEST)
def requests_sheet(request: HttpRequest) -> HttpResponse:
    """Download all requests without names, with their kinds, days and states."""
    rows = [
        (
            row.get_kind_display(),
            row.get_field_display() if row.field else "",
            timezone.localdate(row.created_at),
            row.due_on,
            row.get_state_display(),
            timezone.localdate(row.decided_at) if row.decided_at else "",
        )
        for row in PrivacyRequest.objects.order_by("pk").iterator(chunk_size=500)
    ]
    headings = [_("Kind"), _("Field"), _("Submitted on"), _("Due"), _("State"), _("Answered")]
    return _xlsx(
        sheets.write_workbook(headings, rows, widths=[14, 16, 14, 14, 18, 14]),
        "craftpath-privacy-requests.xlsx",
    )


def _row(public_id: UUID) -> PrivacyRequest:
    row = (
        PrivacyRequest.objects.select_related("person__user", "prepared_by", "decided_by")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotFound
    return row


@require_safe
@_desk(HANDLE_REQUEST)
def request_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one request and offer what can be done now."""
    return _detail(request, _row(public_id), PrivacyReasonForm())


def _detail(
    request: HttpRequest, row: PrivacyRequest, form: PrivacyReasonForm, status: int = 200
) -> HttpResponse:
    privacy_requests.note_request_opened(actor=request.user, request=row)
    wanted = row.wanted()
    is_open = row.state in OPEN_STATES
    erasure = row.kind == PrivacyRequestKind.ERASURE
    context = {
        "row": row,
        "form": form,
        "is_open": is_open,
        "wanted": mask_number(wanted)
        if row.field == CorrectedField.ID_NUMBER and not is_open
        else wanted,
        "now": _present(row),
        "blockers": personal.erasure_blockers(row.person) if erasure and is_open else [],
        "stays": personal.kept_on_erasure(row.person) if erasure and is_open else [],
        "ripe": clock.today() >= row.ripe_on,
        "own": request.user.pk in (row.asked_by_id, row.person.user_id),
        "prepared_by_me": row.prepared_by_id == request.user.pk,
        "today": clock.today(),
    }
    return render(request, "oversight/privacy/request.html", context, status=status)


def _present(row: PrivacyRequest) -> str:
    """Return what is recorded now for the field, an identity number masked."""
    person = row.person
    if row.field == CorrectedField.ID_NUMBER:
        document = person.identity_documents.order_by("pk").first()
        return "*" * 14 + document.tail if document else ""
    if row.field == CorrectedField.SEX:
        return str(person.get_sex_display())
    shown: dict[str, str] = {
        CorrectedField.NAME: person.name,
        CorrectedField.BIRTH: person.birth.isoformat() if person.birth else "",
        CorrectedField.MOBILE: person.mobile,
    }
    return shown.get(row.field, "")


@require_safe
@_desk(HANDLE_REQUEST)
def request_evidence(request: HttpRequest, public_id: UUID) -> Any:
    """Download the proof. The look is recorded."""
    row = _row(public_id)
    privacy_requests.note_request_opened(actor=request.user, request=row)
    return evidence_response(row)


@require_POST
@_desk(HANDLE_REQUEST)
def request_decide(request: HttpRequest, public_id: UUID, act: str) -> HttpResponse:
    """Accept a correction, refuse any request, or return a prepared deletion, each with a reason."""
    row, form = _row(public_id), PrivacyReasonForm(request.POST)
    acts: dict[str, Callable[..., Any]] = {
        "accept": privacy_requests.accept_correction,
        "refuse": privacy_requests.refuse_privacy_request,
        "give-back": privacy_requests.return_prepared_erasure,
    }
    if act not in acts:
        raise NotFound
    if not form.is_valid():
        return _detail(request, row, form, 422)
    try:
        done = acts[act](actor=request.user, request=row, reason=form.cleaned_data["reason"])
    except InvalidInput as error:
        for name, sentence in (error.fields or {"reason": error.message}).items():
            form.add_error("reason" if name in ("reason", None) else None, str(sentence))
        return _detail(request, _row(public_id), form, 422)
    messages.success(request, _("Done. The person can read your answer under “My data”."))
    for sentence in done[1] if isinstance(done, tuple) else ():
        messages.warning(request, sentence)
    return redirect("oversight:privacy_request", public_id)


@require_POST
@_desk(HANDLE_REQUEST)
def erasure_prepare(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Prepare a deletion for a second officer."""
    privacy_requests.prepare_erasure(actor=request.user, request=_row(public_id))
    messages.success(request, _("Prepared. Another data protection officer must carry it out."))
    return redirect("oversight:privacy_request", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@_desk(HANDLE_REQUEST)
@recent_sign_in_required
def erasure_execute(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Confirm and carry out a prepared deletion."""
    row = _row(public_id)
    if request.method == "POST":
        privacy_requests.execute_erasure(actor=request.user, request=row)
        messages.success(
            request, _("The person has been erased. The answer to the person lists what is kept.")
        )
        return redirect("oversight:privacy_request", public_id)
    return render(request, "oversight/privacy/execute.html", {"row": row})


# ---- the notice ----


@require_http_methods(["GET", "HEAD", "POST"])
@_desk(HANDLE_REQUEST)
def policy_edit(request: HttpRequest) -> HttpResponse:
    """Show the versions of the notice, and edit the draft of the next one."""
    versions = list(
        PolicyVersion.objects.select_related("published_by", "prepared_by").order_by("-number")
    )
    draft = next((one for one in versions if one.state == PolicyState.DRAFT), None)
    current = next((one for one in versions if one.state == PolicyState.PUBLISHED), None)
    start = draft or current
    initial = (
        {"text_zh": start.text_zh, "text_en": start.text_en}
        if start
        else {"text_zh": SAMPLE_ZH, "text_en": SAMPLE_EN}
    )
    form = PolicyForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            privacy_policy.save_draft(actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            for name, sentence in error.fields.items():
                form.add_error(name, str(sentence))
        else:
            messages.success(
                request, _("The draft has been saved. No one sees it before it is published.")
            )
            return redirect("oversight:privacy_policy")
    context = {"versions": versions, "draft": draft, "current": current, "form": form}
    return render(
        request, "oversight/privacy/policy.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@_desk(HANDLE_REQUEST)
def policy_publish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Confirm and publish the draft."""
    draft = PolicyVersion.objects.filter(public_id=public_id).first()
    if draft is None:
        raise NotFound
    if request.method == "POST":
        privacy_policy.publish_policy(actor=request.user, policy=draft)
        messages.success(
            request, _("The notice is in force. Everyone sees it at their next sign-in.")
        )
        return redirect("oversight:privacy_policy")
    return render(request, "oversight/privacy/policy_publish.html", {"draft": draft})


# ---- retention ----


@require_safe
@_desk(SET_RETENTION)
def retention_list(request: HttpRequest) -> HttpResponse:
    """List every kind of data with its rule and how much is due."""
    return render(
        request,
        "oversight/privacy/retention.html",
        {"rows": privacy_desk.rule_rows(privacy_retention.cutoff_of)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@_desk(SET_RETENTION)
def retention_kind(request: HttpRequest, key: str) -> HttpResponse:
    """Show one kind of data with what is due (a dry run), its rules and its runs, and propose a
    rule.
    """
    row = next(
        (
            one
            for one in privacy_desk.rule_rows(privacy_retention.cutoff_of)
            if one.keeping.key == key
        ),
        None,
    )
    if row is None or not row.keeping.can_sweep:
        raise NotFound
    form = RuleForm(
        request.POST if request.method == "POST" else None,
        initial={"months": row.keeping.months, "valid_from": clock.today()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            privacy_retention.propose_rule(actor=request.user, key=key, **form.cleaned_data)
        except InvalidInput as error:
            for name, sentence in error.fields.items():
                form.add_error(name, str(sentence))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                _("Proposed. Nothing is deleted until a second person puts the rule in force."),
            )
            return redirect("oversight:retention_kind", key)
    due = row.keeping.due(row.cutoff) if row.keeping.due and row.cutoff else []
    context = {
        "row": row,
        "form": form,
        "due": [row.keeping.shown(one) for one in due[:50]],
        "rules": RetentionRule.objects.filter(key=key)
        .select_related("proposed_by", "confirmed_by")
        .order_by("-version"),
        "mine": row.proposed is not None and row.proposed.proposed_by_id == request.user.pk,
        "reason_form": PrivacyReasonForm(),
    }
    return render(
        request,
        "oversight/privacy/retention_kind.html",
        context,
        status=422 if form.errors else 200,
    )


@require_POST
@_desk(SET_RETENTION)
def retention_act(request: HttpRequest, public_id: UUID, act: str) -> HttpResponse:
    """Put a rule in force, refuse it, or switch it off."""
    rule = RetentionRule.objects.filter(public_id=public_id).first()
    if rule is None:
        raise NotFound
    if act == "confirm":
        privacy_retention.confirm_rule(actor=request.user, rule=rule)
        messages.success(
            request, _("The rule is in force. From its start date, data is deleted every night.")
        )
    elif act == "refuse":
        privacy_retention.refuse_rule(
            actor=request.user, rule=rule, reason=request.POST.get("reason", "")
        )
        messages.success(request, _("The proposal was rejected. Nothing is deleted."))
    elif act == "off":
        privacy_retention.switch_off_rule(
            actor=request.user, rule=rule, reason=request.POST.get("reason", "")
        )
        messages.success(
            request, _("The rule has been turned off. Nothing more is deleted under it.")
        )
    else:
        raise NotFound
    return redirect("oversight:retention_kind", rule.key)


def _xlsx(data: bytes, filename: str) -> HttpResponse:
    return HttpResponse(
        data,
        content_type=sheets.XLSX,
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
