"""Derived keys are found stale and put right by one command, whichever model they belong to."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core import derived
from org.models import Employer, OrgUnit
from people.models import FormerName, Person
from tests.factories.ground import PersonFactory

pytestmark = pytest.mark.django_db


def test_rebuild_keys_finds_and_mends_what_an_older_fold_left():
    person = PersonFactory(name="張黃")
    employer = Employer.objects.create(name="⻢氏職業培訓 有限公司")
    FormerName.objects.create(
        person=person, name="張\u200b黄", until="2026-01-01", reason="户口簿已更正"
    )
    assert (employer.name_key, person.name_key) == ("马氏职业培训有限公司", "张黄")
    Person.objects.update(name_key="張黃", pinyin_key="", name_order="")
    Employer.objects.update(name_key="", name_order="")
    FormerName.objects.update(name_key="")
    with pytest.raises(CommandError):
        call_command("rebuild_keys", "--check", stdout=StringIO())
    assert Person.objects.get(pk=person.pk).name_key == "張黃"  # a check writes nothing
    out = StringIO()
    call_command("rebuild_keys", stdout=out)
    assert "people.Person: 1 rows, 1 derived again" in out.getvalue()
    call_command("rebuild_keys", "--check", stdout=StringIO())
    assert Person.objects.values_list("name_key", "pinyin_key").get(pk=person.pk) == (
        "张黄",
        " zhanghuang zh",
    )
    assert Employer.objects.get().name_key == "马氏职业培训有限公司"
    assert FormerName.objects.get().name_key == "张黄"


def test_every_kept_key_of_a_name_is_among_the_derived():
    known = {one.model._meta.label: set(one.columns) for one in derived.all_derived()}
    assert known["people.Person"] == {"name_key", "pinyin_key", "name_order"}
    assert known["certification.Certificate"] == {"holder_key", "number_key"}
    assert known["org.Employer"] == {"name_key", "name_order"}
    assert known[OrgUnit._meta.label] == {"name_key"}
