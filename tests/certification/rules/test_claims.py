"""Words that claim something, and the field that has to stand with them."""

from __future__ import annotations

import pytest

from certification.rules.claims import Claim, unsupported_claims


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("经评审并公示，授予**{subject}**称号", ["评审", "公示"]),
        ("[经公示（{notice}），]授予**{subject}**称号", []),
        ("经公示[（{notice}）]，授予**{subject}**称号", ["公示"]),
        ("[经公示（{document}），]授予", ["公示"]),
        ("[依据{document}评审，]授予", []),
        ("完成培训，考核合格", ["考核"]),
        ("完成培训[，{marks}，考核合格]", []),
        ("完成培训[，理论考试{theory}分][，实操成绩{practice}分]", []),
        ("完成培训[，修满{hours}学时，考试合格]", ["考试"]),
        ("has passed the examination in {subject}", ["examination"]),
        ("[, assessed: {marks},] {subject}", []),
        ("Awarded after Public Notice without objections", ["Public Notice", "objection"]),
        ("荣获**{award}**", []),
    ],
)
def test_claim_needs_the_field_of_its_fact_in_the_same_clause(template, words):
    assert [claim.word for claim in unsupported_claims(template)] == words


def test_claim_names_the_fields_that_carry_its_fact():
    assert unsupported_claims("考核合格") == (Claim("考核", ("marks", "practice", "theory")),)
