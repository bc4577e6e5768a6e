from __future__ import annotations

import datetime

import pytest

from certification.rendering.errors import describe_character
from certification.rendering.labels import format_certificate_date


@pytest.mark.parametrize(
    ("day", "chinese", "english"),
    [
        (datetime.date(2026, 9, 26), "二〇二六年九月二十六日", "26 September 2026"),
        (datetime.date(2030, 10, 10), "二〇三〇年十月十日", "10 October 2030"),
        (datetime.date(2019, 12, 31), "二〇一九年十二月三十一日", "31 December 2019"),
        (datetime.date(2000, 1, 20), "二〇〇〇年一月二十日", "20 January 2000"),
        (datetime.date(2011, 11, 11), "二〇一一年十一月十一日", "11 November 2011"),
    ],
)
def test_date_is_written_as_certificates_do(day: datetime.date, chinese: str, english: str) -> None:
    assert (format_certificate_date(day, "zh-Hans"), format_certificate_date(day, "en")) == (
        chinese,
        english,
    )


def test_character_without_shape_is_spelt_by_its_code_alone() -> None:
    assert [describe_character(c) for c in "䶮\ue000\u3000\U000e0100"] == [
        "䶮 U+4DAE",
        "U+E000",
        "U+3000",
        "U+E0100",
    ]
