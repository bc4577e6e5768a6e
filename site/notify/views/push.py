"""Register and remove browsers that get web push."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import NotFound
from core.text import can_be_stored
from notify.errors import SubscriptionRefused
from notify.queries.wishes import browsers_of
from notify.workflows import subscriptions as workflows

LARGEST = 8000


@require_POST
@login_required
def push_subscribe(request: HttpRequest) -> HttpResponse:
    """Register the browser that sent what `PushSubscription.toJSON()` gives."""
    try:
        sent = json.loads(request.body[:LARGEST])
        if not can_be_stored(sent):
            raise ValueError
        keys = sent["keys"]
        fields = {
            "endpoint": str(sent["endpoint"]),
            "p256dh": str(keys["p256dh"]),
            "auth": str(keys["auth"]),
        }
        device = str(sent.get("device", ""))
        workflows.subscribe_browser(actor=request.user, device=device, **fields)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        SubscriptionRefused,
    ):
        return JsonResponse({"message": str(SubscriptionRefused())}, status=422)
    return JsonResponse({"message": _("This browser now receives messages.")}, status=201)


@require_POST
@login_required
def push_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Remove one of the person's browsers."""
    subscription = browsers_of(request.user).filter(public_id=public_id).first()
    if subscription is None:
        raise NotFound
    workflows.unsubscribe_browser(actor=request.user, subscription=subscription)
    messages.success(request, _("This browser no longer receives messages."))
    return redirect("notify:preferences")


@require_safe
def push_worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker.

    Its address is at the root, because a worker controls only the folder it comes from and messages
    link anywhere.
    """
    found = finders.find("notify/push-worker.js")
    if isinstance(found, str):
        content = Path(found).read_bytes()
    else:  # collected: the finders may be switched off
        with staticfiles_storage.open("notify/push-worker.js") as stream:
            content = stream.read()
    return HttpResponse(
        content,
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )
