"""Say what the end of a judge's role does to the judge's sheets, as `access.registry` asks and
announces it.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import ngettext

from competitions.workflows.standing_in import hand_back, would_go_back


def goes_back(*, user: Any, role: str, scope: Any) -> str:
    """Return the sentence that the page shows before the role is withdrawn. It is empty when no
    sheets are handed back.
    """
    sheets = would_go_back(user=user, role=role, scope=scope)
    if not sheets:
        return ""
    words = ngettext(
        "%(count)s unsigned sheet goes back to the organisers, who name a substitute; what is signed stays.",
        "%(count)s unsigned sheets go back to the organisers, who name a substitute; what is signed stays.",
        sheets,
    )
    return words % {"count": sheets}


__all__ = ["goes_back", "hand_back"]
