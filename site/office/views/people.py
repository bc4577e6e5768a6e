"""The members below one's own unions. Elsewhere 404."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from access.checks import require_anywhere
from office.queries.desk import people_visible_to
from org.models import OrgUnit


@login_required
def people(request: HttpRequest) -> HttpResponse:
    """List the members below one's own unions; search by name, identity numbers never shown."""
    require_anywhere(request.user, "people.view_person", OrgUnit)
    query = request.GET.get("q", "")[:100]
    page = Paginator(people_visible_to(request.user, name=query), 30).get_page(request.GET.get("page"))
    return render(request, "office/people.html", {"page": page, "query": query})
