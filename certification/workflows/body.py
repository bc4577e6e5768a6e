"""Filings of assessment bodies, and the number a certificate gets."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

import audit
from access.checks import require
from certification.enums import Kind
from certification.errors import NotIssuable
from certification.grants import MANAGE_BODIES
from certification.models import AssessmentBody, Certificate
from certification.rules import filed_number, number
from certification.rules.order import Order
from core import counters
from core.states import lock
from org.models import OrgUnit


@transaction.atomic
def record_filing(*, actor: Any, org: OrgUnit, **fields: Any) -> AssessmentBody:
    """Record that *org* is filed as an assessment body. Needs `certification.manage_bodies` on it."""
    require(actor, MANAGE_BODIES, org)
    body = AssessmentBody(org=org, recorded_by_id=getattr(actor, "pk", None), **fields)
    body.full_clean()
    body.save()
    audit.record(
        "certification.body_filed",
        actor=actor,
        target=body,
        after={"code": body.prefix, "from": body.valid_from, "document": body.document},
    )
    return body


@transaction.atomic
def end_filing(*, actor: Any, body: AssessmentBody, on: date) -> AssessmentBody:
    """Let a filing end on *on*. Numbers that were given stay what they are."""
    body = lock(body)
    require(actor, MANAGE_BODIES, body.org)
    before = body.valid_until
    body.valid_until = on
    body.full_clean()
    body.save()
    audit.record("certification.body_ended", actor=actor, target=body, before={"until": before}, after={"until": on})
    return body


def take_number(order: Order, org: OrgUnit, on: date) -> str:
    """Return the next number for *order*, in the caller's transaction: if that fails, the number is free again.

    A certificate of skill level of a filed assessment body has the 22 characters of the rule, every other one of ours.
    """
    body = _filed(org, on) if order.kind == Kind.LEVEL else None
    if body is None:
        return _own(order, org, on)
    try:
        while True:
            serial = counters.take(f"certification:filed:{body.prefix}-{on.year}")[0]
            made = filed_number.make(prefix=body.prefix, year=on.year, level=order.level, serial=serial)
            if not Certificate.objects.filter(number_key=made).exists():  # else on a paper of this year that was taken over
                return made
    except filed_number.FiledNumberError as error:
        raise NotIssuable(
            "level_without_number",
            _(
                "A filed assessment body numbers the five levels from 初级工 to 高级技师 only. "
                "Correct the level, or issue under another kind."
            ),
        ) from error


def _filed(org: OrgUnit, on: date) -> AssessmentBody | None:
    rows = AssessmentBody.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on), org=org, valid_from__lte=on)
    return rows.order_by("-valid_from").first()


def _own(order: Order, org: OrgUnit, on: date) -> str:
    try:
        code = number.org_part(org.code)
    except number.NumberError as error:
        raise NotIssuable(
            "org_code_unusable",
            _("The union's code can't stand in a number: it needs at least two letters or digits. Correct the union's code."),
        ) from error
    serial = counters.take(f"certification:{code}-{order.kind}-{on.year}")[0]
    return str(number.make(org=code, kind=order.kind, year=on.year, serial=serial))
