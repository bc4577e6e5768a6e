"""The sentences of an import from paper: what is wrong with a row and what to do, which spellings
were read as meant, why it came back.

Rows hold codes; the sentence is made when it is shown, in the reader's language. No sentence names
a person or a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from office.words import describe_import_fault as roster_fault
from office.words import describe_import_note as roster_note

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

FAULTS: dict[str, tuple[Words, Words]] = {
    "number_missing": (_("The certificate number is missing"), _("Write it as on the paper.")),
    "number_lost": (
        _("The spreadsheet kept only part of this number"),
        _("Format the column as “text” and type the number again from the paper."),
    ),
    "number_long": (
        _("The number is longer than 60 characters"),
        _("Compare it with the paper. The cell may contain two numbers."),
    ),
    "number_ours": (
        _("This looks like one of this platform's numbers"),
        _(
            "Older paper certificates have their own numbers. Compare it with the paper. "
            "Certificates issued here are already in the register."
        ),
    ),
    "number_bare": (
        _("A serial number alone doesn't identify a certificate"),
        _(
            "Write the whole number as on the paper, with its year or series. It needs at "
            "least four letters or digits, including one digit."
        ),
    ),
    "unwritable": (
        _("This cell has characters that can't be written (%(codes)s)"),
        _("Type the cell again."),
    ),
    "too_long": (
        _("This is longer than %(most)s characters"),
        _("Shorten it to what the paper says."),
    ),
    "kind_unknown": (
        _("We don't know this kind of certificate"),
        _("Write 培训, 竞赛, 荣誉, 技能等级, 工匠 or 师带徒, or leave it empty."),
    ),
    "title_missing": (
        _("The certificate's name is missing"),
        _("Write it as on the paper, or enter it once for all rows when you match the columns."),
    ),
    "level_unknown": (
        _("We don't know this level"),
        _("Write 五级, 四级, 三级, 二级, 一级, 初级工 to 高级技师, or leave it empty."),
    ),
    "issued_missing": (
        _("The date of issue is missing"),
        _("Write the date on the paper in this form: 2015-06-30."),
    ),
    "issued_range": (
        _("The date of issue can't be right"),
        _("It is in the future or before October 1949. Compare it with the paper."),
    ),
    "day_none": (
        _("There is no such date"),
        _("Write the date on the paper in this form: 2015-06-30."),
    ),
    "until_before_issue": (
        _("It expires before its date of issue"),
        _("Compare both dates with the paper. Leave the expiry date empty if there is none."),
    ),
    "issuer_foreign": (
        _("Your union has never had this name"),
        _(
            "A union can import only what it issued itself. Leave the issuer empty, or let "
            "that issuer import the certificate."
        ),
    ),
    "id_fifteen": (
        _("This is an old 15-digit number"),
        _(
            "Write the 18-digit number, or leave it empty. Without a number, the record "
            "isn't linked to a person."
        ),
    ),
    "same_number": (
        _("Row %(row)s has the same number"),
        _("An issuer uses each number only once. Keep the row that matches the paper."),
    ),
    "same_row": (_("Row %(row)s is the same certificate"), _("Keep one of the two rows.")),
    "number_taken": (
        _("Your union already has this number with different details"),
        _(
            "Compare the name and date with the paper. If the recorded certificate is wrong, "
            "have it revoked as imported in error first."
        ),
    ),
    "number_elsewhere": (
        _("Another issuer has recorded the same number and name"),
        _(
            "A check couldn't tell the two apart. Compare the number with the paper and "
            "write it in full, with the issuer's letters."
        ),
    ),
    "other_name": (
        _("This identity number is recorded under another name"),
        _(
            "Compare both with the person's record. If the paper shows a former name, leave "
            "the identity number empty."
        ),
    ),
}

BACK: dict[str, Words] = {
    "world_changed": _(
        "The records have changed since you looked. Nothing was imported. This is the "
        "result of a new check."
    ),
    "check_failed": _("The check was interrupted and nothing was changed. Start it again."),
    "apply_failed": _("The import was interrupted and no row was imported. Start it again."),
    "withdraw_failed": _("The undo was interrupted and nothing was undone. Start it again."),
    "right_lost": _(
        "Your permission to import for this union has ended in the meantime. Nothing was written."
    ),
    "relied_on": _(
        "Somebody has relied on one of these records in the meantime. Nothing was undone."
    ),
}


# Where rows of one cause differ in their parameters, the cause is said without them.
GENERAL: dict[str, Words] = {
    "unwritable": _("This cell has characters that can't be written"),
    "same_number": _("Another row has the same number"),
    "same_row": _("An earlier row is the same certificate"),
}


def fault_of(code: str, params: Mapping[str, Any] | None) -> tuple[str, str]:
    """Return what is wrong and what to do for the fault *code*; what a roster may have too is said
    as there.

    Without *params* it is said in general.
    """
    if code not in FAULTS:
        return roster_fault(code, params)
    what, do = FAULTS[code]
    return (
        (str(GENERAL.get(code, what)), str(do))
        if params is None
        else (str(what) % dict(params), str(do))
    )


def note_of(code: str) -> str:
    """Return how another spelling was read."""
    return roster_note(code)
