"""One row of a sheet of certificates from paper: what its cells say, what is wrong, what was read
in another spelling. No Django here.

Faults and notes are codes with parameters; the sentences stand in `certification.paper_record_words`.
Identity numbers live in memory only.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from certification.rules import number as numbers
from core.spreadsheets.days import read_day
from core.text import clean_cell, plain_code, same_name, show_invisible, spell_out
from office.rules.roster import (
    DAY_FAULTS,
    ID_KINDS,
    IDENTITY_FAULTS,
    UNREADABLE,
    Remark,
    mask_identity_number,
    note_time,
)
from people.rules.identity import IdentityError, read_identity_number
from people.rules.names import read_name

(
    NUMBER_LENGTH,
    NAME_LENGTH,
    TITLE_LENGTH,
    SUBJECT_LENGTH,
    TRADE_LENGTH,
    PLACE_LENGTH,
    PRIZE_LENGTH,
) = 60, 100, 60, 200, 100, 200, 60
EARLIEST = date(1949, 10, 1)
KIND_WORDS = {
    "PX": (
        "px",
        "培训",
        "培训证书",
        "培训合格",
        "培训合格证",
        "培训合格证书",
        "培训结业",
        "结业",
        "结业证",
        "结业证书",
        "training",
    ),
    "JS": ("js", "竞赛", "竞赛获奖", "获奖", "获奖证书", "竞赛证书", "技能竞赛", "award"),
    "RY": ("ry", "荣誉", "荣誉证书", "荣誉称号", "表彰", "honour"),
    "DJ": ("dj", "等级", "技能等级", "技能等级证书", "职业技能等级证书", "level"),
    "CH": ("ch", "工匠", "工匠称号", "称号", "title"),
    "DT": ("dt", "师带徒", "带徒", "名师带徒", "mentoring"),
}
LEVEL_WORDS = {
    0: ("学徒工",),
    1: ("五级", "初级", "初级工", "初级技能", "5", "5级"),
    2: ("四级", "中级", "中级工", "中级技能", "4", "4级"),
    3: ("三级", "高级", "高级工", "高级技能", "3", "3级"),
    4: ("二级", "技师", "2", "2级"),
    5: ("一级", "高级技师", "1", "1级"),
    6: ("特级技师", "特级"),
    7: ("首席技师", "首席"),
}
WITHOUT_END = ("长期", "长期有效", "永久", "永久有效", "无", "—", "-", "/")
_KINDS = {word: kind for kind, words in KIND_WORDS.items() for word in words}
_LEVELS = {word: level for level, words in LEVEL_WORDS.items() for word in words}


@dataclass(slots=True)
class Paper:
    """What one row says. With *faults* the other values are not to be used."""

    number: str = ""
    number_key: str = ""
    name: str = ""
    kind: str = ""
    title: str = ""
    subject: str = ""
    occupation: str = ""
    level: int | None = None
    distinction: str = ""
    employer: str = ""
    issuer: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    id_kind: str = ""
    id_number: str = ""
    faults: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ground:
    """What holds for the whole sheet: the *kind* and *title* of rows that name none, all *names*
    the issuer has or had.
    """

    kind: str
    title: str
    names: Collection[str]
    today: date


def read_row(values: Mapping[str, str], odd: Mapping[str, str], ground: Ground) -> Paper:
    """Read one row. *values*: text by column key; *odd*: what is special about a cell
    (`Grid.oddness`), by column key.
    """
    paper = Paper()
    skip = {key for key, what in odd.items() if what in UNREADABLE}
    for key in sorted(skip):
        written = values.get(key, "")
        paper.faults.append(
            Remark(
                key, odd[key], mask_identity_number(written) if key == "id_number" else written[:60]
            )
        )
    said = {key: text for key, text in values.items() if key not in skip}
    if "number" not in skip:
        _number(paper, said.get("number", ""), lost=odd.get("number") == "number")
    if "name" not in skip:
        _name(paper, said.get("name", ""))
    _kind(paper, said.get("kind", ""), ground)
    paper.title = said.get("title", "") or ground.title
    if not paper.title and "title" not in skip:
        paper.faults.append(Remark("title", "title_missing"))
    paper.subject, paper.occupation = said.get("subject", ""), said.get("occupation", "")
    paper.distinction, paper.employer = said.get("distinction", ""), said.get("employer", "")
    _lengths(paper)
    _level(paper, said.get("level", ""))
    if "issued_on" not in skip:
        _days(paper, said.get("issued_on", ""), said.get("valid_until", ""), ground.today)
    _issuer(paper, said.get("issuer", ""), ground)
    if "id_number" not in skip:
        _identity(paper, said, lost=odd.get("id_number") == "number", today=ground.today)
    return paper


def _number(paper: Paper, text: str, *, lost: bool) -> None:
    text = _cell(paper, "number", text)
    paper.number, paper.number_key = text, numbers.make_number_key(text)
    fault = ""
    if not text:
        fault = "number_missing"
    elif lost:
        fault = "number_lost"
    elif len(text) > NUMBER_LENGTH or len(unicodedata.normalize("NFKC", text)) > NUMBER_LENGTH:
        fault = "number_long"
    elif numbers.parse_certificate_number(text) is not None:
        fault = "number_ours"
    elif not numbers.is_paper_number(paper.number_key):
        fault = "number_bare"
    if fault:
        paper.faults.append(Remark("number", fault, text[:60]))


def _cell(paper: Paper, key: str, raw: str) -> str:
    """Return the text of a cell as it is kept; what was mended is noted, what can't be kept is a
    fault.
    """
    cleaned = clean_cell(raw)
    if cleaned.bad:
        paper.faults.append(Remark(key, "unwritable", "", {"codes": spell_out(cleaned.bad)}))
    paper.notes.extend(
        Remark(key, f"text_{note}", show_invisible(raw)[:60])
        for note in cleaned.notes
        if not cleaned.bad
    )
    return cleaned.text


def _name(paper: Paper, text: str) -> None:
    name = read_name(text)
    paper.name = name.text
    if not name.text:
        paper.faults.append(Remark("name", "name_missing"))
    elif len(name.text) > NAME_LENGTH:
        paper.faults.append(Remark("name", "name_long", name.text[:40]))
    if name.bad:
        paper.faults.append(Remark("name", "name_unwritable", "", {"codes": spell_out(name.bad)}))
    else:
        paper.notes.extend(
            Remark("name", f"name_{hint}", show_invisible(text)[:60]) for hint in name.hints
        )


def _plain(text: str) -> str:
    return re.sub(r"\s", "", plain_code(text)).casefold()


def _kind(paper: Paper, text: str, ground: Ground) -> None:
    paper.kind = _KINDS.get(_plain(text), "") if text else ground.kind
    if not paper.kind:
        paper.faults.append(Remark("kind", "kind_unknown", text[:40]))


def _level(paper: Paper, text: str) -> None:
    parts = [part for part in re.split(r"[/、()]", _plain(text)) if part]
    if not parts or parts == ["-"] or parts == ["—"]:
        return
    found = {_LEVELS.get(part) for part in parts}
    level = found.pop() if len(found) == 1 else None
    if level is None:
        paper.faults.append(Remark("level", "level_unknown", text[:40]))
    paper.level = level


def _lengths(paper: Paper) -> None:
    most = {
        "title": TITLE_LENGTH, "subject": SUBJECT_LENGTH, "occupation": TRADE_LENGTH, "distinction": PRIZE_LENGTH, "employer": PLACE_LENGTH,
    }  # fmt: skip
    for key, length in most.items():
        text = _cell(paper, key, getattr(paper, key))
        setattr(paper, key, text)
        if len(text) > length:
            paper.faults.append(Remark(key, "too_long", text[:40], {"most": str(length)}))


def _days(paper: Paper, issued: str, until: str, today: date) -> None:
    if not issued:
        paper.faults.append(Remark("issued_on", "issued_missing"))
        return
    paper.issued_on = _day(paper, "issued_on", issued)
    if paper.issued_on and not EARLIEST <= paper.issued_on <= today:
        paper.faults.append(Remark("issued_on", "issued_range", issued[:40]))
    if until and _plain(until) not in WITHOUT_END:
        paper.valid_until = _day(paper, "valid_until", until)
        if paper.valid_until and paper.issued_on and paper.valid_until < paper.issued_on:
            paper.faults.append(Remark("valid_until", "until_before_issue", until[:40]))


def _day(paper: Paper, key: str, text: str) -> date | None:
    try:
        return note_time(paper.notes, key, read_day(text), text)
    except ValueError as error:
        paper.faults.append(Remark(key, DAY_FAULTS.get(str(error), "day_none"), text[:40]))
        return None


def _issuer(paper: Paper, text: str, ground: Ground) -> None:
    """Take the issuer's name as the paper has it: only a name the union has or had. Nobody takes
    over what others have issued.
    """
    if not text:
        return
    paper.issuer = next((name for name in ground.names if same_name(name, text)), "")
    if not paper.issuer:
        paper.faults.append(Remark("issuer", "issuer_foreign", text[:60]))


def _identity(paper: Paper, values: Mapping[str, str], *, lost: bool, today: date) -> None:
    raw = values.get("id_number", "")
    if not raw:
        return
    kind = ID_KINDS.get(values.get("id_kind", "").replace(" ", ""))
    if kind is None:
        paper.faults.append(Remark("id_kind", "id_kind_unknown", values.get("id_kind", "")[:40]))
        return
    number = plain_code(raw)
    if lost:
        paper.faults.append(Remark("id_number", "id_number_lost", mask_identity_number(number)))
        return
    try:
        paper.id_kind, paper.id_number = (
            kind,
            read_identity_number(kind, number, today=today).number,
        )
    except IdentityError as error:
        paper.faults.append(
            Remark(
                "id_number",
                IDENTITY_FAULTS[error.code],
                mask_identity_number(re.sub(r"\s", "", number)),
            )
        )


def words_of(
    *, number: str, holder: str, kind: str, title: str, subject: str, occupation: str, level: int | None, distinction: str, employer: str,
    issuer: str, issued_on: date, valid_until: date | None,
) -> bytes:  # fmt: skip
    """Return the record as canonical JSON (RFC 8785: keys in order, no spaces): what its entry in
    the register is a fingerprint of.
    """
    words = {
        "distinction": distinction, "employer": employer, "holder": holder, "issued": issued_on.isoformat(), "issuer": issuer, "kind": kind,
        "level": level, "number": number, "occupation": occupation, "subject": subject, "title": title, "v": 1,
        "validUntil": valid_until.isoformat() if valid_until else None,
    }  # fmt: skip
    return json.dumps(words, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def fingerprint(words: bytes, salt: bytes) -> str:
    """Return SHA-256 of *salt* and *words* (hex). Without the salt nobody can guess from the
    register whose paper it was.
    """
    return hashlib.sha256(salt + words).hexdigest()


def sample_size(rows: int, *, failed: int = 0) -> int:
    """Return how many of *rows* the second officer holds against the originals: all up to 20, then
    20 or a twentieth, 200 at most.

    After each sample that *failed* (a row differed) the next is twice as large, without that upper
    end.
    """
    first = min(rows, max(20, min(200, math.ceil(rows / 20))))
    return min(rows, first << min(failed, 20))


def sheet_fingerprint(fingerprints: Collection[str]) -> str:
    """Return SHA-256 (hex) over the records' fingerprints in their order: what the register knows
    a whole sheet by.
    """
    digest = hashlib.sha256()
    for one in fingerprints:
        digest.update(bytes.fromhex(one))
    return digest.hexdigest()
