"""Certificates of competition awards: from a confirmed result to an issued certificate."""

from __future__ import annotations

from typing import Any

from access import SYSTEM
from certification.enums import Kind
from certification.models import Certificate
from certification.queries.names import employer_of_day, union_of_day
from certification.rendering.labels import written_date
from certification.rules import wording
from certification.rules.order import Order
from certification.workflows import issue
from competitions import public as competitions

SOURCE = "competitions.result"
JOB = "certification.issue_award"


def issue_for_result(*, result_public_id: str, actor: Any = SYSTEM) -> Certificate | None:
    """Issue the certificate of a competitor's confirmed result, or return None if it won nothing. Safe to call twice."""
    facts = competitions.award_facts(result_public_id)
    return issue.issue(actor=actor, order=award_order(facts)) if facts.award else None


def award_order(facts: competitions.AwardFacts) -> Order:
    """Return what is to be certified about an award; employer and host are called as on the last day of the competition."""
    award = wording.AWARDS.get(facts.award, facts.award_label)
    return Order(
        kind=Kind.AWARD,
        source_kind=SOURCE,
        source_key=str(facts.result_public_id),
        person_id=facts.person_id,
        holder=facts.person_name,
        org_id=facts.org_id,
        employer=employer_of_day(facts.employer_id, facts.ends_on),
        subject=facts.event_title,
        occupation=facts.occupation_name,
        occupation_code=facts.occupation_code,
        distinction=award,
        fields={
            "event": facts.event_title,
            "rank": wording.numeral(facts.rank),
            "starts": written_date(facts.starts_on, "zh-Hans"),
            "ends": written_date(facts.ends_on, "zh-Hans") if facts.ends_on != facts.starts_on else "",
            "host": union_of_day(facts.org_id, facts.ends_on),
        },
    )
