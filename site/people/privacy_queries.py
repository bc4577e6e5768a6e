"""Queries about privacy, such as notices, consents, requests, copies and retention rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from core.actors import Actor
from people.models import (
    Consent,
    DataExport,
    NoticeRead,
    Person,
    PolicyVersion,
    PrivacyRequest,
    RetentionRule,
)
from people.privacy_enums import PolicyState, RuleState


def current_policy() -> PolicyVersion | None:
    """Return the notice in force, or None while the operator has published none."""
    return PolicyVersion.objects.filter(state=PolicyState.PUBLISHED).first()


def notice_due(user: Actor) -> PolicyVersion | None:
    """Return the notice that *user* has not been shown yet, or None.

    It costs two queries at most and is asked once for each sign-in.
    """
    policy = current_policy()
    if policy is None or NoticeRead.objects.filter(user_id=user.pk, version=policy).exists():
        return None
    return policy


def consents_of(person: Person) -> QuerySet[Consent]:
    """Return everything *person* agreed to, withdrawn or not, newest first."""
    return (
        Consent.objects.filter(person=person)
        .select_related("policy_version")
        .order_by("-given_at", "-pk")
    )


def has_consent(person: Person | None, purpose: str, *, on: datetime | None = None) -> bool:
    """Say whether *person* agrees to *purpose* now, or agreed at the moment *on*, with one query.

    No answer is no consent. Consent is never the ground of the union's statutory tasks, so ask for
    it only where something may be left out.
    """
    if person is None:
        return False
    rows = Consent.objects.filter(person=person, purpose=purpose)
    if on is None:
        return rows.filter(withdrawn_at=None).exists()
    return rows.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=on), given_at__lte=on).exists()


def purposes_agreed(persons: Iterable[Any], purpose: str) -> set[int]:
    """Return the keys of those of *persons* who agree to *purpose* now, with one query.

    It is for lists.
    """
    return set(
        Consent.objects.filter(person__in=persons, purpose=purpose, withdrawn_at=None).values_list(
            "person_id", flat=True
        )
    )


def accounts_agreed(users: Iterable[Any], purpose: str) -> set[int]:
    """Return the keys of those accounts whose person agrees to *purpose* now, with one query.

    An account without a person agrees to nothing.
    """
    rows = Consent.objects.filter(person__user__in=users, purpose=purpose, withdrawn_at=None)
    return set(rows.values_list("person__user", flat=True))


def requests_of(person: Person) -> QuerySet[PrivacyRequest]:
    """Return the requests of *person*, newest first."""
    return PrivacyRequest.objects.filter(person=person).order_by("-pk")


def list_data_exports(person: Person) -> QuerySet[DataExport]:
    """Return the copies made for *person*, newest first."""
    return DataExport.objects.filter(person=person).order_by("-pk")


def rules_in_force() -> dict[str, RetentionRule]:
    """Return the retention rules in force, by kind of data."""
    return {rule.key: rule for rule in RetentionRule.objects.filter(state=RuleState.ON)}
