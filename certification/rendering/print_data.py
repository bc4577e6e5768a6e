"""What is printed on a certificate, already worded. The renderer sets it and decides nothing.

`PrintData` serves all kinds, which are training completion, competition award and honour. It is not
for the official 职业技能等级证书, whose layout is prescribed. Texts of the form itself ("证书编号") are in
`labels.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from certification.rendering.sheet import Orientation

Layout = Literal["training", "level", "award", "honour", "title", "mentoring"]
Language = Literal["zh-Hans", "en"]


class Strong(str):
    """A run of a paragraph set in bold, such as the occupation, the rank or the hours."""

    __slots__ = ()


class Personal(str):
    """A run that differs from holder to holder within a batch, such as employer or score.

    It looks like any other run. See `CertificatePrinter` for its use.
    """

    __slots__ = ()


class StrongPersonal(Strong, Personal):
    """A run that is both bold and personal."""

    __slots__ = ()


def make_run(text: str, bold: bool, personal: bool = False) -> str:
    """Return *text* as the kind of run that *bold* and *personal* describe."""
    if bold:
        return StrongPersonal(text) if personal else Strong(text)
    return Personal(text) if personal else text


Paragraph = str | tuple[str, ...]
"""Plain text, or runs of which some are `Strong` or `Personal`."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs, with office, name, and the picture of the signature (PNG with a transparent
    background) if there is one.
    """

    office: str
    name: str
    picture: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintData:
    """Everything that is printed on the page, and nothing else."""

    layout: Layout = "training"
    language: Language = "zh-Hans"
    title: str
    title_en: str = ""
    holder: str
    """The name as the identity document has it: never normalised, never shortened."""
    salutation: str = ""
    """Stands after the name in the size of the text: 同志, 选手."""
    lead: str = ""
    """A line above the name: 兹证明, "This is to certify that"."""
    distinction: str = ""
    """What was won, on a line of its own: 一等奖, 杭州工匠."""
    facts: tuple[Paragraph, ...] = ()
    """Short lines in two columns between name and wording: 职业（工种）：焊工."""
    body: tuple[Paragraph, ...]
    body_en: tuple[Paragraph, ...] = ()
    """The same once more in English, smaller, below."""
    number: str
    issued_on: date
    issuer: str
    seal: bytes | None = None
    """A PNG with a clear ground, printed 37 mm across over issuer and date; without one our plain seal is drawn."""
    signatories: tuple[Signatory, ...] = ()
    """Two at most, left of the seal."""
    orientation: Orientation = "landscape"
    photo: bytes | None = None
    """A JPEG or PNG picture; printed 30 by 42 mm, its middle if the proportions differ."""
    verify_url: str
    """The address a reader types: short, without scheme, printed as it is."""
    qr: str
    """What the QR code holds: the address with the opaque token, no personal data."""
    disclaimer: str = ""
    """What this certificate is not: 本证书不是国家职业技能等级证书。"""

    def regular_text(self) -> str:
        """Return all text set in the regular weight, for the check of glyphs."""
        signed = [text for one in self.signatories for text in (one.office, one.name)]
        fixed = (
            self.title_en,
            self.salutation,
            self.lead,
            self.number,
            self.issuer,
            self.verify_url,
            self.disclaimer,
            *signed,
        )
        return "".join(fixed) + "".join(
            run for runs in self.paragraphs() for run in runs if not isinstance(run, Strong)
        )

    def bold_text(self) -> str:
        """Return all text set in the bold weight."""
        return "".join((self.title, self.holder, self.distinction)) + "".join(
            run for runs in self.paragraphs() for run in runs if isinstance(run, Strong)
        )

    def paragraphs(self) -> tuple[tuple[str, ...], ...]:
        """Return facts, body and English body, in the order of the page, as tuples of runs."""
        whole = (*self.facts, *self.body, *self.body_en)
        return tuple(
            (paragraph,) if isinstance(paragraph, str) else paragraph for paragraph in whole
        )
