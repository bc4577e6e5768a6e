"""Honours, open to everybody."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from certification.queries import honour as queries
from core import clock
from core.errors import NotFound
from org.queries.history import name_on


@require_safe
def show_honour_gallery(request: HttpRequest) -> HttpResponse:
    """Show the public gallery of honours, filtered by year."""
    figures = queries.summarise_honour_gallery()
    year = request.GET.get("year", "")
    rows = queries.list_public_honours()
    if year.isdigit() and int(year) in dict(figures.years):
        rows = rows.filter(year=int(year))
    else:
        year = ""
    page = Paginator(rows, 24).get_page(request.GET.get("page"))
    return render(
        request,
        "certification/honours/gallery.html",
        {"page_obj": page, "figures": figures, "year": int(year) if year else None},
    )


@require_safe
def show_honour(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one honour. One that was set aside for another redirects to that one."""
    honour = queries.find_public_honour(public_id)
    if honour is None:
        counts = queries.find_counting_honour(public_id)
        if counts is None:
            raise NotFound
        return redirect(counts)
    others = list(queries.list_public_honours().filter(year=honour.year).exclude(pk=honour.pk)[:3])
    given_by = name_on(
        honour.org, honour.published_on or clock.today()
    )  # the union may be called otherwise today
    return render(
        request,
        "certification/honours/detail.html",
        {"honour": honour, "others": others, "given_by": given_by},
    )
