"""Merging two records: by two people, all or nothing, everything moves, the tombstone leads on."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

import access
from audit import words
from audit.models import Event
from certification.workflows.honour import issue_for_honour, publish_honour
from core.errors import DomainError, IllegalMove, InvalidInput
from core.templatetags.craft import long_day
from courses.enums import EnrolmentState
from courses.models import Enrolment, TrainingClass
from org.models import Employment, Membership
from people.enums import MergeState, PairState
from people.merging import doubled_pairs
from people.models import FormerName, IdentityDocument, MergeProposal, Person, SuspectedPair
from people.queries import list_living_persons, looks_at, person_by_identity
from people.rules.identity import compute_id_check_character
from people.workflows.merge import (
    approve_merge,
    call_different,
    look_again,
    propose_merge,
    refuse_merge,
    withdraw_merge,
)
from people.workflows.person import record_person, show_identity
from tests.factories.certification import HonourFactory
from tests.factories.courses import EnrolmentFactory, SessionFactory
from tests.factories.ground import (
    EmploymentFactory,
    MembershipFactory,
    PersonFactory,
    UserFactory,
    WorkerFactory,
)

pytestmark = pytest.mark.django_db
REASON = "两证均已核对，同一人"


def number(serial):
    first = f"33010619800506{serial:03d}"
    return first + compute_id_check_character(first)


@pytest.fixture
def officers():
    return UserFactory(), UserFactory()


@pytest.fixture
def two():
    keep = record_person(actor=access.SYSTEM, name="张伟", id_kind="resident", id_number=number(1))
    gone = record_person(
        actor=access.SYSTEM,
        name="章玮",
        id_kind="passport",
        id_number="E1234567",
        mobile="13800000001",
        education="college",
    )
    return keep, gone


def merge(officers, keep, gone, **picks):
    proposal = propose_merge(actor=officers[0], keep=keep, gone=gone, picks=picks, reason=REASON)
    return approve_merge(actor=officers[1], proposal=proposal)


def test_everything_moves_and_the_other_record_becomes_a_tombstone(officers, two):
    keep, gone = two
    MembershipFactory(person=gone, starts_on=date(2021, 1, 1))
    enrolment = EnrolmentFactory(person=gone)
    show_identity(actor=officers[0], person=gone, reason="核对申报材料")
    merge(officers, keep, gone)
    keep.refresh_from_db()
    gone.refresh_from_db()
    enrolment.refresh_from_db()
    assert (gone.merged_into, enrolment.person, keep.mobile, keep.education, keep.name) == (
        keep,
        keep,
        "13800000001",
        "college",
        "张伟",
    )
    assert list(list_living_persons()) == [keep]
    assert Membership.objects.get().person == keep
    assert person_by_identity("passport", "E1234567", today=timezone.localdate()) == keep
    assert {row.number() for row in IdentityDocument.objects.filter(person=keep)} == {
        number(1),
        "E1234567",
    }
    assert FormerName.objects.get().name == "章玮"
    assert [look.reason for look in looks_at(keep)] == ["核对申报材料"]


def test_picks_decide_field_by_field_and_an_empty_value_never_wins(officers, two):
    keep, gone = two
    Person.objects.filter(pk=keep.pk).update(mobile="13900000000", ethnicity="01")
    merge(officers, keep, gone, name="gone", mobile="gone", ethnicity="gone")
    keep.refresh_from_db()
    assert (keep.name, keep.mobile, keep.ethnicity, FormerName.objects.get().name) == (
        "章玮",
        "13800000001",
        "01",
        "张伟",
    )


def test_second_number_of_one_kind_stays_with_the_tombstone_and_still_leads_on(officers):
    keep = record_person(actor=access.SYSTEM, name="张伟", id_kind="resident", id_number=number(1))
    gone = record_person(actor=access.SYSTEM, name="张伟", id_kind="resident", id_number=number(3))
    merge(officers, keep, gone)
    assert IdentityDocument.objects.filter(person=gone).count() == 1
    assert person_by_identity("resident", number(3), today=timezone.localdate()) == keep


def test_proposer_can_not_agree_nor_refuse_and_a_stranger_can_not_withdraw(officers, two):
    proposal = propose_merge(actor=officers[0], keep=two[0], gone=two[1], picks={}, reason=REASON)
    for deed, actor in ((approve_merge, officers[0]), (withdraw_merge, officers[1])):
        with pytest.raises(DomainError) as refused:
            deed(actor=actor, proposal=proposal)
        assert refused.value.code in ("merge_own", "merge_not_own")
    with pytest.raises(DomainError, match=r"."):
        refuse_merge(actor=officers[0], proposal=proposal, reason=REASON)
    assert MergeProposal.objects.get().state == MergeState.PROPOSED


def test_nobody_decides_about_their_own_record(officers, two):
    keep, gone = two
    Person.objects.filter(pk=keep.pk).update(user=officers[1])
    proposal = propose_merge(actor=officers[0], keep=keep, gone=gone, picks={}, reason=REASON)
    with pytest.raises(DomainError) as refused:
        approve_merge(actor=officers[1], proposal=proposal)
    assert refused.value.code == "merge_oneself"
    with pytest.raises(DomainError) as refused:
        propose_merge(actor=officers[1], keep=keep, gone=gone, picks={}, reason=REASON)
    assert refused.value.code == "merge_oneself"


def both_in_one_class(keep, gone, **of_gone):
    mine = EnrolmentFactory(person=keep, state=EnrolmentState.ADMITTED)
    theirs = EnrolmentFactory(
        person=gone,
        training_class=mine.training_class,
        **{"state": EnrolmentState.ATTENDING} | of_gone,
    )
    TrainingClass.objects.filter(pk=mine.training_class_id).update(
        seats_taken=2, capacity=2, state="enrolling"
    )
    return mine, theirs


@pytest.mark.parametrize("stays", ["keep", "gone"])
def test_of_two_enrolments_in_one_class_the_chosen_one_counts_and_the_other_gives_its_seat_on(
    officers, two, stays
):
    keep, gone = two
    mine, theirs = both_in_one_class(keep, gone)
    waits = EnrolmentFactory(
        training_class=mine.training_class, state=EnrolmentState.WAITLISTED, waitlist_no=1
    )
    SessionFactory(
        training_class=mine.training_class, starts_at=timezone.now() + timedelta(days=20)
    )
    (pair,) = doubled_pairs(keep, gone)
    assert (pair.must, pair.proposed, str(mine.training_class) in pair.title) == ("", "keep", True)
    merge(officers, keep, gone, **{pair.key: stays})
    counts, aside = (mine, theirs) if stays == "keep" else (theirs, mine)
    held = aside.state
    for row in (counts, aside, waits):
        row.refresh_from_db()
    assert (counts.person, aside.person, aside.state) == (keep, gone, EnrolmentState.MERGED)
    assert counts.state != EnrolmentState.MERGED
    assert waits.state == EnrolmentState.OFFERED
    event = Event.objects.get(kind="courses.enrolment_set_aside")
    assert (event.actor_id, event.before, event.after) == (
        officers[1].pk,
        {"state": held},
        {"state": "merged", "counts": counts.pk},
    )


def test_enrolment_taken_back_is_proposed_to_be_set_aside(officers, two):
    keep, gone = two
    mine, theirs = both_in_one_class(keep, gone)
    Enrolment.objects.filter(pk=mine.pk).update(state=EnrolmentState.WITHDRAWN)
    merge(officers, keep, gone)
    theirs.refresh_from_db()
    assert (theirs.person, theirs.state) == (keep, EnrolmentState.ATTENDING)
    TrainingClass.objects.get(
        pk=mine.training_class_id, seats_taken=2
    )  # nobody's seat was given back twice


def test_class_shared_since_the_proposal_leaves_all_as_it_was(officers, two):
    keep, gone = two
    MembershipFactory(person=gone)
    proposal = propose_merge(actor=officers[0], keep=keep, gone=gone, picks={}, reason=REASON)
    mine, _theirs = both_in_one_class(keep, gone)
    with pytest.raises(DomainError) as refused:
        approve_merge(actor=officers[1], proposal=proposal)
    assert refused.value.code == "merge_changed"
    assert str(mine.training_class) in str(refused.value)
    proposal.refresh_from_db()
    gone.refresh_from_db()
    assert (proposal.state, gone.merged_into, Membership.objects.get().person) == (
        MergeState.PROPOSED,
        None,
        gone,
    )


def test_value_that_is_neither_record_is_refused(officers, two):
    keep, gone = two
    both_in_one_class(keep, gone)
    (pair,) = doubled_pairs(keep, gone)
    with pytest.raises(InvalidInput):
        propose_merge(
            actor=officers[0], keep=keep, gone=gone, picks={pair.key: "both"}, reason=REASON
        )


@pytest.mark.parametrize("stays", ["keep", "gone"])
def test_of_two_entries_of_one_honour_the_chosen_one_stays_public_and_the_other_address_leads_there(
    officers, two, client, stays
):
    keep, gone = two
    mine = HonourFactory(person=keep, title="杭城工匠", year=2026)
    theirs = HonourFactory(person=gone, title="杭城工匠", year=2026)
    (pair,) = doubled_pairs(keep, gone)
    merge(officers, keep, gone, **{pair.key: stays})
    counts, aside = (mine, theirs) if stays == "keep" else (theirs, mine)
    counts.refresh_from_db()
    aside.refresh_from_db()
    assert (counts.person, aside.person, aside.set_aside_for, aside.published_on) == (
        keep,
        gone,
        counts,
        None,
    )
    assert client.get(f"/honours/{aside.public_id}/").url == f"/honours/{counts.public_id}/"
    assert "另有 0" not in client.get("/honours/").content.decode()
    for deed in (
        lambda: publish_honour(actor=access.SYSTEM, honour=aside),
        lambda: issue_for_honour(honour_public_id=str(aside.public_id)),
    ):
        with pytest.raises(DomainError) as refused:
            deed()
        assert refused.value.code == "honour_set_aside"


def test_two_open_memberships_leave_the_picked_one_open(officers, two):
    keep, gone = two
    first = MembershipFactory(person=keep)
    second = MembershipFactory(person=gone)
    merge(officers, keep, gone, union="gone")
    rows = {row.pk: (row.person, row.ends_on) for row in Membership.objects.all()}
    assert rows == {first.pk: (keep, timezone.localdate()), second.pk: (keep, None)}


def test_the_same_union_and_work_twice_become_one_from_the_earlier_day(officers, two):
    keep, gone = two
    member, job = MembershipFactory(person=keep), EmploymentFactory(person=keep)
    MembershipFactory(person=gone, org_unit=member.org_unit, starts_on=date(2018, 1, 1))
    EmploymentFactory(
        person=gone, employer=job.employer, starts_on=date(2017, 1, 1), job_title="焊工"
    )
    merge(officers, keep, gone)
    assert (Membership.objects.get().starts_on, Employment.objects.get().starts_on) == (
        date(2018, 1, 1),
        date(2017, 1, 1),
    )
    assert Employment.objects.get().job_title == "焊工"


@pytest.mark.parametrize("pick", ["keep", "gone"])
def test_of_two_accounts_one_stays_and_the_other_is_closed(officers, pick):
    keep, gone = WorkerFactory(), WorkerFactory()
    accounts = {"keep": keep.user, "gone": gone.user}
    merge(officers, keep, gone, account=pick)
    keep.refresh_from_db()
    other = accounts["gone" if pick == "keep" else "keep"]
    other.refresh_from_db()
    assert (keep.user, other.is_active) == (accounts[pick], False)


def test_merged_record_can_not_be_merged_or_changed_again_and_a_second_click_is_answered(
    officers, two
):
    keep, gone = two
    proposal = merge(officers, keep, gone)
    with pytest.raises(IllegalMove):
        approve_merge(actor=officers[1], proposal=proposal)
    for deed in (
        lambda: propose_merge(
            actor=officers[0], keep=gone, gone=PersonFactory(), picks={}, reason=REASON
        ),
        lambda: show_and_change(gone),
    ):
        with pytest.raises(DomainError) as refused:
            deed()
        assert refused.value.code == "person_merged"


def show_and_change(person):
    from people.workflows.person import change_facts

    change_facts(
        actor=access.SYSTEM, person=person, changes={"education": "college"}, reason=REASON
    )


def test_chain_of_merges_leads_to_the_last_survivor_at_once(officers):
    a, b, c = PersonFactory(), PersonFactory(), PersonFactory()
    merge(officers, b, a)
    merge(officers, c, b)
    a.refresh_from_db()
    assert a.merged_into == c


def test_record_tells_before_and_after_without_a_number(officers, two):
    keep, gone = two
    merge(officers, keep, gone)
    event = Event.objects.get(
        kind="people.persons_merged", target_type="people.Person", target_id=str(keep.pk)
    )
    assert (
        event.before["kept_facts"]["name"],
        event.before["gone_facts"]["name"],
        event.after["tombstone"],
    ) == ("张伟", "章玮", gone.pk)
    assert number(1) not in str(event.before) + str(event.after)
    assert event.before["kept_facts"]["documents"] == [f"resident …{number(1)[-4:]}"]


def test_record_of_a_merge_says_in_words_who_what_and_whose(officers, two):
    keep, gone = two
    Person.objects.filter(pk=keep.pk).update(mobile="13900000000", education="bachelor")
    klass = EnrolmentFactory(person=keep).training_class
    double = EnrolmentFactory(person=gone, training_class=klass)
    keep.refresh_from_db()
    (pair,) = doubled_pairs(keep, gone)
    HonourFactory(person=gone)
    merge(officers, keep, gone, mobile="gone", **{pair.key: "gone"})
    with override("zh-hans"):
        day = long_day(keep.created_at)
        said = {
            (change.label, change.new)
            for changes in words.describe_changes(Event.objects.all()).values()
            for change in changes
            if not change.masked
        }
        assert {
            ("保留的档案", f"张*，{day}建档"),
            ("并入的档案", f"章*，{day}建档"),
            ("采用并入档案的", f"手机号，{pair.title}"),
            ("采用保留档案的", "姓名，文化程度"),
            ("已并入", "荣誉：1，报名记录：1，证件：1"),
        } <= said
        assert double.training_class.name in pair.title
        # Of the two enrolments in one class, the record says which counts.
        double.refresh_from_db()
        assert ("保留的报名", f"{klass}，{long_day(double.created_at)}报名") in said
        assert not {label for label, _new in said if label.isascii()}


def test_merge_record_names_thirty_persons_in_one_query(officers, django_assert_num_queries):
    for _serial in range(30):
        keep, gone = PersonFactory(), PersonFactory()
        propose_merge(actor=officers[0], keep=keep, gone=gone, picks={}, reason=REASON)
    rows = list(Event.objects.filter(kind="people.merge_proposed"))
    with django_assert_num_queries(1):
        words.describe_changes(rows)


def test_pairs_follow_the_survivor_and_the_decided_one_is_closed(officers, two):
    keep, gone = two
    third = PersonFactory()
    SuspectedPair.objects.create(first=keep, second=gone, evidence=["name_birth"])
    SuspectedPair.objects.create(first=gone, second=third, evidence=["name_birth"])
    merge(officers, keep, gone)
    assert sorted(
        (row.first_id, row.second_id, row.state) for row in SuspectedPair.objects.all()
    ) == [
        (keep.pk, gone.pk, PairState.MERGED),
        (keep.pk, third.pk, PairState.OPEN),
    ]


def test_two_persons_is_remembered_with_a_reason_and_can_be_taken_back(officers, two):
    pair = SuspectedPair.objects.create(first=two[0], second=two[1], evidence=["name_birth"])
    with pytest.raises(InvalidInput):
        call_different(actor=officers[0], pair=pair, note="不是")
    assert (
        call_different(actor=officers[0], pair=pair, note="孪生兄弟，已见本人").state
        == PairState.DIFFERENT
    )
    assert look_again(actor=officers[0], pair=pair).state == PairState.OPEN


def test_only_one_proposal_waits_for_each_record(officers, two):
    propose_merge(actor=officers[0], keep=two[0], gone=two[1], picks={}, reason=REASON)
    for keep, gone in (two, two[::-1], (PersonFactory(), two[1])):
        with pytest.raises(DomainError) as refused:
            propose_merge(actor=officers[1], keep=keep, gone=gone, picks={}, reason=REASON)
        assert refused.value.code == "merge_open"
