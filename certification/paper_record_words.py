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
        _("The spreadsheet has kept this number only in part"),
        _("Set the column to the format “text” and type the number anew from the paper."),
    ),
    "number_long": (_("The number is longer than 60 characters"), _("Compare it with the paper; two numbers may stand in one cell.")),
    "number_ours": (
        _("This is written like a number of this platform"),
        _("Papers from before have numbers of their own. Compare it with the paper; what was issued here is in the register already."),
    ),
    "number_bare": (
        _("A bare serial tells no papers apart"),
        _("Write the whole number as on the paper, with year or series: four letters or digits at least, a digit among them."),
    ),
    "unwritable": (_("Characters stand here that can't be written (%(codes)s)"), _("Type the cell again.")),
    "too_long": (_("This is longer than %(most)s characters"), _("Shorten it to what the paper says.")),
    "kind_unknown": (
        _("We don't know this kind of certificate"),
        _("Write 培训, 竞赛, 荣誉, 技能等级, 工匠 or 师带徒, or leave it empty."),
    ),
    "title_missing": (
        _("The certificate's name is missing"),
        _("Write it as on the paper, or name it once for all rows where the columns are matched."),
    ),
    "level_unknown": (_("We don't know this level"), _("Write 五级, 四级, 三级, 二级, 一级, 初级工 to 高级技师, or leave it empty.")),
    "issued_missing": (_("The day of issue is missing"), _("Write the day on the paper as 2015-06-30.")),
    "issued_range": (_("The day of issue can't be right"), _("It lies in the future or before October 1949. Compare it with the paper.")),
    "day_none": (_("There is no such day"), _("Write the day on the paper as 2015-06-30.")),
    "until_before_issue": (_("It ends before it was issued"), _("Compare both days with the paper; leave the end empty if there is none.")),
    "issuer_foreign": (
        _("Your union has never had this name"),
        _("A union takes over what it has issued itself. Leave the issuer empty, or let that issuer take the paper over."),
    ),
    "id_fifteen": (
        _("An old number of 15 digits"),
        _("Write the 18-digit one, or leave the number empty: the record then stays without a person."),
    ),
    "same_number": (_("The same number stands in row %(row)s"), _("An issuer gives a number once. Keep the row that is on the paper.")),
    "same_row": (_("The same certificate stands in row %(row)s"), _("Keep one of the two rows.")),
    "number_taken": (
        _("This number is recorded for your union with something else on it"),
        _("Compare name and day with the paper. If the recorded one is wrong, let it be revoked as taken over in error first."),
    ),
    "number_elsewhere": (
        _("This number is recorded with the same name by another issuer"),
        _("A check could not tell the two apart. Compare the number with the paper and write it in full, with the issuer's letters."),
    ),
    "other_name": (
        _("This identity number is recorded under another name"),
        _("Compare both with the person's record; if the paper bears a former name, leave the identity number empty."),
    ),
}

BACK: dict[str, Words] = {
    "world_changed": _(
        "Since you looked, somebody has changed what is recorded. Nothing was taken over; this is the result of a new check."
    ),
    "check_failed": _("The check broke off. Nothing was changed; start it again."),
    "apply_failed": _("Taking over broke off, and not one row counts. Start it again."),
    "withdraw_failed": _("Taking back broke off, and nothing was taken back. Start it again."),
    "right_lost": _("The right to import for this union ended meanwhile. Nothing was written."),
    "relied_on": _("Somebody relied on one of these records in the meantime. Nothing was taken back."),
}


# Where rows of one cause differ in their parameters, the cause is said without them.
GENERAL: dict[str, Words] = {
    "unwritable": _("Characters stand here that can't be written"),
    "same_number": _("The same number stands in another row"),
    "same_row": _("The same certificate stands in an earlier row"),
}


def fault_of(code: str, params: Mapping[str, Any] | None) -> tuple[str, str]:
    """Return what is wrong and what to do for the fault *code*; what a roster may have too is said
    as there.

    Without *params* it is said in general.
    """
    if code not in FAULTS:
        return roster_fault(code, params)
    what, do = FAULTS[code]
    return (str(GENERAL.get(code, what)), str(do)) if params is None else (str(what) % dict(params), str(do))


def note_of(code: str) -> str:
    """Return how another spelling was read."""
    return roster_note(code)
