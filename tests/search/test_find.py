"""Questions and answers, on whichever engine the settings name."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.utils.html import escape
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from search import queries
from search.characters import may_have_pinyin
from search.engines import get_search_engine
from search.highlight import find_spans, mark_spans
from search.question import parse_question

pytestmark = pytest.mark.django_db


def keys(text, **more):
    return [int(hit.pk) for hit in queries.search_documents(text, **more).hits]


@pytest.mark.parametrize(
    "typed",
    [
        "焊工",
        "工",
        "dianhangong",
        "dhgjn",
        "hg",
        "hangong",
        "hango",
        "han gong",
        "6-18-02-04",
        "6180204",
        "６１８０２０４",
        "6-18",
        "电焊 技能",
        "焊gong",
    ],
)
def test_find_by_word_character_pinyin_or_code_finds_the_welder(put, typed):
    put(("电焊工技能提升班", {"codes": ["6-18-02-04"]}), ("茶艺师大赛", {"codes": ["4-03-02-07"]}))
    assert keys(typed) == [1]


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("𠮷野家", "𠮷"),
        ("刘䶮工作室", "刘䶮"),
        ("王㛃", "㛃"),
        ("李𫟹劳模工作室", "𫟹劳"),
        ("王㛃", "wangjie"),
        ("葛\U000e0101工", "葛工"),
    ],
)
def test_find_a_rare_name_finds_it(put, title, typed):
    put(title, "张三")
    assert keys(typed) == [1]


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("职业技能竞赛", "職業"),
        ("職業技能競賽", "职业"),
        ("張黃工作室", "张黄"),
        ("理发师培训", "理髮師"),
        ("⻢⻰工作室", "马龙"),
        ("乾隆年间", "qianlong"),
    ],
)
def test_find_meets_traditional_simplified_and_radicals(put, title, typed):
    put(title, "茶艺师大赛")
    assert keys(typed) == [1]


def test_find_ranks_exact_title_phrase_pairs_cover_pinyin(put):
    put(
        "汉宫技能展",  # hangongjineng: pinyin only of 焊工技能
        ("安全课", {"body": "焊工的工技与技能，工技"}),  # all pairs of the text, no phrase
        ("通知", {"body": "全体焊工技能提升"}),  # phrase in the text
        "全市焊工技能大赛",  # phrase in the title
        "焊工技能",  # the title
    )
    assert keys("焊工技能") == [5, 4, 3, 2]
    assert keys("hangongjineng")[0] == 5
    assert set(keys("hangongjineng")) == {1, 4, 5}


def test_find_a_compound_finds_its_parts_apart(put):
    put("焊工技能培训班", "电工培训班", "焊工比赛")
    assert keys("焊工培训") == [1]


def test_find_a_whole_keyword_ranks_between_the_whole_title_and_a_part_of_one(put):
    put("学徒制试点", ("技能帮带", {"keywords": ["学徒制"]}), "学徒制")
    assert keys("学徒制") == [3, 2, 1]
    assert set(keys("xuetuzhi")) == {1, 2, 3}


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("装配钳工", "钳工（三级）"),
        ("名师带徒", "师带徒结对"),
        ("技能鉴定", "等级认定公告"),
        ("焊工3级", "焊工三级班"),
    ],
)
def test_find_a_synonym_finds_the_other_word(put, typed, titles):
    put(titles, "茶艺师")
    assert keys(typed) == [1]


def test_find_the_typed_word_before_its_synonym(put):
    put("钳工比武", "装配钳工比武")
    assert keys("装配钳工") == [2, 1]


def test_find_equals_puts_the_newer_first(put):
    put(
        ("焊工班", {"date": date(2025, 1, 1)}),
        ("焊工班", {"date": date(2026, 1, 1)}),
        ("焊工班", {"date": date(2024, 1, 1)}),
    )
    assert keys("hangongban") == [2, 1, 3]


def test_find_counts_kinds_and_facets(put, index):
    put(
        ("焊工甲", {"facets": {"level": "3", "year": 2026}}),
        ("焊工乙", {"facets": {"level": ["3", "4"]}}),
        ("电工", {"facets": {"level": "3"}}),
    )
    found = queries.search_documents("焊工")
    assert (found.total, dict(found.kinds), found.facets) == (
        2,
        {"free": 2},
        {"level": {"3": 2, "4": 1}, "year": {"2026": 1}},
    )
    assert keys("焊工", facets={"level": ["4"]}) == [2]
    assert keys("焊工", facets={"level": ["4"], "year": ["2026"]}) == []
    assert keys("焊工", facets={"level": ["4", "3"]}, kinds=["free"]) == keys("焊工")
    assert keys("焊工", kinds=["firm"]) == []
    assert dict(queries.search_documents("焊工", kinds=["firm"]).kinds) == {"free": 2}


def test_find_pages_are_complete_and_apart(put):
    put(*[f"焊工{n:02d}班" for n in range(45)])
    pages = [keys("焊工", page=page, size=20) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [20, 20, 5]
    assert sorted(key for page in pages for key in page) == list(range(1, 46))
    assert keys("焊工", page=99, size=20) == pages[2]
    assert queries.search_documents("焊工", page=99, size=20).page == 3


@hypothesis(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.text(
        alphabet=st.one_of(
            st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
            st.sampled_from("𠮷䶮㛃𫟹㐂𰻝aB1 -（）·"),
            st.characters(min_codepoint=0x20000, max_codepoint=0x2A6DF),
        ),
        min_size=2,
        max_size=12,
    ),
    other=st.text(alphabet="天地玄黄", min_size=1, max_size=5),
)
def test_find_every_stretch_of_two_chinese_characters_or_more_finds_its_title(
    index, put, title, other
):
    put(title, other)
    newest = max(int(key.split(":")[1]) for key in index.stamps()) - 1
    for start in range(len(title)):
        for stop in range(start + 2, len(title) + 1):
            if all(may_have_pinyin(ch) for ch in title[start:stop]):
                hits = queries.search_documents(title[start:stop], size=100).hits
                assert newest in [int(hit.pk) for hit in hits], (title, title[start:stop])


HOSTILE = [
    *(
        '"焊工"',
        "焊工*",
        "焊*",
        "(焊工",
        "焊工 AND",
        "NOT 焊工",
        "title:焊工",
        "焊工~2",
        "焊工^9",
        "[焊工 TO *]",
        "'; DROP TABLE--",
    ),
    *("\\焊工\\", "/焊.*/", "焊工\x00", "焊工😀", "焊工\ud800"),
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_find_odd_signs_answers_as_without_them(put, typed):
    put("焊工 AND NOT title TO drop table 9 2", "茶艺师")
    assert keys(typed) == [1]


@pytest.mark.parametrize("typed", ["", "   ", "😀", "***", '"', "\x00", "\ud800", "。，、", "​"])
def test_find_without_a_word_says_what_to_type(put, typed):
    put("焊工")
    found = queries.search_documents(typed)
    assert (found.hits, found.total, bool(str(found.notice))) == ((), 0, True)


@pytest.mark.parametrize(
    "typed",
    [
        "焊" * 10_000,
        "焊工" * 5_000,
        "a" * 10_000,
        "a1-" * 3_000,
        "han " * 2_000,
        "1.2.3-" * 2000,
        "😀" * 10_000,
        "(" * 10_000,
    ],
)
def test_find_a_very_long_text_answers_with_a_sentence(put, typed):
    put("焊工")
    found = queries.search_documents(typed)
    assert str(found.notice)


@hypothesis(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=150))
def test_find_any_text_never_fails(put, text):
    put("焊工")
    queries.search_documents(text, kinds=[text], facets={text[:20]: [text]}, page=len(text), size=5)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("汉工", "焊工"),  # the wrong character of the same sound
        ("hagnong", "焊工"),  # two letters swapped
        ("hangng", "焊工"),  # one missing
        ("焊工 三级 火星", "焊工 三级"),  # a word too many
        ("焊工三级班在火星", "焊工三级班"),  # too long
        ("scrom 课件", "scorm 课件"),
        ("hamgong 三级", "焊工 三级"),
        ("火星焊工三级 x", "焊工三级"),  # two of which neither is found
        ("茶道书法", None),
    ],
)
def test_find_nothing_suggests_what_would_be_found(put, typed, meant):
    put("焊工三级班", "SCORM 课件制作")
    found = queries.search_documents(typed)
    assert (found.total, found.suggestion) == (0, meant)
    if meant:
        assert queries.search_documents(meant).total


def test_find_something_suggests_nothing(put):
    put("焊工")
    assert queries.search_documents("焊工").suggestion is None


@pytest.mark.parametrize(
    ("text", "typed", "html"),
    [
        ("电焊工技能班", "焊工", "电<mark>焊工</mark>技能班"),
        ("电焊工技能班", "hg", "电<mark>焊工</mark>技能班"),
        ("电焊工技能班", "焊工班", "电<mark>焊工</mark>技能班"),
        ("<b>焊工</b>&", "焊工", "&lt;b&gt;<mark>焊工</mark>&lt;/b&gt;&amp;"),
        ("<b>焊工</b>", "b", "&lt;<mark>b</mark>&gt;焊工&lt;/<mark>b</mark>&gt;"),
        ("工种 6-18-02-04", "6180204", "工种 <mark>6-18-02-04</mark>"),
        ("ＣＮＣ培训", "cnc", "<mark>ＣＮＣ</mark>培训"),
        ("葛\U000e0101工", "葛工", "<mark>葛\U000e0101工</mark>"),
        ("𠮷野", "𠮷", "<mark>𠮷</mark>野"),
        ("茶艺师", "焊工", "茶艺师"),
    ],
)
def test_highlight_marks_what_was_asked(text, typed, html):
    assert mark_spans(text, find_spans(text, parse_question(typed))) == html


@given(st.text(max_size=80), st.text(max_size=40))
def test_highlight_of_any_text_changes_nothing_but_marks(text, typed):
    html = mark_spans(text, find_spans(text, parse_question(typed)))
    assert re.sub("</?mark>", "", html) == escape(text)


def test_summary_without_a_match_shows_the_place_in_the_body(put):
    put(("通知", {"summary": "年度安排", "body": "前" * 200 + "<p>焊工考试</p>" + "后" * 300}))
    (hit,) = queries.search_documents("焊工考试").hits
    assert re.fullmatch("…前{30}<mark>焊工考试</mark>后{106}…", hit.summary)


def test_summary_is_marked_by_sound_only_where_the_title_is_not(put):
    put(("李师傅", {"summary": "资深焊工", "keywords": ["焊工"]}), ("焊工班", {"summary": "焊工"}))
    found = {hit.pk: (hit.title, hit.summary) for hit in queries.search_documents("hangong").hits}
    assert found == {"1": ("李师傅", "资深<mark>焊工</mark>"), "2": ("<mark>焊工</mark>班", "焊工")}


def test_engine_of_these_tests_is_the_one_of_the_settings(index, settings):
    assert index.name == settings.SEARCH_ENGINE == get_search_engine().name
