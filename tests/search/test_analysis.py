"""Text into tokens."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import analysis, pinyin, synonyms
from search.characters import fold_text, is_run_character


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("焊工三级", ["焊工", "工三", "三级"]),
        ("焊", ["焊"]),
        ("CO2焊接", ["co2", "焊接"]),
        ("ＣＮＣ　数控", ["cnc", "数控"]),
        ("𠮷野䶮", ["𠮷野", "野䶮"]),
        ("《焊工》：三级", ["焊工", "三级"]),
        ("Café", ["cafe"]),
        ("葛\U000e0101飾", ["葛饰"]),
        ("a\x00b\ud800c", ["a", "b", "c"]),
        ("😀*?\"'", []),
        ("", []),
    ],
)
def test_grams_of_any_text_are_pairs_and_words(text, tokens):
    assert analysis.list_phrase_tokens(text) == tokens


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("6-18-02-04", {"6180204"}),
        ("６－１８－０２－０４ 焊工", {"6180204"}),
        ("6–18—02‑04", {"6180204"}),
        ("330106-XL-2026-001837-F", {"330106xl2026001837f"}),
        ("well-known", set()),
        ("6180204", set()),
    ],
)
def test_codes_with_marks_become_one_token(text, found):
    assert analysis.find_codes(text) == found


def test_code_written_both_ways_is_one_token():
    assert analysis.normalise_code("6-18-02-04") == analysis.normalise_code("6180204") == "6180204"


def test_characters_holds_single_ones_and_parts_of_mixed_words():
    assert analysis.list_single_characters("𠮷野SYB2026") == {"𠮷", "野", "syb", "2026"}


def test_pinyin_begins_at_every_character():
    assert pinyin.list_pinyin_tokens("电焊工") == {
        "dianhangong",
        "dhg",
        "hangong",
        "hg",
        "gong",
        "g",
    }


def test_pinyin_of_a_character_with_several_readings_has_each():
    assert {"lvse", "luse", "lvshai", "ls"} <= pinyin.list_pinyin_tokens("绿色")


def test_pinyin_of_a_word_is_read_in_context():
    assert "chongqing" in pinyin.list_pinyin_tokens("重庆")


@pytest.mark.parametrize(
    ("name", "sound"), [("䶮", "yan"), ("㛃", "jie"), ("𫟹", "hong"), ("𠮷", "ji"), ("㐂", "xi")]
)
def test_pinyin_of_a_rare_name_is_known(name, sound):
    assert sound in pinyin.list_pinyin_tokens(name)


def test_pinyin_of_an_unreadable_character_leaves_the_others():
    assert pinyin.list_pinyin_tokens("㓻林") == {"lin", "l"}


@given(
    st.text(
        alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=60
    )
)
def test_pinyin_tokens_of_any_run_are_few_short_and_plain(run):
    found = pinyin.list_pinyin_tokens(run)
    assert len(found) <= 2 * pinyin.MAX_READINGS * len(run)
    assert all(token.isascii() and token.isalpha() and len(token) < 200 for token in found)


@pytest.mark.parametrize(
    ("left", "right", "near"),
    [
        ("hangong", "hangong", True),
        ("hagnong", "hangong", True),
        ("hangon", "hangong", True),
        ("hangogng", "hangong", True),
        ("hangeng", "hangong", True),
        ("diangong", "hangong", False),
        ("", "a", True),
        ("", "ab", False),
    ],
)
def test_within_one_edit_tells_near_from_far(left, right, near):
    assert pinyin.within_one_edit(left, right) is near
    assert pinyin.within_one_edit(right, left) is near


@pytest.mark.parametrize(
    ("typed", "stretches"),
    [
        ("hangong", [(1, 3)]),
        ("hg", [(1, 3)]),
        ("dhgjn", [(0, 5)]),
        ("hango", [(1, 3)]),
        ("gongj", [(2, 4)]),
        ("xyz", []),
    ],
)
def test_windows_of_typed_pinyin_cover_its_characters(typed, stretches):
    assert pinyin.find_pinyin_windows("电焊工技能", typed) == stretches


@pytest.mark.parametrize(
    ("text", "alike"),
    [
        ("钳工培训", {"装配钳工培训"}),
        ("装配钳工", {"钳工"}),
        ("名师带徒", {"师带徒", "导师带徒", "技能帮带"}),
        ("等级认定", {"技能鉴定"}),
        ("高级技师", {"一级", "1级"}),
        ("茶艺师", set()),
    ],
)
def test_synonyms_of_the_longest_word_are_put_in(text, alike):
    assert set(synonyms.list_synonym_variants(text)) == alike


def test_synonyms_of_a_site_are_added(settings):
    settings.SEARCH_SYNONYMS = [("茶艺师", "茶艺员")]
    assert synonyms.list_synonym_variants("茶艺师大赛") == ["茶艺员大赛"]


@given(st.text(max_size=200))
def test_folding_any_text_keeps_the_way_back(text):
    folded = fold_text(text)
    assert len(folded.text) == len(folded.origin)
    assert list(folded.origin) == sorted(folded.origin)
    assert all(0 <= place < len(text) for place in folded.origin)


@given(st.text(max_size=200))
def test_tokens_of_any_text_hold_no_space_and_no_surrogate(text):
    for token in [
        *analysis.list_phrase_tokens(text),
        *analysis.list_single_characters(text),
        *analysis.find_codes(text),
        *analysis.pinyin_tokens(text),
    ]:
        assert token
        assert not any(ch.isspace() for ch in token)
        token.encode("utf-8")


@given(st.text(alphabet=st.sampled_from("焊工技能𠮷䶮㛃𫟹ab1 -，"), max_size=40))
def test_pairs_of_every_chinese_run_are_complete(text):
    tokens = analysis.list_phrase_tokens(text)
    for left, right in pairwise(text):
        if is_run_character(left) and is_run_character(right):
            assert left + right in tokens


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("職業技能競賽", "职业技能竞赛"),
        ("張黃", "张黄"),
        ("头髮", "头发"),
        ("⻢⻰", "马龙"),
        ("苏\ue863", "苏䶮"),
        ("张\u200b三", "张三"),
    ],
)
def test_tokens_of_one_text_written_otherwise_are_the_same(written, typed):
    assert analysis.list_phrase_tokens(written) == analysis.list_phrase_tokens(typed)
    assert analysis.list_single_characters(written) == analysis.list_single_characters(typed)
    assert analysis.normalise_whole_text(written) == analysis.normalise_whole_text(typed)


def test_pinyin_of_a_traditional_character_is_its_own():
    assert "qianlong" in pinyin.list_pinyin_tokens("乾隆")
    assert "qianlong" in analysis.pinyin_tokens("乾隆")
