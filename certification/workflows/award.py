"""Issue certificates of competition awards from published results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _

from access import SYSTEM
from access.checks import require
from certification.enums import CertificateKind, CertificateState, Reason
from certification.errors import NotIssuable
from certification.grants import ISSUE
from certification.models import Certificate
from certification.queries import awards
from certification.queries.names import employers_of_day, unions_of_day
from certification.rendering.labels import format_certificate_date
from certification.rules import criteria, wording
from certification.rules.order import CertificateOrder
from certification.workflows import issue, status_changes
from competitions import public as competitions
from core.actors import Actor
from core.errors import NotFound

SOURCE = "competitions.result"
JOB = "certification.issue_award"


def issue_for_result(*, result_public_id: str, actor: Actor = SYSTEM) -> Certificate | None:
    """Issue the certificate of a competitor's published result, or return None if it won nothing.
    It is safe to call twice.
    """
    (outcome,) = issue_for_results(result_public_ids=[result_public_id], actor=actor)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def issue_for_results(
    *, result_public_ids: Sequence[str], actor: Actor = SYSTEM, alive: Callable[[], object] = bool
) -> list[Certificate | Exception | None]:
    """Issue the certificates of many results as `issue_for_result` does for one.

    The result holds for each its certificate, None, or what stopped it. See
    `issue.issue_certificates`.
    """
    facts = competitions.award_facts_of(result_public_ids)
    won = {
        key: facts[key] for key in result_public_ids if key in facts and facts[key].award
    }  # numbers in the order of the batch
    earlier = _certified_before(won)
    won = {key: one for key, one in won.items() if key not in earlier}
    employers = employers_of_day({(one.employer_id, one.ends_on) for one in won.values()})
    hosts = unions_of_day({(one.org_id, one.ends_on) for one in won.values()})
    orders = [
        build_award_order(
            one,
            employer=employers[one.employer_id, one.ends_on],
            host=hosts[one.org_id, one.ends_on],
        )
        for one in won.values()
    ]
    issued = dict(
        zip(won, issue.issue_certificates(actor=actor, orders=orders, alive=alive), strict=True)
    )
    return [
        (earlier.get(key) or issued.get(key)) if key in facts else NotFound()
        for key in result_public_ids
    ]


def _certified_before(won: Mapping[str, competitions.AwardFacts]) -> dict[str, NotIssuable]:
    """Return why no second certificate is issued for results whose competitor has one already.

    These are results of which a former version was certified and that certificate is in good
    standing.
    """
    former = competitions.former_results(won)
    known_ones = awards.find_certificates_by_result(
        [key for keys in former.values() for key in keys]
    )
    return {
        key: NotIssuable(
            "earlier_version_certified",
            _(
                "Certificate %(number)s, issued for an earlier version of these results, is "
                "still valid. Replace or revoke that one."
            )
            % {"number": known_ones[known].number},
        )
        for key, keys in former.items()
        for known in keys
        if known in known_ones
    }


def replace_corrected_certificate(*, actor: Actor, certificate: Certificate) -> Certificate:
    """Issue the certificate of the corrected result in place of *certificate* and return it. The
    old one then says that it was replaced.

    Needs `certification.issue`. It renders, so it must not be called inside a transaction. Raises
    `NotIssuable` if nothing was won by the corrected result. The certificate is revoked by two
    people in that case.
    """
    require(actor, ISSUE, certificate)
    corrected = (
        competitions.corrected_awards().get(certificate.source_key)
        if certificate.source_kind == SOURCE
        else None
    )
    if corrected is None:
        raise NotIssuable(
            "not_corrected",
            _("The result behind this certificate hasn't changed. Nothing has to be replaced."),
        )
    if corrected.now is None:
        raise NotIssuable(
            "award_lost",
            _("The corrected results give no award. Ask to revoke this certificate."),
        )
    if certificate.state != CertificateState.ISSUED:
        raise NotIssuable(
            "not_replaceable",
            _(
                "Only a certificate in good standing can be replaced. Settle the reason for "
                "its suspension first."
            ),
        )
    facts = corrected.now
    employers = employers_of_day({(facts.employer_id, facts.ends_on)})
    hosts = unions_of_day({(facts.org_id, facts.ends_on)})
    order = build_award_order(
        facts,
        employer=employers[facts.employer_id, facts.ends_on],
        host=hosts[facts.org_id, facts.ends_on],
    )
    new = issue.issue_certificate(actor=actor, order=order)
    status_changes.supersede_certificate(
        actor=actor, old=certificate, new=new, reason=Reason.CORRECTED
    )
    return new


def build_award_order(
    facts: competitions.AwardFacts, *, employer: str, host: str
) -> CertificateOrder:
    """Return what is to be certified about an award.

    *employer* and *host* are their names on the last day of the competition. Raises `NotIssuable`
    if the competition begins after the day on which its results were published.
    """
    award = wording.AWARDS.get(facts.award, facts.award_label)
    published_on = facts.published_on or facts.confirmed_on
    if facts.starts_on > published_on:
        raise NotIssuable(
            "competition_ahead",
            _(
                "By its recorded dates the competition hasn't begun, but its results are "
                "published. Have the dates corrected, then issue."
            ),
        )
    return CertificateOrder(
        kind=CertificateKind.AWARD,
        source_kind=SOURCE,
        source_key=str(facts.result_public_id),
        person_id=facts.person_id,
        holder=facts.person_name,
        org_id=facts.org_id,
        employer=employer,
        subject=facts.event_title,
        occupation=facts.occupation_name,
        occupation_code=facts.occupation_code,
        distinction=award,
        fields={
            "event": facts.event_title,
            "rank": wording.write_chinese_numeral(facts.rank),
            "starts": format_certificate_date(facts.starts_on, "zh-Hans"),
            # A planned last day after the publication of the results didn't take place as planned:
            # it isn't certified.
            "ends": format_certificate_date(facts.ends_on, "zh-Hans")
            if facts.starts_on < facts.ends_on <= published_on
            else "",
            "host": host,
        },
        criteria=criteria.describe_award_criteria(
            event=facts.event_title, confirmed_on=facts.confirmed_on, published_on=published_on
        ),
        on_record=criteria.describe_award_record(rank=facts.rank, shared=facts.shared, award=award),
    )
