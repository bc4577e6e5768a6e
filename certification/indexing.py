"""Put public honours into the search.

Certificates are never searched. They are verified, by number and name together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from certification.models import Honour
from certification.queries import honour as queries
from search.base import EVERYONE, Document, Visibility
from search.registry import register_document

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise


@register_document
class HonourDocument(Document[Honour]):
    """One public honour, named with consent."""

    kind: ClassVar[str] = "honour"
    label: ClassVar[str | _StrPromise] = _("Honours")
    model: ClassVar[str] = "certification.Honour"
    tone: ClassVar[str] = "honour"
    order: ClassVar[int] = 40

    def queryset(self) -> QuerySet[Honour]:
        """Return the public honours."""
        return queries.list_public_honours()

    def title(self, row: Honour) -> str:
        """Return name and honour."""
        return f"{row.display_name} {row.title}"

    def summary(self, row: Honour) -> str:
        """Return year, trade, employer, award and quote."""
        return " · ".join(
            filter(
                None,
                [
                    str(row.year),
                    row.trade,
                    row.employer_name,
                    f"{row.competition}{row.award}",
                    row.quote,
                ],
            )
        )

    def body(self, row: Honour) -> str:
        """Return what the honour was given for."""
        return row.description

    def keywords(self, row: Honour) -> Iterable[str]:
        """Return further words by which it is found."""
        return [row.display_name, row.title, row.trade, row.competition]

    def facets(self, row: Honour) -> Mapping[str, Any]:
        """Return year and trade."""
        return {"year": row.year, "occupation": row.trade}

    def date(self, row: Honour) -> date | None:
        """Return the day it was published."""
        return row.published_on

    def visibility(self, row: Honour) -> Visibility:
        """Return that everybody may see it."""
        return EVERYONE
