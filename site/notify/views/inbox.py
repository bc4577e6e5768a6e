"""Pages of the inbox and of one message. Other people's messages answer 404."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from core.errors import InvalidInput, NotFound
from core.text import clean_query
from notify import registry
from notify.models import Message
from notify.queries import inbox as queries
from notify.workflows import inbox as workflows

PAGE = 20


@require_safe
@login_required
def message_list(request: HttpRequest) -> HttpResponse:
    """List the person's messages, all, unread, or put away, with a search."""
    show = request.GET.get("show", queries.ALL)
    show = show if show in queries.SHOWN else queries.ALL
    words = clean_query(request.GET.get("q", ""))
    page = Paginator(queries.list_messages(request.user, show=show, words=words), PAGE).get_page(
        request.GET.get("page")
    )
    tabs = [
        (queries.ALL, pgettext("messages", "All")),
        (queries.UNREAD, pgettext("messages", "Unread")),
        (queries.AWAY, pgettext("messages", "Archived")),
    ]
    return render(
        request, "notify/inbox.html", {"page": page, "show": show, "words": words, "tabs": tabs}
    )


def _own(request: HttpRequest, public_id: UUID) -> Message:
    message = queries.find_own_message(request.user, public_id)
    if message is None:
        raise NotFound
    return message


@require_safe
@login_required
def message_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one message, and mark it as read."""
    message = _own(request, public_id)
    if message.read_at is None:
        workflows.mark_read(actor=request.user, message=message)
    kind = registry.find_message_kind(message.kind)
    return render(
        request,
        "notify/message.html",
        {"message": message, "kind": kind, "ways": queries.list_message_deliveries(message)},
    )


@require_POST
@login_required
def message_mark(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mark a message as read or unread, put it away, or bring it back."""
    message = _own(request, public_id)
    deeds = {
        "read": (workflows.mark_read, ""),
        "unread": (workflows.mark_unread, _("Marked as unread.")),
        "away": (workflows.put_away, _("Archived. You can find the message under “Archived”.")),
        "back": (workflows.bring_back, _("Moved back to the inbox.")),
    }
    chosen = deeds.get(request.POST.get("deed", ""))
    if chosen is None:
        raise InvalidInput(
            "unknown_deed",
            _("This action isn't available for a message. Go back and use one of its buttons."),
        )
    chosen[0](actor=request.user, message=message)
    if chosen[1]:
        messages.success(request, chosen[1])
    return redirect(_back(request))


@require_POST
@login_required
def message_read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything in the inbox as read."""
    count = workflows.mark_all_read(actor=request.user)
    said = ngettext(
        "%(count)s message marked as read.", "%(count)s messages marked as read.", count
    ) % {"count": count}
    messages.success(request, said)
    return redirect("notify:inbox")


def _back(request: HttpRequest) -> str:
    path = request.POST.get("next", "")
    fine = path.startswith("/messages/") and url_has_allowed_host_and_scheme(
        path, allowed_hosts=None
    )
    return path if fine else "notify:inbox"
