"""To-dos about rights, which are proposals to decide, reviews to make and own roles that end soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from access.queries.accounts import name_of
from access.queries.desk import list_decidable_proposals, open_reviews
from access.queries.rights import roles_of
from access.queries.scopes import attach_scopes
from access.rules.terms import SOON_DAYS
from core.templatetags.craft import day
from core.todos import Asker, Todo

AT_MOST = 10


def list_grantor_todos(asker: Asker) -> Iterator[Todo]:
    """Yield the proposals that wait for this person's decision, and the open half-yearly reviews."""
    for row in attach_scopes(list(list_decidable_proposals(asker.user)[:AT_MOST])):
        yield Todo(
            title=_("Role to decide: %(role)s for %(person)s")
            % {"role": row.label, "person": name_of(row.user)},
            text=f"{row.scope} · {row.reason}",
            by=name_of(row.proposed_by) if row.proposed_by else "",
            href=reverse("access:proposal", args=[row.public_id]),
            act=_("Decide"),
            due=row.lapses_on,
        )
    for review in attach_scopes(list(open_reviews(asker.user)[:AT_MOST])):
        waiting = ngettext(
            "%(count)s role to confirm", "%(count)s roles to confirm", review.waiting
        ) % {"count": review.waiting}
        yield Todo(
            title=_("Review of roles: %(scope)s") % {"scope": review.scope},
            text=_("%(waiting)s. Roles that aren't confirmed by the due date end.")
            % {"waiting": waiting},
            href=reverse("access:review", args=[review.public_id]),
            act=pgettext("roles", "Review"),
            due=review.due_on,
        )


def list_holder_todos(asker: Asker) -> Iterator[Todo]:
    """Yield the person's own roles that end soon.

    It makes no query where the page has read the roles.
    """
    last = timezone.localdate(asker.now) + timedelta(days=SOON_DAYS)
    roles = roles_of(asker.user) if asker.roles is None else asker.roles
    ending = [row for row in roles if row.ends_on is not None and row.ends_on <= last]
    for row in attach_scopes(ending[:AT_MOST]):
        yield Todo(
            title=_("Your role is about to expire: %(role)s") % {"role": row.label},
            text=_("%(scope)s · until %(date)s") % {"scope": row.scope, "date": day(row.ends_on)},
            href=reverse("access:extend", args=[row.public_id]),
            act=_("Ask to extend"),
            due=row.ends_on,
        )
