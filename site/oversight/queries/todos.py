"""The to-dos of data protection officers."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.text import mask_name
from core.todos import Asker, Todo
from oversight.queries.privacy_desk import list_privacy_requests

AT_MOST = 10


def list_privacy_request_todos(asker: Asker) -> Iterator[Todo]:
    """Yield requests about personal data, each with the day by which the law demands an answer.
    One query.
    """
    for row in list_privacy_requests()[:AT_MOST]:
        yield Todo(
            title=_("Request about personal data: %(kind)s") % {"kind": row.get_kind_display()},
            text=mask_name(row.person.name),
            by=str(row.prepared_by) if row.prepared_by else "",
            href=reverse("oversight:privacy_request", args=[row.public_id]),
            act=_("Answer the request"),
            due=row.due_on,
        )
