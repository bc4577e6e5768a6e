"""Show whether the audit log is intact, with the last checks, the head of the chain, a check on
demand and a certificate to print.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit import anchors
from audit.models import Archive, Check, Event, Link
from audit.queries import LATE, find_last_audit_check
from core import clock
from jobs.models import Job
from oversight.views.audit import audit_desk
from oversight.workflows import audit_check


@audit_desk
def show_integrity(request: HttpRequest) -> HttpResponse:
    """Show what the checks found."""
    full = find_last_audit_check(full=True)
    return render(
        request,
        "oversight/audit/integrity.html",
        {
            "last": find_last_audit_check(),
            "late": full is None or full.at < clock.now() - LATE,
            "checks": Check.objects.order_by("-pk")[:20],
            "head": Link.objects.order_by("-pk").first(),
            "noted": anchors.find_latest_anchor(),
            "archives": Archive.objects.order_by("-pk")[:20],
            "running": Job.objects.filter(kind=audit_check.JOB, finished_at=None).exists(),
            "months": settings.AUDIT_MONTHS,
        },
    )


@audit_desk
@require_POST
def start_integrity_check(request: HttpRequest) -> HttpResponse:
    """Queue a full check."""
    audit_check.queue_audit_check(actor=request.user)
    messages.success(
        request,
        _(
            "The check has started. The result will appear on this page. A million rows "
            "take about a minute."
        ),
    )
    return redirect("oversight:audit_integrity")


@audit_desk
def show_chain_head(request: HttpRequest) -> HttpResponse:
    """Show the head of the chain on a sheet to print and sign."""
    link = Link.objects.select_related("event").order_by("-pk").first()
    return render(
        request,
        "oversight/audit/head.html",
        {
            "link": link,
            "count": Link.objects.count(),
            "first": Event.objects.order_by("pk").values_list("at", flat=True).first(),
            "archived": sum(Archive.objects.values_list("events", flat=True)),
            "last": find_last_audit_check(),
            "now": clock.now(),
        },
    )
