"""The list of people in the officer's unions, with filter, look-up, recording and export. All
others answer 404.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from access.checks import missing_right_error, require_anywhere
from access.queries import codenames_of
from core import clock, places
from core.actors import Actor
from core.errors import InvalidInput
from core.sheets import XLSX
from office import people_grants as grants
from office.people_forms import FilterForm, LookUpForm, NewPersonForm
from office.queries import people as reads
from office.queries import people_page
from office.workflows import people as desk
from office.workflows.people_export import export_people
from org.models import OrgUnit
from people.models import Person
from people.rules.identity import IdentityError, read_identity_number


def list_desk_codenames(user: Actor, known: frozenset[str] | None = None) -> frozenset[str]:
    """Return the codenames of the people desk that *user* holds anywhere, for the buttons.

    *known* is what has been read already.
    """
    wanted = {value for key, value in vars(grants).items() if key.isupper()}
    return (
        frozenset(wanted)
        if user.is_superuser
        else frozenset(wanted & (codenames_of(user) if known is None else known))
    )


def _filters(request: HttpRequest) -> tuple[FilterForm, dict[str, Any]]:
    form = FilterForm(request.GET or None, user=request.user)
    if form.is_bound:
        form.full_clean()
    chosen = form.cleaned_data if form.is_bound else {}
    return form, {
        "name": chosen.get("q", ""),
        "union": chosen.get("union"),
        "employer": chosen.get("employer"),
        "status": chosen.get("status", ""),
    }


@login_required
@require_GET
def people_list(request: HttpRequest) -> HttpResponse:
    """List the members of the officer's unions and those below, filtered by name or sound, union,
    employer and membership.
    """
    reached = reads.load_reach(request.user, grants.VIEW, grants.PROPOSE, grants.APPROVE)
    if not request.user.is_superuser:
        if not reached[grants.VIEW]:
            raise missing_right_error(grants.VIEW)
        places.remember_codenames(request, reached.codenames)
    may = list_desk_codenames(request.user, reached.codenames)
    form, chosen = _filters(request)
    asks, filtered = bool(form.errors or form.unclear), any(chosen.values())
    doubles = bool({grants.PROPOSE, grants.APPROVE} & may)
    totals = people_page.count_desk_totals(request.user, reached, doubles=doubles)
    if asks:
        listed: Any = Person.objects.none()
    elif filtered:
        listed = reads.list_filtered_people(request.user, **chosen, reached=reached)
    else:
        listed = people_page.ByName(request.user, reached, totals.people)
    context = {
        "page": Paginator(listed, 30).get_page(request.GET.get("page")),
        "form": form,
        "query": chosen["name"],
        "filtered": asks or filtered,
        "may": may,
        "export_cap": reads.EXPORT_CAP,
        "pairs": totals.pairs,
        "merges": totals.merges,
    }
    return render(request, "office/people/list.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def people_list_export(request: HttpRequest) -> HttpResponse:
    """Download the filtered list as xlsx, up to the cap. Above it, the error says whom to ask."""
    require_anywhere(request.user, grants.EXPORT, OrgUnit)
    form, chosen = _filters(request)
    if form.errors or form.unclear:
        raise InvalidInput(
            "filter_unclear",
            _(
                "It isn't clear which union or employer you mean. Choose it on the members "
                "page first, then export."
            ),
        )
    told = {
        "filtered_by_name": bool(chosen["name"]),
        "union": chosen["union"].code if chosen["union"] else None,
        "employer": chosen["employer"].pk if chosen["employer"] else None,
        "status": chosen["status"],
    }
    data = export_people(
        actor=request.user, people=reads.list_filtered_people(request.user, **chosen), filters=told
    )
    name = f"craftpath-members-{clock.today():%Y%m%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=XLSX, headers=headers)


@login_required
@require_http_methods(["GET", "POST"])
def person_look_up(request: HttpRequest) -> HttpResponse:
    """Find one person by the exact identity number, sent by POST only."""
    require_anywhere(request.user, grants.LOOK_UP, OrgUnit)
    form = LookUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = desk.look_up_person(
                actor=request.user,
                kind=form.cleaned_data["id_kind"],
                number=form.cleaned_data["id_number"],
            )
        except InvalidInput as error:
            form.refuse(error)
        else:
            return redirect("office:person", person.public_id)
    context = {"form": form, "may": list_desk_codenames(request.user)}
    return _fresh(
        render(request, "office/people/look_up.html", context, status=422 if form.errors else 200)
    )


@login_required
@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    """Record a person. Records that look like the same person are shown before anything is saved."""
    require_anywhere(request.user, grants.RECORD, OrgUnit)
    form = NewPersonForm(request.POST or None, user=request.user)
    alike: list[reads.Lookalike] = []
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        if not form.cleaned_data["is_another"]:
            alike = reads.find_lookalikes(
                request.user,
                name=facts["name"],
                birth=facts["birth"] or _birth_in(facts),
                mobile=facts["mobile"],
                id_kind=facts["id_kind"],
                number=facts["id_number"],
            )
        if not alike:
            try:
                person = desk.record_person_as_officer(actor=request.user, **facts)
            except InvalidInput as error:
                form.refuse(error)
            else:
                messages.success(request, _("Recorded."))
                return redirect("office:person", person.public_id)
    status = 422 if form.errors else 409 if alike else 200
    shows_check = bool(alike) or form.data.get("is_another")
    if not shows_check:
        del form.fields["is_another"]
    return _fresh(
        render(request, "office/people/new.html", {"form": form, "alike": alike}, status=status)
    )


def _birth_in(facts: dict[str, Any]) -> Any:
    try:
        return read_identity_number(facts["id_kind"], facts["id_number"], today=clock.today()).birth
    except IdentityError:
        return None


def _fresh(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
