"""What a credential says about how it was earned, as sentences built from facts on record, in the
language of the document.

*Criteria* are the same for everybody who earned the same (the rule of the class, the publication of
the results). The *record* is what is on file about this holder (attendance, marks). Where a fact is
missing nothing is said about it. No notice, panel or approval is invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_PARTS = {"theory": "理论成绩", "practice": "实操成绩"}


@dataclass(frozen=True, slots=True)
class Notice:
    """A public notice that took place, with its number, first and last day."""

    number: str
    first_day: date
    last_day: date

    @property
    def written(self) -> str:
        """Return the notice as wording and criteria name it."""
        return f"{self.number}，{format_chinese_period(self.first_day, self.last_day)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRule:
    """What a class requires.

    `attendance_share` is 0 to 1 of the sessions, `lesson_hours` are class hours of 45 minutes
    online, `pass_marks` are out of 100 for each part.
    """

    class_code: str
    version: int
    attendance_share: Decimal
    lesson_hours: Decimal
    pass_marks: Mapping[str, Decimal]
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRecord:
    """What is on record about one trainee.

    Hours are class hours of 45 minutes, marks are out of 100 for each part. *decided_on* is the day
    the rule of the class was applied.
    """

    sessions_held: int
    sessions_attended: int
    first_day: date | None
    last_day: date | None
    hours: Decimal
    marks: Mapping[str, Decimal]
    decided_on: date


def format_chinese_day(day: date) -> str:
    """Return *day* in figures, such as 2026年9月20日."""
    return f"{day.year}年{day.month}月{day.day}日"


def format_chinese_period(first: date, last: date) -> str:
    """Return the days from *first* to *last* in figures, or the one day."""
    return (
        format_chinese_day(first)
        if first == last
        else f"{format_chinese_day(first)}至{format_chinese_day(last)}"
    )


def describe_training_criteria(rule: ClassRule) -> str:
    """Return what the class required of everybody in it."""
    asked = []
    if rule.attendance_share:
        asked.append(f"出勤不少于课次的{_plain(rule.attendance_share * 100)}%")
    if rule.lesson_hours:
        asked.append(f"完成线上学习{_plain(rule.lesson_hours)}学时")
    asked += [f"{_PARTS[part]}不低于{_plain(mark)}分" for part, mark in _by_part(rule.pass_marks)]
    source = f"，依据{rule.source}" if rule.source else ""
    return f"培训班编号{rule.class_code}。结业条件（第{rule.version}版{source}）：{'；'.join(asked) or '无另外要求'}。"


def describe_training_record(record: ClassRecord) -> str:
    """Return what is on record of one trainee of a class."""
    said = []
    if record.sessions_held:
        said.append(f"应到{record.sessions_held}次课，签到{record.sessions_attended}次")
    if record.first_day and record.last_day:
        said.append(f"在册学习日期{format_chinese_period(record.first_day, record.last_day)}")
    if record.hours:
        said.append(f"在册{_plain(record.hours)}学时")
    said += [f"{_PARTS[part]}{_plain(mark)}分" for part, mark in _by_part(record.marks)]
    return "，".join([*said, f"{format_chinese_day(record.decided_on)}按结业条件判定合格"]) + "。"


def describe_award_criteria(*, event: str, confirmed_on: date, published_on: date) -> str:
    """Return how the results of a competition were established.

    One person works them out, another confirms them, and then they are published.
    """
    return f"“{event}”的成绩由一人统计、另一人确认（{format_chinese_day(confirmed_on)}），于{format_chinese_day(published_on)}发布。"


def describe_award_record(*, rank: int, shared: bool, award: str) -> str:
    """Return the result of one competitor."""
    return f"发布的名次：第{rank}名{'（并列）' if shared else ''}；奖项：{award}。"


def describe_honour_criteria(*, issuer: str, document: str, announced_on: date | None) -> str:
    """Return by which decision an honour was given, as far as that is on record."""
    if not document and announced_on is None:
        return describe_unrecorded_criteria(issuer)
    by = f"依据{document}" if document else "依据授予决定"
    return f"由{issuer}{by}授予" + (
        f"，{format_chinese_day(announced_on)}公布。" if announced_on else "。"
    )


def describe_unrecorded_criteria(issuer: str) -> str:
    """Return what can be said where nothing is on record except that the certificate was issued."""
    return f"由{issuer}认定并颁发；认定过程未在本系统记录。"


def add_public_notice(criteria: str, notice: Notice | None) -> str:
    """Return *criteria*, extended by the public notice if one took place."""
    return criteria if notice is None else f"{criteria}经公示（{notice.written}）。"


def _by_part(marks: Mapping[str, Decimal]) -> Iterable[tuple[str, Decimal]]:
    return [(part, marks[part]) for part in _PARTS if part in marks]


def _plain(number: Decimal) -> str:
    """Return a number without needless zeros, such as 80 or 59.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
