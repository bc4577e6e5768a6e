"""The people desk through its doors: rights, masks, looking at a number, double records by two
officers, number of queries.
"""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

import access
from access.workflows import assign_role
from audit.models import Event
from core.errors import NotFound
from office.queries import people as reads
from office.workflows import people as desk
from org.enums import OrgLevel
from org.models import Membership
from org.workflows.belonging import join_union, record_employment
from people.models import MergeProposal, Person, SuspectedPair
from people.rules.identity import compute_id_check_character
from people.workflows.person import record_person
from tests.factories.courses import EnrolmentFactory
from tests.factories.ground import (
    EmployerFactory,
    EmploymentFactory,
    MembershipFactory,
    OrgUnitFactory,
    PersonFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
REASON = "两证均已核对，同一人"


def number(serial):
    first = f"33010619800506{serial:03d}"
    return first + compute_id_check_character(first)


@pytest.fixture
def city():
    return OrgUnitFactory(name="示例市总工会", code="330900", level=OrgLevel.CITY)


@pytest.fixture
def shop(city):
    return OrgUnitFactory(
        name="示例重工工会", code="330901", level=OrgLevel.GRASSROOTS, parent=city
    )


@pytest.fixture
def elsewhere():
    return OrgUnitFactory(name="别市总工会", code="340000", level=OrgLevel.CITY)


def an_officer(unit, role="union_officer"):
    user = UserFactory()
    assign_role(actor=access.SYSTEM, user=user, role=role, scope=unit)
    return user


@pytest.fixture
def officer(city, client):
    user = an_officer(city)
    client.force_login(user)
    return user


def member(unit, name="张伟强", serial=1, **facts):
    person = record_person(
        actor=access.SYSTEM,
        name=name,
        id_kind="resident",
        id_number=number(serial),
        mobile="13800001111",
        **facts,
    )
    join_union(actor=access.SYSTEM, person=person, org_unit=unit, starts_on=date(2020, 1, 1))
    return person


def page(client, name, *args, **query):
    return client.get(reverse(f"office:{name}", args=args), query)


def names(answer):
    return [person.name for person in answer.context["page"]]


def test_list_is_filtered_by_name_sound_union_employer_and_membership(client, city, shop, officer):
    first, second = member(shop, "张伟强", 1), member(city, "李娜", 2)
    gone = member(shop, "王芳", 3)
    Membership.objects.filter(person=gone).update(ends_on=date(2024, 1, 1))
    firm = EmployerFactory()
    firm.unions.add(shop)
    record_employment(actor=access.SYSTEM, person=first, employer=firm, starts_on=date(2020, 1, 1))
    assert {query: names(page(client, "people", **dict([query]))) for query in [
        ("q", "伟"), ("q", "zwq"), ("q", "zhangw"), ("union", str(shop.public_id)), ("employer", str(firm.public_id)), ("status", "left"),
        ("status", "member"), ("q", "没有"),
    ]} == {
        ("q", "伟"): [first.name], ("q", "zwq"): [first.name], ("q", "zhangw"): [first.name], ("union", str(shop.public_id)): [first.name],
        ("employer", str(firm.public_id)): [first.name], ("status", "left"): [gone.name], ("status", "member"): [second.name, first.name],
        ("q", "没有"): [],
    }  # fmt: skip


def test_strangers_records_answer_like_ones_that_are_not_there(client, officer, elsewhere):
    person = member(elsewhere)
    assert names(page(client, "people")) == []
    for name in ("person", "person_facts", "person_name", "person_identity", "person_identity_show", "person_photo", "person_photo_file",
                 "person_transfer", "person_join", "person_leave", "person_resume", "person_employ", "person_account",
                 "person_account_close", "person_account_reopen"):  # fmt: skip
        assert page(client, name, person.public_id).status_code == 404, name


def test_who_may_only_look_is_told_which_role_may_do_more(client, city):
    person = member(city)
    client.force_login(an_officer(city, "union_reviewer"))
    assert page(client, "person", person.public_id).status_code == 200
    for name in (
        "person_facts",
        "person_identity_show",
        "person_account",
        "person_new",
        "people_export",
        "person_look_up",
    ):
        answer = page(
            client, name, *([] if name.endswith(("new", "export", "up")) else [person.public_id])
        )
        assert answer.status_code == 403, name
        assert "工会经办人" in answer.content.decode()


def test_person_who_left_stays_with_the_last_union_until_another_takes_them(
    client, city, elsewhere, officer
):
    person = member(city)
    Membership.objects.filter(person=person).update(ends_on=date(2024, 1, 1))
    assert page(client, "person", person.public_id).status_code == 200
    MembershipFactory(person=person, org_unit=elsewhere)
    assert page(client, "person", person.public_id).status_code == 404


def test_page_shows_masked_facts_only(client, city, officer):
    person = member(city)
    text = page(client, "person", person.public_id).content.decode()
    assert f"3301************{number(1)[-2:]}" in text
    assert "138****1111" in text
    assert number(1) not in text
    assert "13800001111" not in text


def test_full_number_needs_a_reason_stands_on_an_uncached_page_and_leaves_a_row(
    client, city, officer
):
    person = member(city)
    url = reverse("office:person_identity_show", args=[person.public_id])
    assert client.post(url, {"reason": "看看"}).status_code == 422
    assert Event.objects.filter(kind="people.identity_shown").count() == 0
    answer = client.post(url, {"reason": "核对等级认定申报材料"})
    assert number(1) in answer.content.decode()
    assert ("no-store" in answer["Cache-Control"], answer["Refresh"]) == (
        True,
        f"60; url=/office/people/{person.public_id}/",
    )
    event = Event.objects.get(kind="people.identity_shown")
    assert (event.actor, event.reason, event.after) == (
        officer,
        "核对等级认定申报材料",
        {"kinds": ["resident"]},
    )
    assert "核对等级认定申报材料" in page(client, "person", person.public_id).content.decode()


def test_full_number_needs_a_recent_proof_of_who_is_there(client, city, officer):
    person = member(city)
    session = client.session
    session["people_confirmed_at"] = 0
    session.save()
    answer = page(client, "person_identity_show", person.public_id)
    assert (answer.status_code, answer.url.startswith("/sign-in/again/")) == (302, True)


def test_number_is_looked_up_by_post_only_and_strangers_get_a_sentence(
    client, city, elsewhere, officer
):
    person, other = member(city), member(elsewhere, "王芳", 2)
    url = reverse("office:person_look_up")
    hit = client.post(url, {"id_kind": "resident", "id_number": number(1).lower()})
    assert hit.url == reverse("office:person", args=[person.public_id])
    outside = client.post(url, {"id_kind": "resident", "id_number": number(2)})
    assert outside.status_code == 422
    assert other.name not in outside.content.decode()
    for wrong in ("110105491231002", number(5), "x"):
        assert client.post(url, {"id_kind": "resident", "id_number": wrong}).status_code == 422
    assert [
        event.target_id
        for event in Event.objects.filter(kind="people.identity_looked_up").order_by("pk")
    ] == [str(person.pk)]
    assert (
        client.get(url, {"id_number": number(1)}).status_code == 200
    )  # nothing is looked up by address


def new_person(client, **changes):
    data = {
        "id_kind": "resident",
        "id_number": number(7),
        "name": "张伟强",
        "mobile": "13800001111",
        "nationality": "CHN",
        "joined": "2026-01-01",
    }
    return client.post(reverse("office:person_new"), {**data, **changes})


def test_new_person_is_recorded_and_hints_say_what_was_repaired(client, city, officer):
    answer = new_person(client, org_unit=city.pk, name="阿卜杜拉•买买提")
    person = Person.objects.get()
    assert (answer.url, person.name, person.birth) == (
        reverse("office:person", args=[person.public_id]),
        "阿卜杜拉·买买提",
        date(1980, 5, 6),
    )
    assert Membership.objects.get().org_unit == city


def test_likely_double_is_shown_before_anything_is_saved_and_may_be_overruled(
    client, city, elsewhere, officer
):
    own, foreign = member(city, "张伟强", 1), member(elsewhere, "张伟强", 2)
    answer = new_person(client, org_unit=city.pk)
    assert answer.status_code == 409
    assert [(row.name, row.public_id) for row in answer.context["alike"]] == [
        ("张伟强", own.public_id),
        ("张**", None),
    ]
    assert str(foreign.public_id) not in answer.content.decode()
    assert Person.objects.count() == 2
    assert new_person(client, org_unit=city.pk, is_another="on").status_code == 302
    assert Person.objects.count() == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id_number": "110105491231002"}, "id_number"),
        ({"id_number": "330106198013060017"}, "id_number"),
        ({"id_kind": "hmt_residence"}, "id_number"),
        ({"name": "张\ue001"}, "name"),
        ({"mobile": "12345"}, "mobile"),
        ({"nationality": "中国"}, "nationality"),
        ({"org_unit": ""}, "org_unit"),
        ({"joined": "2026-02-31"}, "joined"),
    ],
)
def test_wrong_input_is_answered_on_its_field_and_keeps_what_was_typed(
    client, city, officer, changes, field
):
    answer = new_person(client, **{"org_unit": city.pk, **changes})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert 'value="13800001111"' in answer.content.decode() or field == "mobile"
    assert Person.objects.count() == 0


def test_facts_name_and_belonging_are_changed_with_reasons(client, city, shop, officer):
    person = member(city)

    def send(name, data, *args):
        return client.post(
            reverse(f"office:{name}", args=[person.public_id, *args]), data
        ).status_code

    facts = {
        "mobile": "13900002222",
        "nationality": "chn",
        "education": "college",
        "birth": "1980-05-06",
        "sex": person.sex,
    }
    assert send("person_facts", {**facts, "reason": "少"}) == 422
    assert send("person_facts", {**facts, "reason": "本人来电更正"}) == 302
    assert (
        send("person_facts", {**facts, "birth": "1981-05-06", "reason": "本人来电更正"}) == 422
    )  # against the number
    assert send("person_name", {"name": "张维强", "reason": "户口簿已更正"}) == 302
    assert (
        send("person_transfer", {"to": shop.pk, "on": "2026-01-01", "reason": "因工作调动转会"})
        == 302
    )
    person.refresh_from_db()
    assert (person.name, person.mobile, person.education, person.former_names.get().name) == (
        "张维强",
        "13900002222",
        "college",
        "张伟强",
    )
    assert Membership.objects.get(ends_on=None).org_unit == shop
    assert (
        send("person_leave", {"kind": "left", "on": "2026-02-01", "reason": "本人申请退会"}) == 302
    )
    assert Membership.objects.filter(person=person, ends_on=None).count() == 0


def test_account_is_opened_closed_and_opened_again_but_not_over_roles(client, city, officer):
    person = member(city)
    args = [person.public_id]
    assert (
        client.post(
            reverse("office:person_account", args=args), {"username": "zhang wq"}
        ).status_code
        == 422
    )
    assert (
        client.post(
            reverse("office:person_account", args=args), {"username": "zhangwq"}
        ).status_code
        == 302
    )
    person.refresh_from_db()
    assert (person.user.username, person.user.phone, person.user.has_usable_password()) == (
        "zhangwq",
        "13800001111",
        False,
    )
    client.post(reverse("office:person_account_close", args=args), {"reason": "已离职，停用账号"})
    person.user.refresh_from_db()
    assert not person.user.is_active
    client.post(
        reverse("office:person_account_reopen", args=args), {"reason": "重新入职，恢复账号"}
    )
    assign_role(actor=access.SYSTEM, user=person.user, role="union_reviewer", scope=city)
    assert (
        client.post(
            reverse("office:person_account_close", args=args), {"reason": "已离职，停用账号"}
        ).status_code
        == 422
    )
    person.user.refresh_from_db()
    assert person.user.is_active


def test_export_has_masked_numbers_and_the_exporters_name_and_time(client, city, officer):
    member(city, "=1+1")
    answer = page(client, "people_export")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert officer.username in rows[0][0]
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", rows[0][0])
    assert rows[2][:5] == [
        "=1+1",
        "男",
        "1980-05-06",
        f"3301************{number(1)[-2:]}",
        "138****1111",
    ]
    assert officer.username in sheet.oddHeader.center.text
    assert Event.objects.get(kind="office.people_exported").after["rows"] == 1


def test_export_above_the_cap_is_refused_with_a_sentence_that_says_whom_to_ask(
    client, city, officer, monkeypatch
):
    monkeypatch.setattr("office.workflows.people_export.EXPORT_CAP", 1)
    member(city, "张三", 1)
    member(city, "李四", 2)
    answer = page(client, "people_export")
    assert answer.status_code == 422
    assert Event.objects.filter(kind="office.people_exported").count() == 0


def test_two_officers_merge_and_the_old_address_leads_on(client, city, shop, officer):
    keep, gone = member(city, "张伟强", 1), member(shop, "张维强", 2)
    pair = SuspectedPair.objects.create(first=keep, second=gone, evidence=["mobile_name"], score=3)
    assert page(client, "duplicates").context["rows"][0][0] == pair
    url = reverse("office:duplicate_pair", args=[pair.public_id])
    assert client.get(url).status_code == 200
    picks = {f"pick_{name}": "first" for name in client.get(url).context["form"].differing}
    assert client.post(url, {"survivor": "first", "reason": "短", **picks}).status_code == 422
    made = client.post(url, {"survivor": "first", "reason": REASON, **picks})
    proposal = MergeProposal.objects.get()
    assert made.url == reverse("office:merge", args=[proposal.public_id])
    agree = reverse("office:merge_agree", args=[proposal.public_id])
    assert client.post(agree, {"understood": "on"}).status_code == 422  # one's own
    client.force_login(an_officer(city, "union_reviewer"))
    assert client.post(agree, {}).status_code == 422  # not understood
    assert client.post(agree, {"understood": "on"}).url == reverse(
        "office:person", args=[keep.public_id]
    )
    assert page(client, "person", gone.public_id).url == reverse(
        "office:person", args=[keep.public_id]
    )
    assert client.get(reverse("office:merge", args=[proposal.public_id])).status_code == 200
    assert page(client, "duplicates").context["rows"] == []


def test_class_that_both_records_are_in_is_chosen_about_and_the_choice_is_shown_to_the_second_person(
    client, city, shop, officer
):
    first, second = member(city, "张伟强", 1), member(shop, "张维强", 2)
    mine = EnrolmentFactory(person=first)
    EnrolmentFactory(person=second, training_class=mine.training_class)
    pair = SuspectedPair.objects.create(
        first=first, second=second, evidence=["name_birth"], score=3
    )
    url = reverse("office:duplicate_pair", args=[pair.public_id])
    shown = client.get(url, headers={"accept-language": "zh-hans"})
    assert "两份档案里都有" in shown.content.decode()
    form = shown.context["form"]
    assert [str(words)[:2] for _value, words in form.fields["counts_0"].choices] == ["左：", "右："]
    sent = {"survivor": "second", "counts_0": "first", "reason": REASON} | dict.fromkeys(
        (f"pick_{name}" for name in form.differing), "first"
    )
    made = client.post(url, sent)
    assert made.status_code == 302, made.context["form"].errors
    assert MergeProposal.objects.get().picks[form.doubled["counts_0"]] == "gone"
    told = client.get(made.url, headers={"accept-language": "zh-hans"}).content.decode()
    assert "以并入档案的为准" in told


def test_merge_reaching_outside_ones_unions_is_not_there(client, city, elsewhere, officer):
    keep, gone = member(city, "张伟强", 1), member(elsewhere, "张伟强", 2)
    pair = SuspectedPair.objects.create(first=keep, second=gone, evidence=["mobile_name"], score=3)
    assert page(client, "duplicate_pair", pair.public_id).status_code == 404
    with pytest.raises(NotFound):
        desk.propose_merge_as_officer(actor=officer, keep=keep, gone=gone, picks={}, reason=REASON)


def test_pair_reaching_outside_ones_unions_is_listed_without_a_way_that_leads_nowhere(
    client, city, elsewhere, officer
):
    keep, gone = member(city, "张伟强", 1), member(elsewhere, "张伟强", 2)
    pair = SuspectedPair.objects.create(first=keep, second=gone, evidence=["mobile_name"], score=3)
    proposal = MergeProposal.objects.create(
        keep=keep, gone=gone, picks={}, reason=REASON, proposed_by=UserFactory()
    )
    ways = {
        reverse("office:duplicate_pair", args=[pair.public_id]),
        reverse("office:merge", args=[proposal.public_id]),
    }
    shown = page(client, "duplicates")
    assert [row for row, _words in shown.context["rows"]] == [pair]
    assert {way for way in ways if way in shown.content.decode()} == set()
    assert (
        "不在您的工会里"
        in client.get(
            reverse("office:duplicates"), headers={"accept-language": "zh-hans"}
        ).content.decode()
    )
    Membership.objects.filter(person=gone).update(org_unit=city)
    assert {way for way in ways if way in page(client, "duplicates").content.decode()} == ways


def test_two_persons_leave_the_list_and_can_be_brought_back(client, city, officer):
    pair = SuspectedPair.objects.create(
        first=member(city, "张三", 1),
        second=member(city, "张三", 2),
        evidence=["mobile_name"],
        score=3,
    )
    client.post(
        reverse("office:duplicate_different", args=[pair.public_id]),
        {"reason": "父子同名，共用手机"},
    )
    assert page(client, "duplicates").context["rows"] == []
    assert [
        row for row, _words in page(client, "duplicates", state="different").context["rows"]
    ] == [pair]
    client.post(reverse("office:duplicate_again", args=[pair.public_id]))
    assert [row for row, _words in page(client, "duplicates").context["rows"]] == [pair]


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_lists_ask_as_often_for_thirty_rows_as_for_one(client, city, officer):
    def more(start, count):
        for serial in range(start, start + count):
            person = MembershipFactory(
                person=PersonFactory(name=f"工{serial}"), org_unit=city
            ).person
            EmploymentFactory(person=person)
            other = MembershipFactory(
                person=PersonFactory(name=f"匠{serial}"), org_unit=city
            ).person
            SuspectedPair.objects.create(
                first=person, second=other, evidence=["mobile_name"], score=3
            )

    more(0, 1)
    one = [queries(client, reverse(f"office:{name}")) for name in ("people", "duplicates")]
    more(1, 29)
    assert [queries(client, reverse(f"office:{name}")) for name in ("people", "duplicates")] == one
    assert max(one) <= 24


def test_export_asks_as_often_for_thirty_rows_as_for_one(client, city, officer):
    member(city, "张一", 1)
    one = queries(client, reverse("office:people_export"))
    for serial in range(2, 31):
        member(city, f"张{serial}", serial)
    assert queries(client, reverse("office:people_export")) == one


def test_visible_people_are_the_same_however_they_are_asked_for(city, shop, elsewhere):
    user = an_officer(city)
    inside, outside = member(shop, "张一", 1), member(elsewhere, "张二", 2)
    assert set(reads.list_visible_people(user)) == {inside}
    assert set(reads.list_visible_people(an_officer(elsewhere))) == {outside}
    assert set(reads.list_visible_people(UserFactory())) == set()
    assert set(reads.list_visible_people(UserFactory(is_superuser=True))) == {inside, outside}
