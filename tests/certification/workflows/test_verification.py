"""Every answer; the same answer and work for a wrong number as for a wrong name; thousands of rows
in one query.
"""

from datetime import date

import pytest

from certification.enums import CertificateState, VerificationAnswer, VerificationWay
from certification.models import LookUp
from certification.queries import verification as queries
from certification.queries.verification import Asked
from certification.rules.near_miss import NumberWriting
from certification.workflows import look_up_log
from certification.workflows import verification as workflows
from tests.factories.certification import CertificateFactory
from tests.factories.ground import PersonFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def by_name(number, name):
    return queries.verify_by_number_and_name(number, name, today=TODAY)


@pytest.fixture
def six():
    """One certificate for each answer there can be about one."""
    new = CertificateFactory()
    return {
        VerificationAnswer.VALID: CertificateFactory(),
        VerificationAnswer.EXPIRED: CertificateFactory(valid_until=date(2026, 11, 21)),
        VerificationAnswer.SUSPENDED: CertificateFactory(
            state=CertificateState.SUSPENDED, state_since=TODAY, state_reason="under_review"
        ),
        VerificationAnswer.REVOKED: CertificateFactory(
            state=CertificateState.REVOKED, state_since=TODAY, state_reason="fraud"
        ),
        VerificationAnswer.SUPERSEDED: CertificateFactory(
            state=CertificateState.SUPERSEDED,
            state_since=TODAY,
            state_reason="corrected",
            replaced_by=new,
        ),
        VerificationAnswer.NO_MATCH: CertificateFactory(state=CertificateState.APPROVED, sha256=""),
    }


def test_each_way_gives_each_answer(six):
    for answer, row in six.items():
        assert queries.verify_by_code(row.code, today=TODAY).verdict.answer == answer
        assert by_name(row.number, row.holder_name).verdict.answer == answer
    rows = [Asked(row.number, row.holder_name) for row in six.values()]
    assert [found.verdict.answer for found in queries.verify_many(rows, today=TODAY)] == list(six)


def test_unknown_number_and_wrong_name_are_the_same_answer_and_the_same_work(
    django_assert_num_queries,
):
    row, other = CertificateFactory(), CertificateFactory(person=PersonFactory(name="欧阳示例"))
    unknown = row.number.replace("990000", "990001")
    from certification.rules import number

    unknown = str(number.make_certificate_number(org="990001", kind="PX", year=2026, serial=1))
    with django_assert_num_queries(1) as first:
        wrong_number = by_name(unknown, row.holder_name)
    with django_assert_num_queries(1) as second:
        wrong_name = by_name(row.number, other.holder_name)
    assert (
        wrong_number
        == wrong_name
        == queries.VerificationResult(wrong_name.verdict, None, NumberWriting.WELL_FORMED)
    )
    assert wrong_name.verdict.answer == VerificationAnswer.NO_MATCH
    shape = [
        query["sql"].split("WHERE")[0]
        for query in (first.captured_queries + second.captured_queries)
    ]
    assert shape[0] == shape[1]


@pytest.mark.parametrize("typed", ["欧阳 示例", "欧阳示例 ", "欧阳示例"])
@pytest.mark.parametrize(
    "how", [str, str.lower, lambda n: n.replace("-", " "), lambda n: n.replace("-", "")]
)
def test_number_and_name_are_read_kindly(typed, how):
    row = CertificateFactory(person=PersonFactory(name="欧阳示例"))
    assert by_name(how(row.number), typed).verdict.answer == VerificationAnswer.VALID


@pytest.mark.parametrize("name", ["𠮷田䶮", "阿卜杜拉·买买提", "曾㛃"])
def test_rare_names_match_themselves_only(name):
    row = CertificateFactory(person=PersonFactory(name=name))
    assert by_name(row.number, name.replace("·", "•")).certificate == row
    assert (
        by_name(
            row.number, name.replace("𠮷", "吉").replace("㛃", "洁").replace("买", "卖")
        ).certificate
        is None
    )


@pytest.mark.parametrize("name", ["", " ", "·", "　"])
def test_empty_name_matches_nobody(name):
    row = CertificateFactory()
    assert by_name(row.number, name).verdict.answer == VerificationAnswer.NO_MATCH


def test_thousands_of_rows_cost_one_query(django_assert_num_queries):
    known = [CertificateFactory() for _ in range(3)]
    rows = [
        Asked(known[i % 3].number, known[i % 3].holder_name if i % 2 else "别人")
        for i in range(4000)
    ]
    with django_assert_num_queries(1):
        found = queries.verify_many(rows, today=TODAY)
    assert [one.verdict.answer for one in found] == [
        VerificationAnswer.VALID if i % 2 else VerificationAnswer.NO_MATCH for i in range(4000)
    ]


def test_each_look_up_is_logged_without_personal_data():
    row = CertificateFactory(person=PersonFactory(name="欧阳示例"))
    workflows.look_up_by_code(code=row.code, address="203.0.113.7")
    look_up_log.drain_look_up_journal()
    workflows.look_up_by_number_and_name(number=row.number, name="别人", address="203.0.113.7")
    assert list(
        LookUp.objects.order_by("pk").values_list("way", "answer", "certificate", "writing")
    ) == [
        (VerificationWay.CODE, VerificationAnswer.VALID, row.pk, ""),
        (VerificationWay.FORM, VerificationAnswer.NO_MATCH, None, NumberWriting.WELL_FORMED),
    ]
    stored = str(list(LookUp.objects.values()))
    assert "欧阳" not in stored
    assert "别人" not in stored
    assert "203.0.113.7" not in stored
    assert row.number not in stored
    hashes = set(LookUp.objects.values_list("address_hash", flat=True))
    assert len(hashes) == 1
    assert len(hashes.pop()) == 32


@pytest.mark.parametrize(
    ("held", "typed"),
    [
        ("张小禾", "张\u200b小禾"), ("张小禾", "\ufeff张 小禾\u200e"), ("马龙", "⻢⻰"), ("张黄", "張黃"), ("張黃", "张黄"),
        ("后来", "後來"),
        ("钱锺书", "錢鍾書"), ("John-Paul", "john‑paul"), ("阿里·木", "阿里•木"), ("苏䶮", "苏\ue863"), ("O’Brien", "O'Brien"),
    ],
)  # fmt: skip
def test_genuine_certificate_is_found_however_its_name_is_typed(held, typed):
    row = CertificateFactory(person=PersonFactory(name=held))
    assert row.holder_name == held
    assert by_name(row.number, typed).certificate == row
    assert by_name("\u200b" + row.number.replace("-", "‑") + "\u200e", typed).certificate == row
    assert queries.verify_many([Asked(row.number, typed)], today=TODAY)[0].certificate == row


def test_names_of_rare_characters_are_never_each_other():
    row = CertificateFactory(person=PersonFactory(name="𠮷伟"))
    assert [by_name(row.number, name).certificate for name in ("㐂伟", "㓻伟", "伟", "吉伟")] == [
        None
    ] * 4
