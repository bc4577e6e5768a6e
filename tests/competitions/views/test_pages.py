"""Every page of the way at every stage of an event; the numbers of database queries, at one row
and at thirty.
"""

import io
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertRedirects
from python_calamine import CalamineWorkbook

from competitions import workflows
from competitions.models import Event
from competitions.views.acts import ACTS
from competitions.views.public import choose_board_layout
from core.templatetags.craft import day
from tests.competitions import stage as stages

STAGES = (
    "with_scheme",
    "open",
    "drawn",
    "scoring",
    "marked",
    "locked",
    "computed",
    "opened",
    "confirmed",
    "published",
)
OFFICER = {
    "manage_event": "manager",
    "keep_codes": "secrecy",
    "lead_judging": "chief",
    "compute_results": "manager",
    "confirm_results": "reviewer",
    "publish_results": "manager",
}


def at(name, *args):
    return reverse(f"competitions:{name}", args=args)


def seen(client, user, address):
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


@pytest.mark.parametrize("upto", STAGES)
def test_pages_of_every_office_open_at_every_stage(client, stage, upto):
    getattr(stage, upto)()
    event = stage.event.public_id
    for who in (stage.manager, stage.chief, stage.secrecy, stage.reviewer):
        for address in (
            at("office_list"),
            *(at(name, event) for name in ("office", "results", "scheme")),
        ):
            seen(client, who, address)
    for name in ("entries", "judges", "event_edit"):
        seen(client, stage.manager, at(name, event))
    seen(client, stage.chief, at("sheets", event))
    seen(client, stage.secrecy, at("code_book", event))
    seen(client, stage.judges[0], at("desk"))
    for key, act in ACTS.items():
        address = (
            at("act_part", event, key, "A" if key == "lock-module" else "1")
            if act.takes_part
            else at("act", event, key)
        )
        assert str(act.consequence) in seen(client, getattr(stage, OFFICER[act.right]), address)


@pytest.mark.parametrize("upto", STAGES[1:])
def test_public_pages_open_at_every_stage_and_name_nobody_before_publishing(client, stage, upto):
    getattr(stage, upto)()
    event = stage.event.public_id
    shown = "".join(
        client.get(address).content.decode()
        for address in (at("list"), at("detail", event), at("board", event))
    )
    assert stage.event.title in shown
    named = [entry.person.name for entry in stage.entries if entry.person.name in shown]
    assert bool(named) is (upto == "published")


def test_cancelled_competition_keeps_its_page_and_tells_the_reason_to_those_who_entered(
    client, stage
):
    stage.published()
    request = workflows.request_correction(
        actor=stage.manager, event=stage.event, kind="cancel", reason="试题泄露"
    )
    workflows.approve_request(actor=stage.reviewer, request=request)
    event, when = stage.event.public_id, day(stage.reload().cancelled_at)
    detail = client.get(at("detail", event)).content.decode()
    assert (
        f"本赛事已于{when}取消" in detail,
        "试题泄露" in detail,
        at("board", event) in detail,
    ) == (True, False, False)
    for name in ("board", "mine"):
        response = client.get(at(name, event))
        assert response.status_code == 302
    assertRedirects(client.get(at("board", event)), at("detail", event))
    own = seen(client, stage.people[0].user, at("detail", event))
    assert ("试题泄露" in own, at("withdraw", event) in own) == (True, False)
    assertRedirects(client.get(at("mine", event)), at("detail", event))
    assert stage.event.title not in client.get(at("list")).content.decode()


def test_draft_that_is_cancelled_is_known_to_nobody_outside(client, stage):
    workflows.cancel_event(actor=stage.manager, event=stage.event, reason="不办了")
    assert stage.reload().cancelled_at is None
    assert client.get(at("detail", stage.event.public_id)).status_code == 404
    assert client.get(at("board", stage.event.public_id)).status_code == 404


def test_board_shows_marks_scale_and_awards_once_confirmed(client, stage):
    stage.confirmed()
    shown = re.sub(r"<[^>]+>", " ", client.get(at("board", stage.event.public_id)).content.decode())
    assert [mark for mark in ("100.00", "83.33", "66.67", "5.00") if mark in shown] == [
        "100.00",
        "83.33",
        "66.67",
        "5.00",
    ]
    assert "金牌" in shown


def test_board_of_fifty_stands_in_columns_of_twelve_at_most():
    rows = tuple(range(50))
    layout = choose_board_layout(rows)
    assert (max(map(len, layout.chunks)), [row for chunk in layout.chunks for row in chunk]) == (
        10,
        list(rows),
    )
    assert choose_board_layout(rows[:10]).chunks == (rows[:10],)
    assert choose_board_layout(()).chunks == ()


def test_results_workbook_holds_what_the_page_shows(client, stage):
    stage.published()
    client.force_login(stage.manager)
    response = client.get(at("results_workbook", stage.event.public_id))
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(response.content))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert rows[0][:3] == ["名次", "密号", "姓名"]
    assert [(row[0], row[1], row[-5]) for row in rows[1:]] == [
        (1, 1, 100),
        (2, 2, 83.33),
        (3, 3, 66.67),
        (4, 4, 5),
    ]


def test_results_workbook_before_results_is_not_found(client, stage):
    stage.locked()
    client.force_login(stage.manager)
    assert client.get(at("results_workbook", stage.event.public_id)).status_code == 404


def test_list_filters_by_words_and_by_state(client, stage):
    stage.open()
    assert (
        stage.event.title in client.get(at("list"), {"q": "焊工", "state": "open"}).content.decode()
    )
    for query in ({"q": "没有这样的"}, {"state": "published"}):
        assert stage.event.title not in client.get(at("list"), query).content.decode()


def test_sheet_calls_the_blind_number_blind_number(client, stage):
    """W1: it was called the number of a work station, which judges know as something else."""
    stage.scoring()
    sheet = stage.sheet("A", 3)
    client.force_login(stage.judges_of(sheet)[0])
    page = client.get(reverse("competitions:sheet", args=[sheet.public_id])).content.decode()
    assert ("<h1>密号 3</h1>" in page, "工位" in page) == (True, False)


def test_judging_worker_is_served_from_its_own_folder_without_signing_in(client, db):
    response = client.get(at("worker"))
    assert (response.status_code, response["Content-Type"]) == (
        200,
        "text/javascript; charset=utf-8",
    )


def test_every_sentence_of_the_tablet_is_used_and_every_one_it_uses_is_given():
    from pathlib import Path

    from competitions.views.judging import _texts

    folder = Path(__file__).parents[3] / "competitions/static/competitions"
    script = "".join((folder / name).read_text() for name in ("sheet.js", "sheet_lines.js"))
    used = set(re.findall(r"texts\.(\w+)", script))
    assert used == set(_texts())


# ---- query counts ----


def queries_of(client, user, address):
    if user is not None:
        client.force_login(user)
        client.get(address)  # the first visit of a session is noted
    cache.clear()
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_public_list_asks_alike_for_one_event_and_for_thirty(client, stage):
    stage.open()
    one = queries_of(client, None, at("list"))
    for _n in range(29):
        other = Event.objects.get(pk=stage.event.pk)
        other.pk, other.public_id, other._state.adding = None, stages.op(), True
        other.save()
    assert (one, queries_of(client, None, at("list"))) == (1, 1)


COUNTS = {
    "detail": 6,
    "board": 5,
    "desk": 5,
    "sheet": 13,
    "state": 12,
    "office": 30,
    "sheets": 14,
    "entries": 15,
    "judges": 20,
    "results": 19,
    "lock": 23,
    "office_list": 6,
}


@pytest.mark.parametrize("competitors", [3, 30])
def test_pages_ask_alike_for_three_competitors_and_for_thirty(client, db, competitors):
    stage = stages.build(competitors=competitors).scoring()
    event, sheet = stage.event.public_id, stage.sheet("A", 1)
    judge = stage.judges_of(sheet)[0]
    pages = {
        "detail": (None, at("detail", event)),
        "board": (None, at("board", event)),
        "desk": (judge, at("desk")),
        "sheet": (judge, at("sheet", sheet.public_id)),
        "state": (judge, at("sheet_state", sheet.public_id)),
        "office": (stage.chief, at("office", event)),
        "sheets": (stage.chief, at("sheets", event)),
        "entries": (stage.manager, at("entries", event)),
        "judges": (stage.manager, at("judges", event)),
        "results": (stage.manager, at("results", event)),
        "lock": (stage.chief, at("act_part", event, "lock-module", "A")),
        "office_list": (stage.manager, at("office_list")),
    }
    found = {name: queries_of(client, user, address) for name, (user, address) in pages.items()}
    assert found == COUNTS
