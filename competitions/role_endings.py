"""Say what the end of a judge's role does to the judge's sheets, as `access.registry` asks and
announces it.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import ngettext

from competitions.workflows.substitutes import count_vacatable_sheets, vacate_unsigned_sheets
from core.actors import Actor


def warn_of_vacated_sheets(*, user: Actor, role: str, scope: Any) -> str:
    """Return the sentence that the page shows before the role is withdrawn. It is empty when no
    sheets are handed back.
    """
    sheets = count_vacatable_sheets(user=user, role=role, scope=scope)
    if not sheets:
        return ""
    words = ngettext(
        "%(count)s unsigned score sheet goes back to the organisers, who appoint a "
        "substitute. Signed sheets stay valid.",
        "%(count)s unsigned score sheets go back to the organisers, who appoint a "
        "substitute. Signed sheets stay valid.",
        sheets,
    )
    return words % {"count": sheets}


__all__ = ["vacate_unsigned_sheets", "warn_of_vacated_sheets"]
