"""The audit administrator's desk, with search, one row, exports and statistics.

People without the role read which role the page needs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.checks import missing_right_error
from audit import rules, words
from audit.models import Event, Link
from audit.templatetags.timeline import describe_events
from audit.workflows import digest_fields
from core import clock
from core.errors import NotFound
from jobs.enums import JobItemState
from jobs.models import Job
from oversight.forms.audit import PeriodForm, SearchForm
from oversight.grants import EXPORT_EVENTS, VIEW_EVENTS
from oversight.queries import audit as queries
from oversight.workflows import audit_export, audit_reading
from people.accounts import signed_in_account
from people.login.recent import recent_sign_in_required

CURSORS = ("older", "newer")


def audit_desk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Admit only those who hold the right to read the audit log. Superusers need the role too."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not queries.holds_audit_right(request.user, VIEW_EVENTS):
            raise missing_right_error(VIEW_EVENTS)
        return view(request, *args, **kwargs)

    return login_required(inside)


def _rest(request: HttpRequest) -> str:
    """Return the search's part of the address, without the page's."""
    query = request.GET.copy()
    for name in CURSORS:
        query.pop(name, None)
    return query.urlencode()


@audit_desk
def search_audit_record(request: HttpRequest) -> HttpResponse:
    """Show the newest rows, or those that fit the search."""
    form = SearchForm(request.GET)
    older, newer = request.GET.get("older", ""), request.GET.get("newer", "")
    context: dict[str, Any] = {
        "form": form,
        "rest": _rest(request),
        "formats": ("csv", "xlsx", "jsonl"),
        "open": False,
    }
    if not form.is_valid():
        return render(request, "oversight/audit/search.html", context | {"open": True}, status=422)
    asked = form.search()
    page = queries.page_of(queries.search_events(asked), older_than=older, newer_than=newer)
    if not (older or newer):
        audit_reading.note_search(actor=request.user, search=asked)
    context |= {
        "page": page,
        "rows": describe_events(page.rows),
        "used": asked.used(),
        "open": bool(asked.used()),
        "may_export": queries.holds_audit_right(request.user, EXPORT_EVENTS),
    }
    return render(request, "oversight/audit/search.html", context)


@audit_desk
def show_audit_event(request: HttpRequest, number: int) -> HttpResponse:
    """Show one row in full, whether it matches its digest, and what else the same request did."""
    event = (
        Event.objects.select_related("actor", "link").filter(pk=number).first()
        if number < 2**63
        else None
    )
    if event is None:
        raise NotFound
    link: Link | None = getattr(event, "link", None)
    near = queries.list_events_of_request(event)
    audit_reading.note_event_read(actor=request.user, event=event)
    return render(
        request,
        "oversight/audit/row.html",
        {
            "event": event,
            "entry": describe_events([event])[0],
            "type": words.type_label(event.target_type),
            "link": link,
            "fits": rules.event_digest(digest_fields(event)) == event.digest,
            "neighbours": describe_events(near) if len(near) > 1 else [],
        },
    )


@recent_sign_in_required
@audit_desk
@require_POST
def export_audit_events(request: HttpRequest) -> HttpResponse:
    """Return the search as a file, or start a background export if it is long."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(
            request,
            "oversight/audit/search.html",
            {"form": form, "rest": _rest(request), "open": True},
            status=422,
        )
    asked, kind = form.search(), request.POST.get("format", "")
    job = audit_export.prepare_export(actor=request.user, search=asked, form=kind)
    if job is not None:
        messages.success(request, _("The file is being created. You can find it here for a week."))
        return redirect("oversight:audit_exports")
    headers = {
        "Content-Disposition": f'attachment; filename="audit-{clock.local_now():%Y%m%d-%H%M%S}.{kind}"'
    }
    if kind == "xlsx":
        return HttpResponse(
            audit_export.build_audit_workbook(signed_in_account(request), asked),
            content_type=audit_export.FORMATS[kind],
            headers=headers,
        )
    return StreamingHttpResponse(  # type: ignore[return-value]  # Django's two responses share no useful base
        audit_export.stream_export_lines(signed_in_account(request), asked, kind),
        content_type=audit_export.FORMATS[kind],
        headers=headers,
    )


@audit_desk
def show_audit_exports(request: HttpRequest) -> HttpResponse:
    """List the administrator's own long exports."""
    rows = [
        (job, next(iter(job.items.all()), None))
        for job in audit_export.list_audit_exports(request.user)
    ]
    return render(request, "oversight/audit/exports.html", {"rows": rows})


@recent_sign_in_required
@audit_desk
def download_audit_export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Download one of the administrator's own finished exports."""
    job = Job.objects.filter(
        kind=audit_export.JOB, actor_id=request.user.pk, public_id=public_id
    ).first()
    item = job.items.filter(state=JobItemState.DONE).first() if job else None
    name = (item.result or {}).get("name") if item else ""
    if not queries.holds_audit_right(request.user, EXPORT_EVENTS):
        raise missing_right_error(EXPORT_EVENTS)
    if job is None or not name or not storages["private"].exists(name):
        raise NotFound
    kind = job.payload["format"]
    return FileResponse(  # type: ignore[return-value]  # as above
        storages["private"].open(name),
        content_type=audit_export.FORMATS[kind],
        as_attachment=True,
        filename=f"audit-{timezone.localtime(job.created_at):%Y%m%d-%H%M%S}.{kind}",
    )


@audit_desk
def show_audit_statistics(request: HttpRequest) -> HttpResponse:
    """Count rows by kind and by day."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return render(request, "oversight/audit/statistics.html", {"form": form}, status=422)
    since, to = form.cleaned_data["since"], form.cleaned_data["to"]
    kinds, days = queries.count_events_by_kind(since, to), queries.count_events_by_day(since, to)
    return render(
        request,
        "oversight/audit/statistics.html",
        {
            "form": form,
            "since": since,
            "to": to,
            "total": sum(n for _kind, n in kinds),
            "kinds": [(kind, words.kind_label(kind), n) for kind, n in kinds],
            "days": days,
            "most_kind": max((n for _kind, n in kinds), default=0),
            "most_day": max((n for _day, n in days), default=0),
        },
    )
