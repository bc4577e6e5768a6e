"""One person's page at the office, and everything that is done there.

People outside the person's union get 404.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.handles import handle_of
from access.queries import codenames_of
from core.actors import Actor
from core.errors import DomainError, InvalidInput, NotFound
from core.personal import follow_correction
from office import people_forms as forms
from office import people_grants as grants
from office.queries import people as reads
from office.workflows import people as desk
from org.models import Employment
from people import panels
from people.login.recent import recent_sign_in_required
from people.models import FormerName, Person
from people.queries import find_surviving_person, looks_at
from people.workflows.person import FACTS

SHOWN_SECONDS = 60
VIEW_ROLES = "access.view_roles"


@login_required
@require_GET
@never_cache
def person_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the record, with masked facts, memberships, the account, what other domains know and
    what was done.

    The address of a merged record redirects to the one that stayed.
    """
    person = reads.find_visible_person(request.user, public_id)
    if person.merged_into_id:
        messages.info(request, _("This record was merged into the one shown here."))
        return redirect("office:person", find_surviving_person(person).public_id)
    context = {
        "person": person,
        "documents": reads.list_identity_documents(person),
        "former_names": FormerName.objects.filter(person=person).order_by("-pk"),
        "belongings": reads.load_belongings(person),
        "panels": panels.fill_panels(person, request.user),
        "other_names": follow_correction(person, "name", request.user),
        "looks": looks_at(person)[:5],
        "may": reads.list_rights_on_person(
            request.user, person, (grants.EDIT, grants.UNMASK, grants.ACCOUNT, grants.PROPOSE)
        ),
        "may_open_account": bool(person.mobile),
        "role_link": _role_link(request.user, person),
    }
    return render(request, "office/people/person.html", context)


def _role_link(user: Actor, person: Person) -> str:
    if person.user_id is None or not (user.is_superuser or VIEW_ROLES in codenames_of(user)):
        return ""
    return reverse("access:person", args=[handle_of(person.user_id)])


@login_required
@require_GET
@never_cache
def photo_file(request: HttpRequest, public_id: UUID) -> FileResponse:
    """Return the photo to people who may see the record."""
    person = reads.find_visible_person(request.user, public_id)
    if not person.photo:
        raise NotFound
    return FileResponse(person.photo.open("rb"), content_type="image/jpeg")


def _page(
    request: HttpRequest,
    person: Person,
    form: forms.PeopleDeskForm,
    *,
    title: str,
    action: str,
    note: str = "",
    danger: bool = False,
    files: bool = False,
) -> HttpResponse:
    context = {
        "person": person,
        "form": form,
        "title": title,
        "action": action,
        "note": note,
        "danger": danger,
        "files": files,
    }
    response = render(
        request, "office/people/form.html", context, status=422 if form.errors else 200
    )
    response["Cache-Control"] = "no-store"
    return response


def _act(
    request: HttpRequest,
    person: Person,
    form: forms.PeopleDeskForm,
    do: Callable[[dict[str, Any]], Any],
    *,
    done: str,
    **page: Any,
) -> HttpResponse:
    """Show *form*. If it was sent and is valid, *do* the act and go back to the person. What a
    rule refuses is shown in the form.
    """
    if request.method == "POST" and form.is_valid():
        try:
            do(form.cleaned_data)
        except InvalidInput as error:
            form.refuse(error)
        except DomainError as error:
            if error.status in (403, 404):
                raise
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect("office:person", person.public_id)
    return _page(request, person, form, **page)


@login_required
@require_http_methods(["GET", "POST"])
def person_facts(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change facts of the person, with a reason."""
    person = reads.find_visible_person(request.user, public_id, grants.EDIT)
    form = forms.EditFactsForm(
        request.POST or None, initial={name: getattr(person, name) for name in FACTS}
    )

    def do(data: dict[str, Any]) -> None:
        changes = {name: data[name] for name in FACTS}
        desk.change_facts_as_officer(
            actor=request.user, person=person, changes=changes, reason=data["reason"]
        )

    return _act(
        request, person, form, do, done=_("Saved."), title=_("Edit details"), action=_("Save")
    )


@login_required
@require_http_methods(["GET", "POST"])
def person_rename(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct the person's name. The former name stays in the record."""
    person = reads.find_visible_person(request.user, public_id, grants.EDIT)
    form = forms.NameForm(request.POST or None, initial={"name": person.name})

    def do(data: dict[str, Any]) -> None:
        desk.correct_name_as_officer(
            actor=request.user, person=person, name=data["name"], reason=data["reason"]
        )

    note = _(
        "The former name is kept and can still be found. Certificates already issued keep "
        "it. The next page lists them, and you can replace them there."
    )
    return _act(
        request,
        person,
        form,
        do,
        done=_("The name has been corrected."),
        title=_("Correct the name"),
        action=_("Correct the name"),
        note=note,
    )


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def person_identity(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Record an identity document, or correct its number."""
    person = reads.find_visible_person(request.user, public_id, grants.EDIT)
    form = forms.IdentityForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        desk.correct_identity_as_officer(
            actor=request.user,
            person=person,
            kind=data["id_kind"],
            number=data["id_number"],
            reason=data["reason"],
        )

    note = _(
        "A new number replaces the current one of the same kind. Date of birth and sex are "
        "taken from the number of a resident identity card."
    )
    title = _("Record or correct an identity number")
    return _act(
        request,
        person,
        form,
        do,
        done=_("The number has been recorded."),
        title=title,
        action=_("Save the number"),
        note=note,
    )


@login_required
@never_cache
@recent_sign_in_required
@require_http_methods(["GET", "POST"])
def person_identity_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the full number for a minute, after a reason was given. It appears only in the answer
    to the POST.
    """
    person = reads.find_visible_person(request.user, public_id, grants.UNMASK)
    form = forms.LookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            numbers = desk.show_identity_as_officer(
                actor=request.user, person=person, reason=form.cleaned_data["reason"]
            )
        except InvalidInput as error:
            form.refuse(error)
        except DomainError as error:
            if error.status in (403, 404):
                raise
            form.add_error(None, str(error))
        else:
            response = render(
                request,
                "office/people/identity.html",
                {"person": person, "numbers": numbers, "seconds": SHOWN_SECONDS},
            )
            # Without any script: the browser leaves the page by itself, and keeps no copy.
            response["Refresh"] = (
                f"{SHOWN_SECONDS}; url={reverse('office:person', args=[person.public_id])}"
            )
            response["Cache-Control"] = "no-store, private"
            return response
    note = _(
        "The full number is shown for %(seconds)s seconds. Your name, the time and the "
        "reason are recorded, and the person can see them."
    ) % {"seconds": SHOWN_SECONDS}
    return _page(
        request,
        person,
        form,
        title=_("View the full identity number"),
        action=_("Show the number"),
        note=note,
    )


@login_required
@require_http_methods(["GET", "POST"])
def person_photo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Upload a photo. What a program can judge is checked at once."""
    person = reads.find_visible_person(request.user, public_id, grants.EDIT)
    form = forms.PhotoForm(request.POST or None, request.FILES or None)

    def do(data: dict[str, Any]) -> None:
        desk.set_photo_as_officer(actor=request.user, person=person, data=data["photo"].read())

    return _act(
        request,
        person,
        form,
        do,
        done=_("The photo has been saved."),
        title=_("Upload a photo"),
        action=_("Check and save the photo"),
        files=True,
    )


@login_required
@require_POST
def photo_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Remove the photo."""
    person = reads.find_visible_person(request.user, public_id, grants.EDIT)
    desk.remove_photo_as_officer(actor=request.user, person=person)
    messages.success(request, _("The photo has been removed."))
    return redirect("office:person", person.public_id)


@login_required
@require_http_methods(["GET", "POST"])
def person_transfer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Transfer the person to another of the officer's unions."""
    person = reads.find_visible_person(request.user, public_id, grants.EDIT)
    form = forms.TransferForm(request.POST or None, user=request.user)

    def do(data: dict[str, Any]) -> None:
        desk.transfer_membership_as_officer(
            actor=request.user, person=person, to=data["to"], on=data["on"], reason=data["reason"]
        )

    note = _(
        "Open cases stay with the union they were submitted to. The previous membership is "
        "kept in the history."
    )
    return _act(
        request,
        person,
        form,
        do,
        done=_("The membership has been transferred."),
        title=_("Transfer the membership"),
        action=_("Transfer"),
        note=note,
    )


@login_required
@require_http_methods(["GET", "POST"])
def person_join(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make a person who is in no union a member of one."""
    person = reads.find_visible_person(request.user, public_id, grants.EDIT)
    form = forms.JoinForm(request.POST or None, user=request.user)

    def do(data: dict[str, Any]) -> None:
        desk.join_union_as_officer(actor=request.user, person=person, to=data["to"], on=data["on"])

    return _act(
        request,
        person,
        form,
        do,
        done=_("The person has joined the union."),
        title=_("Admit to a union"),
        action=_("Admit to the union"),
    )


@login_required
@require_http_methods(["GET", "POST"])
def person_leave(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End the membership, or keep it on the union's books."""
    person = reads.find_visible_person(request.user, public_id, grants.EDIT)
    form = forms.LeaveForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        desk.end_membership_as_officer(
            actor=request.user,
            person=person,
            on=data["on"],
            kind=data["kind"],
            reason=data["reason"],
        )

    note = _(
        "The person's record, training, competitions and certificates are kept, and the "
        "person can join a union again at any time."
    )
    return _act(
        request,
        person,
        form,
        do,
        done=_("Recorded."),
        title=_("End or keep the membership"),
        action=_("Record"),
        note=note,
        danger=True,
    )


@login_required
@require_http_methods(["GET", "POST"])
def person_resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make a kept membership a full one again."""
    person = reads.find_visible_person(request.user, public_id, grants.EDIT)
    form = forms.DayReasonForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        desk.resume_membership_as_officer(
            actor=request.user, person=person, on=data["on"], reason=data["reason"]
        )

    return _act(
        request,
        person,
        form,
        do,
        done=_("Recorded."),
        title=_("Resume the full membership"),
        action=_("Resume"),
    )


@login_required
@require_http_methods(["GET", "POST"])
def person_employ(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Record a new employment."""
    person = reads.find_visible_person(request.user, public_id, grants.EDIT)
    form = forms.EmployForm(request.POST or None, user=request.user)

    def do(data: dict[str, Any]) -> None:
        desk.record_employment_as_officer(
            actor=request.user,
            person=person,
            employer=data["employer"],
            works_at=data["works_at"],
            form=data["form"],
            job_title=data["job_title"],
            on=data["on"],
        )

    return _act(
        request,
        person,
        form,
        do,
        done=_("Recorded."),
        title=_("Record employment"),
        action=_("Record"),
    )


@login_required
@require_http_methods(["GET", "POST"])
def person_employment_end(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """End an employment."""
    person = reads.find_visible_person(request.user, public_id, grants.EDIT)
    employment = (
        Employment.objects.select_related("employer", "works_at")
        .filter(pk=pk, person=person, ends_on=None)
        .first()
    )
    if employment is None:
        raise NotFound
    form = forms.DayReasonForm(request.POST or None)
    form.fields["on"].label = _("Last day of work")

    def do(data: dict[str, Any]) -> None:
        desk.end_employment_as_officer(
            actor=request.user,
            person=person,
            employment=employment,
            on=data["on"],
            reason=data["reason"],
        )

    where = str(employment.employer or employment.works_at or employment.get_form_display())
    title = _("End the employment at %(where)s") % {"where": where}
    return _act(
        request,
        person,
        form,
        do,
        done=_("Recorded."),
        title=title,
        action=_("End employment"),
        danger=True,
    )


@login_required
@recent_sign_in_required
@require_http_methods(["GET", "POST"])
def person_account(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open an account for the person."""
    person = reads.find_visible_person(request.user, public_id, grants.ACCOUNT)
    form = forms.AccountForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        desk.open_account_as_officer(actor=request.user, person=person, username=data["username"])

    note = _(
        "No password is set. The person signs in with a code sent to the mobile number "
        "%(mobile)s and can then set a password."
    ) % {"mobile": person.masked_mobile or _("(not recorded yet)")}
    return _act(
        request,
        person,
        form,
        do,
        done=_("The account has been opened."),
        title=_("Open an account"),
        action=_("Open the account"),
        note=note,
    )


@login_required
@recent_sign_in_required
@require_http_methods(["GET", "POST"])
def account_close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close the person's account."""
    return _switch(request, public_id, active=False)


@login_required
@recent_sign_in_required
@require_http_methods(["GET", "POST"])
def account_reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open a closed account again."""
    return _switch(request, public_id, active=True)


def _switch(request: HttpRequest, public_id: UUID, *, active: bool) -> HttpResponse:
    person = reads.find_visible_person(request.user, public_id, grants.ACCOUNT)
    form = forms.PersonReasonForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        desk.set_account_active_as_officer(
            actor=request.user, person=person, active=active, reason=data["reason"]
        )

    if active:
        return _act(
            request,
            person,
            form,
            do,
            done=_("The account has been reopened."),
            title=_("Reopen the account"),
            action=_("Reopen"),
        )
    note = _(
        "The person is signed out everywhere and can no longer sign in. Records, classes "
        "and certificates are kept. The account can be reopened."
    )
    return _act(
        request,
        person,
        form,
        do,
        done=_("The account has been closed."),
        title=_("Close the account"),
        action=_("Close the account"),
        note=note,
        danger=True,
    )
