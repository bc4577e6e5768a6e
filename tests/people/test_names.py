"""Names: five encodings of one dot, private code points, everything else untouched; found by sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import access
from core.errors import InvalidInput
from people.models import Person
from people.queries import named
from people.rules.names import DOT, PRIVATE_USE, ReadName, alike, pinyin_key, private_use_table, read_name
from people.workflows.person import correct_name, record_person
from tests.factories.ground import PersonFactory

HAN = st.sampled_from("张王李欧阳𠮷䶮㛃𫟹﨎𰻝阿")


@pytest.mark.parametrize("dot", ["•", "・", "‧", "●", "．"])
def test_name_with_a_look_alike_dot_gets_the_right_one_and_a_hint(dot):
    assert read_name(f" 阿卜杜拉{dot}买买提 ") == ReadName("阿卜杜拉·买买提", (DOT,))


@pytest.mark.parametrize("name", ["阿卜杜拉·买买提", "J. Smith", "𠮷野", "﨎田", "毕﨎", "O’Brien", "Anna Maria", "John‑Paul"])
def test_other_names_are_kept_to_the_code_point(name):
    assert read_name(name) == ReadName(name)


@given(st.text(HAN, min_size=1, max_size=50))
def test_name_of_writable_characters_is_never_touched(name):
    assert read_name(name) == ReadName(name)


@pytest.mark.parametrize(("old", "meant"), [("\ue863", "䶮"), ("\ue816", "𠂇"), ("\ue864", "龻"), ("\ue81a", "㑳")])
def test_private_code_point_becomes_the_character_it_means(old, meant):
    assert read_name("苏" + old) == ReadName("苏" + meant, (PRIVATE_USE,))


def test_private_use_table_has_the_eighty_places_of_the_row_and_no_private_target():
    table = private_use_table()
    assert sorted(table) == list(range(0xE815, 0xE865))
    assert [code for code in table.values() if 0xE000 <= code <= 0xF8FF] == []
    assert len(set(table.values())) == len(table)


def test_unknown_private_code_point_is_refused_with_its_number():
    assert read_name("张\ue001").bad == ("\ue001",)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("张伟强", " zhangweiqiang zwq"), ("曾凡", " zengfan zf"), ("欧阳子涵", " ouyangzihan oyzh"), ("单雄信", " shanxiongxin sxx"),
        ("尉迟恭", " yuchigong yg"), ("J. Smith", " jsmith"), ("", ""),
    ],
)  # fmt: skip
def test_pinyin_key_reads_surnames_as_surnames(name, key):
    assert pinyin_key(name) == key


def test_alike_are_same_keys_or_same_sounds_in_as_many_characters():
    assert [alike("张伟", "章玮"), alike("张伟", "张 伟"), alike("张伟", "张薇薇"), alike("张伟", "李伟")] == [True, True, False, False]


@pytest.mark.django_db
def test_person_is_found_by_part_by_sound_by_initials_and_by_the_former_name():
    person = record_person(actor=access.SYSTEM, name="苏\ue863")
    assert person.name == "苏䶮"
    PersonFactory(name="钱多多")
    correct_name(actor=access.SYSTEM, person=person, name="苏岩", reason="户口簿已更正")
    found = {query: [row.pk for row in named(Person.objects.all(), query)] for query in ("岩", "suy", "sy", "Su Yan", "䶮", "yan", "x")}
    assert found == {"岩": [person.pk], "suy": [person.pk], "sy": [person.pk], "Su Yan": [person.pk], "䶮": [person.pk], "yan": [], "x": []}


@pytest.mark.django_db
def test_name_that_can_not_be_written_or_is_missing_is_refused_on_its_field():
    for name, code in ((" ", "person_invalid"), ("张\ue001", "person_invalid")):
        with pytest.raises(InvalidInput) as refused:
            record_person(actor=access.SYSTEM, name=name)
        assert (refused.value.code, sorted(refused.value.fields)) == (code, ["name"])
