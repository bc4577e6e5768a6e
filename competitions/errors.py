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


class SecondPersonNeeded(DomainError):
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
    "header_missing": _("The column “%(value)s” is missing. Take the template and keep its first row."),
    "sheet_missing": _("The worksheet “%(value)s” is missing. Take the template and keep the names of its worksheets."),
    "too_many_rows": _("The workbook has %(count)s rows; %(limit)s is the most. Split the scheme."),
    "level_unknown": _("“%(value)s” is no level. Write 模块, 子项 or 评分点."),
    "code_of_module": _("“%(value)s” is no code of a module. Write one letter, as in A."),
    "code_of_sub_criterion": _("“%(value)s” is no code of a sub-criterion. Write a letter and a number, as in A1."),
    "code_of_aspect": _("“%(value)s” is no code of an aspect. Write it as in A1.1."),
    "code_repeated": _("The code %(value)s is already used in row %(first)s. Give this row its own code."),
    "name_missing": _("The name is missing."),
    "text_unwritable": _("Characters stand here that can't be kept (%(codes)s). Delete them and type what is meant."),
    "text_too_long": _("The text has %(length)s characters; %(limit)s is the most. Shorten it."),
    "weight_not_a_share": _("“%(value)s” is no weight. Write a share above 0 and up to 1, as in 0.3."),
    "day_not_a_number": _("“%(value)s” is no day of marking. Write 1 for the first day."),
    "kind_unknown": _("“%(value)s” is no type. Write 测量 or 评价."),
    "mark_not_a_number": _("“%(value)s” is no mark. Write a number above 0 with at most two decimals."),
    "steps_on_judgement": _("A judgement has no steps: judges give 0, 1, 2 or 3. Empty this cell."),
    "step_out_of_range": _("The step “%(value)s” doesn't lie between 0 and %(mark)s. Correct it; put ; between steps."),
    "benchmark_missing": _("A judgement needs a description for each score; the one for %(level)s is missing."),
    "parent_missing": _("%(value)s belongs under %(parent)s, which is missing. Add that row or correct the code."),
    "nothing_below": _("%(value)s has nothing below it. Add rows or take it out."),
    "no_modules": _("No module was found. Fill in at least one module with a sub-criterion and an aspect."),
    "marks_not_100": _("All marks add up to %(total)s and must be 100.00. Correct marks, or give every module a weight."),
    "weights_not_1": _("The weights of the modules add up to %(total)s and must be 1."),
    "module_not_100": _("Where modules have weights, each is marked on 100; module %(value)s has %(total)s."),
    "section_missing": _("The number of the section is missing."),
    "section_repeated": _("Section %(section)s stands here twice. Keep one."),
    "sections_not_100": _("The weights of the sections add up to %(total)s and must be 100.00."),
    "section_unknown": _("Section “%(value)s” isn't in the worksheet 规范. Write one that is, or add it there."),
    "section_off": _(
        "Section %(section)s is given %(given)s marks, its published weight is %(weight)s: more than %(tolerance)s apart. "
        "Move marks between sections."
    ),
    "number_unknown": _("“%(value)s” is no blind number of this competition."),
    "number_repeated": _("The blind number %(value)s stands here twice. Keep one row."),
    "raw_not_a_mark": _("“%(value)s” is no raw mark. Write a number from 0 to 100 with at most two decimals."),
    "number_left_out": _("No row was found for blind number %(value)s. Add it."),
}


def sentence(code: str, data: Mapping[str, object]) -> str:
    """Return the translated sentence for a problem of a workbook."""
    return str(PROBLEMS[code]) % dict(data)
