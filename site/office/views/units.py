"""Pages of unions, with the tree, one union and the acts on it. A union outside the user's reach
answers 404.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from access.checks import require, require_anywhere
from access.queries import permitted
from core import clock, sheets
from core.actors import Actor
from core.errors import NotFound
from core.text import clean_query
from office.forms import units as forms
from office.queries import units as queries
from office.queries.units import MANAGE, VIEW, UnitFilter
from office.views.acts import OfficeAct, perform_act
from office.workflows import units as workflows
from org.enums import OrgLevel, OrgStatus
from org.models import OrgUnit, UnitChange
from org.queries.consequences import UnitDependents, count_unit_dependents
from org.queries.history import former_names, list_predecessors, list_unit_changes
from org.rules import codes

GET_POST = ["GET", "POST"]
HEADINGS = (
    "编码", "名称", "简称", "层级", "上级编码", "统一社会信用代码", "行政区划代码", "行业代码", "单位性质", "法人资格", "成立日期", "主席",
    "联系人", "联系电话", "状态", "会员数",
)  # fmt: skip


def _wanted(request: HttpRequest) -> UnitFilter:
    level, status = request.GET.get("level", ""), request.GET.get("status", "")
    return UnitFilter(
        text=clean_query(request.GET.get("q", "")),
        level=level if level in {str(value) for value in OrgLevel.values} else "",
        status=status if status in OrgStatus.values else "",
    )


@login_required
@require_GET
def unit_tree(request: HttpRequest) -> HttpResponse:
    """Show the officer's unions as a tree with member counts, or as a list if they are filtered."""
    require_anywhere(request.user, VIEW, OrgUnit)
    wanted = _wanted(request)
    rows = queries.units_visible_to(request.user, wanted)
    context: dict[str, Any] = {
        "wanted": wanted,
        "levels": OrgLevel.choices,
        "statuses": OrgStatus.choices,
    }
    if wanted:
        context["page"] = Paginator(rows, 30).get_page(request.GET.get("page"))
    else:
        units = list(queries.list_drawn_units(rows))
        context |= {
            "forest": queries.build_forest(units),
            "count": len(units),
            "opened": request.GET.get("open") == "all",
        }
    context["may_create"] = permitted(request.user, MANAGE, OrgUnit.objects.all()).exists()
    return render(request, "office/units/tree.html", context)


@login_required
@require_GET
def unit_export(request: HttpRequest) -> HttpResponse:
    """Download the list as a spreadsheet, narrowed as the screen is. Its first columns are those
    of the import.
    """
    require_anywhere(request.user, VIEW, OrgUnit)
    rows = queries.list_unit_sheet_rows(queries.units_visible_to(request.user, _wanted(request)))
    data = sheets.write_workbook(HEADINGS, rows, title="工会组织", widths=[18, 32, 18, 10, 18, 22])
    name = f"craftpath-unions-{clock.today():%Y%m%d}.xlsx"
    return HttpResponse(
        data,
        content_type=sheets.XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@login_required
@require_GET
def unit_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one union, with its facts, former names, what is above, beside and below it, and its
    changes.
    """
    unit = queries.find_visible_unit(request.user, public_id)
    below = queries.units_visible_to(request.user).filter(
        path__startswith=unit.path, depth=unit.depth + 1
    )
    own, above = queries.may_manage(request.user, unit)
    changes = list(list_unit_changes(unit))
    return render(
        request,
        "office/units/detail.html",
        {
            "unit": unit,
            "above": queries.chain_above(request.user, unit),
            "below": Paginator(below, 30).get_page(request.GET.get("page")),
            "members": unit.memberships.filter(ends_on=None).count(),
            "employers": unit.employers.order_by("name_order", "name")[:50],
            "superiors": unit.superior_links.select_related("superior").order_by("-starts_on"),
            "inferiors": unit.inferior_links.filter(ends_on=None)
            .select_related("unit")
            .order_by("unit__name")[:50],
            "former": former_names(unit),
            "predecessors": list_predecessors(unit),
            "changes": changes,
            "annullable": _annullable(changes) if own and unit.live else set(),
            "may_manage": own,
            "may_decide": above,
            "unusual_code": bool(unit.uscc) and not codes.is_usual_union_code(unit.uscc),
            "firms_code": codes.is_firm_code(unit.uscc),
        },
    )


def _annullable(changes: list[UnitChange]) -> set[int]:
    """Return the keys of the last renaming and the last move, if nothing of their kind came later."""
    last: dict[str, UnitChange] = {}
    for change in changes:  # the latest first
        kind = "place" if change.kind in ("moved", "merged") else change.kind
        if change.annulled_at is None:
            last.setdefault(kind, change)
    return {change.pk for change in last.values() if change.kind in ("renamed", "moved")}


def _href(unit: OrgUnit) -> str:
    return reverse("office:unit", args=[unit.public_id])


def _managed(request: HttpRequest, public_id: UUID, *, from_above: bool = False) -> OrgUnit:
    unit = queries.find_visible_unit(request.user, public_id)
    (workflows.require_from_above if from_above else _require)(request.user, unit)
    return unit


def _require(user: Actor, unit: OrgUnit) -> None:
    require(user, MANAGE, unit)


def _hint(request: HttpRequest, unit: OrgUnit) -> None:
    if codes.is_firm_code(unit.uscc):
        messages.warning(
            request,
            _(
                "The code starts with 9, like a company's. A union's own code usually "
                "starts with 81. Please check it."
            ),
        )
    elif not codes.is_usual_union_code(unit.uscc):
        messages.warning(
            request,
            _(
                "A union's code usually starts with 81 or 89. Please compare it with the "
                "certificate."
            ),
        )


@login_required
@require_http_methods(GET_POST)
def unit_new(request: HttpRequest) -> HttpResponse:
    """Record a union below one of the officer's own."""
    require_anywhere(request.user, MANAGE, OrgUnit)
    wanted = _uuid(request.GET.get("parent", ""))
    parent = (
        permitted(request.user, MANAGE, OrgUnit.objects.all()).filter(public_id=wanted).first()
        if wanted
        else None
    )
    initial: dict[str, Any] = {"status": OrgStatus.NORMAL}
    if parent:
        initial |= {
            "parent": parent.code,
            "level": min(parent.level + 1, OrgLevel.GROUP),
            "region_code": parent.region_code,
        }
    act = OfficeAct(
        form=forms.NewUnitForm(request.POST or None, user=request.user, initial=initial),
        run=lambda form: workflows.create_unit_as_officer(actor=request.user, **form.cleaned_data),
        title=_("Record a union"),
        eyebrow=_("Unions"),
        back=reverse("office:tree"),
        label=_("Record the union"),
        done=_("The union has been recorded."),
        leads_to=_href,
        after=lambda unit: _hint(request, unit),
    )
    return perform_act(request, act)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@login_required
@require_http_methods(GET_POST)
def unit_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change the plain facts of a union."""
    unit = _managed(request, public_id)
    initial = {name: getattr(unit, name) for name in forms.UnitFactsForm.base_fields}
    act = OfficeAct(
        form=forms.UnitFactsForm(request.POST or None, user=request.user, initial=initial),
        run=lambda form: workflows.change_unit_as_officer(
            actor=request.user, unit=unit, **form.cleaned_data
        ),
        title=_("Edit the details"),
        eyebrow=unit.name,
        lead=_(
            "Renaming, moving, merging and dissolving a union are done separately, with a "
            "date and a document number."
        ),
        back=_href(unit),
        label=_("Save"),
        done=_("Saved."),
        after=lambda row: _hint(request, row),
    )
    return perform_act(request, act)


@login_required
@require_http_methods(GET_POST)
def unit_rename(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a union a new name from a day, or correct a mistyped one."""
    unit = _managed(request, public_id)

    def run(form: Any) -> UnitChange:
        data = form.paper
        if form.cleaned_data["what"] == "corrected":
            data = {"on": None, "reason": data["reason"]}
        return workflows.rename_unit_as_officer(
            actor=request.user,
            unit=unit,
            name=form.cleaned_data["name"],
            short_name=form.cleaned_data["short_name"],
            **data,
        )

    act = OfficeAct(
        form=forms.RenameForm(
            request.POST or None,
            user=request.user,
            initial={"name": unit.name, "short_name": unit.short_name},
        ),
        run=run,
        title=_("New name"),
        eyebrow=unit.name,
        lead=_(
            "Certificates already issued keep the name printed on them. New ones show the new name."
        ),
        back=_href(unit),
        label=_("Enter the new name"),
        done=_("The name has been changed."),
    )
    return perform_act(request, act)


@login_required
@require_http_methods(GET_POST)
def unit_move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Place a union, with all below it, under another."""
    unit = _managed(request, public_id, from_above=True)
    below = OrgUnit.objects.filter(path__startswith=unit.path).exclude(pk=unit.pk).count()

    def lines(_form: Any, change: UnitChange) -> list[str]:
        told = [
            _("It is now under “%(old)s”.") % {"old": change.old_parent or "—"},
            _(
                "From then on the officers of “%(new)s” are responsible for this union. "
                "Those of the previous superior union lose access."
            )
            % {"new": change.new_parent},
        ]
        if below:
            told.insert(
                1,
                ngettext(
                    "%(n)s union below moves with it.", "%(n)s unions below move with it.", below
                )
                % {"n": below},
            )
        return [*told, _("You can undo this on the union's page.")]

    act = OfficeAct(
        form=forms.MoveForm(request.POST or None, user=request.user),
        run=lambda form: workflows.move_unit_as_officer(
            actor=request.user, unit=unit, parent=form.cleaned_data["parent"], **form.paper
        ),
        title=_("Move under another union"),
        eyebrow=unit.name,
        back=_href(unit),
        label=_("Move the union"),
        lines=lines,
        question=lambda form: (
            _("Move “%(unit)s” under “%(parent)s”?")
            % {"unit": unit.name, "parent": form.cleaned_data["parent"].name}
        ),
        done=_("The union has been moved."),
    )
    return perform_act(request, act)


def _weights(weight: UnitDependents) -> list[tuple[Any, int]]:
    return [
        (_("members"), weight.members),
        (_("unions below"), weight.children),
        (_("employers"), weight.employers),
        (_("industry links"), weight.links),
        *((row.label, row.count) for row in weight.following),
    ]


def _parts(sentence: str, facts: dict[str, int], **more: Any) -> list[str]:
    named = {
        "children": _("unions below"),
        "employers": _("employers"),
        "links": _("industry links"),
    }
    parts = "、".join(f"{label} {facts[key]}" for key, label in named.items() if facts.get(key))
    return [sentence % {"parts": parts, **more}] if parts else []


def _stays(weight: UnitDependents) -> list[str]:
    if not weight.staying:
        return []
    parts = "、".join(f"{row.label} {row.count}" for row in weight.staying)
    return [
        _("These stay with their union and use its current name: %(parts)s.") % {"parts": parts}
    ]


@login_required
@require_http_methods(GET_POST)
def unit_merge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Merge a union into another."""
    unit = _managed(request, public_id, from_above=True)
    weight = count_unit_dependents(unit)

    def lines(_form: Any, change: UnitChange) -> list[str]:
        into = change.other
        told = [
            ngettext(
                "%(n)s member is transferred on the effective date.",
                "%(n)s members are transferred on the effective date.",
                change.facts["members"],
            )
            % {"n": change.facts["members"]},
            *_parts(_("These move to “%(name)s”: %(parts)s."), change.facts, name=into),
            *_stays(weight),
            _(
                "The former union stays on record as “merged” under “%(into)s”. The "
                "officers there can view its earlier cases."
            )
            % {"into": into},
        ]
        if weight.following:
            told.insert(2, _following(weight))
        return [*told, _("This can't be undone.")]

    act = OfficeAct(
        form=forms.MergeForm(request.POST or None, user=request.user),
        run=lambda form: workflows.merge_units_as_officer(
            actor=request.user, unit=unit, into=form.cleaned_data["into"], **form.paper
        ),
        title=_("Merge into another union"),
        eyebrow=unit.name,
        lead=_(
            "Everything listed below moves to the union you enter. You will see the "
            "consequences before anything is changed."
        ),
        back=_href(unit),
        label=_("Merge permanently"),
        danger=True,
        weights=_weights(weight),
        lines=lines,
        question=lambda form: (
            _("Merge “%(unit)s” into “%(into)s”?")
            % {"unit": unit.name, "into": form.cleaned_data["into"].name}
        ),
        done=_("The unions have been merged."),
    )
    return perform_act(request, act)


def _following(weight: UnitDependents) -> str:
    return _("Also affected: %(parts)s.") % {
        "parts": "、".join(f"{row.label} {row.count}" for row in weight.following)
    }


@login_required
@require_http_methods(GET_POST)
def unit_dissolve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Dissolve a union."""
    unit = _managed(request, public_id, from_above=True)
    weight = count_unit_dependents(unit)

    def lines(form: Any, change: UnitChange) -> list[str]:
        heir, number = form.cleaned_data["successor"], change.facts["members"]
        if heir:
            first = ngettext(
                "%(n)s member goes to “%(heir)s”.", "%(n)s members go to “%(heir)s”.", number
            ) % {"n": number, "heir": heir}
        else:
            first = ngettext(
                "%(n)s member will have no union from that day.",
                "%(n)s members will have no union from that day.",
                number,
            ) % {"n": number}
        told = [first, *_parts(_("These end: %(parts)s."), change.facts), *_stays(weight)]
        if weight.following:
            told.insert(2, _following(weight))
        return [*told, _("The union can be restored later. Roles then have to be given again.")]

    act = OfficeAct(
        form=forms.DissolveForm(request.POST or None, user=request.user),
        run=lambda form: workflows.dissolve_unit_as_officer(
            actor=request.user, unit=unit, successor=form.cleaned_data["successor"], **form.paper
        ),
        title=_("Dissolve the union"),
        eyebrow=unit.name,
        lead=_("Move, merge or dissolve the unions below first.") if weight.children else "",
        back=_href(unit),
        label=_("Dissolve"),
        danger=True,
        weights=_weights(weight),
        lines=lines,
        question=lambda _form: _("Dissolve “%(unit)s”?") % {"unit": unit.name},
        done=_("The union has been dissolved."),
    )
    return perform_act(request, act)


@login_required
@require_http_methods(GET_POST)
def unit_restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Restore a dissolved union."""
    unit = _managed(request, public_id, from_above=True)

    def lines(_form: Any, change: UnitChange) -> list[str]:
        return [
            ngettext(
                "%(n)s membership will be restored.",
                "%(n)s memberships will be restored.",
                change.facts["members"],
            )
            % {"n": change.facts["members"]},
            _(
                "%(n)s employers belong to it again. Those that have since joined another "
                "union stay there."
            )
            % {"n": change.facts["employers"]},
            _("Roles aren't restored automatically. Give them again."),
        ]

    act = OfficeAct(
        form=forms.RestoreForm(request.POST or None, user=request.user),
        run=lambda form: workflows.restore_unit_as_officer(
            actor=request.user, unit=unit, **form.paper
        ),
        title=_("Restore the union"),
        eyebrow=unit.name,
        back=_href(unit),
        label=_("Restore"),
        lines=lines,
        question=lambda _form: _("Restore “%(unit)s”?") % {"unit": unit.name},
        done=_("The union is active again."),
    )
    return perform_act(request, act)


@login_required
@require_http_methods(GET_POST)
def unit_activate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a union that is being founded begin its work."""
    unit = _managed(request, public_id, from_above=True)
    act = OfficeAct(
        form=forms.RestoreForm(request.POST or None, user=request.user),
        run=lambda form: workflows.activate_unit_as_officer(
            actor=request.user, unit=unit, **form.paper
        ),
        title=_("Complete the founding of the union"),
        eyebrow=unit.name,
        back=_href(unit),
        label=_("Record"),
        done=_("The union is now active."),
    )
    return perform_act(request, act)


@login_required
@require_http_methods(GET_POST)
def unit_link(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Record the industry superior of a union."""
    unit = _managed(request, public_id)
    act = OfficeAct(
        form=forms.LinkForm(request.POST or None, user=request.user),
        run=lambda form: workflows.link_superior_as_officer(
            actor=request.user, unit=unit, superior=form.cleaned_data["superior"], **form.paper
        ),
        title=_("Industry superior"),
        eyebrow=unit.name,
        lead=_(
            "The industry link exists beside the union tree and grants no permissions. The "
            "current industry superior ends the day before."
        ),
        back=_href(unit),
        label=_("Record"),
        done=_("The industry superior has been recorded."),
    )
    return perform_act(request, act)


@login_required
@require_http_methods(GET_POST)
def unit_unlink(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End the industry link of a union."""
    unit = _managed(request, public_id)
    act = OfficeAct(
        form=forms.EndLinkForm(request.POST or None, user=request.user),
        run=lambda form: workflows.unlink_superior_as_officer(
            actor=request.user, unit=unit, **form.cleaned_data
        ),
        title=_("End the industry link"),
        eyebrow=unit.name,
        back=_href(unit),
        label=_("End employment"),
        done=_("The industry link has ended and is kept in the history."),
    )
    return perform_act(request, act)


@login_required
@require_http_methods(GET_POST)
def unit_annul(request: HttpRequest, public_id: UUID, change_id: UUID) -> HttpResponse:
    """Annul a rename or a move that should never have been recorded."""
    unit = _managed(request, public_id)
    change = list_unit_changes(unit).filter(public_id=change_id).first()
    if change is None:
        raise NotFound
    back_to = change.old_name if change.kind == "renamed" else str(change.old_parent or "")
    act = OfficeAct(
        form=forms.UnitReasonForm(request.POST or None, user=request.user),
        run=lambda form: workflows.annul_change_as_officer(
            actor=request.user, change=change, **form.cleaned_data
        ),
        title=_("Withdraw the entry"),
        eyebrow=unit.name,
        lead=_(
            "If you withdraw “%(what)s” of %(day)s, everything is as it was before "
            "(%(before)s). The entry is kept and marked as withdrawn."
        )
        % {"what": change.get_kind_display(), "day": change.on.isoformat(), "before": back_to},
        back=_href(unit),
        label=_("Withdraw"),
        done=_("The entry has been withdrawn."),
    )
    return perform_act(request, act)
