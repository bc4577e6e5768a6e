"""Pages of records that may be one person.

Officers compare them, say that they are two persons, or propose a merge that somebody else decides.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.checks import require_anywhere
from core.actors import Actor
from core.errors import DomainError, Forbidden, InvalidInput
from core.templatetags.craft import long_day
from office import people_grants as grants
from office.people_forms import AgreeForm, PersonReasonForm, ProposeForm
from office.queries import people as reads
from office.views.people import list_desk_codenames
from office.workflows import people as desk
from org.models import OrgUnit
from people import merging
from people.enums import MergeState, PairState
from people.login.recent import recent_sign_in_required
from people.merging import ACCOUNT, KEEP, UNION
from people.models import Person, SuspectedPair
from people.rules import duplicates as rules
from people.workflows.duplicates import last_scan
from people.workflows.merge import PICKED, list_merge_obstacles


def evidence_words(codes: list[str]) -> list[str]:
    """Return, in words, what suggests that both are one person."""
    words = {
        rules.SAME_NUMBER: _("the same number with two kinds of documents"),
        rules.NEAR_NUMBER: _(
            "numbers that may differ by a typing error, and names that sound alike"
        ),
        rules.NAME_BIRTH: _("the same name and date of birth"),
        rules.MOBILE_NAME: _("the same name and mobile number"),
    }
    return [words[code] for code in codes if code in words]


def _may_work(user: Actor) -> frozenset[str]:
    may = list_desk_codenames(user)
    if not may & {grants.PROPOSE, grants.APPROVE}:
        require_anywhere(user, grants.APPROVE, OrgUnit)
    return may


@login_required
@require_GET
def pair_list(request: HttpRequest) -> HttpResponse:
    """List suspected pairs and open merge proposals."""
    may = _may_work(request.user)
    state = request.GET.get("state", PairState.OPEN)
    if state not in (PairState.OPEN, PairState.DIFFERENT):
        state = PairState.OPEN
    page = Paginator(reads.list_duplicate_pairs(request.user, state), 30).get_page(
        request.GET.get("page")
    )
    rows = [(pair, evidence_words(pair.evidence)) for pair in page]
    proposals = list(reads.list_merge_proposals(request.user)[:30])
    context = {
        "page": page,
        "rows": rows,
        "pairs_to_open": reads.rows_to_open(request.user, list(page), [grants.PROPOSE]),
        "state": state,
        "proposals": proposals,
        "proposals_to_open": reads.rows_to_open(
            request.user, proposals, [grants.PROPOSE, grants.APPROVE]
        ),
        "last_scan": last_scan(),
        "may": may,
    }
    return render(request, "office/people/duplicates.html", context)


@login_required
@require_POST
def duplicates_scan(request: HttpRequest) -> HttpResponse:
    """Start the search for double records in the background."""
    job = desk.start_scan_as_officer(
        actor=request.user, everything=request.POST.get("everything") == "1"
    )
    messages.success(request, _("The search runs in the background. You can close the page."))
    if job.actor_id == request.user.pk or request.user.is_superuser:
        return redirect("jobs:detail", job.public_id)
    return redirect("office:duplicates")


class Side:
    """One of two records that are shown beside each other."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.documents = reads.list_identity_documents(person)
        self.belongings = reads.load_belongings(person)
        self.counts = [
            (str(reference.label), count)
            for reference in merging.list_person_references()
            if reference.model.split(".")[0] not in ("people", "office")
            and (count := reference.rows(person).count())
        ]

    def value(self, name: str) -> str:
        """Return a fact in words, masked where it must be."""
        person = self.person
        if name == "birth":
            return str(long_day(person.birth))
        if name == "mobile":
            return person.masked_mobile
        if name == "photo":
            return _("on record") if person.photo else ""
        if name == "is_migrant_worker":
            return _("yes") if person.is_migrant_worker else _("no")
        if name == ACCOUNT:
            return str(person.user.username) if person.user else ""
        if name == UNION:
            row = self.belongings.membership
            return str(row.org_unit) if row else ""
        kept = getattr(person, name)
        display = getattr(person, f"get_{name}_display", None)
        return str(display() if kept and display else kept or "")


LABELS = {
    "name": pgettext_lazy("person", "Name"),
    "birth": gettext_lazy("Date of birth"),
    "sex": gettext_lazy("Sex"),
    "mobile": gettext_lazy("Mobile"),
    "photo": gettext_lazy("Photo"),
    "nationality": gettext_lazy("Nationality"),
    "ethnicity": gettext_lazy("Ethnicity"),
    "hukou": gettext_lazy("Household registration"),
    "is_migrant_worker": gettext_lazy("Migrant worker"),
    "education": gettext_lazy("Education"),
    ACCOUNT: gettext_lazy("Account"),
    UNION: gettext_lazy("Union"),
}


def _rows(first: Side, second: Side) -> list[dict[str, Any]]:
    rows = []
    for name in (*PICKED, UNION, ACCOUNT):
        one, two = first.value(name), second.value(name)
        # What is the same everywhere says nothing: it would only make the table longer.
        usual = one == two and (
            name == "is_migrant_worker" or (name == "nationality" and one == "CHN")
        )
        if (one or two) and not usual:
            raw = getattr(first.person, name, one) != getattr(second.person, name, two)
            rows.append(
                {
                    "name": name,
                    "label": LABELS[name],
                    "first": one,
                    "second": two,
                    "differs": one != two or (name == "mobile" and raw),
                }
            )
    return rows


def _differing(rows: list[dict[str, Any]]) -> list[tuple[str, Any, str, str]]:
    """Return the fields that need a choice, which are filled on both sides with different values."""
    return [
        (row["name"], row["label"], row["first"], row["second"])
        for row in rows
        if row["differs"] and row["first"] and row["second"]
    ]


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def duplicate_pair(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Compare two records, and propose that they are merged."""
    row = reads.find_duplicate_pair(request.user, public_id)
    if row.state == PairState.MERGED:
        messages.info(request, _("These two records have been merged."))
        return redirect("office:person", row.first.public_id)
    first, second = Side(row.first), Side(row.second)
    rows = _rows(first, second)
    sides = [("first", _("The left one, recorded on %(day)s") % {"day": long_day(row.first.created_at)}),
             ("second", _("The right one, recorded on %(day)s") % {"day": long_day(row.second.created_at)})]  # fmt: skip
    doubled = merging.doubled_pairs(row.first, row.second)
    form = ProposeForm(
        request.POST or None,
        sides=sides,
        differing=_differing(rows),
        doubled=doubled,
        initial={"survivor": _older(row)},
    )
    if request.method == "POST" and form.is_valid():
        keep, gone = (
            (row.first, row.second)
            if form.cleaned_data["survivor"] == "first"
            else (row.second, row.first)
        )
        try:
            made = desk.propose_merge_as_officer(
                actor=request.user,
                keep=keep,
                gone=gone,
                picks=form.picks(),
                reason=form.cleaned_data["reason"],
            )
        except InvalidInput as error:
            form.refuse(error)
        except DomainError as error:
            if error.status in (403, 404):
                raise
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("Proposed. Another person must approve it. Nothing has changed yet.")
            )
            return redirect("office:merge", made.public_id)
    context = {
        "pair": row,
        "evidence": evidence_words(row.evidence),
        "first": first,
        "second": second,
        "rows": rows,
        "form": form,
        "blocked": list_merge_obstacles(row.first, row.second),
        "open_proposal": _open_proposal(request.user, row),
    }
    return render(request, "office/people/pair.html", context, status=422 if form.errors else 200)


def _older(row: SuspectedPair) -> str:
    return "first" if row.first.created_at <= row.second.created_at else "second"


def _open_proposal(user: Actor, row: SuspectedPair) -> Any:
    sides = (row.first_id, row.second_id)
    return reads.list_merge_proposals(user).filter(keep__in=sides, gone__in=sides).first()


@login_required
@require_http_methods(["GET", "POST"])
def duplicate_different(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Record that these are two persons, so that they are not suggested again."""
    row = reads.find_duplicate_pair(request.user, public_id)
    form = PersonReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            desk.call_different_as_officer(
                actor=request.user, pair=row, note=form.cleaned_data["reason"]
            )
        except InvalidInput as error:
            form.refuse(error)
        else:
            messages.success(
                request, _("Saved: these are different people. The pair won't be suggested again.")
            )
            return redirect("office:duplicates")
    context = {"pair": row, "form": form}
    return render(
        request, "office/people/different.html", context, status=422 if form.errors else 200
    )


@login_required
@require_POST
def duplicate_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Withdraw the statement that these are two persons."""
    row = desk.look_again_as_officer(
        actor=request.user, pair=reads.find_duplicate_pair(request.user, public_id)
    )
    messages.success(request, _("The pair is back on the list."))
    return redirect("office:duplicate_pair", row.public_id)


@login_required
@require_GET
@never_cache
def merge_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a proposal with both records, and what a merge would move."""
    return _proposal(request, public_id, AgreeForm())


def _proposal(request: HttpRequest, public_id: UUID, form: AgreeForm) -> HttpResponse:
    row = reads.find_merge_proposal(request.user, public_id)
    keep, gone = Side(row.keep), Side(row.gone)
    rows = _rows(keep, gone)
    for item in rows:
        item["gone_wins"] = bool(item["second"]) and (
            row.picks.get(item["name"], KEEP) != KEEP or not item["first"]
        )
    own = row.proposed_by_id == request.user.pk
    involved = request.user.pk in (row.keep.user_id, row.gone.user_id)
    waits = row.state == MergeState.PROPOSED
    doubled = merging.doubled_pairs(row.keep, row.gone) if waits else []
    context = {
        "merge": row,
        "doubled": [(pair, row.picks.get(pair.key)) for pair in doubled],
        "keep": keep,
        "gone": gone,
        "rows": rows,
        "form": form,
        "blocked": list_merge_obstacles(row.keep, row.gone) if waits else [],
        "own": own,
        "may_decide": waits
        and not own
        and not involved
        and grants.APPROVE in list_desk_codenames(request.user),
        "involved": involved,
    }
    return render(request, "office/people/merge.html", context, status=422 if form.errors else 200)


@login_required
@recent_sign_in_required
@require_POST
@never_cache
def merge_agree(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Approve the merge as the second person. It is done at once and can't be undone."""
    row = reads.find_merge_proposal(request.user, public_id)
    form = AgreeForm(request.POST)
    if not form.is_valid():
        return _proposal(request, public_id, form)
    try:
        desk.approve_merge_as_officer(
            actor=request.user, proposal=row, reason=form.cleaned_data["reason"]
        )
    except Forbidden:
        raise
    except DomainError as error:
        if error.status == 404:
            raise
        form.add_error(None, str(error))
        return _proposal(request, public_id, form)
    messages.success(request, _("Merged. The address of the other record now leads here."))
    return redirect("office:person", row.keep.public_id)


@login_required
@require_http_methods(["GET", "POST"])
def merge_refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Refuse the proposal, with a reason."""
    row = reads.find_merge_proposal(request.user, public_id)
    form = PersonReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            desk.refuse_merge_as_officer(
                actor=request.user, proposal=row, reason=form.cleaned_data["reason"]
            )
        except InvalidInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("Refused. Both records stay as they are."))
            return redirect("office:duplicates")
    return render(
        request,
        "office/people/merge_refuse.html",
        {"merge": row, "form": form},
        status=422 if form.errors else 200,
    )


@login_required
@require_POST
def merge_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Withdraw the officer's own proposal."""
    desk.withdraw_merge_as_officer(
        actor=request.user, proposal=reads.find_merge_proposal(request.user, public_id)
    )
    messages.success(request, _("Withdrawn. Nothing has changed."))
    return redirect("office:duplicates")
