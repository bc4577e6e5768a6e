"""Record honours, and publish them with the bearer's own consent only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from access import SYSTEM
from access.checks import require
from certification.enums import OUT_STATES, CertificateKind
from certification.errors import NotIssuable
from certification.grants import MANAGE_HONOURS
from certification.models import Certificate, Honour, HonourList
from certification.rules import criteria
from certification.rules.order import CertificateOrder
from certification.workflows import issue
from core import clock
from core.actors import Actor
from core.errors import DomainError, NotFound
from core.states import lock
from org.models import OrgUnit
from people.models import Person
from people.privacy_enums import ConsentPurpose
from people.privacy_queries import has_consent

SOURCE = "certification.honour"


@transaction.atomic
def create_honour_list(
    *,
    actor: Actor,
    org: OrgUnit,
    title: str,
    year: int,
    announced_on: date,
    document_number: str = "",
) -> HonourList:
    """Record a decision that honours several people. Needs `certification.manage_honours` on
    *org*.
    """
    require(actor, MANAGE_HONOURS, org)
    row = HonourList(
        org=org, title=title, year=year, announced_on=announced_on, document_number=document_number
    )
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def record_honour(
    *, actor: Actor, org: OrgUnit, display_name: str, title: str, year: int, **fields: Any
) -> Honour:
    """Record one honour, which isn't public yet. Needs `certification.manage_honours` on *org*."""
    require(actor, MANAGE_HONOURS, org)
    honour = Honour(org=org, display_name=display_name, title=title, year=year, **fields)
    honour.full_clean()
    honour.save()
    audit.record(
        "certification.honour_recorded",
        actor=actor,
        target=honour,
        after={"title": title, "year": year},
    )
    return honour


@transaction.atomic
def publish_honour(*, actor: Actor, honour: Honour) -> Honour:
    """Show *honour* on the public pages.

    Needs `certification.manage_honours`. Raises `DomainError` without the bearer's recorded
    consent, and for an honour that was set aside.
    """
    honour = lock(honour)
    require(actor, MANAGE_HONOURS, honour)
    if honour.set_aside_for_id is not None:
        raise DomainError(
            "honour_set_aside",
            _("This honour was entered twice, and the other entry counts. Publish that one."),
        )
    if honour.consent_given_on is None and has_consent(honour.person, ConsentPurpose.HONOUR_LIST):
        honour.consent_given_on = clock.today()
    if honour.consent_given_on is None or honour.consent_withdrawn_on is not None:
        raise DomainError(
            "no_consent",
            _("No name is shown without the person's own consent. Record the consent first."),
        )
    if honour.published_on is None:
        honour.published_on = clock.today()
        honour.full_clean()
        honour.save()
        audit.record("certification.honour_published", actor=actor, target=honour)
    return honour


@transaction.atomic
def withdraw_honour_consent(*, actor: Actor, honour: Honour) -> Honour:
    """Remove *honour* from the public pages because its bearer no longer agrees.

    The bearer may do this, or somebody with `certification.manage_honours`.
    """
    honour = lock(honour)
    own = (
        honour.person is not None
        and honour.person.user_id is not None
        and honour.person.user_id == getattr(actor, "pk", None)
    )
    if not own:
        require(actor, MANAGE_HONOURS, honour)
    if honour.consent_withdrawn_on is None:
        honour.consent_withdrawn_on = clock.today()
        honour.published_on = None
        honour.full_clean()
        honour.save()
        audit.record("certification.honour_hidden", actor=actor, target=honour)
    return honour


@transaction.atomic
def set_aside_double_honour(*, actor: Actor, row: Honour, counts: Honour) -> None:
    """Set *row* aside, since *counts* records the same honour of the same person. It leaves the
    public pages and gets no certificate.

    This is part of a merge of two records, which checks the right and asks a second person. A
    certificate that *row* has stays as it is.
    """
    honour = lock(row)
    before = {"published": honour.published_on}
    honour.set_aside_for, honour.published_on = counts, None
    honour.save(update_fields=["set_aside_for", "published_on", "updated_at"])
    audit.record(
        "certification.honour_set_aside",
        actor=actor,
        target=honour,
        before=before,
        after={"counts": counts.pk},
    )


def issue_for_honour(*, honour_public_id: str, actor: Actor = SYSTEM) -> Certificate:
    """Issue the certificate of an honour and link it to the honour. It is safe to call twice."""
    (outcome,) = issue_for_honours(honour_public_ids=[honour_public_id], actor=actor)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def issue_for_honours(
    *, honour_public_ids: Sequence[str], actor: Actor = SYSTEM, alive: Callable[[], object] = bool
) -> list[Certificate | Exception]:
    """Issue the certificates of many honours as `issue_for_honour` does for one.

    The result holds for each its certificate, or what stopped it. See `issue.issue_certificates`.
    """
    honours = {
        str(row.public_id): row
        for row in Honour.objects.select_related("person", "org", "honour_list").filter(
            public_id__in=honour_public_ids
        )
    }
    listed = [
        (key, honours[key]) for key in honour_public_ids if key in honours
    ]  # numbers are given in the order of the batch
    orders = {
        key: _order(row, row.person)
        for key, row in listed
        if row.person is not None and row.set_aside_for_id is None
    }
    issued = dict(
        zip(
            orders,
            issue.issue_certificates(actor=actor, orders=list(orders.values()), alive=alive),
            strict=True,
        )
    )
    out = {
        honours[key].pk: one
        for key, one in issued.items()
        if isinstance(one, Certificate) and one.state in OUT_STATES
    }
    _tie(out)
    return [
        issued[key] if key in issued else _unknown(honours.get(key)) for key in honour_public_ids
    ]


def _unknown(honour: Honour | None) -> DomainError:
    if honour is None:
        return NotFound()
    if honour.set_aside_for_id is not None:
        return NotIssuable(
            "honour_set_aside",
            _("This honour was entered twice, and the other entry counts. Issue for that one."),
        )
    return NotIssuable(
        "honour_without_person",
        _("This honour isn't linked to a person yet. Look the person up, then issue again."),
    )


def _order(honour: Honour, person: Person) -> CertificateOrder:
    listed = honour.honour_list
    return CertificateOrder(
        kind=CertificateKind.HONOUR,
        source_kind=SOURCE,
        source_key=str(honour.public_id),
        person_id=person.pk,
        holder=person.name,
        org_id=honour.org_id,
        employer=honour.employer_name,
        subject=honour.title,
        occupation=honour.trade,
        distinction=honour.title if len(honour.title) <= 60 else "",
        fields={"year": f"{honour.year}", "document": listed.document_number if listed else ""},
        criteria=criteria.describe_honour_criteria(
            issuer=honour.org.name,
            document=listed.document_number if listed else "",
            announced_on=listed.announced_on if listed else None,
        ),
    )


@transaction.atomic
def _tie(issued: Mapping[int, Certificate]) -> None:
    for honour in (
        Honour.objects.select_for_update()
        .filter(pk__in=list(issued), certificate=None)
        .order_by("pk")
    ):
        honour.certificate = issued[honour.pk]
        honour.save(update_fields=["certificate", "updated_at"])
