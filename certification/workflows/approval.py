"""Give each outcome a number and a row, which is the first step of issuing.

Both are written in one transaction. Numbers are without gaps and are never given twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

import audit
from access.checks import require
from certification.enums import CertificateKind
from certification.errors import NotIssuable
from certification.grants import ISSUE
from certification.models import Certificate, CertificateTemplate
from certification.models.template import claim_sentence
from certification.queries.certificate import find_certificate_template
from certification.rules import claims, criteria, english, status, wording
from certification.rules.order import CertificateOrder, Wording
from certification.workflows.body import Numbering, Numberings, allocate_certificate_numbers
from certification.workflows.credential_issue import assign_status_places
from certification.workflows.print_data import fill_stored_wording
from core import clock
from core.actors import Actor
from core.bulk import build_like, insert_rows, read_keys
from core.errors import DomainError
from org.models import OrgUnit

Approved = Certificate | Exception
# What comes from outside and may not fit. All else was made here, or leads to rows that were read
# in this transaction or are held by the database: looking each up again would be a query a field.
_FROM_OUTSIDE = frozenset(
    {
        "number", "kind", "source_kind", "source_key", "holder_name", "holder_key", "issuer_name", "employer_name", "title", "subject",
        "occupation_name", "occupation_code", "level", "distinction", "issued_on", "valid_until",
    }
)  # fmt: skip
_OURS = frozenset(field.name for field in Certificate._meta.fields) - _FROM_OUTSIDE
_KINDS = frozenset(CertificateKind.values)
_TEXTS = [
    (field.attname, int(field.max_length or 0), field.blank)
    for field in Certificate._meta.fields
    if field.name in _FROM_OUTSIDE and isinstance(field, models.CharField)
]


def approve_certificate(*, actor: Actor, order: CertificateOrder) -> Certificate:
    """Give the outcome of *order* a number and a row, or return the row it has.

    Needs `certification.issue` on the issuing union. Raises `NotIssuable` if there is no template,
    the wording has a hole, or the number would be that of a filed assessment body, whose layout is
    prescribed.
    """
    (one,) = approve_certificates(actor=actor, orders=[order])
    if isinstance(one, Exception):
        raise one
    return one


def approve_certificates(*, actor: Actor, orders: Sequence[CertificateOrder]) -> list[Approved]:
    """Approve many outcomes as `approve_certificate` does one. The result holds, for each of
    *orders*, the row or the error that stopped it, so one that is stopped doesn't stop the
    others.

    If the database refuses the whole, because another worker has one of the outcomes at the same
    moment, they are taken one by one.
    """
    try:
        return _together(actor, orders)
    except Exception as error:  # noqa: BLE001 - it belongs to one of them, and stands in its place
        if len(orders) > 1:
            return [
                one for order in orders for one in approve_certificates(actor=actor, orders=[order])
            ]
        known = _known(orders) if isinstance(error, IntegrityError) else {}
        return [known.get((orders[0].source_kind, orders[0].source_key), error)]


@transaction.atomic
def _together(actor: Actor, orders: Sequence[CertificateOrder]) -> list[Approved]:
    orgs = OrgUnit.objects.in_bulk({order.org_id for order in orders})
    refused: dict[int, DomainError] = {}
    for org in orgs.values():
        try:
            require(actor, ISSUE, org)
        except DomainError as error:
            refused[org.pk] = error
    known = _known(orders)
    templates, numberings, today = _Templates(), Numberings(), clock.today()
    drafts: dict[tuple[str, str], tuple[Certificate, Numbering]] = {}
    found: list[Approved | None] = []
    for order in orders:
        outcome = (order.source_kind, order.source_key)
        if order.org_id in refused:
            found.append(refused[order.org_id])
        elif outcome in known or outcome in drafts:
            found.append(known.get(outcome) or drafts[outcome][0])
        else:
            org = orgs[order.org_id]
            try:
                row = _draft(order, org, templates, today)
                numbering = numberings.of(order, org, row.issued_on)
                if numbering.filed:
                    raise NotIssuable.in_prescribed_layout()
                drafts[outcome] = row, numbering
                found.append(row)
            except DomainError as error:
                found.append(error)
    if drafts:
        _register(actor, list(drafts.values()))
    return [one for one in found if one is not None]


def _known(orders: Sequence[CertificateOrder]) -> dict[tuple[str, str], Certificate]:
    kinds = {order.source_kind for order in orders}
    rows = Certificate.objects.filter(
        source_kind__in=kinds, source_key__among=[order.source_key for order in orders]
    )
    return {(row.source_kind, row.source_key): row for row in rows}


def _register(actor: Actor, drafts: Sequence[tuple[Certificate, Numbering]]) -> None:
    """Number *drafts*, give them their places in the status lists and insert them.

    It is called in the transaction that has found them missing.
    """
    rows = [row for row, _numbering in drafts]
    for row, number in zip(
        rows, allocate_certificate_numbers([numbering for _row, numbering in drafts]), strict=True
    ):
        row.number = number
    assign_status_places(rows)
    for row, numbering in drafts:
        row.set_keys(number_is_ours=not numbering.filed)
        # Uniqueness is left to the database: it decides between two workers, a look beforehand
        # can't.
        if not _fits(row):
            row.clean_fields(exclude=_OURS)  # says what doesn't
    insert_rows(rows)
    read_keys(rows, by="public_id")
    audit.record_many(
        "certification.approved", actor=actor, deeds=[(row, None, _said(row)) for row in rows]
    )


def _fits(row: Certificate) -> bool:
    """Say quickly whether *row* is as its fields want it. False means that only the fields
    themselves can tell.
    """
    values = row.__dict__
    for name, longest, blank in _TEXTS:
        text = values[name]
        if not (
            isinstance(text, str)
            and len(text) <= longest
            and (text or blank)
            and "\x00" not in text
        ):
            return False
    dates = isinstance(row.issued_on, date) and (
        row.valid_until is None or isinstance(row.valid_until, date)
    )
    return dates and row.kind in _KINDS and (row.level is None or row.level in wording.LEVELS)


def _said(row: Certificate) -> dict[str, Any]:
    return {
        "number": row.number,
        "outcome": f"{row.source_kind}:{row.source_key}",
        "template": row.template_id,
    }


def _draft(
    order: CertificateOrder, org: OrgUnit, templates: _Templates, today: date
) -> Certificate:
    template = templates.of(order.kind, org)
    if template is None:
        raise NotIssuable(
            "no_template",
            _("There is no template for this kind of certificate yet. Add one, then issue again."),
        )
    try:
        _refuse_claims(template)
        fields = _fields(order)
        body = _rows(order.body) if order.body else fill_stored_wording(template.wording, fields)
        body_en = (
            fill_stored_wording(template.wording_en, english.translate_fields(fields))
            if order.body_en is None
            else _rows(order.body_en)
        )
    except wording.WordingError as error:
        raise NotIssuable(
            "wording_incomplete",
            _(
                "The wording needs “%(field)s”, but the record doesn't have it. Complete "
                "the record or change the template."
            )
            % {"field": error.args[0]},
        ) from error
    issued_on = order.issued_on or today
    return build_like(
        templates.blank(order.kind, org, template),
        source_kind=order.source_kind,
        source_key=order.source_key,
        person_id=order.person_id,
        holder_name=order.holder,
        employer_name=order.employer,
        subject=order.subject,
        occupation_name=order.occupation,
        occupation_code=order.occupation_code,
        level=order.level,
        distinction=order.distinction,
        body=body,
        body_en=body_en,
        criteria=criteria.add_public_notice(
            order.criteria or criteria.describe_unrecorded_criteria(org.name), order.notice
        ),
        on_record=order.on_record,
        issued_on=issued_on,
        valid_until=order.valid_until
        or (
            status.last_valid_day(issued_on, template.valid_years) if template.valid_years else None
        ),
    )


def _refuse_claims(template: CertificateTemplate) -> None:
    """Raise `NotIssuable` for an older template whose wording claims what needn't have happened."""
    for text in (template.wording, template.wording_en, template.lead):
        if found := claims.unsupported_claims(text):
            raise NotIssuable(
                "wording_claims",
                _("The template has to be corrected first.") + " " + claim_sentence(found[0]),
            )


class _Templates:
    """The templates in force, each queried once, and what certificates made from one have in
    common.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, int], CertificateTemplate | None] = {}
        self._blanks: dict[tuple[str, int], Certificate] = {}

    def of(self, kind: str, org: OrgUnit) -> CertificateTemplate | None:
        if (kind, org.pk) not in self._found:
            self._found[kind, org.pk] = find_certificate_template(kind, org)
        return self._found[kind, org.pk]

    def blank(self, kind: str, org: OrgUnit, template: CertificateTemplate) -> Certificate:
        if (kind, org.pk) not in self._blanks:
            self._blanks[kind, org.pk] = Certificate(
                kind=kind, org=org, issuer_name=org.name, template=template, title=template.title
            )
        return self._blanks[kind, org.pk]


def _rows(body: Wording) -> list[list[list[Any]]]:
    return [[list(run) for run in paragraph] for paragraph in body]


def _fields(order: CertificateOrder) -> dict[str, str]:
    return {
        "subject": order.subject,
        "occupation": order.occupation,
        "level": wording.LEVELS.get(order.level, "") if order.level is not None else "",
        "trade": wording.format_trade(order.occupation, order.level),
        "employer": order.employer,
        "award": order.distinction,
        "notice": order.notice.written if order.notice else "",
        **order.fields,
    }
