"""Pages where people choose what they get, and the links in mails that switch something off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.actors import Actor
from core.errors import NotFound
from core.places import working_places
from notify import links, registry
from notify.enums import CHOSEN, MessageChannel
from notify.forms import HoursForm
from notify.queries import wishes
from notify.queries.texting import Texting, texting_of
from notify.transports import mail, push, sms
from notify.workflows import preferences as workflows
from notify.workflows.sending import write_messages
from people.privacy_enums import ConsentChannel as Where
from people.privacy_enums import ConsentPurpose
from people.queries import person_of
from people.workflows.privacy import give_consent, withdraw_consent

FOR_ALL = ("everyone", "worker")


def _kinds(user: Actor) -> list[registry.MessageKind]:
    works = any(place.codenames for place in working_places(user))
    return [kind for kind in registry.list_message_kinds() if works or kind.audience in FOR_ALL]


def _channels(texting: Texting | None) -> list[MessageChannel]:
    there = {
        MessageChannel.MAIL: mail.can_send_mail(),
        MessageChannel.SMS: texting is not None and texting.agreed is not None,
    }
    return [channel for channel in CHOSEN if there.get(channel, True)]


def _groups(user: Actor, channels: list[MessageChannel]) -> list[dict[str, Any]]:
    titles = {
        "everyone": pgettext("audience", "Your account"),
        "worker": pgettext("audience", "Training, competitions and certificates"),
        "trainer": pgettext("audience", "Your classes"),
        "judge": pgettext("audience", "Judging"),
        "officer": pgettext("audience", "Union work"),
    }
    rows = wishes.build_preference_table(user, _kinds(user), channels)
    groups = {
        key: [row for row in rows if row["kind"].audience == key]
        for key in ("worker", "trainer", "judge", "officer", "everyone")
    }
    return [{"title": titles[key], "rows": listed} for key, listed in groups.items() if listed]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def message_preferences(request: HttpRequest) -> HttpResponse:
    """Choose kinds, channels, rhythm, quiet hours and language."""
    chosen, texting = wishes.settings_of(request.user), texting_of(request.user)
    channels = _channels(texting)
    form = HoursForm(request.POST or None, instance=chosen)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            workflows.save_hours(actor=request.user, chosen=form.save(commit=False))
            workflows.save_channel_choices(
                actor=request.user,
                kinds=[kind.key for kind in _kinds(request.user)],
                channels=channels,
                wanted=[
                    (kind, channel)
                    for kind, _dot, channel in (
                        word.rpartition("|") for word in request.POST.getlist("wanted")
                    )
                ],
            )
        messages.success(request, _("Saved. These settings apply to all messages from now on."))
        return redirect("notify:preferences")
    context = {
        "form": form,
        "groups": _groups(request.user, channels),
        "channels": channels,
        "texting": texting,
        "browsers": wishes.browsers_of(request.user),
        "push_key": push.public_key(),
        "no_mail": mail.can_send_mail() and not getattr(request.user, "email", ""),
    }
    return render(request, "notify/preferences.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def sms_consent(request: HttpRequest) -> HttpResponse:
    """Record the person's agreement to SMS, or its withdrawal."""
    person = person_of(request.user)
    if person is None or not sms.is_sms_transport_available():
        raise NotFound
    if request.POST.get("act") == "withdraw":
        withdraw_consent(
            actor=request.user, person=person, purpose=ConsentPurpose.SMS, channel=Where.PREFERENCES
        )
        messages.success(
            request,
            _(
                "Consent withdrawn. You will receive no more SMS, and all messages are in "
                "your inbox. Sign-in codes are still sent when you ask for one."
            ),
        )
    else:
        give_consent(
            actor=request.user, person=person, purpose=ConsentPurpose.SMS, channel=Where.PREFERENCES
        )
        messages.success(
            request, _("You have agreed to SMS. Choose above which messages you want by SMS.")
        )
    return redirect(f"{reverse('notify:preferences')}#sms")


@require_POST
@login_required
def send_trial_message(request: HttpRequest) -> HttpResponse:
    """Send the person a message as a test, once a minute at most."""
    with transaction.atomic():
        new = write_messages(
            "notify.trial",
            to=request.user,
            context={},
            key=clock.now().strftime("%Y-%m-%dT%H:%M"),
        )
    if new:
        messages.success(
            request, _("A trial message has been sent. It should arrive within a minute.")
        )
    else:
        messages.info(
            request,
            _("A trial message was sent less than a minute ago. Wait a moment, then try again."),
        )
    return redirect("notify:preferences")


@csrf_exempt  # a mail program posts here by itself (RFC 8058); the signed token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Switch a kind off for mail. The page asks first, and a POST from a mail program does it at
    once.
    """
    found = links.read_unsubscribe_token(token)
    if found is None:
        raise NotFound
    user, key, channel = found
    kind = registry.find_message_kind(key)
    done = request.method == "POST"
    if done:
        workflows.switch_off_channel(actor=user, kind=key, channel=channel)
    return render(request, "notify/unsubscribe.html", {"kind": kind, "done": done})
