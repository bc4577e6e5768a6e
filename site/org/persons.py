"""What merging two persons does to memberships and employments (`people.merging`)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from org.enums import Ending
from org.models import Employment, Membership
from people.merging import Reference, register_reference
from people.models import Person


def _memberships(keep: Person, gone: Person, picks: Mapping[str, str]) -> int:
    """Move memberships from *gone* to *keep*.

    Of two open ones in the same union the older stays. Of two open ones in different unions the
    picked one stays open.
    """
    mine = Membership.objects.select_for_update().filter(person=keep, ends_on=None).first()
    other = Membership.objects.select_for_update().filter(person=gone, ends_on=None).first()
    if mine and other and mine.org_unit_id == other.org_unit_id:
        mine.starts_on = min(mine.starts_on, other.starts_on)
        other.delete()
        mine.save(update_fields=["starts_on", "updated_at"])
    elif mine and other:
        ends = mine if picks.get("union") == "gone" else other
        ends.ends_on = max(ends.starts_on, clock.today())
        ends.ending, ends.reason = Ending.TRANSFERRED, _("Two records of one person were merged.")
        ends.save(update_fields=["ends_on", "ending", "reason", "updated_at"])
    return Membership.objects.filter(person=gone).update(person=keep)


def _employments(keep: Person, gone: Person, picks: Mapping[str, str]) -> int:
    """Move employments from *gone* to *keep*.

    Two open ones at the same employer become one that begins on the earlier day.
    """
    held = {
        row.employer_id: row
        for row in Employment.objects.select_for_update().filter(person=keep, ends_on=None)
    }
    for row in Employment.objects.select_for_update().filter(person=gone, ends_on=None):
        mine = held.get(row.employer_id)
        if mine is not None:
            mine.starts_on = min(mine.starts_on, row.starts_on)
            mine.job_title = mine.job_title or row.job_title
            mine.save(update_fields=["starts_on", "job_title", "updated_at"])
            row.delete()
    return Employment.objects.filter(person=gone).update(person=keep)


register_reference(
    Reference("org.Membership", "person", gettext_lazy("memberships"), move=_memberships)
)
register_reference(
    Reference("org.Employment", "person", gettext_lazy("employments"), move=_employments)
)
