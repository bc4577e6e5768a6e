"""Issue certificates of training completion from what `courses` reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

import jobs.workflows
from access import SYSTEM
from access.checks import require
from certification.enums import OUT_STATES, CertificateKind
from certification.errors import NotIssuable
from certification.grants import ISSUE
from certification.models import Certificate
from certification.queries.names import employers_of_day
from certification.rendering.labels import format_certificate_date
from certification.rules import criteria, wording
from certification.rules.order import CertificateOrder
from certification.workflows import issue
from core.actors import Actor
from core.errors import NotFound
from courses import public as courses
from jobs.models import Job
from org.models import OrgUnit

SOURCE = "courses.enrolment"
JOB = "certification.issue_completion"
MAX_BATCH = 10_000


def issue_for_completion(*, enrolment_public_id: str, actor: Actor = SYSTEM) -> Certificate:
    """Issue the certificate of a passed enrolment and report it to `courses`. It is safe to call
    twice, and after a crash at any point.
    """
    (outcome,) = issue_for_completions(enrolment_public_ids=[enrolment_public_id], actor=actor)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def issue_for_completions(
    *,
    enrolment_public_ids: Sequence[str],
    actor: Actor = SYSTEM,
    alive: Callable[[], object] = bool,
) -> list[Certificate | Exception]:
    """Issue the certificates of many enrolments as `issue_for_completion` does for one.

    The result holds for each its certificate, or what stopped it. See `issue.issue_certificates`.
    """
    facts = courses.completion_facts_of(enrolment_public_ids)
    listed = {
        key: facts[key] for key in enrolment_public_ids if key in facts
    }  # numbers are given in the order of the batch
    stopped = {key: why for key, one in listed.items() if (why := _why_not(one)) is not None}
    if stopped:  # what has a number already is finished, whatever became of its class since
        numbered = Certificate.objects.filter(
            source_kind=SOURCE, source_key__in=list(stopped)
        ).values_list("source_key", flat=True)
        stopped = {key: why for key, why in stopped.items() if key not in set(numbered)}
    employers = employers_of_day(
        {(one.employer_id, last_training_day(one)) for one in facts.values()}
    )
    orders = {
        key: build_completion_order(
            one, employer=employers[one.employer_id, last_training_day(one)]
        )
        for key, one in listed.items()
        if key not in stopped
    }
    issued: dict[str, Certificate | Exception] = {
        **stopped,
        **dict(
            zip(
                orders,
                issue.issue_certificates(actor=actor, orders=list(orders.values()), alive=alive),
                strict=True,
            )
        ),
    }
    out = [
        key
        for key, one in issued.items()
        if isinstance(one, Certificate) and one.state in OUT_STATES
    ]
    if out:
        courses.mark_certified_all(actor=actor, enrolment_public_ids=out)
    return [issued[key] if key in issued else NotFound() for key in enrolment_public_ids]


def last_training_day(facts: courses.CompletionFacts) -> date:
    """Return the last day of presence on record. Where there is none, it is the day on which the
    rule of the class was met.
    """
    return facts.ends_on or facts.decided_on


def _why_not(facts: courses.CompletionFacts) -> NotIssuable | None:
    """Return the reason not to certify *facts* now, or None."""
    if not facts.class_over:
        return NotIssuable(
            "class_not_over",
            _(
                "The class “%(name)s” still has a session ahead. The certificate is issued "
                "automatically when the last one is over."
            )
            % {"name": facts.class_name},
        )
    if facts.missing:
        return NotIssuable(
            "record_changed",
            _(
                "The records no longer meet the completion rule of the class: %(missing)s "
                "Contact the class head."
            )
            % {"missing": " ".join(facts.missing)},
        )
    return None


def build_completion_order(facts: courses.CompletionFacts, *, employer: str) -> CertificateOrder:
    """Return what is to be certified about a completed training. *employer* is the employer's name
    on the last day of it.
    """

    def mark(part: str) -> str:
        return (
            wording.write_chinese_numeral(Decimal(facts.marks[part]))
            if facts.marks.get(part)
            else ""
        )

    days = {
        name: format_certificate_date(day, "zh-Hans") if day else ""
        for name, day in (("starts", facts.starts_on), ("ends", facts.ends_on))
    }
    marks = {part: Decimal(mark) for part, mark in facts.marks.items()}
    return CertificateOrder(
        kind=CertificateKind.TRAINING,
        source_kind=SOURCE,
        source_key=str(facts.enrolment_public_id),
        person_id=facts.person_id,
        holder=facts.person_name,
        org_id=facts.issuer_org_id,
        employer=employer,
        subject=facts.course_title,
        occupation=facts.occupation_name,
        occupation_code=facts.occupation_code,
        level=facts.level,
        fields={
            "starts": days["starts"],
            "ends": days["ends"] if facts.ends_on != facts.starts_on else "",
            "hours": wording.write_chinese_numeral(facts.hours) if facts.hours else "",
            "theory": mark("theory"),
            "practice": mark("practice"),
            "marks": wording.format_marks_field(mark("theory"), mark("practice")),
        },
        criteria=criteria.describe_training_criteria(
            criteria.ClassRule(
                class_code=facts.class_code,
                version=facts.rule_version,
                attendance_share=facts.attendance_share,
                lesson_hours=facts.lesson_hours_needed,
                pass_marks=facts.pass_marks,
                source=facts.rule_source,
            )
        ),
        on_record=criteria.describe_training_record(
            criteria.ClassRecord(
                sessions_held=facts.sessions_held,
                sessions_attended=facts.sessions_attended,
                first_day=facts.starts_on,
                last_day=facts.ends_on,
                hours=facts.hours,
                marks=marks,
                decided_on=facts.decided_on,
            )
        ),
    )


@transaction.atomic
def start_completion_batch(
    *, actor: Actor, org: OrgUnit, enrolment_public_ids: Iterable[str]
) -> Job:
    """Issue the certificates of several passed enrolments of classes held by *org* or below, in
    the background.

    Needs `certification.issue` on *org*. Enrolments that are certified already, or aren't *org*'s,
    are left out. Raises `NotIssuable` if nothing is left.
    """
    require(actor, ISSUE, org)
    wanted = list(dict.fromkeys(enrolment_public_ids))[:MAX_BATCH]
    keys = [
        str(key)
        for key in courses.passed_to_certify(org.path)
        .filter(public_id__in=wanted)
        .values_list("public_id", flat=True)
    ]
    if not keys:
        raise NotIssuable(
            "nothing_to_issue",
            _(
                "There is nothing to issue. Choose at least one person who has passed, "
                "whose class is over, and who has no certificate yet."
            ),
        )
    return jobs.workflows.start_job(
        kind=JOB,
        keys=keys,
        actor=actor,
        title=_("Certificates of training completion"),
        payload={"org": org.pk},
    )
