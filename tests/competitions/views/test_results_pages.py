"""What the chief judge and the second person see before their button; what a competitor sees; what
the public board leaves out.
"""

import io
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from competitions import workflows
from competitions.enums import CodeState, MarkingSheetState
from competitions.models import BlindCode, ResultRow
from competitions.workflows import MarkInput
from tests.competitions.stage import op
from tests.factories.ground import WorkerFactory


def at(name, *args):
    return reverse(f"competitions:{name}", args=args)


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_lock_page_shows_the_marks_and_a_press_on_an_old_page_locks_nothing(client, stage):
    stage.scoring()
    sheet = stage.sheet("A", 1)
    judges = stage.judges_of(sheet)
    workflows.save_marks(
        actor=judges[0], sheet=sheet, operation=op(), changes=[MarkInput("A1.1", "5")]
    )
    workflows.save_marks(
        actor=judges[1],
        sheet=sheet,
        operation=op(),
        changes=[MarkInput("A1.1", "20", base_version=1)],
    )
    for judge, score in zip(judges, "232", strict=True):
        workflows.save_marks(
            actor=judge, sheet=sheet, operation=op(), changes=[MarkInput("A1.2", score)]
        )
    stage.sign(sheet)
    for number in (2, 3, 4):
        stage.fill(stage.sheet("A", number), "20", "1")
        stage.sign(stage.sheet("A", number))
    address = at("act_part", stage.event.public_id, "lock-module", "A")
    client.force_login(stage.chief)
    page = client.get(address)
    shown = words(page)
    for part in ("20.00", "2 3 2 = 15.56 ± 1", "35.56", "A1.1 坡口角度：5.00 → 20.00，2 席"):
        assert part in shown, part
    token = re.search(r'name="shown" value="([0-9a-f]{64})"', page.content.decode()).group(1)
    request = workflows.request_reopen(actor=stage.chief, sheet=sheet, reason="读错")
    workflows.approve_request(actor=stage.reviewer, request=request)
    workflows.save_marks(
        actor=judges[1],
        sheet=sheet,
        operation=op(),
        changes=[MarkInput("A1.1", "10", base_version=2)],
    )
    stage.sign(sheet)
    answer = client.post(address, {"shown": token})
    assert (answer.status_code, stage.sheet("A", 2).state) == (409, MarkingSheetState.SIGNED)
    token = re.search(r'name="shown" value="([0-9a-f]{64})"', answer.content.decode()).group(1)
    assert client.post(address, {"shown": token}).status_code == 302
    assert stage.sheet("A", 1).state == MarkingSheetState.LOCKED


def test_module_with_an_absent_number_is_locked_from_its_page(client, stage):
    stage.marked()
    workflows.change_competing_state(
        actor=stage.chief,
        code=BlindCode.objects.get(event=stage.event, number=4),
        to="absent",
        reason="未到场",
    )
    address = at("act_part", stage.event.public_id, "lock-module", "A")
    client.force_login(stage.chief)
    page = client.get(address)
    assert "4 号 缺席" in words(page)
    token = re.search(r'name="shown" value="([0-9a-f]{64})"', page.content.decode()).group(1)
    answer = client.post(address, {"shown": token})
    assert answer.status_code == 302, words(answer)
    assert [stage.sheet("A", number).state for number in (1, 2, 3, 4)] == [
        *["locked"] * 3,
        "signed",
    ]


def test_record_of_a_number_taken_out_names_it_and_its_state_in_words(client, stage):
    stage.scoring()
    workflows.change_competing_state(
        actor=stage.chief,
        code=BlindCode.objects.get(event=stage.event, number=4),
        to="absent",
        reason="未到场",
    )
    client.force_login(stage.chief)
    shown = words(client.get(at("office", stage.event.public_id)))
    assert "密号： 4" in shown
    assert re.search(r"参赛 → \S+ 缺席", shown)


def test_nothing_is_under_way_on_the_page_of_a_published_contest(client, stage):
    stage.published()
    rows = client.get(at("detail", stage.event.public_id)).context["timetable"]
    assert [(row["done"], row["running"]) for row in rows] == [(True, False)] * 5


def test_whoever_asked_for_a_correction_can_look_at_it_and_has_a_way_back(client, stage):
    stage.published()
    code = BlindCode.objects.get(event=stage.event, number=4)
    asked = workflows.request_correction(
        actor=stage.manager,
        event=stage.event,
        kind="change_number",
        code=code,
        after="disqualified",
        reason="冒名顶替",
    )
    client.force_login(stage.manager)
    office, decide = (
        at("office", stage.event.public_id),
        at("decide", stage.event.public_id, asked.public_id),
    )
    shown = client.get(office).content.decode()
    assert decide in shown
    assert "等待第二人决定" in shown
    assert "无待办事项" not in shown
    own = client.get(decide).content.decode()
    assert "approve" not in own
    assert own.count(f'href="{office}"') == 2
    client.force_login(stage.reviewer)
    assert 'value="approve"' in client.get(decide).content.decode()


def test_confirm_page_shows_the_results_and_the_marks_and_a_press_on_an_old_page_confirms_nothing(
    client, stage
):
    stage.opened()
    address = at("act", stage.event.public_id, "confirm")
    client.force_login(stage.reviewer)
    page = client.get(address)
    assert all(
        part in words(page)
        for part in ("100.00", "83.33", "66.67", *(person.name for person in stage.people))
    )
    assert at("marks", stage.event.public_id) in page.content.decode()
    assert client.get(at("marks", stage.event.public_id)).status_code == 200
    token = re.search(r'name="shown" value="([0-9a-f]{64})"', page.content.decode()).group(1)
    request = workflows.request_correction(
        actor=stage.manager,
        event=stage.event,
        kind="void_sheet",
        sheet=stage.sheet("A", 1),
        reason="复核",
    )
    workflows.approve_request(actor=stage.chief, request=request)
    assert client.post(address, {"shown": token}).status_code == 409
    assert set(stage.event.result_sets.values_list("state", flat=True)) == {
        "provisional",
        "superseded",
    }


def test_results_of_sheets_are_shown_to_nobody_while_sealed(client, stage):
    stage.computed()
    for user in (stage.manager, stage.chief, stage.reviewer, stage.secrecy):
        client.force_login(user)
        page = words(client.get(at("results", stage.event.public_id)))
        assert ("密封" in page, "83.33" in page) == (True, False)
        answer = client.get(at("results_workbook", stage.event.public_id))
        assert (answer.status_code, "启封" in answer.content.decode()) == (409, True)


def test_own_marks_are_the_competitors_alone_line_by_line_once_published(client, stage):
    stage.confirmed()
    row = ResultRow.objects.select_related("entry__person").get(
        result_set=stage.results, code__number=2
    )
    person, address = row.entry.person, at("mine", stage.event.public_id)
    client.force_login(person.user)
    assert "83.33" not in words(client.get(address))
    workflows.publish_results(actor=stage.manager, event=stage.event)
    shown = words(client.get(address))
    for part in (
        "4 人中第 2 名",
        "83.33",
        "33.33",
        "50.00",
        "A1.2 清理",
        "13.33",
        "B1.2 成形",
        "20.00",
    ):
        assert part in shown, part
    assert not any(other.name in shown for other in stage.people if other != person)
    assert address in client.get("/me/").content.decode()
    client.force_login(WorkerFactory().user)
    assert client.get(address).status_code == 404


def test_absent_and_disqualified_stand_below_the_ranking_on_every_list(client, stage):
    stage.marked()
    for number, state in ((3, CodeState.ABSENT), (4, CodeState.DISQUALIFIED)):
        code = BlindCode.objects.get(event=stage.event, number=number)
        workflows.change_competing_state(actor=stage.chief, code=code, to=state, reason="现场登记")
    for module in ("A", "B"):
        workflows.lock_module(
            actor=stage.chief, event=stage.event, module=stage.sheet(module, 1).module
        )
    workflows.lock_event(actor=stage.chief, event=stage.event)
    results = workflows.compute_results(actor=stage.manager, event=stage.event)
    request = workflows.request_unseal(actor=stage.secrecy, event=stage.event, reason="核对完毕")
    workflows.approve_request(actor=stage.chief, request=request)
    workflows.confirm_results(actor=stage.reviewer, results=results)
    workflows.publish_results(actor=stage.manager, event=stage.event)
    labels = [str(CodeState.ABSENT.label), str(CodeState.DISQUALIFIED.label)]
    client.force_login(stage.manager)
    for address in (at("results", stage.event.public_id), at("board", stage.event.public_id)):
        shown = words(client.get(address))
        assert all(label in shown for label in labels), address
    book = client.get(at("results_workbook", stage.event.public_id))
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    )
    assert [(row[0], row[1], row[-1]) for row in rows[1:]] == [
        (1, 1, ""),
        (2, 2, ""),
        ("", 3, labels[0]),
        ("", 4, labels[1]),
    ]
    absent = (
        ResultRow.objects.select_related("entry__person")
        .get(result_set=results, code__number=3)
        .entry.person
    )
    client.force_login(absent.user)
    assert labels[0] in words(client.get(at("mine", stage.event.public_id)))


def test_total_that_its_shown_modules_do_not_add_up_to_has_a_footnote(client, stage):
    stage.opened()
    row = ResultRow.objects.get(result_set=stage.results, code__number=2)
    assert (row.total, row.modules) == (Decimal("83.33"), {"A": "33.33", "B": "50.00"})
    client.force_login(stage.manager)
    assert "四舍五入" not in words(client.get(at("results", stage.event.public_id)))
    row.modules = {"A": "33.34", "B": "50.00"}
    row.save()
    shown = words(client.get(at("results", stage.event.public_id)))
    assert ("83.33 *" in shown, "四舍五入" in shown) == (True, True)


@pytest.mark.parametrize("upto", ["scoring", "marked", "locked", "published"])
def test_public_board_shows_neither_disputes_nor_agreement_of_judges(client, stage, upto):
    getattr(stage, upto)()
    shown = words(client.get(at("board", stage.event.public_id)))
    assert [part for part in ("Kendall", "待重评", "一致性") if part in shown] == []


def test_entry_withdrawn_is_handed_in_again_on_the_page(client, stage):
    stage.open()
    client.force_login(stage.people[0].user)
    assert client.post(at("withdraw", stage.event.public_id)).status_code == 302
    assert (
        at("enter", stage.event.public_id)
        in client.get(at("detail", stage.event.public_id)).content.decode()
    )
    assert client.post(at("enter", stage.event.public_id)).status_code == 302
    stage.entries[0].refresh_from_db()
    assert stage.entries[0].state == "submitted"
