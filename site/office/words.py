"""The sentences of an import.

They say what is wrong with a row and what to do, which spellings were read as meant, and why
somebody stays. Rows hold codes. The sentence is made when it is shown, in the reader's language. No
sentence names a person or a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

FAULTS: dict[str, tuple[Words, Words]] = {
    "formula": (_("The formula in this cell has no value"), _("Write the value, or open and save the file in a spreadsheet program.")),
    "error": (_("The cell holds an error instead of a value"), _("Write what belongs there.")),
    "number_cut": (
        _("The spreadsheet has kept this number only in part"),
        _("Set the column to the format “text” and type the number anew."),
    ),
    "merged": (_("This cell is merged with others"), _("Undo the merge and fill in each row.")),
    "name_missing": (_("The name is missing"), _("Write it as on the identity card.")),
    "name_long": (_("The name is longer than 100 characters"), _("Compare it with the card; two names may stand in one cell.")),
    "name_unwritable": (_("The name holds characters that can't be written (%(codes)s)"), _("Type them again.")),
    "text_unwritable": (_("Characters stand here that can't be written (%(codes)s)"), _("Type the cell again.")),
    "id_kind_unknown": (_("We don't know this kind of document"), _("Write 居民身份证, 港澳台居民居住证, 外国人永久居留身份证 or 护照.")),
    "id_empty": (_("The number is missing"), _("Write it as on the card.")),
    "id_fifteen": (_("An old number of 15 digits"), _("Ask for the 18-digit one on the present card.")),
    "id_form": (_("No number of this kind of document"), _("Compare it with the card.")),
    "id_birth": (_("The date of birth inside the number doesn't exist"), _("Compare digits 7 to 14 with the card.")),
    "id_check": (
        _("The last character doesn't fit the rest"),
        _("Compare it with the card; if the card says so, go to the desk in person."),
    ),
    "id_prefix": (
        _("No residence permit for Hong Kong, Macao or Taiwan residents"),
        _("Such a number starts with 810000, 820000 or 830000. Compare it with the card, or correct the kind."),
    ),
    "id_permit": (
        _("A residence permit for Hong Kong, Macao or Taiwan residents"),
        _("Numbers that start with 81, 82 or 83 are such permits. Correct the kind of document."),
    ),
    "id_foreign_card": (
        _("A foreigner's permanent residence card"),
        _("Numbers that start with 9 are such cards. Correct the kind of document."),
    ),
    "id_foreign": (
        _("No number of a foreigner's permanent residence card"),
        _("The new card has 18 characters starting with 9, the old one three letters and 12 digits. Compare it with the card."),
    ),
    "id_passport": (_("No passport number"), _("It has 5 to 20 letters and digits, without spaces. Compare it with the passport.")),
    "id_number_lost": (
        _("The spreadsheet has kept this number only in part"),
        _("Set the column to the format “text” and type the number anew."),
    ),
    "day_form": (_("This is no date"), _("Write it as 2024-09-01.")),
    "day_number": (
        _("This is the number a spreadsheet keeps for a day"),
        _("Give the column the format of a date, or write it as 2024-09-01."),
    ),
    "birth_none": (_("There is no such day"), _("Write the day on the card, or leave it empty: it is taken from the number.")),
    "birth_range": (_("The date of birth can't be right"), _("Compare it with the card.")),
    "birth_differs": (_("The date differs from the one inside the number"), _("Compare both with the card, or leave the date empty.")),
    "mobile": (_("No mobile number"), _("It has 11 digits and starts with 13 to 19. Leave it empty if unknown.")),
    "employer_long": (_("The name is longer than 200 characters"), _("Shorten it to the registered name.")),
    "job_title_long": (_("The post is longer than 100 characters"), _("Shorten it.")),
    "joined_none": (_("There is no such day"), _("Write the day of joining as 2024-09-01, or leave it empty: it is today then.")),
    "joined_future": (_("The day of joining lies in the future"), _("Write a day up to today.")),
    "union_missing": (_("The union is missing"), _("Write its code or its name.")),
    "union_unknown": (
        _("No union below yours has this code or name"),
        _("Compare it with the union tree and write the code or name that stands there."),
    ),
    "union_several": (_("%(count)s unions have this name"), _("Write the unified code.")),
    "union_closed": (_("This union was merged or dissolved"), _("Write the one that goes on.")),
    "same_number": (_("The same number stands in row %(row)s"), _("Keep one of the two rows.")),
    "other_name": (
        _("This number is recorded under another name"),
        _("Compare the card; a change of name is corrected in the person's record."),
    ),
    "member_elsewhere": (
        _("This person is a member of a union outside yours"),
        _("That union transfers the membership first; then send the row again."),
    ),
}
# Where rows of one cause differ in their parameters, the cause is said without them.
GENERAL: dict[str, Words] = {
    "same_number": _("The same number stands in an earlier row"),
    "union_several": _("Several unions have this name"),
    "name_unwritable": _("The name holds characters that can't be written"),
}
CHOOSE = _("Or choose the one that is meant")
CHOOSABLE = ("union_unknown", "union_several", "union_closed")

NOTES: dict[str, Words] = {
    "day_time": _("A time of day beside a day isn't kept."),
    "id_lower_x": _("The small x at the end of the number is read as X."),
    "id_spaces": _("Spaces inside the number are passed over."),
    "id_full_width": _("Full-width digits are read as plain ones."),
    "name_dot": _("The dot in the name is written as · (U+00B7); nothing else is touched."),
    **{f"{what}_invisible": _("Characters that can't be seen are taken out.") for what in ("name", "text")},
    **{f"{what}_radical": _("A radical of dictionaries is read as the character it looks like.") for what in ("name", "text")},
    **{f"{what}_private_use": _("An old private code of a rare character is read as that character.") for what in ("name", "text")},
    **{f"{what}_blank": _("Blanks and line ends inside are taken out.") for what in ("name", "text")},
    "id_invisible": _("Characters that can't be seen are taken out of the number."),
    "mobile_spelling": _("Country code, spaces and hyphens of the mobile number are passed over."),
}

# Why a sheet came back.
BACK: dict[str, Words] = {
    "world_changed": _("Since you looked, somebody has changed what is recorded. Nothing was written; this is the result of a new check."),
    "check_failed": _("The check broke off. Nothing was changed; start it again."),
    "apply_failed": _("The import broke off, and not one row was written. Start it again."),
    "undo_failed": _("The undoing broke off, and nothing was taken back. Start it again."),
    "right_lost": _("The right to import for this union ended meanwhile. Nothing was written."),
}

# Why a person stays when an import is undone.
STAYS: dict[str, Words] = {
    "account": _("has an account by now"),
    "changed": _("was changed after the import"),
    "merged": _("was merged with another record"),
    "gone": _("is no longer recorded"),
    "in_courses": _("is enrolled in training"),
    "in_competitions": _("takes part in a competition"),
    "in_certification": _("has applied for a certificate or holds one"),
    "in_people": _("has requests, consents or merge proposals on record"),
}


def describe_import_fault(code: str, params: Mapping[str, Any] | None) -> tuple[str, str]:
    """Return what is wrong and what to do for the fault *code*. Without *params* it is said in
    general terms.
    """
    what, do = FAULTS.get(code, (_("This row needs another look"), ""))
    return (str(GENERAL.get(code, what)), str(do)) if params is None else (str(what) % dict(params), str(do))


def describe_import_note(code: str) -> str:
    """Return how another spelling was read."""
    return str(NOTES.get(code, code))


def describe_stay_reason(reason: str) -> str:
    """Return why a person stayed. A sentence given by an app is returned as it is."""
    return str(STAYS.get(reason, _("is referred to elsewhere") if reason.startswith("in_") else reason))
