"""What is to be certified, collected from the domain that decided it. It is enough to print and
register one certificate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from certification.rules.criteria import Notice

Wording = tuple[tuple[tuple[str | bool, ...], ...], ...]
"""Paragraphs of runs: text, whether bold, and (where known) whether it differs from holder to holder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateOrder:
    """One certificate to issue.

    `(source_kind, source_key)` names the outcome it certifies. Each outcome is certified once.
    """

    kind: str
    source_kind: str
    source_key: str
    person_id: int
    holder: str
    """The name as the identity document has it."""
    org_id: int
    """The union that issues."""
    employer: str = ""
    subject: str
    """What it is about, in one line: the course, the event, the title of honour."""
    occupation: str = ""
    occupation_code: str = ""
    level: int | None = None
    """Ordinal 0–7."""
    distinction: str = ""
    """What was won: 金牌, 一等奖."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Further named fields of the wording."""
    criteria: str = ""
    """How everybody earned it who has the same, from facts on record (`rules.criteria`); empty: nothing is on record."""
    on_record: str = ""
    """What is on record of this holder."""
    notice: Notice | None = None
    """The public notice that took place; None: none is claimed anywhere."""
    issued_on: date | None = None
    """For entries from an earlier register; otherwise the day of issue."""
    valid_until: date | None = None
    """Only where the outcome itself says so; otherwise the template's years count."""
    body: Wording | None = None
    """The wording as printed before, for a certificate that replaces another; otherwise the template is filled."""
    body_en: Wording | None = None
    """The same in English; an empty one stays empty."""
