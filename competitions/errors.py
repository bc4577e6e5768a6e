"""Define what a competition refuses, and the sentences for what is wrong with a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping


class WrongMoment(DomainError):
    """The event or sheet is not at the point where this can be done."""


class RegistrationRefused(DomainError):
    """This person can't enter."""


class EventSecondPersonNeeded(DomainError):
    """The same person may not do both halves."""


class OfficesClash(DomainError):
    """Two offices that one person may not hold in one event."""


class PanelTooSmall(DomainError):
    """Too few judges are left once those who must stand aside are gone."""


class SheetClosed(DomainError):
    """The sheet takes no marks now."""


class SheetIncomplete(DomainError):
    """Marks are missing or judges are too far apart. `data["aspects"]` names them."""


class SheetChanged(DomainError):
    """The marks are not those that were shown. `data["differences"]` holds both values of each."""


class MarksUnsent(DomainError):
    """A device that signs has saves that the server hasn't received."""


class SheetTampered(DomainError):
    """The marks in the database are not those that were signed."""


class ResultsChanged(DomainError):
    """The results are not those that were shown."""


class DrawUnsound(DomainError):
    """The stored draw does not follow from its seed."""


class OperationReused(DomainError):
    """A device sent one operation number with two contents."""


class WorkbookRefused(InvalidInput):
    """The file can't be read as the workbook it should be."""


# Sentences for problems of a workbook, by code. Each says what to do.
PROBLEMS: dict[str, Any] = {
    "header_missing": _(
        "The column “%(value)s” is missing. Use the template and don't change its first row."
    ),
    "sheet_missing": _(
        "The worksheet “%(value)s” is missing. Use the template and don't rename its worksheets."
    ),
    "too_many_rows": _(
        "The workbook has %(count)s rows, but at most %(limit)s are allowed. Split the scheme."
    ),
    "level_unknown": _("“%(value)s” isn't a level. Enter 模块, 子项 or 评分点."),
    "code_of_module": _("“%(value)s” isn't a module code. Enter one letter, for example A."),
    "code_of_sub_criterion": _(
        "“%(value)s” isn't a sub-criterion code. Enter a letter and a number, for example A1."
    ),
    "code_of_aspect": _("“%(value)s” isn't an aspect code. Enter it in the form A1.1."),
    "code_repeated": _(
        "The code %(value)s is already used in row %(first)s. Give this row a different code."
    ),
    "name_missing": _("The name is missing."),
    "text_unwritable": _(
        "The text contains characters that can't be saved (%(codes)s). Delete them and type "
        "the text again."
    ),
    "text_too_long": _(
        "The text has %(length)s characters, but at most %(limit)s are allowed. Shorten it."
    ),
    "weight_not_a_share": _(
        "“%(value)s” isn't a weight. Enter a number above 0 and up to 1, for example 0.3."
    ),
    "day_not_a_number": _("“%(value)s” isn't a marking day. Enter 1 for the first day."),
    "kind_unknown": _("“%(value)s” isn't a marking type. Enter 测量 or 评价."),
    "mark_not_a_number": _(
        "“%(value)s” isn't a valid mark. Enter a number above 0 with at most two decimals."
    ),
    "steps_on_judgement": _(
        "A judgement has no steps, because judges only give 0, 1, 2 or 3. Clear this cell."
    ),
    "step_out_of_range": _(
        "The step “%(value)s” isn't between 0 and %(mark)s. Correct it, and separate steps "
        "with a semicolon (;)."
    ),
    "benchmark_missing": _(
        "A judgement needs a description for each score. The description for %(level)s is missing."
    ),
    "parent_missing": _(
        "%(value)s belongs under %(parent)s, which is missing. Add that row or correct the code."
    ),
    "nothing_below": _("There is nothing under %(value)s. Add rows or remove it."),
    "no_modules": _(
        "No module was found. Enter at least one module with a sub-criterion and an aspect."
    ),
    "marks_not_100": _(
        "The marks add up to %(total)s, but the total must be 100.00. Correct the marks, or "
        "give every module a weight."
    ),
    "weights_not_1": _("The module weights add up to %(total)s, but the total must be 1."),
    "module_not_100": _(
        "When modules have weights, each module is marked out of 100. Module %(value)s adds "
        "up to %(total)s."
    ),
    "section_missing": _("The section number is missing."),
    "section_repeated": _("Section %(section)s appears twice. Keep only one."),
    "sections_not_100": _("The section weights add up to %(total)s, but the total must be 100.00."),
    "section_unknown": _(
        "Section “%(value)s” isn't in the worksheet 规范. Enter an existing section, or add "
        "this one to the worksheet."
    ),
    "section_off": _(
        "Section %(section)s gets %(given)s marks, but its published weight is %(weight)s. "
        "The difference is more than %(tolerance)s. Move marks between sections."
    ),
    "number_unknown": _("“%(value)s” isn't a blind number of this competition."),
    "number_repeated": _("The blind number %(value)s appears twice. Keep only one row."),
    "raw_not_a_mark": _(
        "“%(value)s” isn't a valid raw mark. Enter a number from 0 to 100 with at most two "
        "decimals."
    ),
    "number_left_out": _("There is no row for the blind number %(value)s. Add one."),
}


def describe_workbook_problem(code: str, data: Mapping[str, object]) -> str:
    """Return the translated sentence for a problem of a workbook."""
    return str(PROBLEMS[code]) % dict(data)
