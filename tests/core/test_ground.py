"""States, counters, text and sheets: the ground that everything stands on."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from core import counters, sheets
from core.errors import IllegalMove
from core.states import can_move, move
from core.text import (
    find_unwritable,
    mask_mobile,
    mask_name,
    mask_number,
    name_with_middle_dot,
    same_name,
)
from jobs.enums import JOB_MOVES, JobState
from jobs.models import Job


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"), ("张晓明", "张**"), ("欧阳娜娜", "欧阳**"), ("欧阳", "欧*"), ("𠮷明", "𠮷*"), ("阿卜杜拉·买买提", "阿卜杜拉·***"),
        ("李", "李"), ("Smith", "S****"), ("", ""),
    ],
)  # fmt: skip
def test_name_is_masked_by_surname(name, masked):
    assert mask_name(name) == masked


def test_mask_of_a_name_counts_no_sign_that_nobody_sees():
    assert mask_name("贾\u200b建新") == "贾**"
    assert mask_name("\ufeff欧阳示例") == "欧阳**"


def test_numbers_are_masked_in_the_middle():
    assert (mask_number("330106199001011234"), mask_mobile("13812341234"), mask_number("12")) == (
        "3301************34",
        "138****1234",
        "**",
    )


@pytest.mark.parametrize("dot", "•・‧●．·")
def test_look_alike_dots_become_the_middle_dot(dot):
    assert name_with_middle_dot(f"阿里{dot}木") == "阿里·木"
    assert same_name(f"阿里{dot}木", "阿里·木")


def test_latin_full_stop_stays():
    assert name_with_middle_dot("J. Smith") == "J. Smith"


@given(st.text())
def test_middle_dot_touches_nothing_but_dots(name):
    plain = name.strip()
    changed = name_with_middle_dot(name)
    assert len(changed) == len(plain)
    assert all(a == b or b == "·" for a, b in zip(plain, changed, strict=True))


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("𠮷䶮㛃𫟹﨎", []),
        ("张\x00", ["\x00"]),
        ("王\ue863", ["\ue863"]),
        ("葛\U000e0100", ["\U000e0100"]),
    ],
)
def test_unwritable_names_exactly_what_no_name_holds(text, bad):
    assert find_unwritable(text) == bad


@pytest.mark.django_db
@pytest.mark.parametrize("old", JobState)
@pytest.mark.parametrize("new", JobState)
def test_move_follows_the_table_and_nothing_else(old, new):
    job = Job.objects.create(kind="x", title="x", state=old)
    if new in JOB_MOVES[old]:
        moved = move(job, new, table=JOB_MOVES)
        assert (moved.old, moved.new, Job.objects.get().state) == (old, new, new)
    else:
        assert not can_move(job, new, table=JOB_MOVES)
        with pytest.raises(IllegalMove):
            move(job, new, table=JOB_MOVES)
        assert Job.objects.get().state == old


@pytest.mark.django_db
def test_move_trusts_the_database_and_not_the_object_in_hand():
    job = Job.objects.create(kind="x", title="x")
    Job.objects.update(state=JobState.FINISHED)
    with pytest.raises(IllegalMove):
        move(job, JobState.PAUSED, table=JOB_MOVES)
    assert job.state == JobState.FINISHED


@pytest.mark.django_db(transaction=True)
def test_move_outside_a_transaction_is_a_mistake():
    job = Job.objects.create(kind="x", title="x")
    with pytest.raises(transaction.TransactionManagementError):
        move(job, JobState.PAUSED, table=JOB_MOVES)


@pytest.mark.django_db
def test_counter_goes_on_without_gaps_and_gives_back_what_was_rolled_back():
    assert list(counters.take_counter_numbers("c")) == [1]
    assert list(counters.take_counter_numbers("c", 3)) == [2, 3, 4]

    def fail_after_taking():
        with transaction.atomic():
            counters.take_counter_numbers("c", 10)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_taking()
    assert list(counters.take_counter_numbers("c")) == [5]


COLUMNS = (sheets.Column("name", "姓名", ("name",)), sheets.Column("no", "编号", required=False))


def read(data):
    return sheets.read_rows(data, COLUMNS, max_bytes=10**6, max_rows=100)


@given(
    st.lists(
        st.text(
            st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1, max_size=30
        ).filter(str.strip),
        min_size=1,
        max_size=5,
    )
)
def test_what_is_written_is_read_again(names):
    rows = read(sheets.write_workbook(["姓名"], [[name] for name in names]))
    assert [row["name"] for row in rows] == [name.strip() for name in names]


def test_list_of_names_alone_is_read_below_a_title_and_one_column_never_wins_over_a_wider_header():
    assert [
        (row.number, row["name"])
        for row in read(sheets.write_workbook(["花名册"], [["姓名"], ["0"], ["张三"]]))
    ] == [
        (3, "0"),
        (4, "张三"),
    ]
    rows = read(sheets.write_workbook(["姓名"], [["Name", "其他"], ["张三", "x"]]))
    assert [(row.number, row["name"]) for row in rows] == [(3, "张三")]


def test_formula_leaves_as_text_and_number_stays_whole():
    rows = read(sheets.write_workbook(["编号", "姓名"], [[12, "=1+1"], [1.5, "@x"]]))
    assert [(row["no"], row["name"]) for row in rows] == [("12", "=1+1"), ("1.5", "@x")]


def test_header_may_stand_below_a_title_and_rows_keep_their_own_numbers():
    rows = read(
        sheets.write_workbook(["示例市花名册"], [["Name", "其他"], ["", ""], ["张三", "x"]])
    )
    assert [(row.number, row["name"]) for row in rows] == [(4, "张三")]
