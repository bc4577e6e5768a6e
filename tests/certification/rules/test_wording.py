"""Wording: named fields, bold, clauses that may go, nothing else."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules import wording


def test_wording_is_filled_with_bold_runs_and_paragraphs():
    assert wording.fill_wording(
        "完成**{subject}**[，修满{hours}学时]。\n特发此证。", {"subject": "焊工", "hours": "六十"}
    ) == (
        (("完成", False), ("焊工", True), ("，修满六十学时。", False)),
        (("特发此证。", False),),
    )


def test_clause_goes_when_one_of_its_fields_is_empty():
    assert wording.fill_wording(
        "合格[，理论{theory}分、实操{practice}分]。", {"theory": "九十", "practice": " "}
    ) == ((("合格。", False),),)


@pytest.mark.parametrize(
    "template",
    [
        "{nobody}",
        "{subject",
        "subject}",
        "[，{hours}",
        "**{subject}",
        "{}",
        "{subject.name}",
        "[[{hours}]]",
    ],
)
def test_template_with_an_unknown_field_or_an_open_sign_is_refused(template):
    with pytest.raises(wording.WordingError):
        wording.check_wording(template)


def test_empty_field_outside_a_clause_is_refused():
    with pytest.raises(wording.WordingError) as caught:
        wording.fill_wording("完成{subject}。", {"subject": ""})
    assert caught.value.args == ("{subject}",)


@given(st.text(min_size=1).filter(lambda t: t.strip()))
def test_what_stands_in_a_field_is_text_never_markup(value):
    assert wording.fill_wording("完成{subject}。", {"subject": value}) == (
        (("完成" + value.strip() + "。", False),),
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "零"), (6, "六"), (10, "十"), (12, "十二"), (20, "二十"), (60, "六十"), (86, "八十六"), (100, "一百"), (105, "一百零五"),
        (110, "一百一十"), (1000, "一千"), (1010, "一千零一十"), (2026, "二千零二十六"), (9999, "九千九百九十九"),
        (Decimal("87.50"), "八十七点五"), (Decimal("0.05"), "零点零五"), (Decimal("100.00"), "一百"), (10000, "10000"), (-1, "-1"),
    ],
)  # fmt: skip
def test_numbers_in_chinese(value, text):
    assert wording.write_chinese_numeral(value) == text


@pytest.mark.parametrize(
    ("occupation", "level", "text"),
    [
        ("焊工", 3, "焊工（三级／高级工）"),
        ("焊工", None, "焊工"),
        ("", 3, ""),
        ("焊工", 0, "焊工（学徒工）"),
    ],
)
def test_trade(occupation, level, text):
    assert wording.format_trade(occupation, level) == text


def test_marked_runs_set_apart_what_differs_from_person_to_person() -> None:
    fields = {"employer": "某厂", "course": "", "subject": "焊工", "theory": "86", "practice": ""}
    template = "{employer}职工参加**{subject}**培训[，理论成绩{theory}分][，实操{practice}分]。"
    assert wording.fill_wording_marked(template, fields) == (
        (
            ("某厂", False, True),
            ("职工参加", False, False),
            ("焊工", True, False),
            ("培训，理论成绩", False, False),
            ("86", False, True),
            ("分。", False, False),
        ),
    )
    assert wording.fill_wording(template, fields) == (
        (("某厂职工参加", False), ("焊工", True), ("培训，理论成绩86分。", False)),
    )
