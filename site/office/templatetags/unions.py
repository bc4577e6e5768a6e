"""`{% branches forest opened=… %}` draws the tree of unions as nested lists that fold without
scripts.

It is written in Python, because a city's tree has some hundred branches in one answer. As templates
that include each other, each branch took ten times as long as everything the page asks the database
about it (ADR 18).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from core.templatetags.craft import status_tag
from office.queries.units import UnitNode
from org.enums import OrgLevel, OrgStatus

register = template.Library()
OPEN_LEVELS = 2  # drawn unfolded; deeper ones a click away
_ANY = UUID(int=0)


class _Drawing:
    """One drawing of a tree. What is the same on every branch is worked out once."""

    def __init__(self, *, opened: bool) -> None:
        self.opened = opened
        # Every address differs in the union's number alone.
        self.before, self.after = (
            conditional_escape(part)
            for part in reverse("office:unit", args=[_ANY]).split(str(_ANY))
        )
        self.levels = {int(value): conditional_escape(label) for value, label in OrgLevel.choices}
        self.members = conditional_escape(gettext("members"))
        self.founding = status_tag(OrgStatus.FOUNDING.label, "info")

    def branches(self, nodes: Iterable[UnitNode], level: int = 0) -> Iterator[str]:
        """Yield the list items of *nodes*, with those below them."""
        for node in nodes:
            yield "<li>"
            yield from self._leaf(node)
            if node.children:
                yield "<details open>" if self.opened or level < OPEN_LEVELS else "<details>"
                yield self._fold(node)
                yield "<ul>"
                yield from self.branches(node.children, level + 1)
                yield "</ul></details>"
            yield "</li>"

    def _leaf(self, node: UnitNode) -> Iterator[str]:
        unit = node.unit
        href = f"{self.before}{unit.public_id}{self.after}"
        level = self.levels.get(unit.level, "")
        name = conditional_escape(unit.name)
        yield f'<div class="leaf"><span class="who"><a href="{href}">{name}</a> <span class="muted small">{level}</span>'
        if unit.status == OrgStatus.FOUNDING:
            yield f" {self.founding}"
        if node.hidden:
            text = ngettext("%(n)s more below", "%(n)s more below", node.hidden) % {
                "n": node.hidden
            }
            yield f' <a class="small" href="{href}">{conditional_escape(text)}</a>'
        yield f'</span><span class="count num">{node.total}<span class="visually-hidden"> {self.members}</span></span></div>'

    def _fold(self, node: UnitNode) -> SafeString:
        number = len(node.children)
        text = ngettext(
            "%(count)s union directly below", "%(count)s unions directly below", number
        ) % {"count": number}
        # The link stands beside the fold, not inside it; who hears the page hears which union is
        # folded.
        name = node.unit.short_name or node.unit.name
        return format_html(
            '<summary class="small muted">{}<span class="visually-hidden"> {}</span></summary>',
            text,
            name,
        )


@register.simple_tag
def branches(forest: Iterable[UnitNode], *, opened: bool = False) -> SafeString:
    """Draw *forest* (from `office.queries.units.build_forest`). With *opened* nothing is folded,
    for printing.
    """
    return mark_safe(
        "".join(_Drawing(opened=opened).branches(forest))
    )  # every part is escaped where it is put in
