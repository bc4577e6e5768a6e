"""Make the list of members as a spreadsheet, with the exporter's name and the time on every page.

A list that is taken at once has masked numbers and 500 rows at most.
"""

from __future__ import annotations

import io
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

import audit
from access.checks import require_anywhere
from core import clock
from core.actors import Actor
from core.errors import InvalidInput
from core.templatetags.craft import exact_moment
from office import people_grants as grants
from office.queries.people import EXPORT_CAP, list_visible_people, units_for
from org.models import OrgUnit
from people.models import IdentityDocument, Person


@transaction.atomic
def export_people(*, actor: Actor, people: QuerySet[Person], filters: dict[str, Any]) -> bytes:
    """Return *people* (from `list_filtered_people`) as xlsx. *filters* is written to the audit log
    as keys and choices, without names.

    Raises `InvalidInput` above the cap, with a sentence that says what to do instead.
    """
    require_anywhere(actor, grants.EXPORT, OrgUnit)
    people = people.filter(pk__in=list_visible_people(actor, grants.EXPORT).values("pk"))
    count = people.count()
    if count > EXPORT_CAP:
        raise InvalidInput(
            "export_too_large",
            _(
                "The list has %(count)s people; you can export at most %(cap)s directly. "
                "Filter by union or employer, or request the whole list."
            )
            % {"count": count, "cap": EXPORT_CAP},
        )
    unit = units_for(actor, grants.EXPORT).first()
    audit.record(
        "office.people_exported",
        actor=actor,
        target=unit or actor,
        after={"rows": count, **filters},
    )
    return build_people_workbook(people, actor=actor)[0]


def build_people_workbook(
    people: QuerySet[Person], *, actor: Actor, full_numbers: bool = False
) -> tuple[bytes, list[Person]]:
    """Return *people* (from `list_filtered_people`) as xlsx, marked with *actor* and the time, and
    the persons in it.

    It checks no rights.
    """
    rows = list(
        people.prefetch_related(
            Prefetch(
                "identity_documents",
                IdentityDocument.objects.select_related("person").order_by("kind"),
                to_attr="listed_documents",
            )
        )
    )
    return _book(rows, _mark(actor, full_numbers=full_numbers), full_numbers=full_numbers), [*rows]


def _mark(actor: Actor, *, full_numbers: bool) -> str:
    words = {"who": str(actor), "when": exact_moment(clock.now())}
    if full_numbers:
        return (
            _(
                "Exported by %(who)s at %(when)s, with full numbers. For the stated purpose "
                "only. Delete this file after use."
            )
            % words
        )
    return _("Exported by %(who)s at %(when)s. For union work only. Numbers are masked.") % words


def _book(people: list[Any], mark: str, *, full_numbers: bool) -> bytes:
    book = Workbook(write_only=True)
    book.properties.creator, book.properties.description = mark[:200], mark
    sheet = book.create_sheet(_("Members")[:31])
    sheet.freeze_panes = "A3"
    # On screen in the first row, in print at the head and foot of every page.
    sheet.oddHeader.center.text = sheet.oddFooter.center.text = mark.replace("&", "&&")[:200]
    sheet.print_title_rows = "1:2"
    for letter, width in zip("ABCDEFGHI", (16, 8, 14, 24, 16, 30, 30, 18, 14), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([_text(sheet, mark)])
    number = _("Identity number") if full_numbers else _("Identity number (masked)")
    mobile = _("Mobile") if full_numbers else _("Mobile (masked)")
    headings = (
        pgettext("person", "Name"), _("Sex"), _("Date of birth"), number, mobile,
        _("Union"), _("Employer"), _("Post"), _("Member since"),
    )  # fmt: skip
    sheet.append([_text(sheet, heading, bold=True) for heading in headings])
    for person in people:
        union = next(iter(person.open_memberships), None)
        job = next(iter(person.open_employments), None)
        sheet.append(
            [
                _text(sheet, value)
                for value in (
                    person.name,
                    person.get_sex_display() if person.sex else "",
                    person.birth.isoformat() if person.birth else "",
                    "、".join(
                        document.number() if full_numbers else document.masked
                        for document in person.listed_documents
                    ),
                    person.mobile if full_numbers else person.masked_mobile,
                    union.org_unit.name if union else "",
                    (job.employer or job.works_at or "") if job else "",
                    job.job_title if job else "",
                    union.starts_on.isoformat() if union else "",
                )
            ]
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=str(value))
    cell.data_type = "s"  # never a formula
    if bold:
        cell.font = Font(bold=True)
    return cell
