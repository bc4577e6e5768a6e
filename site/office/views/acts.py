"""The steps that acts on unions and employers share.

They are a form, a dry run with its numbers, a confirmation and the act itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from access.queries import permitted
from core.actors import Actor
from core.errors import DomainError, Forbidden, NotFound
from office.forms.units import UnionDeskForm, UnitField
from office.workflows.units import dry_run_act
from org.enums import LIVE
from org.models import OrgUnit

SUGGESTED = 200  # unions offered while typing; any other may still be typed


@dataclass(slots=True)
class OfficeAct:
    """One act, with its form, what it does and its texts. *lines* turns the result of the dry run
    into consequences to confirm.
    """

    form: UnionDeskForm
    run: Callable[[UnionDeskForm], Any]
    title: str
    back: str
    label: str
    lead: str = ""
    eyebrow: str = ""
    danger: bool = False
    weights: list[Any] = field(default_factory=list)
    lines: Callable[[UnionDeskForm, Any], list[str]] | None = None
    question: Callable[[UnionDeskForm], str] | None = None
    done: str = ""
    leads_to: Callable[[Any], str] | None = None
    after: Callable[[Any], None] | None = None

    @property
    def asks(self) -> bool:
        """Say whether a page with the consequences comes before the act."""
        return self.lines is not None


def perform_act(request: HttpRequest, act: OfficeAct) -> HttpResponse:
    """Answer one request of *act*.

    It shows the form, then the confirmation if the act has `lines`, then does the act and
    redirects.
    """
    form = act.form
    if request.method == "POST" and form.is_valid():
        confirming = act.lines is not None and "confirmed" not in request.POST
        try:
            result = dry_run_act(lambda: act.run(form)) if confirming else act.run(form)
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            form.take(error)
        except ValidationError as error:
            form.take_validation(error)
        else:
            if confirming and act.lines is not None:
                return _ask(request, act, act.lines(form, result))
            messages.success(request, act.done)
            if act.after:
                act.after(result)
            return redirect(act.leads_to(result) if act.leads_to else act.back)
    names_units = any(isinstance(one, UnitField) for one in form.fields.values())
    context = {
        "act": act,
        "form": form,
        "suggested": _suggested(request.user, form) if names_units else [],
    }
    return render(request, "office/units/act.html", context, status=422 if form.errors else 200)


def _ask(request: HttpRequest, act: OfficeAct, lines: list[str]) -> HttpResponse:
    typed = [
        (key, value)
        for key, values in request.POST.lists()
        for value in values
        if key != "csrfmiddlewaretoken"
    ]
    question = act.question(act.form) if act.question else act.title
    return render(
        request,
        "office/units/confirm.html",
        {"act": act, "lines": lines, "typed": typed, "question": question},
    )


def _suggested(user: Actor, form: UnionDeskForm) -> list[OrgUnit]:
    codename = next(one.codename for one in form.fields.values() if isinstance(one, UnitField))
    rows = permitted(user, codename, OrgUnit.objects.filter(status__in=LIVE).order_by("path"))
    return list(rows.only("name", "code", "path")[:SUGGESTED])
