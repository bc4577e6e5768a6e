"""Published results corrected: what certificates rest on them, what is issued anew, replaced
or left to two people (ADR 49).
"""

import pytest
from django.urls import reverse
from django.utils import timezone

import access
from access.workflows import assign_role
from certification.enums import CertificateState
from certification.errors import NotIssuable
from certification.models import Certificate
from certification.queries.awards import list_outdated_awards
from certification.queries.todos import list_corrected_award_todos
from certification.workflows import award
from competitions import workflows as competing
from competitions.models import BlindCode, ResultRow
from core.dependents import dependents_of
from core.todos import Asker
from jobs.models import Job
from tests.competitions.stage import build
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db


def test_award_certificates_after_a_disqualification_are_replaced_or_left_to_two_people(client):
    stage = build().published()
    officer = UserFactory()
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=stage.event.org)
    first = {
        row.code.number: str(row.public_id) for row in stage.results.rows.select_related("code")
    }
    papers = dict(
        zip(
            (1, 2, 3),
            award.issue_for_results(result_public_ids=[first[1], first[2], first[3]]),
            strict=True,
        )
    )
    assert list_outdated_awards(officer) == []
    Job.objects.all().delete()
    code = BlindCode.objects.get(event=stage.event, number=1)
    request = competing.request_correction(
        actor=stage.manager,
        event=stage.event,
        kind="change_number",
        code=code,
        after="disqualified",
        reason="冒名顶替",
    )
    listed = dependents_of("competitions.result", list(first.values()), stage.manager)
    assert {row.key for row in listed} == {first[1], first[2], first[3]}
    competing.approve_request(actor=stage.reviewer, request=request)

    # Number 4 has won only now: its certificate is ordered like at a first publication. The others
    # hold one that isn't so any more.
    second = {
        row.code.number: row
        for row in ResultRow.objects.filter(result_set__version=2).select_related("code")
    }
    assert list(Job.objects.get(kind=award.JOB).items.values_list("key", flat=True)) == [
        str(second[4].public_id)
    ]
    outdated = {
        row.certificate.source_key: row.corrected.now.award if row.corrected.now else ""
        for row in list_outdated_awards(officer)
    }
    assert outdated == {first[1]: "", first[2]: "gold", first[3]: "silver"}
    [todo] = list_corrected_award_todos(Asker(officer, None, frozenset(), timezone.now()))
    assert "3" in todo.title
    with pytest.raises(NotIssuable) as earlier:
        award.issue_for_result(result_public_id=str(second[2].public_id))
    assert (earlier.value.code, papers[2].number in str(earlier.value)) == (
        "earlier_version_certified",
        True,
    )

    client.force_login(officer)
    page = client.get(reverse("certification:corrected_awards")).content.decode()
    assert all(papers[number].number in page for number in (1, 2, 3))
    answer = client.post(
        reverse("certification:replace_corrected_award", args=[papers[2].public_id])
    )
    assert answer.status_code == 302
    old = Certificate.objects.get(pk=papers[2].pk)
    assert (old.state, old.replaced_by.distinction, old.replaced_by.source_key) == (
        CertificateState.SUPERSEDED, "金牌", str(second[2].public_id),
    )  # fmt: skip
    with pytest.raises(NotIssuable) as lost:
        award.replace_corrected_certificate(actor=officer, certificate=papers[1])
    assert lost.value.code == "award_lost"
    assert Certificate.objects.get(pk=papers[1].pk).state == CertificateState.ISSUED
    assert {row.certificate.pk for row in list_outdated_awards(officer)} == {
        papers[1].pk,
        papers[3].pk,
    }
