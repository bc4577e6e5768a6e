"""Record the filings of assessment bodies, and allocate certificate numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

import audit
from access.checks import require
from certification.enums import CertificateKind
from certification.errors import NotIssuable
from certification.grants import MANAGE_BODIES
from certification.models import AssessmentBody, Certificate
from certification.rules import filed_number, number
from certification.rules.order import CertificateOrder
from core import counters
from core.actors import Actor
from core.states import lock
from org.models import OrgUnit


@transaction.atomic
def record_filing(*, actor: Actor, org: OrgUnit, **fields: Any) -> AssessmentBody:
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
def end_filing(*, actor: Actor, body: AssessmentBody, on: date) -> AssessmentBody:
    """End a filing on the day *on*. Numbers that were given don't change."""
    body = lock(body)
    require(actor, MANAGE_BODIES, body.org)
    before = body.valid_until
    body.valid_until = on
    body.full_clean()
    body.save()
    audit.record(
        "certification.body_ended",
        actor=actor,
        target=body,
        before={"until": before},
        after={"until": on},
    )
    return body


@dataclass(frozen=True, slots=True)
class Numbering:
    """Where the number of an order comes from. It names a counter and a function that writes the
    counter's next value as a number.
    """

    counter: str
    write: Callable[[int], str]
    filed: bool = False


class Numberings:
    """Finds the numbering of orders. Use it within one transaction only, since it keeps what it
    has read of each union.

    A skill level certificate of a filed assessment body has the 22 characters of the official rule.
    Every other certificate has a number of our own form.
    """

    def __init__(self) -> None:
        """Start without any union read."""
        self._bodies: dict[tuple[int, date], AssessmentBody | None] = {}
        self._ours: dict[tuple[int, str, date], Numbering] = {}

    def of(self, order: CertificateOrder, org: OrgUnit, on: date) -> Numbering:
        """Return the numbering of *order*.

        Raises `NotIssuable`, before a number is taken, if it can have none.
        """
        body = self._filed(org, on) if order.kind == CertificateKind.LEVEL else None
        if body is not None:
            found = _of_body(body, order, on)
            found.write(1)
            return found
        key = (org.pk, order.kind, on)
        if key not in self._ours:
            found = _ours(order, org, on)
            found.write(1)
            self._ours[key] = found
        return self._ours[key]

    def _filed(self, org: OrgUnit, on: date) -> AssessmentBody | None:
        if (org.pk, on) not in self._bodies:
            rows = AssessmentBody.objects.filter(
                Q(valid_until=None) | Q(valid_until__gte=on), org=org, valid_from__lte=on
            )
            self._bodies[org.pk, on] = rows.order_by("-valid_from").first()
        return self._bodies[org.pk, on]


def allocate_certificate_number(order: CertificateOrder, org: OrgUnit, on: date) -> str:
    """Return the next number for *order*. See `allocate_certificate_numbers`."""
    return allocate_certificate_numbers([Numberings().of(order, org, on)])[0]


def allocate_certificate_numbers(wanted: Sequence[Numbering]) -> list[str]:
    """Return the next number for each of *wanted*. They are taken in the caller's transaction, so
    they are free again if it fails.

    Counters are taken in the order of their names, so that two transactions never wait for each
    other. A number of a filed body is skipped if a paper certificate that was taken over earlier
    already has it.
    """
    serials = {
        name: iter(counters.take_counter_numbers(name, count))
        for name, count in sorted(Counter(numbering.counter for numbering in wanted).items())
    }
    taken = [numbering.write(next(serials[numbering.counter])) for numbering in wanted]
    filed = [made for numbering, made in zip(wanted, taken, strict=True) if numbering.filed]
    on_paper = (
        set(Certificate.objects.filter(number_key__in=filed).values_list("number_key", flat=True))
        if filed
        else set()
    )
    return [
        _passing(numbering) if made in on_paper else made
        for numbering, made in zip(wanted, taken, strict=True)
    ]


def _passing(numbering: Numbering) -> str:
    while True:
        made = numbering.write(counters.take_counter_numbers(numbering.counter)[0])
        if not Certificate.objects.filter(number_key=made).exists():
            return made


def _of_body(body: AssessmentBody, order: CertificateOrder, on: date) -> Numbering:
    def write(serial: int) -> str:
        try:
            return filed_number.make_filed_number(
                prefix=body.prefix, year=on.year, level=order.level, serial=serial
            )
        except filed_number.FiledNumberError as error:
            raise NotIssuable(
                "level_without_number",
                _(
                    "A registered assessment body can only number the five levels from 初级工 "
                    "to 高级技师. Correct the level, or issue another kind of certificate."
                ),
            ) from error

    return Numbering(f"certification:filed:{body.prefix}-{on.year}", write, filed=True)


def _ours(order: CertificateOrder, org: OrgUnit, on: date) -> Numbering:
    try:
        code = number.format_union_part(org.code)
    except number.NumberError as error:
        raise NotIssuable(
            "org_code_unusable",
            _(
                "The union's code can't be used in a number. It needs at least two letters "
                "or digits. Correct the union's code."
            ),
        ) from error
    return Numbering(
        f"certification:{code}-{order.kind}-{on.year}",
        lambda serial: str(
            number.make_certificate_number(org=code, kind=order.kind, year=on.year, serial=serial)
        ),
    )
