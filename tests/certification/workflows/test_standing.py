"""After issue: suspend, reinstate, replace, revoke by two. Nothing is overwritten, everything has
a row.
"""

from datetime import date

import pytest
from django.utils import timezone

import access
from access.workflows import assign_role
from audit.models import Event
from certification.enums import CertificateState, Reason, RevocationState, VerificationAnswer
from certification.errors import NotIssuable, SecondOfficerNeeded
from certification.models import Certificate, RevocationRequest, StatusChange
from certification.queries.verification import verify_by_code
from certification.workflows import issue, status_changes
from core.errors import DomainError, Forbidden, IllegalMove, InvalidInput, NotFound
from tests.factories.certification import CertificateFactory, make_order
from tests.factories.ground import OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    """An officer and a reviewer of one union, and a certificate it issued."""
    org = OrgUnitFactory()
    officer, reviewer = UserFactory(), UserFactory()
    assign_role(actor=access.SYSTEM, user=officer, role="union_officer", scope=org)
    assign_role(actor=access.SYSTEM, user=reviewer, role="union_reviewer", scope=org)
    return officer, reviewer, CertificateFactory(org=OrgUnitFactory(parent=org))


def answer(certificate):
    return verify_by_code(certificate.code, today=timezone.localdate()).verdict


def test_suspended_then_cleared_answers_each_time(desk):
    officer, _reviewer, certificate = desk
    status_changes.suspend_certificate(
        actor=officer, certificate=certificate, reason=Reason.UNDER_REVIEW, note="核实举报"
    )
    assert (answer(certificate).answer, answer(certificate).reason, answer(certificate).since) == (
        VerificationAnswer.SUSPENDED,
        "under_review",
        timezone.localdate(),
    )
    status_changes.reinstate_certificate(actor=officer, certificate=certificate, note="查无实据")
    assert answer(certificate).answer == VerificationAnswer.VALID
    assert list(StatusChange.objects.values_list("old", "new", "reason", "note", "actor")) == [
        ("issued", "suspended", "under_review", "核实举报", officer.pk),
        ("suspended", "issued", "cleared", "查无实据", officer.pk),
    ]


def test_revocation_needs_two_people_and_is_final(desk):
    officer, reviewer, certificate = desk
    request = status_changes.request_revocation(
        actor=officer, certificate=certificate, reason=Reason.FRAUD, note="由他人代考"
    )
    assert answer(certificate).answer == VerificationAnswer.VALID
    with pytest.raises(Forbidden):
        status_changes.confirm_revocation(actor=officer, request=request)
    status_changes.confirm_revocation(actor=reviewer, request=request)
    assert (answer(certificate).answer, answer(certificate).reason) == (
        VerificationAnswer.REVOKED,
        "fraud",
    )
    change = StatusChange.objects.get()
    assert (change.actor_id, change.second_id, change.note) == (
        officer.pk,
        reviewer.pk,
        "由他人代考",
    )
    request.refresh_from_db()
    assert (request.state, request.decided_by_id) == (RevocationState.CONFIRMED, reviewer.pk)
    with pytest.raises(DomainError):
        status_changes.reinstate_certificate(actor=officer, certificate=certificate)
    with pytest.raises(IllegalMove):
        status_changes.confirm_revocation(actor=reviewer, request=request)
    kinds = (
        Event.objects.filter(kind__startswith="certification.")
        .order_by("pk")
        .values_list("kind", "actor")
    )
    assert list(kinds) == [
        ("certification.revocation_requested", officer.pk),
        ("certification.revoked", reviewer.pk),
    ]


def test_who_asked_cannot_confirm_even_with_both_roles(desk):
    officer, _reviewer, certificate = desk
    assign_role(actor=access.SYSTEM, user=officer, role="union_reviewer", scope=certificate.org)
    request = status_changes.request_revocation(
        actor=officer, certificate=certificate, reason=Reason.FRAUD, note="x"
    )
    with pytest.raises(SecondOfficerNeeded):
        status_changes.confirm_revocation(actor=officer, request=request)
    with pytest.raises(SecondOfficerNeeded):
        status_changes.refuse_revocation(actor=officer, request=request)
    assert RevocationRequest.objects.get().state == RevocationState.WAITING


def test_refused_revocation_changes_nothing_and_can_be_asked_again(desk):
    officer, reviewer, certificate = desk
    request = status_changes.request_revocation(
        actor=officer, certificate=certificate, reason=Reason.COURT, note="x"
    )
    with pytest.raises(DomainError) as caught:
        status_changes.request_revocation(
            actor=officer, certificate=certificate, reason=Reason.COURT, note="x"
        )
    assert caught.value.code == "already_requested"
    status_changes.refuse_revocation(actor=reviewer, request=request, note="判决未生效")
    assert answer(certificate).answer == VerificationAnswer.VALID
    status_changes.request_revocation(
        actor=officer, certificate=certificate, reason=Reason.COURT, note="y"
    )


@pytest.mark.parametrize("reason", ["", "renewed", "anything"])
def test_reasons_are_enumerated(desk, reason):
    officer, _reviewer, certificate = desk
    with pytest.raises(InvalidInput):
        status_changes.suspend_certificate(actor=officer, certificate=certificate, reason=reason)
    with pytest.raises(InvalidInput):
        status_changes.request_revocation(
            actor=officer, certificate=certificate, reason=reason, note="x"
        )


def test_stranger_knows_nothing_of_it(desk):
    stranger, certificate = UserFactory(), desk[2]
    with pytest.raises(NotFound):
        status_changes.suspend_certificate(
            actor=stranger, certificate=certificate, reason=Reason.UNDER_REVIEW
        )
    with pytest.raises(NotFound):
        status_changes.request_revocation(
            actor=stranger, certificate=certificate, reason=Reason.FRAUD, note="x"
        )


def test_replacement_is_a_new_number_with_todays_name_and_the_old_points_to_it():
    old = issue.issue_certificate(actor=access.SYSTEM, order=make_order(issued_on=date(2025, 5, 1)))
    old.person.name = "王改名"
    old.person.save()
    new = status_changes.replace_certificate(
        actor=access.SYSTEM, certificate=old, reason=Reason.NAME_CHANGED
    )
    again = status_changes.replace_certificate(
        actor=access.SYSTEM, certificate=old, reason=Reason.NAME_CHANGED
    )
    assert again.pk == new.pk
    old.refresh_from_db()
    assert (old.state, old.replaced_by_id, new.holder_name, new.body == old.body) == (
        "superseded",
        new.pk,
        "王改名",
        True,
    )
    assert (answer(old).answer, answer(old).replaced_by, answer(new).answer) == (
        VerificationAnswer.SUPERSEDED,
        new.number,
        VerificationAnswer.VALID,
    )
    assert Certificate.objects.count() == 2


def test_replacement_that_crashed_halfway_is_finished_by_the_next_call(monkeypatch):
    old = issue.issue_certificate(actor=access.SYSTEM, order=make_order())
    with monkeypatch.context() as patch:
        patch.setattr(
            status_changes,
            "supersede_certificate",
            lambda **_: (_ for _ in ()).throw(KeyboardInterrupt()),
        )
        with pytest.raises(KeyboardInterrupt):
            status_changes.replace_certificate(
                actor=access.SYSTEM, certificate=old, reason=Reason.CORRECTED
            )
    assert answer(old).answer == VerificationAnswer.VALID
    new = status_changes.replace_certificate(
        actor=access.SYSTEM, certificate=old, reason=Reason.CORRECTED
    )
    assert (answer(old).answer, Certificate.objects.count(), new.state) == (
        VerificationAnswer.SUPERSEDED,
        2,
        CertificateState.ISSUED,
    )


def test_suspended_certificate_is_not_replaced(desk):
    officer, _reviewer, certificate = desk
    status_changes.suspend_certificate(
        actor=officer, certificate=certificate, reason=Reason.UNDER_REVIEW
    )
    with pytest.raises(NotIssuable):
        status_changes.replace_certificate(
            actor=officer, certificate=certificate, reason=Reason.RENEWED
        )


def test_history_is_append_only(desk):
    officer, _reviewer, certificate = desk
    status_changes.suspend_certificate(
        actor=officer, certificate=certificate, reason=Reason.UNDER_REVIEW
    )
    change = StatusChange.objects.get()
    change.note = "y"
    with pytest.raises(TypeError):
        change.save()
    with pytest.raises(TypeError):
        change.delete()
