"""One row of a sheet of papers: every branch of what may stand in a cell."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules import number as numbers
from certification.rules.paper_records import (
    Ground,
    fingerprint,
    read_row,
    sample_size,
    sheet_fingerprint,
    words_of,
)
from certification.workflows.paper_records import columns as historic_columns
from tests.office.importing import number as identity

GROUND = Ground(
    kind="PX",
    title="培训合格证书",
    names=frozenset({"示例市总工会", "示例市工会联合会"}),
    today=date(2026, 11, 23),
)
GOOD = {"number": "甬焊培字〔2015〕第0123号", "name": "王大锤", "issued_on": "2015-06-30"}


def read(odd=None, ground=GROUND, **values):
    return read_row(GOOD | values, odd or {}, ground)


def codes(paper):
    return [(remark.key, remark.code) for remark in paper.faults]


def test_the_least_row_is_read_with_what_holds_for_the_sheet():
    paper = read()
    assert codes(paper) == []
    assert (paper.number, paper.number_key) == ("甬焊培字〔2015〕第0123号", "甬焊培字2015第0123号")
    assert (paper.kind, paper.title, paper.issuer, paper.issued_on, paper.valid_until) == (
        "PX",
        "培训合格证书",
        "",
        date(2015, 6, 30),
        None,
    )


def test_a_full_row_is_read():
    paper = read(
        title="技能竞赛获奖证书", kind="竞赛", subject="焊工决赛", occupation="焊工", level="一级／高级技师", distinction="一等奖",
        employer="厂", valid_until="2020年6月29日", issuer="示例市 工会联合会", id_kind="身份证", id_number=identity(7).lower(),
    )  # fmt: skip
    assert codes(paper) == []
    assert (paper.kind, paper.level, paper.distinction, paper.issuer) == (
        "JS",
        5,
        "一等奖",
        "示例市工会联合会",
    )
    assert (paper.valid_until, paper.id_kind, paper.id_number) == (
        date(2020, 6, 29),
        "resident",
        identity(7),
    )


@pytest.mark.parametrize(
    ("values", "odd", "fault"),
    [
        ({"number": ""}, {}, ("number", "number_missing")),
        ({"number": "1511003000300123"}, {"number": "number"}, ("number", "number_lost")),
        ({"number": "甬" * 61}, {}, ("number", "number_long")),
        ({"number": "㍿" * 16}, {}, ("number", "number_long")),
        ({"number": "甬字\u0007第1234号"}, {}, ("number", "unwritable")),
        ({"number": "330106-PX-2026-001837-Y"}, {}, ("number", "number_ours")),
        ({"number": "12"}, {}, ("number", "number_bare")),
        ({"number": "暂无证书编号"}, {}, ("number", "number_bare")),
        ({"name": ""}, {}, ("name", "name_missing")),
        ({"name": "王" * 101}, {}, ("name", "name_long")),
        ({"name": "王\ue000"}, {}, ("name", "name_unwritable")),
        ({"kind": "驾驶证"}, {}, ("kind", "kind_unknown")),
        ({"title": "证" * 61}, {}, ("title", "too_long")),
        ({"subject": "课" * 201}, {}, ("subject", "too_long")),
        ({"employer": "厂\u0000"}, {}, ("employer", "unwritable")),
        ({"level": "八级"}, {}, ("level", "level_unknown")),
        ({"level": "三级/技师"}, {}, ("level", "level_unknown")),
        ({"issued_on": ""}, {}, ("issued_on", "issued_missing")),
        ({"issued_on": "2015年6月"}, {}, ("issued_on", "day_form")),
        ({"issued_on": "2015-02-30"}, {}, ("issued_on", "day_none")),
        ({"issued_on": "42000"}, {}, ("issued_on", "day_number")),
        ({"name": "#N/A"}, {"name": "error"}, ("name", "error")),
        ({"issued_on": "2026-11-24"}, {}, ("issued_on", "issued_range")),
        ({"issued_on": "1949-09-30"}, {}, ("issued_on", "issued_range")),
        ({"valid_until": "2015-06-29"}, {}, ("valid_until", "until_before_issue")),
        ({"valid_until": "三年"}, {}, ("valid_until", "day_form")),
        ({"issuer": "人力资源和社会保障部"}, {}, ("issuer", "issuer_foreign")),
        ({"id_number": "110105491231002"}, {}, ("id_number", "id_fifteen")),
        ({"id_number": identity(7), "id_kind": "学生证"}, {}, ("id_kind", "id_kind_unknown")),
        (
            {"id_number": "330125198001010071"},
            {"id_number": "number"},
            ("id_number", "id_number_lost"),
        ),
        ({"number": "x"}, {"number": "formula"}, ("number", "formula")),
        ({"name": "x"}, {"name": "merged"}, ("name", "merged")),
        ({"issued_on": "x"}, {"issued_on": "formula"}, ("issued_on", "formula")),
        ({"id_number": "x"}, {"id_number": "formula"}, ("id_number", "formula")),
        ({"title": "x"}, {"title": "formula"}, ("title", "formula")),
    ],
)
def test_each_fault_is_named_once_at_its_column(values, odd, fault):
    assert codes(read(odd=odd, **values)) == [fault]


def test_without_a_title_for_the_sheet_each_row_needs_one():
    assert codes(read(ground=Ground("PX", "", frozenset(), date(2026, 1, 1)))) == [
        ("title", "title_missing")
    ]


def test_a_dot_in_a_name_is_repaired_and_told():
    paper = read(name="阿卜杜热西提•买买提")
    assert (paper.name, codes(paper), [(one.key, one.code) for one in paper.notes]) == (
        "阿卜杜热西提·买买提", [], [("name", "name_dot")],
    )  # fmt: skip


@pytest.mark.parametrize("text", ["长期", "永久有效", "无", "—", "-"])
def test_without_end_is_no_day(text):
    paper = read(valid_until=text)
    assert (codes(paper), paper.valid_until) == ([], None)


def test_an_identity_number_never_stands_in_a_remark():
    number = identity(7)
    for values, odd in (
        ({"id_number": number[:-1] + "?"}, {}),
        ({"id_number": number}, {"id_number": "formula"}),
        ({"id_number": number}, {"id_number": "number"}),
    ):  # fmt: skip
        assert all(number[4:14] not in remark.written for remark in read(odd=odd, **values).faults)


TEXT = st.text(max_size=80)
COLUMNS = tuple(column.key for column in historic_columns.COLUMNS)
CELLS = st.dictionaries(st.sampled_from(COLUMNS), TEXT)
ODD = st.dictionaries(st.sampled_from(COLUMNS), st.sampled_from(["formula", "merged", "number"]))


@given(
    values=st.dictionaries(st.sampled_from(COLUMNS), TEXT),
    odd=st.dictionaries(st.sampled_from(COLUMNS), st.sampled_from(["formula", "merged", "number"])),
)
def test_any_row_is_read_without_an_error_and_what_passes_can_be_stored(values, odd):
    paper = read_row(values, odd, GROUND)
    if not paper.faults:
        lengths = {"number": 60, "number_key": 60, "name": 100, "title": 60, "kind": 2}
        assert {
            key: 0 < len(getattr(paper, key)) <= most for key, most in lengths.items()
        } == dict.fromkeys(lengths, True)
        lengths = {"subject": 200, "occupation": 100, "employer": 200, "distinction": 60}
        assert {
            key: len(getattr(paper, key)) <= most for key, most in lengths.items()
        } == dict.fromkeys(lengths, True)
        assert numbers.is_paper_number(paper.number_key)
        assert paper.issued_on is not None
        assert paper.issued_on <= GROUND.today
        assert paper.valid_until is None or paper.valid_until >= paper.issued_on
        assert "number" not in {key for key, what in odd.items() if what != "number"}


@given(text=st.text(alphabet="甬焊培字第号〔〕()（）[]【】 -—2015AbxＡ１", max_size=60))
def test_the_key_of_a_number_is_its_own_key_and_takes_no_notice_of_brackets(text):
    key = numbers.make_number_key(text)
    assert numbers.make_number_key(key) == key
    assert numbers.make_number_key(text.replace("〔", "(").replace("〕", ")")) == key


def test_the_fingerprint_is_of_every_word_and_the_salt():
    words = {
        "number": "A-1234", "holder": "王", "kind": "PX", "title": "证", "subject": "", "occupation": "", "level": 3, "distinction": "",
        "employer": "", "issuer": "会", "issued_on": date(2015, 1, 1), "valid_until": None,
    }  # fmt: skip
    marks = {fingerprint(words_of(**words), b"s")}
    for key, other in words.items():
        changed = {"level": 4, "issued_on": date(2015, 1, 2), "valid_until": date(2020, 1, 1)}.get(
            key, f"{other}x"
        )
        marks.add(fingerprint(words_of(**(words | {key: changed})), b"s"))
    marks.add(fingerprint(words_of(**words), b"t"))
    assert len(marks) == len(words) + 2
    assert sheet_fingerprint(sorted(marks)) != sheet_fingerprint(sorted(marks)[1:])


@pytest.mark.parametrize(
    ("rows", "failed", "size"),
    [
        (0, 0, 0), (1, 0, 1), (20, 0, 20), (21, 0, 20), (400, 0, 20), (401, 0, 21), (4000, 0, 200), (50_000, 0, 200),
        (50_000, 1, 400), (30, 1, 30), (50_000, 20, 50_000),
    ],
)  # fmt: skip
def test_a_sample_grows_with_the_sheet_and_doubles_after_it_failed(rows, failed, size):
    assert sample_size(rows, failed=failed) == size
