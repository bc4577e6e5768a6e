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
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from access.checks import require, require_anywhere
from access.queries import permitted
from core import sheets
from core.errors import NotFound
from core.text import clean_query
from office.forms import units as forms
from office.queries import units as queries
from office.queries.units import MANAGE, VIEW, Wanted
from office.views.acts import Act, perform
from office.workflows import units as workflows
from org.enums import OrgLevel, OrgStatus
from org.models import OrgUnit, UnitChange
from org.queries.consequences import UnitWeight, weight_of_unit
from org.queries.history import changes_of, former_names, predecessors
from org.rules import codes

GET_POST = ["GET", "POST"]
HEADINGS = (
    "编码", "名称", "简称", "层级", "上级编码", "统一社会信用代码", "行政区划代码", "行业代码", "单位性质", "法人资格", "成立日期", "主席",
    "联系人", "联系电话", "状态", "会员数",
)  # fmt: skip


def _wanted(request: HttpRequest) -> Wanted:
    level, status = request.GET.get("level", ""), request.GET.get("status", "")
    return Wanted(
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
    context: dict[str, Any] = {"wanted": wanted, "levels": OrgLevel.choices, "statuses": OrgStatus.choices}
    if wanted:
        context["page"] = Paginator(rows, 30).get_page(request.GET.get("page"))
    else:
        units = list(queries.drawn(rows))
        context |= {"forest": queries.forest(units), "count": len(units), "opened": request.GET.get("open") == "all"}
    context["may_create"] = permitted(request.user, MANAGE, OrgUnit.objects.all()).exists()
    return render(request, "office/units/tree.html", context)


@login_required
@require_GET
def unit_export(request: HttpRequest) -> HttpResponse:
    """Download the list as a spreadsheet, narrowed as the screen is. Its first columns are those
    of the import.
    """
    require_anywhere(request.user, VIEW, OrgUnit)
    rows = queries.tree_rows(queries.units_visible_to(request.user, _wanted(request)))
    data = sheets.write(HEADINGS, rows, title="工会组织", widths=[18, 32, 18, 10, 18, 22])
    name = f"craftpath-unions-{timezone.localdate():%Y%m%d}.xlsx"
    return HttpResponse(data, content_type=sheets.XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@login_required
@require_GET
def unit_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one union, with its facts, former names, what is above, beside and below it, and its
    changes.
    """
    unit = queries.unit_for(request.user, public_id)
    below = queries.units_visible_to(request.user).filter(path__startswith=unit.path, depth=unit.depth + 1)
    own, above = queries.may_manage(request.user, unit)
    changes = list(changes_of(unit))
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
            "inferiors": unit.inferior_links.filter(ends_on=None).select_related("unit").order_by("unit__name")[:50],
            "former": former_names(unit),
            "predecessors": predecessors(unit),
            "changes": changes,
            "annullable": _annullable(changes) if own and unit.live else set(),
            "may_manage": own,
            "may_decide": above,
            "unusual_code": bool(unit.uscc) and not codes.usual_for_union(unit.uscc),
            "firms_code": codes.looks_like_a_firms(unit.uscc),
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
    unit = queries.unit_for(request.user, public_id)
    (workflows.require_from_above if from_above else _require)(request.user, unit)
    return unit


def _require(user: Any, unit: OrgUnit) -> None:
    require(user, MANAGE, unit)


def _hint(request: HttpRequest, unit: OrgUnit) -> None:
    if codes.looks_like_a_firms(unit.uscc):
        messages.warning(request, _("The code begins with 9 like a firm's. A union's own usually begins with 81: please compare."))
    elif not codes.usual_for_union(unit.uscc):
        messages.warning(request, _("A union's code usually begins with 81 or 89. Please compare it with the certificate."))


@login_required
@require_http_methods(GET_POST)
def unit_new(request: HttpRequest) -> HttpResponse:
    """Record a union below one of the officer's own."""
    require_anywhere(request.user, MANAGE, OrgUnit)
    wanted = _uuid(request.GET.get("parent", ""))
    parent = permitted(request.user, MANAGE, OrgUnit.objects.all()).filter(public_id=wanted).first() if wanted else None
    initial: dict[str, Any] = {"status": OrgStatus.NORMAL}
    if parent:
        initial |= {"parent": parent.code, "level": min(parent.level + 1, OrgLevel.GROUP), "region_code": parent.region_code}
    act = Act(
        form=forms.NewUnitForm(request.POST or None, user=request.user, initial=initial),
        run=lambda form: workflows.create_unit(actor=request.user, **form.cleaned_data),
        title=_("Record a union"),
        eyebrow=_("Unions"),
        back=reverse("office:tree"),
        label=_("Record the union"),
        done=_("The union is recorded."),
        leads_to=_href,
        after=lambda unit: _hint(request, unit),
    )
    return perform(request, act)


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
    initial = {name: getattr(unit, name) for name in forms.FactsForm.base_fields}
    act = Act(
        form=forms.FactsForm(request.POST or None, user=request.user, initial=initial),
        run=lambda form: workflows.change_unit(actor=request.user, unit=unit, **form.cleaned_data),
        title=_("Change the facts"),
        eyebrow=unit.name,
        lead=_("Name, place and end of a union have acts of their own, with day and document."),
        back=_href(unit),
        label=_("Save"),
        done=_("Saved."),
        after=lambda row: _hint(request, row),
    )
    return perform(request, act)


@login_required
@require_http_methods(GET_POST)
def unit_rename(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a union a new name from a day, or correct a mistyped one."""
    unit = _managed(request, public_id)

    def run(form: Any) -> UnitChange:
        data = form.paper
        if form.cleaned_data["what"] == "corrected":
            data = {"on": None, "reason": data["reason"]}
        return workflows.rename_unit(
            actor=request.user, unit=unit, name=form.cleaned_data["name"], short_name=form.cleaned_data["short_name"], **data
        )

    act = Act(
        form=forms.RenameForm(request.POST or None, user=request.user, initial={"name": unit.name, "short_name": unit.short_name}),
        run=run,
        title=_("New name"),
        eyebrow=unit.name,
        lead=_("Certificates already issued keep the name printed on them. New ones bear the new name."),
        back=_href(unit),
        label=_("Enter the new name"),
        done=_("The name is changed."),
    )
    return perform(request, act)


@login_required
@require_http_methods(GET_POST)
def unit_move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Place a union, with all below it, under another."""
    unit = _managed(request, public_id, from_above=True)
    below = OrgUnit.objects.filter(path__startswith=unit.path).exclude(pk=unit.pk).count()

    def lines(_form: Any, change: UnitChange) -> list[str]:
        told = [
            _("Until now it stands under “%(old)s”.") % {"old": change.old_parent or "—"},
            _("Whoever has roles over “%(new)s” has them over this union from now on; those over the old place have them no longer.")
            % {"new": change.new_parent},
        ]
        if below:
            told.insert(1, ngettext("%(n)s union below moves with it.", "%(n)s unions below move with it.", below) % {"n": below})
        return [*told, _("It can be taken back on the union's page.")]

    act = Act(
        form=forms.MoveForm(request.POST or None, user=request.user),
        run=lambda form: workflows.move_unit(actor=request.user, unit=unit, parent=form.cleaned_data["parent"], **form.paper),
        title=_("Place under another union"),
        eyebrow=unit.name,
        back=_href(unit),
        label=_("Move the union"),
        lines=lines,
        question=lambda form: _("Place “%(unit)s” under “%(parent)s”?") % {"unit": unit.name, "parent": form.cleaned_data["parent"].name},
        done=_("The union has moved."),
    )
    return perform(request, act)


def _weights(weight: UnitWeight) -> list[tuple[Any, int]]:
    return [
        (_("members"), weight.members),
        (_("unions below"), weight.children),
        (_("employers"), weight.employers),
        (_("industry links"), weight.links),
        *((row.label, row.count) for row in weight.following),
    ]


def _parts(sentence: str, facts: dict[str, int], **more: Any) -> list[str]:
    named = {"children": _("unions below"), "employers": _("employers"), "links": _("industry links")}
    parts = "、".join(f"{label} {facts[key]}" for key, label in named.items() if facts.get(key))
    return [sentence % {"parts": parts, **more}] if parts else []


def _stays(weight: UnitWeight) -> list[str]:
    if not weight.staying:
        return []
    parts = "、".join(f"{row.label} {row.count}" for row in weight.staying)
    return [_("These keep the union they belong to, under its present name: %(parts)s.") % {"parts": parts}]


@login_required
@require_http_methods(GET_POST)
def unit_merge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Merge a union into another."""
    unit = _managed(request, public_id, from_above=True)
    weight = weight_of_unit(unit)

    def lines(_form: Any, change: UnitChange) -> list[str]:
        into = change.other
        told = [
            ngettext("%(n)s member goes over with the date.", "%(n)s members go over with the date.", change.facts["members"])
            % {"n": change.facts["members"]},
            *_parts(_("These go to “%(name)s”: %(parts)s."), change.facts, name=into),
            *_stays(weight),
            _("The union stays on record as merged, below “%(into)s”, whose officers see its old cases.") % {"into": into},
        ]
        if weight.following:
            told.insert(2, _following(weight))
        return [*told, _("This can't be taken back.")]

    act = Act(
        form=forms.MergeForm(request.POST or None, user=request.user),
        run=lambda form: workflows.merge_units(actor=request.user, unit=unit, into=form.cleaned_data["into"], **form.paper),
        title=_("Merge into another union"),
        eyebrow=unit.name,
        lead=_("Everything below goes to the union you name. You see the consequences before anything happens."),
        back=_href(unit),
        label=_("Merge for good"),
        danger=True,
        weights=_weights(weight),
        lines=lines,
        question=lambda form: _("Merge “%(unit)s” into “%(into)s”?") % {"unit": unit.name, "into": form.cleaned_data["into"].name},
        done=_("The unions are merged."),
    )
    return perform(request, act)


def _following(weight: UnitWeight) -> str:
    return _("Also affected: %(parts)s.") % {"parts": "、".join(f"{row.label} {row.count}" for row in weight.following)}


@login_required
@require_http_methods(GET_POST)
def unit_dissolve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Dissolve a union."""
    unit = _managed(request, public_id, from_above=True)
    weight = weight_of_unit(unit)

    def lines(form: Any, change: UnitChange) -> list[str]:
        heir, number = form.cleaned_data["successor"], change.facts["members"]
        if heir:
            first = ngettext("%(n)s member goes to “%(heir)s”.", "%(n)s members go to “%(heir)s”.", number) % {"n": number, "heir": heir}
        else:
            first = ngettext("%(n)s member is in no union from that day.", "%(n)s members are in no union from that day.", number) % {
                "n": number
            }
        told = [first, *_parts(_("These end: %(parts)s."), change.facts), *_stays(weight)]
        if weight.following:
            told.insert(2, _following(weight))
        return [*told, _("It can be taken up again later; roles are then given anew.")]

    act = Act(
        form=forms.DissolveForm(request.POST or None, user=request.user),
        run=lambda form: workflows.dissolve_unit(actor=request.user, unit=unit, successor=form.cleaned_data["successor"], **form.paper),
        title=_("Dissolve the union"),
        eyebrow=unit.name,
        lead=_("Unions below must be moved, merged or dissolved first.") if weight.children else "",
        back=_href(unit),
        label=_("Dissolve"),
        danger=True,
        weights=_weights(weight),
        lines=lines,
        question=lambda _form: _("Dissolve “%(unit)s”?") % {"unit": unit.name},
        done=_("The union is dissolved."),
    )
    return perform(request, act)


@login_required
@require_http_methods(GET_POST)
def unit_restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Restore a dissolved union."""
    unit = _managed(request, public_id, from_above=True)

    def lines(_form: Any, change: UnitChange) -> list[str]:
        return [
            ngettext("%(n)s member comes back.", "%(n)s members come back.", change.facts["members"]) % {"n": change.facts["members"]},
            _("%(n)s employers belong to it again. Who has found another union since stays there.") % {"n": change.facts["employers"]},
            _("Roles don't come back: give them anew."),
        ]

    act = Act(
        form=forms.RestoreForm(request.POST or None, user=request.user),
        run=lambda form: workflows.restore_unit(actor=request.user, unit=unit, **form.paper),
        title=_("Take the union up again"),
        eyebrow=unit.name,
        back=_href(unit),
        label=_("Take it up again"),
        lines=lines,
        question=lambda _form: _("Take up “%(unit)s” again?") % {"unit": unit.name},
        done=_("The union is active again."),
    )
    return perform(request, act)


@login_required
@require_http_methods(GET_POST)
def unit_activate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a union that is being founded begin its work."""
    unit = _managed(request, public_id, from_above=True)
    act = Act(
        form=forms.RestoreForm(request.POST or None, user=request.user),
        run=lambda form: workflows.activate_unit(actor=request.user, unit=unit, **form.paper),
        title=_("The union begins its work"),
        eyebrow=unit.name,
        back=_href(unit),
        label=_("Enter it"),
        done=_("The union is active."),
    )
    return perform(request, act)


@login_required
@require_http_methods(GET_POST)
def unit_link(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Record the industry superior of a union."""
    unit = _managed(request, public_id)
    act = Act(
        form=forms.LinkForm(request.POST or None, user=request.user),
        run=lambda form: workflows.link_superior(actor=request.user, unit=unit, superior=form.cleaned_data["superior"], **form.paper),
        title=_("Industry superior"),
        eyebrow=unit.name,
        lead=_("It stands beside the tree and gives nobody any rights. A present one ends the day before."),
        back=_href(unit),
        label=_("Record it"),
        done=_("The industry superior is recorded."),
    )
    return perform(request, act)


@login_required
@require_http_methods(GET_POST)
def unit_unlink(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End the industry link of a union."""
    unit = _managed(request, public_id)
    act = Act(
        form=forms.EndForm(request.POST or None, user=request.user),
        run=lambda form: workflows.unlink_superior(actor=request.user, unit=unit, **form.cleaned_data),
        title=_("End the industry link"),
        eyebrow=unit.name,
        back=_href(unit),
        label=_("End it"),
        done=_("The link has ended; it stays on record."),
    )
    return perform(request, act)


@login_required
@require_http_methods(GET_POST)
def unit_annul(request: HttpRequest, public_id: UUID, change_id: UUID) -> HttpResponse:
    """Annul a rename or a move that should never have been recorded."""
    unit = _managed(request, public_id)
    change = changes_of(unit).filter(public_id=change_id).first()
    if change is None:
        raise NotFound
    back_to = change.old_name if change.kind == "renamed" else str(change.old_parent or "")
    act = Act(
        form=forms.ReasonForm(request.POST or None, user=request.user),
        run=lambda form: workflows.annul_change(actor=request.user, change=change, **form.cleaned_data),
        title=_("Take the entry back"),
        eyebrow=unit.name,
        lead=_("“%(what)s” of %(day)s: all is then as before it (%(before)s). The entry stays on record as taken back.")
        % {"what": change.get_kind_display(), "day": change.on.isoformat(), "before": back_to},
        back=_href(unit),
        label=_("Take it back"),
        done=_("The entry is taken back."),
    )
    return perform(request, act)
