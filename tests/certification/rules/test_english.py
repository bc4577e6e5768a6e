"""Fields in the English paragraph."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rendering.labels import format_certificate_date
from certification.rules import english, wording


@given(st.integers(0, 9999))
def test_every_number_we_write_is_read_back(value):
    assert english.translate_chinese_number(wording.write_chinese_numeral(value)) == str(value)


@given(st.decimals(0, 100, places=1))
def test_every_score_we_write_is_read_back(value):
    assert Decimal(english.translate_chinese_number(wording.write_chinese_numeral(value))) == value


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_we_write_is_read_back(value):
    assert english.translate_chinese_day(
        format_certificate_date(value, "zh-Hans")
    ) == format_certificate_date(value, "en")


@pytest.mark.parametrize("text", ["", "点五", "八点", "八点点", "第一", "86", "十x"])
def test_what_is_no_number_is_left_alone(text):
    assert english.translate_chinese_number(text) is None
    assert english.translate_fields({"hours": text}) == {"hours": text}


def test_words_of_a_level_and_an_award_are_put_into_english_and_names_stay():
    assert english.translate_fields(
        {
            "level": "三级／高级工",
            "award": "一等奖",
            "year": "二〇二六",
            "subject": "焊接",
            "employer": "示例厂",
        }
    ) == {
        "level": "Level 3 / Senior Worker",
        "award": "First Prize",
        "year": "2026",
        "subject": "焊接",
        "employer": "示例厂",
    }


def test_every_level_we_know_has_an_english_name():
    assert {
        english.translate_fields({"level": word})["level"] for word in wording.LEVELS.values()
    }.isdisjoint(wording.LEVELS.values())
    assert {
        english.translate_fields({"award": word})["award"] for word in wording.AWARDS.values()
    }.isdisjoint(wording.AWARDS.values())


def test_a_month_that_is_none_is_left_alone():
    assert english.translate_chinese_day("二〇二六年十三月一日") is None
    assert english.translate_chinese_day("昨天") is None
