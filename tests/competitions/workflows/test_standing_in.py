"""A judge's role ends while marking runs: what is unsigned goes back, a substitute takes it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

import access
from access import registry
from access.models import RoleAssignment
from access.tasks import has_calendar_work, keep_calendar
from access.workflows import withdraw_role
from audit.models import Event as Record
from competitions import grants, queries, workflows
from competitions.enums import MarkingSheetState
from competitions.errors import OfficesClash, PanelTooSmall, WrongMoment
from competitions.models import Judge, PanelSeat, SeatVacancy, SheetJudge, Signature
from competitions.queries.marks import marks_of
from competitions.queries.todos import of_vacancies
from competitions.queries.vacancies import vacant_of
from competitions.workflows import MarkInput
from core.errors import Forbidden, NotFound
from core.todos import Asker
from notify.models import Message
from tests.competitions.stage import op
from tests.factories.ground import EmploymentFactory, UserFactory, WorkerFactory


def seat_of(stage, user):
    return Judge.objects.get(event=stage.event, user=user)


def role_of(stage, user):
    return RoleAssignment.objects.running().on(stage.event).get(user=user, role="judge")


def end(stage, user):
    return withdraw_role(actor=access.SYSTEM, assignment=role_of(stage, user))


def vacant(stage):
    return [
        (left.judge.seat, left.sheets, left.modules, [judge.seat for judge in left.pool])
        for left in vacant_of(stage.event)
    ]


@pytest.fixture
def marking(stage):
    """Number 1 of module A is signed by all; the first judge of it goes."""
    stage.scoring()
    sheet = stage.sheet("A", 1)
    stage.fill(sheet, "20", "3")
    stage.sign(sheet)
    return stage


def test_page_of_substitutes_leads_to_a_form_that_seats_a_judge_from_elsewhere(client, marking):
    """The manager is sent to the page of judges: while a seat is vacant it has the form, otherwise
    not.
    """
    judges = reverse("competitions:judges", args=[marking.event.public_id])
    client.force_login(marking.manager)
    assert "seat-a-judge" not in client.get(judges).content.decode()
    end(marking, marking.judges[0])
    page = client.get(
        reverse("competitions:substitutes", args=[marking.event.public_id])
    ).content.decode()
    assert f'{judges}#seat-a-judge"' in page
    assert 'id="seat-a-judge"' in client.get(judges).content.decode()
    guest = WorkerFactory().user
    answer = client.post(
        judges, {"form": "judge", "judge-user": guest.username, "judge-modules": ["A", "B"]}
    )
    assert answer.status_code == 302
    assert Judge.objects.filter(event=marking.event, user=guest).exists()


def test_role_withdrawn_hands_back_unsigned_sheets_and_leaves_the_signed(marking):
    leaver = marking.judges[0]
    held = SheetJudge.objects.filter(judge__user=leaver).count()
    signed = Signature.objects.filter(judge__user=leaver).count()
    assert (
        workflows.count_vacatable_sheets(user=leaver, role="judge", scope=marking.event)
        == held - signed
    )
    end(marking, leaver)
    [(seat, sheets, modules, pool)] = vacant(marking)
    assert (seat, sheets, modules) == (1, held - signed, ["A", "B"])
    assert pool == []  # everybody else of the panel sits at these sheets already
    assert Signature.objects.filter(judge__user=leaver, withdrawn_at=None).count() == signed == 1
    assert marking.sheet("A", 1).state == MarkingSheetState.SIGNED
    record = Record.objects.filter(kind="competitions.seats_vacated").get()
    assert record.after["sheets"] == sheets
    told = set(
        Message.objects.filter(kind="competitions.seats_vacant").values_list("recipient", flat=True)
    )
    assert {marking.manager.pk, marking.chief.pk} <= told
    assert leaver.pk not in told
    for officer in (marking.manager, marking.chief):
        [todo] = of_vacancies(Asker(officer, None, frozenset(), timezone.now()))
        assert str(sheets) in todo.title
    assert list(of_vacancies(Asker(marking.secrecy, None, frozenset(), timezone.now()))) == []


def test_sheet_with_a_vacant_seat_neither_settles_nor_is_signed_before_the_substitute(marking):
    sheet = marking.sheet("A", 2)
    judges = marking.judges_of(sheet)
    for judge in judges[:2]:
        workflows.save_marks(
            actor=judge, sheet=sheet, operation=op(), changes=[MarkInput("A1.2", "3")]
        )
    end(marking, judges[0])
    workflows.save_marks(
        actor=judges[2],
        sheet=sheet,
        operation=op(),
        changes=[MarkInput("A1.1", "20"), MarkInput("A1.2", "3")],
    )
    assert sheet.rounds.get(aspect__code="A1.2").state == "collecting"
    with pytest.raises(NotFound):
        workflows.save_marks(
            actor=judges[0], sheet=sheet, operation=op(), changes=[MarkInput("A1.2", "0")]
        )
    fresh = workflows.assign_judge(actor=marking.manager, event=marking.event, user=UserFactory())
    assert [judge.seat for judge in vacant_of(marking.event)[0].pool] == [fresh.seat]
    workflows.name_substitute(
        actor=marking.chief,
        event=marking.event,
        left_by=seat_of(marking, judges[0]),
        substitute=fresh,
    )
    assert fresh.user in marking.judges_of(sheet)
    workflows.save_marks(
        actor=fresh.user, sheet=sheet, operation=op(), changes=[MarkInput("A1.2", "2")]
    )
    assert sheet.rounds.get(aspect__code="A1.2").state == "settled"
    # What the judge who left gave in the open round is in the log, and in no mean.
    assert marks_of([sheet])[sheet.pk][1].scores == {2: 3, 3: 3, fresh.seat: 2}
    marking.sign(sheet)
    sheet.refresh_from_db()
    assert sheet.state == MarkingSheetState.SIGNED
    assert SeatVacancy.objects.filter(seat__sheet=sheet).get().filled_by == fresh


def test_substitute_takes_every_seat_whoever_he_stands_aside_for(marking):
    leaver = marking.judges[0]
    end(marking, leaver)
    total = vacant(marking)[0][1]
    left_by, sitting = seat_of(marking, leaver), seat_of(marking, marking.judges[1])
    with pytest.raises(WrongMoment) as refused:
        workflows.name_substitute(
            actor=marking.manager, event=marking.event, left_by=left_by, substitute=sitting
        )
    assert refused.value.code == "substitute_fits_nowhere"
    colleague = WorkerFactory()
    EmploymentFactory(person=colleague, employer=marking.people[2].employments.get().employer)
    related = workflows.assign_judge(
        actor=marking.manager, event=marking.event, user=colleague.user
    )
    with pytest.raises(
        PanelTooSmall
    ) as small:  # of three seats none is to spare, whichever sheets are vacant
        workflows.name_substitute(
            actor=marking.manager, event=marking.event, left_by=left_by, substitute=related
        )
    assert small.value.code == "panel_too_small"
    fresh = workflows.assign_judge(actor=marking.manager, event=marking.event, user=UserFactory())
    done = workflows.name_substitute(
        actor=marking.manager, event=marking.event, left_by=left_by, substitute=fresh
    )
    assert (done.taken, done.left) == (total, 0)
    assert (
        Record.objects.filter(kind="competitions.substitute_named").get().after["sheets"] == total
    )


def test_panel_of_four_goes_on_without_the_judge_who_left_and_one_of_three_does_not(marking, spare):
    end(marking, marking.judges[0])
    with pytest.raises(PanelTooSmall):
        workflows.drop_vacant_seats(
            actor=marking.chief, event=marking.event, left_by=seat_of(marking, marking.judges[0])
        )
    spare.scoring()
    sheet, judges = spare.sheet("A", 1), spare.judges
    for judge in judges[1:]:
        workflows.save_marks(
            actor=judge, sheet=sheet, operation=op(), changes=[MarkInput("A1.2", "2")]
        )
    end(spare, judges[0])
    sheets = vacant(spare)[0][1]
    assert (
        workflows.drop_vacant_seats(
            actor=spare.chief, event=spare.event, left_by=seat_of(spare, judges[0])
        )
        == sheets
        == 8
    )
    assert sheet.rounds.get(aspect__code="A1.2").state == "settled"
    assert [spare.judges_of(spare.sheet("B", number)) for number in (1, 2, 3, 4)] == [
        judges[1:]
    ] * 4
    assert vacant(spare) == []


def test_seat_is_taken_away_only_after_a_tick_beside_what_it_means(spare, client):
    spare.scoring()
    leaver = spare.judges[0]
    end(spare, leaver)
    seat = seat_of(spare, leaver).seat
    address = f"/competitions/{spare.event.public_id}/office/substitutes/"
    client.force_login(spare.chief)
    asked = client.post(address, {"without": seat})
    assert (asked.status_code, len(vacant(spare)), "请先勾选" in asked.content.decode()) == (
        422,
        1,
        True,
    )
    assert client.post(address, {"without": seat, f"without{seat}-sure": "on"}).status_code == 302
    assert vacant(spare) == []


def test_substitute_is_named_by_the_organisers_only_and_by_nobody_for_himself(marking):
    end(marking, marking.judges[0])
    words = {
        "event": marking.event,
        "left_by": seat_of(marking, marking.judges[0]),
        "substitute": seat_of(marking, marking.judges[-1]),
    }
    with pytest.raises(NotFound):
        workflows.name_substitute(actor=UserFactory(), **words)
    with pytest.raises(Forbidden):
        workflows.name_substitute(actor=marking.secrecy, **words)
    with pytest.raises((OfficesClash, Forbidden)):
        workflows.name_substitute(actor=marking.judges[-1], **words)


def test_judge_from_elsewhere_is_seated_while_marking_only_where_a_seat_is_vacant(marking):
    with pytest.raises(WrongMoment):
        workflows.assign_judge(actor=marking.manager, event=marking.event, user=UserFactory())
    end(marking, marking.judges[0])
    fresh = workflows.assign_judge(actor=marking.manager, event=marking.event, user=UserFactory())
    done = workflows.name_substitute(
        actor=marking.manager,
        event=marking.event,
        left_by=seat_of(marking, marking.judges[0]),
        substitute=fresh,
    )
    assert done.left == 0
    assert vacant(marking) == []


def test_role_that_ran_out_is_told_once_by_the_sweeper(marking):
    leaver = marking.judges[0]
    yesterday = timezone.localdate() - timedelta(days=1)
    RoleAssignment.objects.on(marking.event).filter(user=leaver).update(
        starts_on=yesterday, ends_on=yesterday
    )
    assert has_calendar_work()
    keep_calendar()
    first = vacant(marking)
    assert first[0][0] == 1
    keep_calendar()
    assert vacant(marking) == first
    assert Record.objects.filter(kind="competitions.seats_vacated").count() == 1


def test_role_that_ends_before_marking_empties_the_places_in_the_panels(stage):
    stage.drawn()
    leaver = stage.judges[0]
    end(stage, leaver)
    assert not PanelSeat.objects.filter(judge__user=leaver).exists()
    workflows.assign_judge(actor=stage.manager, event=stage.event, user=leaver)
    assert role_of(stage, leaver)
    assert PanelSeat.objects.filter(judge__user=leaver).count() == 2


def test_page_that_withdraws_the_role_says_what_goes_back(marking, client):
    leaver = marking.judges[0]
    sheets = workflows.count_vacatable_sheets(user=leaver, role="judge", scope=marking.event)
    [sentence] = registry.list_role_end_consequences(
        user=leaver, role=grants.JUDGE_ROLE.key, scope=marking.event
    )
    assert str(sheets) in sentence
    client.force_login(leaver)
    page = client.get(f"/office/access/roles/{role_of(marking, leaver).public_id}/withdraw/")
    assert sentence in page.content.decode()


def test_page_of_substitutes_shows_what_waits_and_hands_it_over(marking, client):
    end(marking, marking.judges[0])
    address = f"/competitions/{marking.event.public_id}/office/substitutes/"
    client.force_login(marking.chief)
    assert client.get(address).status_code == 200
    assert client.post(address, {"seat": "1", "for1-substitute": ""}).status_code == 422
    spare = workflows.assign_judge(actor=marking.manager, event=marking.event, user=UserFactory())
    answer = client.post(
        address, {"seat": "1", "for1-substitute": str(spare.public_id)}, follow=True
    )
    assert answer.status_code == 200
    assert SeatVacancy.objects.filter(filled_by=spare).exists()
    assert queries.judge_desk(marking.judges[0]).total == 0
