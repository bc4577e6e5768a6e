"""Pages of the employers of the officer's unions, with a list, one employer and acts on it. All
others answer 404.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from access.checks import require_anywhere
from access.queries import permitted
from core import clock, sheets
from core.text import clean_query
from office.forms import units as forms
from office.queries import units as queries
from office.queries.units import MANAGE, VIEW
from office.views.acts import OfficeAct, perform_act
from office.workflows import employers as workflows
from org.models import Employer, EmployerChange, OrgUnit
from org.queries.consequences import count_employer_dependents
from org.queries.history import former_employer_names

GET_POST = ["GET", "POST"]
HEADINGS = (
    "名称",
    "统一社会信用代码",
    "行政区划代码",
    "行业代码",
    "联系人",
    "联系电话",
    "所属工会",
    "在职人数",
    "并入",
)


@login_required
@require_GET
def employer_list(request: HttpRequest) -> HttpResponse:
    """List the employers of the officer's unions, found by name, former name or code."""
    require_anywhere(request.user, VIEW, OrgUnit)
    text = clean_query(request.GET.get("q", ""))
    rows = (
        queries.employers_visible_to(request.user, text=text)
        .select_related("merged_into")
        .prefetch_related("unions")
    )
    page = Paginator(rows if text else rows.filter(merged_into=None), 30).get_page(
        request.GET.get("page")
    )
    may_create = permitted(request.user, MANAGE, OrgUnit.objects.all()).exists()
    return render(
        request,
        "office/employers/list.html",
        {"page": page, "text": text, "may_create": may_create},
    )


@login_required
@require_GET
def employer_export(request: HttpRequest) -> HttpResponse:
    """Download the list as a spreadsheet, narrowed as the screen is."""
    require_anywhere(request.user, VIEW, OrgUnit)
    text = clean_query(request.GET.get("q", ""))
    rows = (
        queries.employers_visible_to(request.user, text=text)
        .select_related("merged_into")
        .prefetch_related("unions")
    )
    data = sheets.write_workbook(
        HEADINGS, (_row(row) for row in rows), title="用人单位", widths=[36, 22, 12, 10, 12, 16, 40]
    )
    name = f"craftpath-employers-{clock.today():%Y%m%d}.xlsx"
    return HttpResponse(
        data,
        content_type=sheets.XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _row(row: Any) -> list[Any]:
    unions = "、".join(f"{unit.name}（{unit.code}）" for unit in row.unions.all())
    merged = row.merged_into.name if row.merged_into else ""
    return [
        row.name, row.uscc, row.region_code, row.industry_code, row.contact_name, row.contact_phone, unions, row.workers, merged,
    ]  # fmt: skip


@login_required
@require_GET
def employer_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one employer, with its facts, former names, unions and changes."""
    employer = queries.find_visible_employer(request.user, public_id)
    managed = (
        queries.employers_visible_to(request.user, codename=MANAGE).filter(pk=employer.pk).exists()
    )
    return render(
        request,
        "office/employers/detail.html",
        {
            "employer": employer,
            "unions": employer.unions.order_by("path"),
            "former": former_employer_names(employer),
            "predecessors": Employer.objects.filter(merged_into=employer).order_by(
                "name_order", "name"
            ),
            "changes": employer.changes.select_related("unit", "other", "recorded_by").order_by(
                "-on", "-pk"
            )[:50],
            "may_manage": managed and employer.merged_into_id is None,
        },
    )


def _href(employer: Employer) -> str:
    return reverse("office:employer", args=[employer.public_id])


def _managed(request: HttpRequest, public_id: UUID) -> Employer:
    employer = queries.find_visible_employer(request.user, public_id)
    workflows.require_employer(request.user, employer)
    return employer


@login_required
@require_http_methods(GET_POST)
def employer_new(request: HttpRequest) -> HttpResponse:
    """Record an employer of one of the officer's unions."""
    require_anywhere(request.user, MANAGE, OrgUnit)
    act = OfficeAct(
        form=forms.NewEmployerForm(
            request.POST or None,
            user=request.user,
            initial={"union": request.GET.get("union", "")[:30]},
        ),
        run=lambda form: workflows.create_employer_as_officer(
            actor=request.user, **form.cleaned_data
        ),
        title=_("Record an employer"),
        eyebrow=_("Employers"),
        back=reverse("office:employers"),
        label=_("Record the employer"),
        done=_("The employer has been recorded."),
        leads_to=_href,
    )
    return perform_act(request, act)


@login_required
@require_http_methods(GET_POST)
def employer_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change the plain facts of an employer."""
    employer = _managed(request, public_id)
    initial = {name: getattr(employer, name) for name in forms.EmployerForm.base_fields}
    act = OfficeAct(
        form=forms.EmployerForm(request.POST or None, user=request.user, initial=initial),
        run=lambda form: workflows.change_employer_as_officer(
            actor=request.user, employer=employer, **form.cleaned_data
        ),
        title=_("Edit the details"),
        eyebrow=employer.name,
        back=_href(employer),
        label=_("Save"),
        done=_("Saved."),
    )
    return perform_act(request, act)


@login_required
@require_http_methods(GET_POST)
def employer_rename(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give an employer a new name from a day, or correct a mistyped one."""
    employer = _managed(request, public_id)

    def run(form: Any) -> EmployerChange:
        data = form.paper
        if form.cleaned_data["what"] == "corrected":
            data = {"on": None, "reason": data["reason"]}
        return workflows.rename_employer_as_officer(
            actor=request.user, employer=employer, name=form.cleaned_data["name"], **data
        )

    act = OfficeAct(
        form=forms.RenameEmployerForm(
            request.POST or None, user=request.user, initial={"name": employer.name}
        ),
        run=run,
        title=_("New name"),
        eyebrow=employer.name,
        lead=_(
            "Certificates already issued keep the name printed on them. New ones show the new name."
        ),
        back=_href(employer),
        label=_("Enter the new name"),
        done=_("The name has been changed."),
    )
    return perform_act(request, act)


@login_required
@require_http_methods(GET_POST)
def employer_link(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Link an employer to a further union."""
    employer = _managed(request, public_id)
    act = OfficeAct(
        form=forms.LinkEmployerForm(request.POST or None, user=request.user),
        run=lambda form: workflows.link_employer_as_officer(
            actor=request.user, employer=employer, **form.cleaned_data
        ),
        title=_("Add to another union"),
        eyebrow=employer.name,
        back=_href(employer),
        label=_("Record"),
        done=_("Recorded."),
    )
    return perform_act(request, act)


@login_required
@require_http_methods(GET_POST)
def employer_unlink(request: HttpRequest, public_id: UUID, unit_id: UUID) -> HttpResponse:
    """End an employer's link to a union."""
    employer = _managed(request, public_id)
    unit = queries.find_visible_unit(request.user, unit_id)
    act = OfficeAct(
        form=forms.EndLinkForm(request.POST or None, user=request.user),
        run=lambda form: workflows.unlink_employer_as_officer(
            actor=request.user, employer=employer, union=unit, **form.cleaned_data
        ),
        title=_("The employer leaves “%(unit)s”") % {"unit": unit.name},
        eyebrow=employer.name,
        lead=_(
            "The workers' memberships don't change. Transfer them one by one or with a "
            "roster import."
        ),
        back=_href(employer),
        label=_("End employment"),
        done=_("Recorded. It is kept in the history."),
    )
    return perform_act(request, act)


@login_required
@require_http_methods(GET_POST)
def employer_merge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Merge an employer into another, whether they are two records of one firm or two firms that
    became one.
    """
    employer = _managed(request, public_id)
    weight = count_employer_dependents(employer)

    def lines(form: Any, change: EmployerChange) -> list[str]:
        told = [
            ngettext(
                "%(n)s worker works at “%(into)s” from %(day)s.",
                "%(n)s workers work at “%(into)s” from %(day)s.",
                weight.workers,
            )
            % {"n": weight.workers, "into": change.other, "day": change.on.isoformat()},
            ngettext(
                "%(n)s union is assigned the receiving employer.",
                "%(n)s unions are assigned the receiving employer.",
                weight.unions,
            )
            % {"n": weight.unions},
        ]
        if weight.staying:
            parts = "、".join(f"{row.label} {row.count}" for row in weight.staying)
            told.append(
                _("These keep the employer they had at the time: %(parts)s.") % {"parts": parts}
            )
        return [*told, _("This can't be undone.")]

    act = OfficeAct(
        form=forms.MergeEmployerForm(request.POST or None, user=request.user),
        run=lambda form: workflows.merge_employers_as_officer(
            actor=request.user, employer=employer, into=form.cleaned_data["into"], **form.paper
        ),
        title=_("Merge into another employer"),
        eyebrow=employer.name,
        back=_href(employer),
        label=_("Merge permanently"),
        danger=True,
        weights=[
            (_("workers"), weight.workers),
            (_("unions"), weight.unions),
            *((row.label, row.count) for row in weight.following),
        ],
        lines=lines,
        question=lambda form: (
            _("Merge “%(unit)s” into “%(into)s”?")
            % {"unit": employer.name, "into": form.cleaned_data["into"].name}
        ),
        done=_("The employers have been merged."),
    )
    return perform_act(request, act)
