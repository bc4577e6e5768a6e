"""Filings of unions as assessment bodies, and the days they are valid."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from access.checks import require_anywhere
from access.queries import permitted
from certification.forms.body import EndFilingForm, FilingForm
from certification.grants import MANAGE_BODIES
from certification.models import AssessmentBody
from certification.workflows.body import end_filing, record_filing
from core import clock
from core.errors import NotFound
from org.models import OrgUnit


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def list_assessment_bodies(request: HttpRequest) -> HttpResponse:
    """List the filings of the unions the user may manage, and record a new one."""
    require_anywhere(request.user, MANAGE_BODIES, OrgUnit)
    unions = permitted(request.user, MANAGE_BODIES, OrgUnit.objects.order_by("path"))
    form = FilingForm(request.POST or None, unions=unions, initial={"valid_from": clock.today()})
    if request.method == "POST" and form.is_valid():
        record_filing(actor=request.user, **form.cleaned_data)
        messages.success(
            request,
            _(
                "Recorded. Skill level certificates issued there from that day get "
                "22-character numbers."
            ),
        )
        return redirect("certification:bodies")
    rows = permitted(
        request.user,
        MANAGE_BODIES,
        AssessmentBody.objects.select_related("org").order_by("org__path", "-valid_from"),
    )
    context = {"form": form, "rows": rows[:500], "today": clock.today()}
    return render(
        request,
        "certification/office/bodies.html",
        context,
        status=422 if request.method == "POST" else 200,
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end_body_filing(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End a filing on a given day."""
    rows = permitted(request.user, MANAGE_BODIES, AssessmentBody.objects.select_related("org"))
    body = rows.filter(public_id=public_id).first()
    if body is None:
        raise NotFound
    form = EndFilingForm(request.POST or None, initial={"on": body.valid_until or clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            end_filing(actor=request.user, body=body, on=form.cleaned_data["on"])
        except ValidationError:
            form.add_error("on", _("The last day can't be before the first."))
        else:
            messages.success(
                request, _("The registration ends on that day. Numbers already given stay valid.")
            )
            return redirect("certification:bodies")
    return render(
        request,
        "certification/office/body_end.html",
        {"form": form, "body": body},
        status=422 if form.is_bound else 200,
    )
