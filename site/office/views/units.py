"""The tree of unions below one's own. Elsewhere 404."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from access.checks import require_anywhere
from office.queries.desk import tree_visible_to
from org.models import OrgUnit


@login_required
def unit_tree(request: HttpRequest) -> HttpResponse:
    """Show the unions below one's own, with member counts."""
    require_anywhere(request.user, "org.view_unit", OrgUnit)
    return render(request, "office/tree.html", {"units": tree_visible_to(request.user)})
