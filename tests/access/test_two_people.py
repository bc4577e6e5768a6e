"""A role takes two people, neither being the receiver; it runs out, is withdrawn by one, and three
of them exclude each other.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

import access
from access import registry
from access.checks import is_allowed
from access.enums import ProposalState
from access.errors import (
    AlreadyHeld,
    AlreadyProposed,
    BadDates,
    Exclusive,
    Inactive,
    Lapsed,
    NeedsTwo,
    OwnRole,
    ProposerLost,
    ReasonMissing,
    SamePerson,
)
from access.models import RoleAssignment, RoleProposal, WholeSite
from access.queries import allowed_site, has_strong_role
from access.queries.desk import list_decidable_proposals
from access.workflows import assign_role, assignment, leaving, proposal, withdraw_role
from audit.models import Event
from core.errors import Forbidden, IllegalMove, NotFound
from org.models import OrgUnit
from tests.factories.competitions import EventFactory
from tests.factories.ground import EmployerFactory, OrgUnitFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def city():
    return OrgUnitFactory(name="市总工会")


def admin_of(scope, role="union_admin"):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role=role, scope=scope)
    return user


@pytest.fixture
def first(city):
    return admin_of(city)


@pytest.fixture
def second(city):
    return admin_of(city)


@pytest.fixture
def receiver():
    return UserFactory()


@pytest.fixture
def proposed(first, receiver, city, today):
    return proposal.propose_role(
        actor=first,
        user=receiver,
        role="union_officer",
        scope=city,
        reason="接替退休的经办人",
        ends_on=today + timedelta(days=300),
    )


def test_role_counts_once_a_second_person_agreed_and_names_both(
    proposed, first, second, receiver, city, today
):
    assert not is_allowed(receiver, "office.import_roster", city)
    row = proposal.agree_to_role_proposal(actor=second, proposal=proposed)
    assert is_allowed(receiver, "office.import_roster", city)
    assert (row.granted_by, row.agreed_by, row.starts_on, row.ends_on) == (
        first,
        second,
        today,
        today + timedelta(days=300),
    )
    about = Event.objects.filter(after__user=receiver.pk).order_by("pk")
    assert [(event.kind, event.actor) for event in about] == [
        ("access.role_proposed", first),
        ("access.role_granted", second),
    ]
    assert about.last().after["proposed_by"] == first.pk


def test_who_proposed_can_not_agree_and_the_receiver_neither(proposed, first, receiver, city):
    with pytest.raises(SamePerson):
        proposal.agree_to_role_proposal(actor=first, proposal=proposed)
    assign_role(actor=access.SYSTEM, user=receiver, role="union_admin", scope=city)
    with pytest.raises(OwnRole):
        proposal.agree_to_role_proposal(actor=receiver, proposal=proposed)
    assert RoleAssignment.objects.filter(role="union_officer").count() == 0


def test_superuser_keeps_to_the_same_two_people(city, receiver, today):
    boss = UserFactory(is_superuser=True)
    with pytest.raises(NeedsTwo):
        assign_role(actor=boss, user=receiver, role="union_officer", scope=city)
    with pytest.raises(OwnRole):
        proposal.propose_role(
            actor=boss, user=boss, role="union_officer", scope=city, reason="急", ends_on=today
        )
    row = proposal.propose_role(
        actor=boss, user=receiver, role="union_officer", scope=city, reason="急", ends_on=today
    )
    with pytest.raises(SamePerson):
        proposal.agree_to_role_proposal(actor=boss, proposal=row)


def test_database_refuses_a_role_agreed_to_by_proposer_or_receiver(
    proposed, first, second, receiver
):
    row = proposal.agree_to_role_proposal(actor=second, proposal=proposed)
    for user in (first, receiver):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleAssignment.objects.filter(pk=row.pk).update(agreed_by=user)
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleProposal.objects.filter(pk=proposed.pk).update(decided_by=user)


def test_stranger_learns_nothing_and_colleague_without_the_right_reads_which_role_it_takes(
    proposed, city
):
    with pytest.raises(NotFound):
        proposal.agree_to_role_proposal(actor=admin_of(OrgUnitFactory()), proposal=proposed)
    with pytest.raises(Forbidden) as refused:
        proposal.agree_to_role_proposal(actor=admin_of(city, "union_officer"), proposal=proposed)
    assert refused.value.roles_needed == ("安全管理员", "工会管理员")


def test_administrator_of_a_district_can_not_give_roles_above_it(city, receiver, today):
    district = OrgUnitFactory(parent=city)
    with pytest.raises(NotFound):
        proposal.propose_role(
            actor=admin_of(district),
            user=receiver,
            role="union_officer",
            scope=OrgUnit.objects.get(pk=city.pk),
            reason="试",
            ends_on=today,
        )


def test_proposal_lapses_after_seven_days_even_if_no_sweeper_came_by(proposed, second, clock):
    clock.move_by(days=8)
    with pytest.raises(Lapsed):
        proposal.agree_to_role_proposal(actor=second, proposal=proposed)
    assert list(list_decidable_proposals(second)) == []
    assert proposal.lapse_old(actor=access.SYSTEM) == 1
    proposed.refresh_from_db()
    assert proposed.state == ProposalState.LAPSED


def test_on_the_seventh_day_it_can_still_be_agreed_to(proposed, second, clock):
    clock.move_by(days=7)
    assert proposal.agree_to_role_proposal(actor=second, proposal=proposed).agreed_by == second


def test_proposal_lapses_the_moment_its_proposer_loses_the_right(proposed, first, second):
    withdraw_role(actor=access.SYSTEM, assignment=RoleAssignment.objects.get(user=first))
    proposed.refresh_from_db()
    assert proposed.state == ProposalState.LAPSED
    with pytest.raises(IllegalMove):
        proposal.agree_to_role_proposal(actor=second, proposal=proposed)


def test_proposer_whose_right_ran_out_proposes_nothing_and_the_sweeper_lapses_it(
    proposed, first, second
):
    RoleAssignment.objects.filter(user=first).update(
        starts_on=date(2020, 1, 1), ends_on=date(2020, 2, 1)
    )
    with pytest.raises(ProposerLost):
        proposal.agree_to_role_proposal(actor=second, proposal=proposed)
    assert proposal.lapse_old(actor=access.SYSTEM) == 1
    proposed.refresh_from_db()
    assert proposed.state == ProposalState.LAPSED


def test_closed_account_gets_no_role(proposed, second, receiver, city, first, today):
    receiver.is_active = False
    receiver.save()
    proposed.refresh_from_db()
    assert proposed.state == ProposalState.LAPSED
    with pytest.raises(Inactive):
        proposal.propose_role(
            actor=first, user=receiver, role="union_officer", scope=city, reason="试", ends_on=today
        )


def test_same_thing_is_proposed_once_and_not_what_is_held(
    proposed, first, second, receiver, city, today
):
    again = {
        "actor": first,
        "user": receiver,
        "role": "union_officer",
        "scope": city,
        "reason": "再提",
        "ends_on": today,
    }
    with pytest.raises(AlreadyProposed):
        proposal.propose_role(**again)
    proposal.agree_to_role_proposal(actor=second, proposal=proposed)
    with pytest.raises(AlreadyHeld):
        proposal.propose_role(**again)


@pytest.mark.parametrize(("days", "field"), [(-1, "ends_on"), (731, "ends_on")])
def test_last_day_lies_between_today_and_the_longest_term(
    first, receiver, city, today, days, field
):
    with pytest.raises(BadDates) as refused:
        proposal.propose_role(
            actor=first,
            user=receiver,
            role="union_officer",
            scope=city,
            reason="试",
            ends_on=today + timedelta(days=days),
        )
    assert list(refused.value.fields) == [field]


def test_reason_of_blanks_is_none(first, receiver, city, today):
    with pytest.raises(ReasonMissing):
        proposal.propose_role(
            actor=first, user=receiver, role="union_officer", scope=city, reason="  ", ends_on=today
        )


def test_declined_proposal_keeps_the_reason_and_is_decided_once(proposed, second):
    proposal.decline_role_proposal(actor=second, proposal=proposed, reason="人手够")
    proposed.refresh_from_db()
    assert (proposed.state, proposed.decided_because) == (ProposalState.DECLINED, "人手够")
    with pytest.raises(IllegalMove):
        proposal.agree_to_role_proposal(actor=second, proposal=proposed)


def test_only_the_proposer_takes_it_back(proposed, first, second):
    with pytest.raises(Forbidden):
        proposal.retract_role_proposal(actor=second, proposal=proposed)
    assert (
        proposal.retract_role_proposal(actor=first, proposal=proposed).state
        == ProposalState.RETRACTED
    )


def test_holders_wish_for_an_extension_takes_two_others(first, second, receiver, city, today):
    held = assign_role(
        actor=access.SYSTEM,
        user=receiver,
        role="union_officer",
        scope=city,
        ends_on=today + timedelta(days=8),
    )
    wish = proposal.ask_extension(
        actor=receiver, assignment=held, ends_on=today + timedelta(days=200), reason="代班延长"
    )
    assert wish.state == ProposalState.ASKED
    with pytest.raises(IllegalMove):
        proposal.agree_to_role_proposal(actor=second, proposal=wish)
    proposal.take_up_extension(actor=first, proposal=wish)
    with pytest.raises(SamePerson):
        proposal.agree_to_role_proposal(actor=first, proposal=wish)
    assert proposal.agree_to_role_proposal(
        actor=second, proposal=wish
    ).ends_on == today + timedelta(days=200)
    assert RoleAssignment.objects.filter(user=receiver).count() == 1


def test_one_person_withdraws_at_once_and_says_why(proposed, first, second, receiver, city):
    row = proposal.agree_to_role_proposal(actor=second, proposal=proposed)
    with pytest.raises(ReasonMissing):
        withdraw_role(actor=first, assignment=row)
    withdraw_role(actor=first, assignment=row, reason="调离")
    assert not is_allowed(receiver, "office.import_roster", city)
    assert (Event.objects.last().kind, Event.objects.last().reason) == (
        "access.role_withdrawn",
        "调离",
    )


def test_holder_lays_his_role_down_himself(receiver, city):
    row = assign_role(actor=access.SYSTEM, user=receiver, role="union_officer", scope=city)
    withdraw_role(actor=receiver, assignment=row, reason="转岗")
    assert not is_allowed(receiver, "office.import_roster", city)


def test_every_role_has_a_last_day_a_year_on_unless_said_otherwise(receiver, city, today):
    assert assign_role(
        actor=access.SYSTEM, user=receiver, role="union_officer", scope=city
    ).ends_on == today + timedelta(days=365)


def test_seat_in_an_event_is_given_by_one_person_who_runs_it_but_never_to_oneself_or_elsewhere(
    receiver,
):
    event = EventFactory()
    manager = UserFactory()
    assign_role(actor=access.SYSTEM, user=manager, role="event_manager", scope=event)
    # She holds nothing a judge may do, and no right to give roles: no escalation.
    with pytest.raises(Forbidden):
        assign_role(actor=manager, user=receiver, role="judge", scope=event)
    assign_role(actor=access.SYSTEM, user=manager, role="judge", scope=event)
    assign_role(actor=manager, user=receiver, role="judge", scope=event)
    with pytest.raises(OwnRole):
        assign_role(actor=manager, user=manager, role="judge", scope=event)
    with pytest.raises(NotFound):
        assign_role(actor=manager, user=receiver, role="judge", scope=EventFactory())


def test_role_on_an_employer_is_given_by_administrators_of_its_union(
    first, second, receiver, city, today
):
    employer = EmployerFactory()
    employer.unions.add(city)
    row = proposal.propose_role(
        actor=first,
        user=receiver,
        role="employer_hr",
        scope=employer,
        reason="新人事",
        ends_on=today,
    )
    proposal.agree_to_role_proposal(actor=second, proposal=row)
    assert is_allowed(receiver, "certification.verify_batch", employer)
    with pytest.raises(NotFound):
        proposal.propose_role(
            actor=first,
            user=UserFactory(),
            role="employer_hr",
            scope=EmployerFactory(),
            reason="试",
            ends_on=today,
        )


# ---- the three administrators ----


def test_three_administrators_are_three_people_each_appointed_by_the_two_others(today):
    site = WholeSite.get()
    system, security, audit = (
        admin_of(site, role) for role in ("system_admin", "security_admin", "audit_admin")
    )
    for user, others in (
        (system, {"security_admin", "audit_admin"}),
        (audit, {"system_admin", "security_admin"}),
    ):
        for role in others:
            with pytest.raises(Exclusive):
                assign_role(actor=access.SYSTEM, user=user, role=role, scope=site)
    row = RoleAssignment.objects.get(user=system)
    longer = proposal.ask_extension(
        actor=security, assignment=row, ends_on=today + timedelta(days=600), reason="留任"
    )
    assert proposal.agree_to_role_proposal(
        actor=audit, proposal=longer
    ).ends_on == today + timedelta(days=600)


def test_each_administrator_may_exactly_his_part(city):
    site = WholeSite.get()
    may = {
        key: {name for name in registry.all_codenames() if allowed_site(admin_of(site, key), name)}
        for key in ("system_admin", "security_admin", "audit_admin")
    }
    assert may["system_admin"] & {"audit.view_events", "access.grant_role"} == set()
    assert may["security_admin"] & {"audit.view_events", "access.manage_accounts"} == set()
    assert may["audit_admin"] & {"access.grant_role", "access.manage_accounts"} == set()
    assert may == {key: registry.get_role(key).codenames for key in may}
    # Nothing of the unions' own business comes with it.
    assert not is_allowed(admin_of(site, "system_admin"), "people.view_person", city)


def test_security_administrator_agrees_everywhere_and_the_system_administrator_nowhere(proposed):
    site = WholeSite.get()
    with pytest.raises(Forbidden):
        proposal.agree_to_role_proposal(actor=admin_of(site, "system_admin"), proposal=proposed)
    assert proposal.agree_to_role_proposal(
        actor=admin_of(site, "security_admin"), proposal=proposed
    )


def test_strong_roles_ask_for_a_second_factor(city):
    assert has_strong_role(admin_of(city, "union_officer"))
    assert has_strong_role(admin_of(WholeSite.get(), "audit_admin"))
    assert not has_strong_role(UserFactory())


def test_ending_and_extending_a_role_lock_the_scope_before_the_role(
    city, first, second, receiver, monkeypatch, today
):
    row = assign_role(
        actor=access.SYSTEM,
        user=receiver,
        role="union_officer",
        scope=city,
        ends_on=today + timedelta(days=9),
    )
    asked = proposal.ask_extension(
        actor=first, assignment=row, ends_on=today + timedelta(days=90), reason="继续经办名册"
    )
    locked = []

    def noted(real):
        return lambda obj: (locked.append(type(obj).__name__), real(obj))[1]

    for module in (assignment, proposal, leaving):
        monkeypatch.setattr(module, "lock", noted(module.lock))
    proposal.agree_to_role_proposal(actor=second, proposal=asked)
    assert locked == ["OrgUnit", "RoleProposal", "RoleAssignment"]
    locked.clear()
    withdraw_role(actor=access.SYSTEM, assignment=row)
    assert locked[:2] == ["OrgUnit", "RoleAssignment"]
    late = assign_role(actor=access.SYSTEM, user=UserFactory(), role="union_reviewer", scope=city)
    RoleAssignment.objects.filter(pk=late.pk).update(
        starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1)
    )
    locked.clear()
    assert leaving.announce_run_out_roles(actor=access.SYSTEM) == 1
    assert locked == ["OrgUnit"]


@pytest.mark.parametrize(
    ("role", "make", "sentence"),
    [
        ("judge", EventFactory, "One person may give it again."),
        ("union_officer", None, "Giving it again takes two people."),
    ],
)
def test_page_before_withdrawing_says_how_many_give_the_role_again(
    client, city, receiver, role, make, sentence
):
    scope = make(org=city) if make else city
    row = assign_role(actor=access.SYSTEM, user=receiver, role=role, scope=scope)
    client.force_login(UserFactory(is_superuser=True))
    with translation.override("en"):
        answer = client.get(
            f"/office/access/roles/{row.public_id}/withdraw/", headers={"Accept-Language": "en"}
        )
    assert sentence in answer.context["consequence"]
