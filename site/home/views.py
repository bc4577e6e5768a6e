"""Show everybody's own page, the record to keep, and entries for one's calendar."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from core import clock, places
from core.actors import Actor
from core.errors import NotFound
from core.sheets import XLSX, write_workbook
from home import queries


@require_safe
@login_required
def show_own_page(request: HttpRequest) -> HttpResponse:
    """Show a person's record, what waits for them, and the places their roles open."""
    own = queries.own_page(request.user)
    if not request.user.is_superuser:
        places.remember_codenames(request, own.held)
    # Who has working places sees them on the bar; a worker sees the shop front.
    frame = "base_office.html" if own.desks else "base.html"
    return render(
        request, "home/me.html", {"own": own, "frame": frame, "spot_check_person": own.person}
    )


@never_cache
@require_safe
@login_required
def show_own_record(request: HttpRequest) -> HttpResponse:
    """Show one's whole record on one page, made for paper."""
    name, rows = _record(request.user)
    return render(
        request, "home/record.html", {"name": name, "rows": rows, "now": clock.local_now()}
    )


@never_cache
@require_safe
@login_required
def record_workbook(request: HttpRequest) -> HttpResponse:
    """Send one's whole record as a spreadsheet."""
    name, rows = _record(request.user)
    data = write_workbook(
        [_("Date"), _("Content"), pgettext("record", "Notes"), _("Status")],
        [[row.on.isoformat() if row.on else "", row.title, row.text, row.word] for row in rows],
        title=_("My skills record"),
        widths=(12, 40, 40, 14),
    )
    filename = quote(f"{_('My skills record')} {name}.xlsx")
    return HttpResponse(
        data,
        content_type=XLSX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{filename}"},
    )


def _record(user: Actor) -> tuple[str, Any]:
    name, rows = queries.record_of(user)
    if not name:
        raise NotFound
    return name, rows


@never_cache
@require_safe
@login_required
def download_calendar_entry(request: HttpRequest, key: str) -> HttpResponse:
    """Send one thing of one's own list as a calendar file (RFC 5545). A changed time replaces the
    entry, because its UID stays.
    """
    meeting = queries.meeting_of(request.user, key)
    if meeting is None:
        raise NotFound
    book = Calendar()
    book.add("prodid", "-//Craftpath//ZH")
    book.add("version", "2.0")
    entry = Event()
    entry.add("uid", f"{meeting.key}@{urlsplit(settings.BASE_URL).hostname}")
    entry.add("dtstamp", clock.now().astimezone(UTC))
    entry.add("summary", meeting.title)
    # In UTC: every calendar program reads it without a table of zones in the file.
    entry.add("dtstart", meeting.starts_at.astimezone(UTC))
    entry.add("dtend", meeting.ends_at.astimezone(UTC))
    if meeting.place:
        entry.add("location", meeting.place)
    book.add_component(entry)
    return HttpResponse(
        book.to_ical(),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="craftpath.ics"'},
    )
