"""Read one row of a roster, without Django.

A row says what its cells hold, what is wrong with them, and what was read in another spelling.
Faults and notes are codes with parameters, whose sentences are in `office.words`. Numbers of
identity documents are held in memory only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core.characters import is_invisible
from core.spreadsheets.days import WrittenDay, read_day
from core.text import clean_cell, plain_code, show_invisible, spell_out
from people.rules.identity import Identity, IdentityError, read_identity_number, read_mobile
from people.rules.names import read_name

NAME_LENGTH, EMPLOYER_LENGTH, POST_LENGTH = 100, 200, 100
ID_KINDS = {
    "": "resident", "居民身份证": "resident", "身份证": "resident", "二代身份证": "resident",
    "港澳台居民居住证": "hmt_residence", "居住证": "hmt_residence",
    "外国人永久居留身份证": "foreign_residence", "外国人永久居留证": "foreign_residence",
    "护照": "passport",
}  # fmt: skip
DAY_FAULTS = {
    "form": "day_form",
    "number": "day_number",
}  # by the text of the ValueError of `read_day`
UNREADABLE = frozenset(
    {"formula", "merged", "error"}
)  # oddities of a cell that leave it without a value of its own
IDENTITY_FAULTS = {
    "empty": "id_empty", "fifteen_digits": "id_fifteen", "form": "id_form", "birth": "id_birth", "check": "id_check",
    "prefix": "id_prefix", "permit": "id_permit", "foreign_card": "id_foreign_card", "foreign": "id_foreign", "passport": "id_passport",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remark:
    """A *code* about the column *key*.

    *written* is what the cell holds, with identity numbers masked. *params* are the parameters of
    the sentence.
    """

    key: str
    code: str
    written: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Worker:
    """What one row says. If there are *faults*, the other values must not be used."""

    name: str = ""
    id_kind: str = "resident"
    number: str = ""
    birth: date | None = None
    sex: str = ""
    mobile: str = ""
    union: str = ""
    employer: str = ""
    job_title: str = ""
    joined: date | None = None
    faults: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)


def read_roster_row(values: Mapping[str, str], odd: Mapping[str, str], *, today: date) -> Worker:
    """Read one row.

    *values* holds the text by column key, and *odd* says what is special about a cell
    (`Grid.oddness`), by column key.
    """
    worker = Worker()
    for key, what in odd.items():
        if what in UNREADABLE:
            worker.faults.append(Remark(key, what, _hidden(key, values.get(key, ""))))
        elif what == "number" and key in {"union", "mobile"}:
            worker.faults.append(Remark(key, "number_cut", values.get(key, "")[:40]))
    skip = {
        key
        for key, what in odd.items()
        if what in UNREADABLE or (what == "number" and key == "mobile")
    }
    if "name" not in skip:
        _name(worker, values.get("name", ""))
    if "id_number" not in skip:
        _identity(worker, values, lost=odd.get("id_number") == "number", today=today)
    if "birth" not in skip:
        _birth(worker, values.get("birth", ""), today)
    if "mobile" not in skip:
        _mobile(worker, values.get("mobile", ""))
    if "joined" not in skip:
        _joined(worker, values.get("joined", ""), today)
    worker.union = clean_cell(values.get("union", "")).text
    worker.employer = _text(worker, "employer", values.get("employer", ""))
    if len(worker.employer) > EMPLOYER_LENGTH:
        worker.faults.append(Remark("employer", "employer_long", worker.employer[:40]))
    worker.job_title = _text(worker, "job_title", values.get("job_title", ""))
    if len(worker.job_title) > POST_LENGTH:
        worker.faults.append(Remark("job_title", "job_title_long", worker.job_title[:40]))
    return worker


def note_time(notes: list[Remark], key: str, written: WrittenDay, text: str) -> date:
    """Return the day of *written*. If a time of day stood beside it, add a note that it isn't
    kept.
    """
    if written.has_time:
        notes.append(Remark(key, "day_time", text[:40]))
    return written.day


def mask_identity_number(number: str) -> str:
    """Return an identity number as screens show it, with the first four and the last two
    characters and stars between them.
    """
    return (
        number[:4] + "*" * (len(number) - 6) + number[-2:] if len(number) > 6 else "*" * len(number)
    )


def _hidden(key: str, text: str) -> str:
    return mask_identity_number(text) if key == "id_number" else text[:60]


def _name(worker: Worker, raw: str) -> None:
    name = read_name(raw)
    worker.name = name.text
    if not name.text:
        worker.faults.append(Remark("name", "name_missing"))
    elif len(name.text) > NAME_LENGTH:
        worker.faults.append(Remark("name", "name_long", name.text[:40]))
    if name.bad:
        worker.faults.append(
            Remark(
                "name",
                "name_unwritable",
                show_invisible(name.text)[:60],
                {"codes": spell_out(name.bad)},
            )
        )
    else:
        worker.notes.extend(
            Remark("name", f"name_{hint}", show_invisible(raw)[:60]) for hint in name.hints
        )


def _text(worker: Worker, key: str, raw: str) -> str:
    cleaned = clean_cell(raw)
    if cleaned.bad:
        worker.faults.append(
            Remark(
                key,
                "text_unwritable",
                show_invisible(cleaned.text)[:60],
                {"codes": spell_out(cleaned.bad)},
            )
        )
    worker.notes.extend(
        Remark(key, f"text_{note}", show_invisible(raw)[:60])
        for note in cleaned.notes
        if not cleaned.bad
    )
    return cleaned.text


def _identity(worker: Worker, values: Mapping[str, str], *, lost: bool, today: date) -> None:
    kind = ID_KINDS.get(values.get("id_kind", "").replace(" ", ""))
    if kind is None:
        worker.faults.append(Remark("id_kind", "id_kind_unknown", values.get("id_kind", "")[:40]))
        return
    raw = values.get("id_number", "")
    number = plain_code(raw)
    if lost:
        worker.faults.append(Remark("id_number", "id_number_lost", mask_identity_number(number)))
        return
    try:
        identity: Identity = read_identity_number(kind, number, today=today)
    except IdentityError as error:
        worker.faults.append(
            Remark(
                "id_number",
                IDENTITY_FAULTS[error.code],
                mask_identity_number(re.sub(r"\s", "", number)),
            )
        )
        return
    worker.id_kind, worker.number, worker.birth, worker.sex = (
        kind,
        identity.number,
        identity.birth,
        identity.sex,
    )
    if any(map(is_invisible, raw)):
        worker.notes.append(Remark("id_number", "id_invisible", mask_identity_number(number)))
    elif unicodedata.normalize("NFKC", raw) != raw:
        worker.notes.append(Remark("id_number", "id_full_width", mask_identity_number(raw)))
    elif re.search(r"\s", raw):
        worker.notes.append(
            Remark("id_number", "id_spaces", mask_identity_number(re.sub(r"\s", "", raw)))
        )
    if "x" in number:
        worker.notes.append(
            Remark("id_number", "id_lower_x", mask_identity_number(re.sub(r"\s", "", number)))
        )


def _birth(worker: Worker, text: str, today: date) -> None:
    if not text:
        return
    try:
        birth = note_time(worker.notes, "birth", read_day(text), text)
    except ValueError as error:
        worker.faults.append(Remark("birth", DAY_FAULTS.get(str(error), "birth_none"), text[:40]))
        return
    if birth > today or birth.year < 1880:
        worker.faults.append(Remark("birth", "birth_range", text[:40]))
    elif worker.birth and birth != worker.birth:
        worker.faults.append(Remark("birth", "birth_differs", text[:40]))
    else:
        worker.birth = birth


def _mobile(worker: Worker, text: str) -> None:
    if not text:
        return
    try:
        worker.mobile = read_mobile(text)
    except IdentityError:
        worker.faults.append(Remark("mobile", "mobile", show_invisible(text)[:40]))
        return
    if worker.mobile != text:
        worker.notes.append(Remark("mobile", "mobile_spelling", show_invisible(text)[:40]))


def _joined(worker: Worker, text: str, today: date) -> None:
    worker.joined = today
    if not text:
        return
    try:
        worker.joined = note_time(worker.notes, "joined", read_day(text), text)
    except ValueError as error:
        worker.faults.append(Remark("joined", DAY_FAULTS.get(str(error), "joined_none"), text[:40]))
        return
    if worker.joined > today:
        worker.faults.append(Remark("joined", "joined_future", text[:40]))
