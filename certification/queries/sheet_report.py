"""Tell whether a report of a spreadsheet check is ours and unchanged.

It is judged from the file alone and the keys there ever were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from certification.credentials import statement
from certification.credentials.errors import NotGenuine
from certification.queries.keys import key_of_method
from certification.rules.fingerprint import fingerprint_report_rows

KIND = "craftpath-report+jwt"


@dataclass(frozen=True, slots=True)
class SheetReportJudgement:
    """The judgement of a report. *claims* are the signed words.

    *ours* says that we signed it, *whole* that its rows are the ones we signed.
    """

    ours: bool
    whole: bool
    claims: dict[str, Any]

    @property
    def tone(self) -> str:
        """Return the colour tone of the answer."""
        return "ok" if self.ours and self.whole else "bad"


def judge_sheet_report(rows: Sequence[Sequence[object]], token: str) -> SheetReportJudgement:
    """Return whether *token* is a statement of ours about exactly *rows* (headings first). One
    query.
    """
    try:
        claims = statement.verify_statement(token.strip(), kind=KIND, key_of=key_of_method())
    except NotGenuine:
        return SheetReportJudgement(ours=False, whole=False, claims={})
    return SheetReportJudgement(
        ours=True, whole=claims.get("rows_sha256") == fingerprint_report_rows(rows), claims=claims
    )
