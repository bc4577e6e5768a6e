"""Names and numbers as copied from chats, PDF files and old systems: mended and told, or refused;
found by whoever types them plainly.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.text import show_invisible
from office.models import RowRemark
from office.queries.units import employers_visible_to, match_units
from org.models import Employer
from org.workflows.history import correct_unit_name as rename_unit
from people.models import Person
from people.queries import filter_persons_by_name
from tests.office.importing import check, faults, number, sheet, take, worker

pytestmark = pytest.mark.django_db

# The rows of sheets that were really sent in: what stood in them, what is kept, and the note about
# it.
INVISIBLE = [
    (worker(1, name="张\u200b小禾"), "张小禾", ("name", "name_invisible")),
    (worker(2, name="\ufeff李小禾"), "李小禾", ("name", "name_invisible")),
    (
        worker(3, name="王小禾", mobile="\u202d13900002003\u202c"),
        "王小禾",
        ("mobile", "mobile_spelling"),
    ),
    (
        worker(4, name="赵小禾", number="\u200e" + number(4)),
        "赵小禾",
        ("id_number", "id_invisible"),
    ),
    (worker(5, name="钱\xa0小禾", mobile="139 0000 2005"), "钱小禾", ("name", "name_blank")),
    (worker(6, name="孙小禾\u200e", mobile="139‑0000‑2006"), "孙小禾", ("name", "name_invisible")),
    (worker(7, name="⻢⻰"), "马龙", ("name", "name_radical")),
    (worker(8, name="⾦⻩"), "金黄", ("name", "name_radical")),
    (worker(9, name="周\ue816", employer="示例\u200b厂"), "周𠂇", ("employer", "text_invisible")),
]


def test_roster_with_what_cannot_be_seen_is_mended_noted_and_found(officer, city, unit):
    run = check(officer, city, sheet(*(row for row, _name, _note in INVISIBLE)))
    assert faults(run) == []
    noted = set(RowRemark.objects.filter(run=run, fault=False).values_list("row", "key", "code"))
    assert {(at, *note) for at, (_row, _name, note) in enumerate(INVISIBLE, 2)} <= noted
    take(officer, run)
    assert [person.name for person in Person.objects.order_by("pk")] == [
        name for _row, name, _note in INVISIBLE
    ]
    assert list(Person.objects.order_by("pk").values_list("mobile", flat=True)[2:6]) == [
        "13900002003", "13800000004", "13900002005", "13900002006",
    ]  # fmt: skip
    assert Employer.objects.get().name == "示例厂"
    for typed in ("马龙", "⻢⻰", "馬龍", "malong", "ml"):
        assert [person.name for person in filter_persons_by_name(Person.objects.all(), typed)] == [
            "马龙"
        ]


@pytest.mark.parametrize("name", ["户⼾", "葛\U000e0100", "王\ue000", "李\ufffd"])
def test_roster_with_a_name_nobody_can_read_is_refused_in_its_row(officer, city, unit, name):
    run = check(officer, city, sheet(worker(1, name=name), worker(2)))
    assert [(row, key, code) for row, key, code in faults(run) if row == 2] == [
        (2, "name", "name_unwritable")
    ]
    assert run.summary["new"] == 1


def test_roster_names_unions_and_employers_in_traditional_characters(officer, city, unit):
    known = Employer.objects.create(name="示例机械制造有限公司")
    run = check(
        officer,
        city,
        sheet(
            worker(1, union="示例廠工會", employer="示例機械製造 有限公司"),
            worker(2, employer="新鋼廠"),
            worker(3, employer="新钢厂"),
        ),
    )
    assert (faults(run), run.summary["new_employers"]) == ([], 1)
    take(officer, run)
    assert sorted(Employer.objects.values_list("name", flat=True)) == sorted([known.name, "新鋼廠"])


def test_unions_and_employers_are_found_however_they_are_written_and_listed_by_sound(
    officer, city, unit
):
    rename_unit(
        actor=officer, unit=unit, name="马鞍山鋼廠工會", short_name="馬鋼", reason="证书上的名称"
    )
    assert [[found.pk for found in match_units(officer, text)] for text in ("马钢", "馬鋼", "⻢钢", "鞍山钢厂", "无此")] == [
        [unit.pk], [unit.pk], [unit.pk], [unit.pk], [],
    ]  # fmt: skip
    for name in ("重机厂", "安和公司", "单县铸造", "ABC 公司", "張家港廠"):
        Employer.objects.create(name=name).unions.add(unit)
    assert [row.name for row in employers_visible_to(officer)] == [
        "ABC 公司",
        "安和公司",
        "单县铸造",
        "张家港廠".replace("张", "張"),
        "重机厂",
    ]
    assert [row.name for row in employers_visible_to(officer, text="张家港厂")] == ["張家港廠"]


def new_person(client, city, **changes):
    data = {
        "id_kind": "resident",
        "id_number": number(7),
        "name": "张伟强",
        "nationality": "CHN",
        "joined": "2026-01-01",
        "org_unit": city.pk,
    }
    return client.post(reverse("office:person_new"), data | changes, follow=True)


def test_form_says_what_it_mended_with_what_was_typed_and_what_is_kept(
    client, city, officer, settings
):
    settings.LANGUAGE_CODE = "en"
    client.force_login(officer)
    answer = new_person(
        client,
        city,
        name="⻢\u200b⻰",
        id_number="\u200e" + number(7),
        mobile="139‑0000‑2006",
        job_title="焊\u200b工",
    )
    person = Person.objects.get()
    assert (person.name, person.mobile) == ("马龙", "13900002006")
    said = "\n".join(str(message) for message in answer.context["messages"])
    assert show_invisible("⻢\u200b⻰") in said
    assert "焊[U+200B]工" in said
    assert "马龙" in said


def test_form_refuses_what_no_text_may_hold_and_keeps_the_rest(client, city, officer):
    client.force_login(officer)
    answer = new_person(client, city, name="户⼾", job_title="焊\x07工")
    assert sorted(answer.context["form"].errors) == ["job_title", "name"]
    assert "U+2F3E" in answer.content.decode()
    assert "U+0007" in answer.content.decode()
    assert Person.objects.count() == 0
