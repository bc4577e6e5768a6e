"""How what is wrong and what to do become one text, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _


def join_fault(
    fault: tuple[str, str], heading: str = "", choice: tuple[str, str] | None = None
) -> str:
    """Return both halves of *fault* as whole sentences, led by the column's *heading*, for the
    error workbook.

    *choice*: the address where the one that is meant can be chosen instead, and the words for it.
    """
    what, do = fault
    words = (
        _("%(what)s. %(do)s") % {"what": what, "do": do} if do else _("%(what)s.") % {"what": what}
    )
    if choice:
        words = _("%(words)s %(choose)s: %(address)s") % {
            "words": words,
            "choose": choice[1],
            "address": choice[0],
        }
    return _("%(column)s: %(words)s") % {"column": heading, "words": words} if heading else words
