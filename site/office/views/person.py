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
from people.queries import looks_at, survivor
from people.workflows.person import FACTS

SHOWN_SECONDS = 60
VIEW_ROLES = "access.view_roles"


@login_required
@require_GET
@never_cache
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the record, with masked facts, memberships, the account, what other domains know and
    what was done.

    The address of a merged record redirects to the one that stayed.
    """
    person = reads.find(request.user, public_id)
    if person.merged_into_id:
        messages.info(request, _("This record was merged into the one you see now."))
        return redirect("office:person", survivor(person).public_id)
    context = {
        "person": person,
        "documents": reads.documents(person),
        "former_names": FormerName.objects.filter(person=person).order_by("-pk"),
        "belongings": reads.belongings(person),
        "panels": panels.filled(person, request.user),
        "other_names": follow_correction(person, "name", request.user),
        "looks": looks_at(person)[:5],
        "may": reads.rights(request.user, person, (grants.EDIT, grants.UNMASK, grants.ACCOUNT, grants.PROPOSE)),
        "may_open_account": bool(person.mobile),
        "role_link": _role_link(request.user, person),
    }
    return render(request, "office/people/person.html", context)


def _role_link(user: Any, person: Person) -> str:
    if person.user_id is None or not (user.is_superuser or VIEW_ROLES in codenames_of(user)):
        return ""
    return reverse("access:person", args=[handle_of(person.user_id)])


@login_required
@require_GET
@never_cache
def photo_file(request: HttpRequest, public_id: UUID) -> FileResponse:
    """Return the photo to people who may see the record."""
    person = reads.find(request.user, public_id)
    if not person.photo:
        raise NotFound
    return FileResponse(person.photo.open("rb"), content_type="image/jpeg")


def _page(
    request: HttpRequest,
    person: Person,
    form: forms.Plain,
    *,
    title: str,
    action: str,
    note: str = "",
    danger: bool = False,
    files: bool = False,
) -> HttpResponse:
    context = {"person": person, "form": form, "title": title, "action": action, "note": note, "danger": danger, "files": files}
    response = render(request, "office/people/form.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


def _act(
    request: HttpRequest, person: Person, form: forms.Plain, do: Callable[[dict[str, Any]], Any], *, done: str, **page: Any
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
def facts(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change facts of the person, with a reason."""
    person = reads.find(request.user, public_id, grants.EDIT)
    form = forms.EditFactsForm(request.POST or None, initial={name: getattr(person, name) for name in FACTS})

    def do(data: dict[str, Any]) -> None:
        changes = {name: data[name] for name in FACTS}
        desk.change_facts(actor=request.user, person=person, changes=changes, reason=data["reason"])

    return _act(request, person, form, do, done=_("Saved."), title=_("Change facts"), action=_("Save"))


@login_required
@require_http_methods(["GET", "POST"])
def name(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct the person's name. The former name stays in the record."""
    person = reads.find(request.user, public_id, grants.EDIT)
    form = forms.NameForm(request.POST or None, initial={"name": person.name})

    def do(data: dict[str, Any]) -> None:
        desk.correct_name(actor=request.user, person=person, name=data["name"], reason=data["reason"])

    note = _(
        "The former name is kept and still found. Certificates issued under it keep it; "
        "the next page says which, and where to replace them."
    )
    return _act(
        request, person, form, do, done=_("The name was corrected."), title=_("Correct the name"), action=_("Correct the name"), note=note
    )


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def identity(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Record an identity document, or correct its number."""
    person = reads.find(request.user, public_id, grants.EDIT)
    form = forms.IdentityForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        desk.correct_identity(actor=request.user, person=person, kind=data["id_kind"], number=data["id_number"], reason=data["reason"])

    note = _("A number of the same kind replaces the present one. Date of birth and sex follow a resident's number.")
    title = _("Record or correct an identity number")
    return _act(request, person, form, do, done=_("The number was recorded."), title=title, action=_("Save the number"), note=note)


@login_required
@never_cache
@recent_sign_in_required
@require_http_methods(["GET", "POST"])
def show_identity(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the full number for a minute, after a reason was given. It appears only in the answer
    to the POST.
    """
    person = reads.find(request.user, public_id, grants.UNMASK)
    form = forms.LookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            numbers = desk.show_identity(actor=request.user, person=person, reason=form.cleaned_data["reason"])
        except InvalidInput as error:
            form.refuse(error)
        except DomainError as error:
            if error.status in (403, 404):
                raise
            form.add_error(None, str(error))
        else:
            response = render(request, "office/people/identity.html", {"person": person, "numbers": numbers, "seconds": SHOWN_SECONDS})
            # Without any script: the browser leaves the page by itself, and keeps no copy.
            response["Refresh"] = f"{SHOWN_SECONDS}; url={reverse('office:person', args=[person.public_id])}"
            response["Cache-Control"] = "no-store, private"
            return response
    note = _(
        "You will see the full number for %(seconds)s seconds. Your name, the time and the reason are recorded, and the person sees them."
    ) % {"seconds": SHOWN_SECONDS}
    return _page(request, person, form, title=_("See the full identity number"), action=_("Show the number"), note=note)


@login_required
@require_http_methods(["GET", "POST"])
def photo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Upload a photo. What a program can judge is checked at once."""
    person = reads.find(request.user, public_id, grants.EDIT)
    form = forms.PhotoForm(request.POST or None, request.FILES or None)

    def do(data: dict[str, Any]) -> None:
        desk.set_photo(actor=request.user, person=person, data=data["photo"].read())

    return _act(
        request, person, form, do, done=_("The photo was kept."), title=_("Send a photo"), action=_("Check and keep the photo"), files=True
    )


@login_required
@require_POST
def photo_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Remove the photo."""
    person = reads.find(request.user, public_id, grants.EDIT)
    desk.remove_photo(actor=request.user, person=person)
    messages.success(request, _("The photo was removed."))
    return redirect("office:person", person.public_id)


@login_required
@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Transfer the person to another of the officer's unions."""
    person = reads.find(request.user, public_id, grants.EDIT)
    form = forms.TransferForm(request.POST or None, user=request.user)

    def do(data: dict[str, Any]) -> None:
        desk.transfer(actor=request.user, person=person, to=data["to"], on=data["on"], reason=data["reason"])

    note = _("Cases that run keep the union of the day they were handed in. The membership so far stays in the history.")
    return _act(request, person, form, do, done=_("Transferred."), title=_("Transfer the membership"), action=_("Transfer"), note=note)


@login_required
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make a person who is in no union a member of one."""
    person = reads.find(request.user, public_id, grants.EDIT)
    form = forms.JoinForm(request.POST or None, user=request.user)

    def do(data: dict[str, Any]) -> None:
        desk.join(actor=request.user, person=person, to=data["to"], on=data["on"])

    return _act(request, person, form, do, done=_("Taken into the union."), title=_("Take into a union"), action=_("Take into the union"))


@login_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End the membership, or keep it on the union's books."""
    person = reads.find(request.user, public_id, grants.EDIT)
    form = forms.LeaveForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        desk.leave(actor=request.user, person=person, on=data["on"], kind=data["kind"], reason=data["reason"])

    note = _("The person stays on record with training, competitions and certificates, and can be taken in again at any time.")
    return _act(
        request, person, form, do, done=_("Recorded."), title=_("End or keep the membership"), action=_("Record it"), note=note, danger=True
    )


@login_required
@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make a kept membership a full one again."""
    person = reads.find(request.user, public_id, grants.EDIT)
    form = forms.DayReasonForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        desk.resume(actor=request.user, person=person, on=data["on"], reason=data["reason"])

    return _act(request, person, form, do, done=_("Recorded."), title=_("Resume the full membership"), action=_("Resume"))


@login_required
@require_http_methods(["GET", "POST"])
def employ(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Record a new employment."""
    person = reads.find(request.user, public_id, grants.EDIT)
    form = forms.EmployForm(request.POST or None, user=request.user)

    def do(data: dict[str, Any]) -> None:
        desk.employ(
            actor=request.user,
            person=person,
            employer=data["employer"],
            works_at=data["works_at"],
            form=data["form"],
            job_title=data["job_title"],
            on=data["on"],
        )

    return _act(request, person, form, do, done=_("Recorded."), title=_("Record work"), action=_("Record it"))


@login_required
@require_http_methods(["GET", "POST"])
def end_employment(request: HttpRequest, public_id: UUID, pk: int) -> HttpResponse:
    """End an employment."""
    person = reads.find(request.user, public_id, grants.EDIT)
    employment = Employment.objects.select_related("employer", "works_at").filter(pk=pk, person=person, ends_on=None).first()
    if employment is None:
        raise NotFound
    form = forms.DayReasonForm(request.POST or None)
    form.fields["on"].label = _("Last day of work")

    def do(data: dict[str, Any]) -> None:
        desk.end_employment(actor=request.user, person=person, employment=employment, on=data["on"], reason=data["reason"])

    where = str(employment.employer or employment.works_at or employment.get_form_display())
    title = _("End the work at %(where)s") % {"where": where}
    return _act(request, person, form, do, done=_("Recorded."), title=title, action=_("End it"), danger=True)


@login_required
@recent_sign_in_required
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open an account for the person."""
    person = reads.find(request.user, public_id, grants.ACCOUNT)
    form = forms.AccountForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        desk.open_account(actor=request.user, person=person, username=data["username"])

    note = _("No password is set. The person signs in with a code to the mobile %(mobile)s and may then choose a password.") % {
        "mobile": person.masked_mobile or _("(none recorded yet)")
    }
    return _act(
        request, person, form, do, done=_("The account is open."), title=_("Open an account"), action=_("Open the account"), note=note
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
    person = reads.find(request.user, public_id, grants.ACCOUNT)
    form = forms.ReasonForm(request.POST or None)

    def do(data: dict[str, Any]) -> None:
        desk.set_account_active(actor=request.user, person=person, active=active, reason=data["reason"])

    if active:
        return _act(
            request, person, form, do, done=_("The account is open again."), title=_("Open the account again"), action=_("Open it again")
        )
    note = _("The person is signed out everywhere and can't sign in. Records, classes and certificates stay. It can be opened again.")
    return _act(
        request,
        person,
        form,
        do,
        done=_("The account is closed."),
        title=_("Close the account"),
        action=_("Close the account"),
        note=note,
        danger=True,
    )
