"""Names: five encodings of one dot, private code points, everything else untouched; found by
sound.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import access
from core.errors import InvalidInput
from core.text import COMPOUND_SURNAMES, form_key, same_name, search_key
from people.models import Person
from people.queries import filter_persons_by_name
from people.rules.names import (
    BLANK,
    DOT,
    INVISIBLE,
    ORDER_LENGTH,
    PRIVATE_USE,
    RADICAL,
    ReadName,
    are_names_alike,
    order_key,
    pinyin_key,
    private_use_table,
    read_name,
)
from people.rules.surnames import COMPOUND
from people.workflows.person import correct_name, record_person
from tests.factories.ground import PersonFactory

HAN = st.sampled_from("张王李欧阳𠮷䶮㛃𫟹﨎𰻝阿")


@pytest.mark.parametrize("dot", ["•", "・", "‧", "●", "．"])
def test_name_with_a_look_alike_dot_gets_the_right_one_and_a_hint(dot):
    assert read_name(f" 阿卜杜拉{dot}买买提 ") == ReadName("阿卜杜拉·买买提", (DOT,))


@pytest.mark.parametrize(
    "name",
    ["阿卜杜拉·买买提", "J. Smith", "𠮷野", "﨎田", "毕﨎", "O’Brien", "Anna Maria", "John‑Paul"],
)
def test_other_names_are_kept_to_the_code_point(name):
    assert read_name(name) == ReadName(name)


@given(st.text(HAN, min_size=1, max_size=50))
def test_name_of_writable_characters_is_never_touched(name):
    assert read_name(name) == ReadName(name)


@pytest.mark.parametrize(
    ("old", "meant"), [("\ue863", "䶮"), ("\ue816", "𠂇"), ("\ue864", "龻"), ("\ue81a", "㑳")]
)
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
        ("尉迟恭", " yuchigong ycg"), ("J. Smith", " jsmith"), ("", ""),
    ],
)  # fmt: skip
def test_pinyin_key_reads_surnames_as_surnames(name, key):
    assert pinyin_key(name) == key


def test_alike_are_same_keys_or_same_sounds_in_as_many_characters():
    assert [
        are_names_alike("张伟", "章玮"),
        are_names_alike("张伟", "张 伟"),
        are_names_alike("张伟", "张薇薇"),
        are_names_alike("张伟", "李伟"),
    ] == [True, True, False, False]


@pytest.mark.django_db
def test_person_is_found_by_part_by_sound_by_initials_and_by_the_former_name():
    person = record_person(actor=access.SYSTEM, name="苏\ue863")
    assert person.name == "苏䶮"
    PersonFactory(name="钱多多")
    correct_name(actor=access.SYSTEM, person=person, name="苏岩", reason="户口簿已更正")
    found = {
        query: [row.pk for row in filter_persons_by_name(Person.objects.all(), query)]
        for query in ("岩", "suy", "sy", "Su Yan", "䶮", "yan", "x")
    }
    assert found == {
        "岩": [person.pk],
        "suy": [person.pk],
        "sy": [person.pk],
        "Su Yan": [person.pk],
        "䶮": [person.pk],
        "yan": [],
        "x": [],
    }


@pytest.mark.django_db
def test_name_that_can_not_be_written_or_is_missing_is_refused_on_its_field():
    for name, code in ((" ", "person_invalid"), ("张\ue001", "person_invalid")):
        with pytest.raises(InvalidInput) as refused:
            record_person(actor=access.SYSTEM, name=name)
        assert (refused.value.code, sorted(refused.value.fields)) == (code, ["name"])


@pytest.mark.parametrize(("surname", "reading"), sorted(COMPOUND.items()))
def test_pinyin_key_of_each_compound_surname_has_all_its_initials(surname, reading):
    first, second = reading.split()
    assert pinyin_key(surname + "明") == f" {first}{second}ming {first[0]}{second[0]}m"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("长孙无忌", " zhangsunwuji zswj"), ("單雄信", " shanxiongxin sxx"), ("解晓东", " xiexiaodong xxd"), ("仇英", " qiuying qy"),
        ("查良镛", " zhaliangyong zly"), ("区小明", " ouxiaoming oxm"), ("盖叫天", " gejiaotian gjt"), ("覃明", " qinming qm tanming tm"),
        ("万俟卨", " moqixie mqx"), ("单于夫", " chanyufu cyf"), ("單于夫", " chanyufu cyf"),
        ("王乾", " wangqian wq"), ("㓻伟", " 㓻wei 㓻w"), ("阿里·John", " alijohn aljohn"),
    ],
)  # fmt: skip
def test_pinyin_key_of_names_read_otherwise(name, key):
    assert pinyin_key(name) == key


def test_compound_surnames_kept_whole_in_masks_are_those_with_a_reading():
    assert set(COMPOUND) == COMPOUND_SURNAMES


def test_names_with_characters_without_a_reading_are_not_alike():
    names = ["𠮷伟", "㐂伟", "㓻伟", "㐃伟"]
    assert [(a, b) for a in names for b in names if a < b and are_names_alike(a, b)] == []
    assert len({pinyin_key(name) for name in names}) == len(names)


def test_names_are_ordered_by_syllable_tone_and_character():
    people = [
        "㓻伟",
        "章三",
        "张伟",
        "张三",
        "John Li",
        "王五",
        "欧阳锋",
        "区小明",
        "李四",
        "曾凡",
        "陈晨",
        "單于夫",
        "阿里·木",
    ]
    assert sorted(people, key=order_key) == [
        "阿里·木", "單于夫", "陈晨", "John Li", "李四", "区小明", "欧阳锋", "王五", "曾凡", "张三", "张伟", "章三", "㓻伟",
    ]  # fmt: skip


@given(st.text(max_size=100))
def test_keys_of_any_text_fit_their_columns_and_need_no_second_pass(name):
    assert len(order_key(name)) <= ORDER_LENGTH
    assert all(ch in "0123456789abcdefghijklmnopqrstuvwxyz" for ch in order_key(name))
    assert search_key(search_key(name)) == search_key(name)
    assert len(form_key(name)) == len(search_key(name))


@pytest.mark.parametrize(
    ("typed", "kept", "hints"),
    [
        ("张\u200b小禾", "张小禾", (INVISIBLE,)), ("\ufeff李小禾", "李小禾", (INVISIBLE,)), ("孙小禾\u200e", "孙小禾", (INVISIBLE,)),
        ("钱\xa0小禾", "钱小禾", (BLANK,)), ("张　伟", "张伟", (BLANK,)), ("张\n伟", "张伟", (BLANK,)), ("⻢⻰", "马龙", (RADICAL,)),
        ("⾦⻩", "金黄", (RADICAL,)), ("阿卜杜拉 • 买买提", "阿卜杜拉·买买提", (BLANK, DOT)), ("Anna\xa0 Maria", "Anna Maria", (BLANK,)),
    ],
)  # fmt: skip
def test_name_is_mended_and_each_mending_is_told(typed, kept, hints):
    assert read_name(typed) == ReadName(kept, hints)
    assert search_key(typed) == search_key(kept)


@pytest.mark.parametrize(
    "name",
    [
        "می\u200cخواهم",
        "क्\u200dष",
        "ᠪᠠᠶᠠᠷ\u180bᠠ",
        "བཀྲ་ཤིས",
        "ئابدۇللا",
        "𮯰伟",
        "郎平",
        "毕﨎",
        "John‑Paul",
        "Ойрат·Öwör Ирина·阿里木江" * 2,
    ],
)
def test_name_in_any_script_is_kept_to_the_code_point(name):
    assert read_name(name) == ReadName(name)


@pytest.mark.parametrize(
    "name", ["户⼾", "葛\U000e0100飾", "张\ud800", "张\x07三", "王\ue000", "⺮伟\uffff"]
)
def test_name_nobody_can_read_for_sure_is_refused(name):
    assert read_name(name).bad


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("張黃", "张黄"),
        ("後", "后"),
        ("頭髮", "头发"),
        ("錢鍾書", "钱锺书"),
        ("乾", "干"),
        ("餘", "馀"),
    ],
)
def test_traditional_and_simplified_names_have_one_key(left, right):
    assert same_name(left, right)
    assert are_names_alike(left, right)
