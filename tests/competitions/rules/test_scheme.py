"""A scheme's rows: what is read, and that every problem comes back with its row."""

from dataclasses import replace
from decimal import Decimal

from competitions.rules import scheme
from competitions.rules.scheme import SchemeRow, SectionRow

FOUR = ("未达到", "达到", "部分超出", "全面优秀")


def _rows() -> list[SchemeRow]:
    return [
        SchemeRow(2, "A", "模块", "焊前准备", day="1"),
        SchemeRow(3, "A1", "子项", "坡口"),
        SchemeRow(4, "A1.1", "评分点", "坡口角度", "测量", "40", steps="10；20", section="1"),
        SchemeRow(5, "A1.2", "评分点", "清理", "评价", "20", benchmarks=FOUR, section="2"),
        SchemeRow(6, "B", "模块", "焊接", day="2"),
        SchemeRow(7, "B1", "子项", "外观"),
        SchemeRow(8, "B1.1", "评分点", "余高", "M", "40.00", section="1"),
    ]


def _codes(check):
    return [(p.row, p.column, p.code) for p in check.problems]


def test_check_good_scheme_is_read_into_a_tree_of_100_marks():
    check = scheme.check_scheme_rows(_rows())
    assert check.problems == ()
    assert [m.code for m in check.modules] == ["A", "B"]
    assert check.total == Decimal(100)
    first = check.aspects[0]
    assert (first.code, first.kind, first.max_mark, first.steps) == (
        "A1.1",
        "M",
        Decimal(40),
        (Decimal(10), Decimal(20)),
    )
    assert check.aspects[1].benchmarks == FOUR


def test_check_marks_that_only_a_program_reads_are_refused_and_never_a_hundred():
    rows = _rows()
    rows[2] = replace(rows[2], mark="1_00", steps="1_0")
    rows[6] = replace(rows[6], mark="4e1")
    assert [
        code
        for _row, column, code in _codes(scheme.check_scheme_rows(rows))
        if column in {"mark", "steps"}
    ] == [
        "mark_not_a_number",
        "step_out_of_range",
        "mark_not_a_number",
    ]


def test_check_missing_benchmark_names_row_and_score():
    rows = _rows()
    rows[3] = replace(rows[3], benchmarks=("a", "", "c", " "))
    check = scheme.check_scheme_rows(rows)
    assert [(p.row, p.code, p.data) for p in check.problems] == [
        (5, "benchmark_missing", {"level": 1}),
        (5, "benchmark_missing", {"level": 3}),
    ]


def test_check_all_problems_come_back_at_once_with_their_rows():
    rows = _rows()
    rows[2] = replace(rows[2], mark="四十", steps="50")
    rows[3] = replace(rows[3], kind="主观")
    rows[5] = replace(rows[5], code="C1")
    rows.append(SchemeRow(9, "A1.1", "评分点", "又一次", "M", "1"))
    rows.append(SchemeRow(10, "A1.3", "评分", "错层级", "M", "1"))
    rows.append(SchemeRow(11, "A9.1", "评分点", "", "M", "1"))
    assert _codes(scheme.check_scheme_rows(rows)) == [
        (4, "mark", "mark_not_a_number"),
        (4, "steps", "step_out_of_range"),
        (5, "kind", "kind_unknown"),
        (6, "code", "nothing_below"),
        (7, "code", "nothing_below"),
        (7, "code", "parent_missing"),
        (8, "code", "parent_missing"),
        (9, "code", "code_repeated"),
        (10, "level", "level_unknown"),
        (11, "name", "name_missing"),
        (11, "code", "parent_missing"),
    ]


def test_check_sum_off_by_a_cent_is_refused():
    rows = _rows()
    rows[6] = replace(rows[6], mark="39.99")
    check = scheme.check_scheme_rows(rows)
    assert [(p.row, p.code, p.data) for p in check.problems] == [
        (0, "marks_not_100", {"total": Decimal("99.99")})
    ]


def test_check_weighted_form_wants_100_in_each_module_and_weights_of_one():
    rows = _rows()
    rows[0] = replace(rows[0], weight="0.4")
    rows[4] = replace(rows[4], weight="0.5")
    check = scheme.check_scheme_rows(rows)
    assert _codes(check) == [
        (2, "mark", "module_not_100"),
        (6, "mark", "module_not_100"),
        (0, "weight", "weights_not_1"),
    ]
    rows[3] = replace(rows[3], mark="60")
    rows[6] = replace(rows[6], mark="100")
    rows[4] = replace(rows[4], weight="0.6")
    good = scheme.check_scheme_rows(rows)
    assert (good.problems, good.total) == ((), Decimal(100))


def test_check_sections_unknown_and_off_their_weight_are_named():
    sections = [SectionRow(2, "1", "工艺", "70"), SectionRow(3, "2", "安全", "30")]
    assert [(p.code, p.data) for p in scheme.check_scheme_rows(_rows(), sections).problems] == [
        (
            "section_off",
            {
                "section": "1",
                "given": Decimal(80),
                "weight": Decimal(70),
                "tolerance": Decimal("5.00"),
            },
        ),
        (
            "section_off",
            {
                "section": "2",
                "given": Decimal(20),
                "weight": Decimal(30),
                "tolerance": Decimal("5.00"),
            },
        ),
    ]
    assert (
        scheme.check_scheme_rows(
            _rows(), [replace(sections[0], weight="78"), replace(sections[1], weight="22")]
        ).problems
        == ()
    )
    rows = _rows()
    rows[6] = replace(rows[6], section="9")
    assert _codes(scheme.check_scheme_rows(rows, sections)) == [(8, "section", "section_unknown")]


def test_check_empty_and_overlong_workbooks_are_refused():
    assert [p.code for p in scheme.check_scheme_rows([]).problems] == ["no_modules"]
    assert [
        p.code
        for p in scheme.check_scheme_rows(
            [SchemeRow(n, "A", "模块", "x") for n in range(2001)]
        ).problems
    ] == ["too_many_rows"]


def test_check_full_width_digits_and_lower_case_codes_are_understood_names_stay_as_given():
    rows = _rows()
    rows[2] = replace(rows[2], code="ａ１．１", mark="４０", name=" 坡口　角度𠮷 ")
    check = scheme.check_scheme_rows(rows)
    assert check.problems == ()
    assert check.aspects[0].name == "坡口　角度𠮷"
