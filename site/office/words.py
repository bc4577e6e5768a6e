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
    "formula": (
        _("The formula in this cell has no result"),
        _("Enter the value, or open and save the file in a spreadsheet program."),
    ),
    "error": (_("This cell contains an error instead of a value"), _("Enter the right value.")),
    "number_cut": (
        _("The spreadsheet stored the number as a numeric value and lost its last digits"),
        _("Set the column to the format “text” and enter the number again."),
    ),
    "merged": (_("This cell is merged with other cells"), _("Unmerge it and fill in each row.")),
    "name_missing": (_("The name is missing"), _("Enter it as on the identity card.")),
    "name_long": (
        _("The name is longer than 100 characters"),
        _("Compare it with the card. The cell may contain two names."),
    ),
    "name_unwritable": (
        _("The name contains characters that can't be written (%(codes)s)"),
        _("Enter them again."),
    ),
    "text_unwritable": (
        _("The cell contains characters that can't be written (%(codes)s)"),
        _("Enter the value of the cell again."),
    ),
    "id_kind_unknown": (
        _("This kind of document isn't known"),
        _("Enter 居民身份证, 港澳台居民居住证, 外国人永久居留身份证 or 护照."),
    ),
    "id_empty": (_("The number is missing"), _("Enter it as on the card.")),
    "id_fifteen": (
        _("This is an old 15-digit number"),
        _("Ask the person for the 18-digit number on their current card."),
    ),
    "id_form": (
        _("This isn't a valid number for this kind of document"),
        _("Compare it with the card."),
    ),
    "id_birth": (
        _("The date of birth in the number doesn't exist"),
        _("Compare digits 7 to 14 with the card."),
    ),
    "id_check": (
        _("The check character at the end doesn't match"),
        _(
            "Compare it with the card. If the card shows this number, the person has to "
            "come in for a manual check."
        ),
    ),
    "id_prefix": (
        _("This isn't the number of a residence permit for Hong Kong, Macao and Taiwan residents"),
        _(
            "Such a number starts with 810000, 820000 or 830000. Compare it with the card, "
            "or correct the kind of document."
        ),
    ),
    "id_permit": (
        _("This is the number of a residence permit for Hong Kong, Macao and Taiwan residents"),
        _("Numbers of these permits start with 81, 82 or 83. Correct the kind of document."),
    ),
    "id_foreign_card": (
        _("This is the number of a foreigner's permanent residence card"),
        _("Numbers of these cards start with 9. Correct the kind of document."),
    ),
    "id_foreign": (
        _("This isn't the number of a foreigner's permanent residence card"),
        _(
            "New cards have 18 characters and start with 9. Old cards have three letters "
            "and 12 digits. Compare it with the card."
        ),
    ),
    "id_passport": (
        _("This isn't a passport number"),
        _(
            "Such a number has 5 to 20 letters and digits, without spaces. Compare it with "
            "the passport."
        ),
    ),
    "id_number_lost": (
        _("The spreadsheet stored the number as a numeric value and lost its last digits"),
        _("Set the column to the format “text” and enter the number again."),
    ),
    "day_form": (_("This isn't a date"), _("Enter it like 2024-09-01.")),
    "day_number": (
        _("This is a spreadsheet program's internal number for a date"),
        _("Set the column to a date format, or enter the date like 2024-09-01."),
    ),
    "birth_none": (
        _("This date doesn't exist"),
        _(
            "Enter the date on the card, or leave the cell empty and the date is taken from "
            "the number."
        ),
    ),
    "birth_range": (_("The date of birth isn't valid"), _("Compare it with the card.")),
    "birth_differs": (
        _("The date doesn't match the identity number"),
        _("Compare both with the card, or leave the date empty."),
    ),
    "mobile": (
        _("This isn't a mobile number"),
        _(
            "A mobile number has 11 digits and starts with 13 to 19. Leave the cell empty "
            "if you don't know it."
        ),
    ),
    "employer_long": (
        _("The name is longer than 200 characters"),
        _("Enter the registered name."),
    ),
    "job_title_long": (_("The post is longer than 100 characters"), _("Shorten it.")),
    "joined_none": (
        _("This date doesn't exist"),
        _("Enter the date of joining like 2024-09-01. If it is empty, today's date is used."),
    ),
    "joined_future": (
        _("The date of joining is in the future"),
        _("Enter today's date or an earlier one."),
    ),
    "union_missing": (_("The union is missing"), _("Enter the union's code or name.")),
    "union_unknown": (
        _("No union below yours has this code or name"),
        _("Compare it with the union tree and enter the code or name shown there."),
    ),
    "union_several": (
        _("%(count)s unions have this name"),
        _("Enter the unified social credit code."),
    ),
    "union_closed": (
        _("This union was merged or dissolved"),
        _("Enter the union that replaced it."),
    ),
    "same_number": (_("Row %(row)s has the same number"), _("Keep only one of the two rows.")),
    "other_name": (
        _("This number is recorded under another name"),
        _(
            "Compare it with the card. If the person's name has changed, correct it in "
            "their record."
        ),
    ),
    "member_elsewhere": (
        _("This person is a member of a union outside your area of responsibility"),
        _("Ask that union to transfer the membership first, then upload this row again."),
    ),
}
# Where rows of one cause differ in their parameters, the cause is said without them.
GENERAL: dict[str, Words] = {
    "same_number": _("An earlier row has the same number"),
    "union_several": _("Several unions have this name"),
    "name_unwritable": _("The name contains characters that can't be written"),
}
CHOOSE = _("Or choose the right one")
CHOOSABLE = ("union_unknown", "union_several", "union_closed")

NOTES: dict[str, Words] = {
    "day_time": _("The time after a date isn't kept."),
    "id_lower_x": _("A small x at the end of the identity number is read as X."),
    "id_spaces": _("Spaces in the document number are ignored."),
    "id_full_width": _("Full-width digits are read as half-width digits."),
    "name_dot": _("The dot in the name is written as · (U+00B7). Nothing else is changed."),
    **{
        f"{what}_invisible": _("Invisible characters have been removed.")
        for what in ("name", "text")
    },
    **{
        f"{what}_radical": _("A radical symbol is read as the character it looks like.")
        for what in ("name", "text")
    },
    **{
        f"{what}_private_use": _(
            "A rare character in an old private code is read as the standard character."
        )
        for what in ("name", "text")
    },
    **{
        f"{what}_blank": _("Spaces and line breaks inside have been removed.")
        for what in ("name", "text")
    },
    "id_invisible": _("Invisible characters have been removed from the number."),
    "mobile_spelling": _("Country code, spaces and hyphens in the mobile number are ignored."),
}

# Why a sheet came back.
BACK: dict[str, Words] = {
    "world_changed": _(
        "The recorded data has changed since you checked it. Nothing was written. Below is "
        "the result of a new check."
    ),
    "check_failed": _("The check was interrupted. Nothing was changed. Start it again."),
    "apply_failed": _("The import was interrupted, and no rows were written. Start it again."),
    "undo_failed": _("Undoing the import was interrupted, and nothing was undone. Start it again."),
    "right_lost": _(
        "Your permission to import for this union has ended in the meantime. Nothing was written."
    ),
}

# Why a person stays when an import is undone.
STAYS: dict[str, Words] = {
    "account": _("has opened an account"),
    "changed": _("was changed after the import"),
    "merged": _("was merged with another record"),
    "gone": _("is no longer on record"),
    "in_courses": _("is enrolled in training"),
    "in_competitions": _("takes part in a competition"),
    "in_certification": _("has applied for a certificate or holds one"),
    "in_people": _("has requests, consents or merge proposals on record"),
}


def describe_import_fault(code: str, params: Mapping[str, Any] | None) -> tuple[str, str]:
    """Return what is wrong and what to do for the fault *code*. Without *params* it is said in
    general terms.
    """
    what, do = FAULTS.get(code, (_("This row needs to be checked"), ""))
    return (
        (str(GENERAL.get(code, what)), str(do))
        if params is None
        else (str(what) % dict(params), str(do))
    )


def describe_import_note(code: str) -> str:
    """Return how another spelling was read."""
    return str(NOTES.get(code, code))


def describe_stay_reason(reason: str) -> str:
    """Return why a person stayed. A sentence given by an app is returned as it is."""
    return str(
        STAYS.get(reason, _("is linked to other records") if reason.startswith("in_") else reason)
    )
