"""Everybody's own page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from home import queries


@require_safe
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """Show a person's record, what waits for them, and the places their roles open."""
    own = queries.own_page(request.user)
    # Who has working places sees them on the bar; a worker sees the shop front.
    return render(request, "home/me.html", {"own": own, "frame": "base_office.html" if own.desks else "base.html"})
