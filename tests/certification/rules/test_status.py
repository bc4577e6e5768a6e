"""Plain answers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.enums import CERTIFICATE_MOVES, CertificateState, VerificationAnswer
from certification.rules.status import (
    NO_MATCH,
    StatusFacts,
    Verdict,
    determine_verdict,
    last_valid_day,
)

TODAY = date(2026, 11, 22)
DAY = date(2026, 3, 11)


@pytest.mark.parametrize(
    ("standing", "verdict"),
    [
        (None, NO_MATCH),
        (StatusFacts(state="draft"), NO_MATCH),
        (StatusFacts(state="approved"), NO_MATCH),
        (StatusFacts(state="issued"), Verdict(VerificationAnswer.VALID)),
        (
            StatusFacts(state="issued", valid_until=TODAY),
            Verdict(VerificationAnswer.VALID, valid_until=TODAY, days_left=0),
        ),
        (
            StatusFacts(state="issued", valid_until=date(2026, 11, 21)),
            Verdict(
                VerificationAnswer.EXPIRED, since=date(2026, 11, 21), valid_until=date(2026, 11, 21)
            ),
        ),
        (
            StatusFacts(state="suspended", since=DAY, reason="under_review"),
            Verdict(VerificationAnswer.SUSPENDED, DAY, "under_review"),
        ),
        (
            StatusFacts(state="revoked", since=DAY, reason="fraud"),
            Verdict(VerificationAnswer.REVOKED, DAY, "fraud"),
        ),
        (
            StatusFacts(state="revoked", since=DAY, reason="fraud", valid_until=date(2020, 1, 1)),
            Verdict(VerificationAnswer.REVOKED, DAY, "fraud", "", date(2020, 1, 1)),
        ),
        (
            StatusFacts(
                state="superseded",
                since=DAY,
                reason="name_changed",
                replaced_by="330106-PX-2026-000002-A",
            ),
            Verdict(VerificationAnswer.SUPERSEDED, DAY, "name_changed", "330106-PX-2026-000002-A"),
        ),
    ],
)
def test_each_standing_has_one_answer(standing, verdict):
    assert determine_verdict(standing, today=TODAY) == verdict


@given(
    st.sampled_from(list(CertificateState)),
    st.none() | st.dates(date(2000, 1, 1), date(2050, 1, 1)),
    st.dates(date(2000, 1, 1), date(2050, 1, 1)),
)
def test_valid_is_said_only_of_an_issued_one_in_time(state, until, today):
    answer = determine_verdict(StatusFacts(state=state, valid_until=until), today=today).answer
    assert (answer == VerificationAnswer.VALID) == (
        state == CertificateState.ISSUED and (until is None or today <= until)
    )
    assert answer != VerificationAnswer.UNAVAILABLE


@pytest.mark.parametrize(
    ("day", "years", "last"),
    [
        (date(2026, 9, 26), 3, date(2029, 9, 25)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2026, 1, 1), 1, date(2026, 12, 31)),
    ],
)
def test_last_day_is_the_one_before_the_anniversary(day, years, last):
    assert last_valid_day(day, years) == last


@pytest.mark.parametrize("start", list(CertificateState))
@pytest.mark.parametrize("end", list(CertificateState))
def test_no_way_back_from_revoked_or_replaced_and_none_to_unprinted(start, end):
    if end in CERTIFICATE_MOVES[start]:
        assert start not in {CertificateState.REVOKED, CertificateState.SUPERSEDED}
        assert end != CertificateState.DRAFT
        assert end != CertificateState.APPROVED or start == CertificateState.DRAFT
