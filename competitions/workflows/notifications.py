"""Notify people about a competition. The functions are called inside the workflows, and a person
without an account gets no message here.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext

import notify
from access import registry
from access.queries.where import who_may
from competitions import grants
from competitions.enums import OUT_OF_FIELD, EntryState, TwoPersonRequestKind
from competitions.models import Entry, Event, Judge, TwoPersonRequest
from core import clock
from core.actors import Actor
from people.models import User


def _of(event: Event) -> dict[str, Any]:
    return {"title": event.title, "event": str(event.public_id)}


def _entrants(event: Event) -> Any:
    entries = Entry.objects.filter(event=event).exclude(state__in=OUT_OF_FIELD)
    return User.objects.filter(person__in=entries.values("person")).order_by("pk")


def _judges(event: Event) -> Any:
    return User.objects.filter(pk__in=Judge.objects.filter(event=event).values("user")).order_by(
        "pk"
    )


def _able(codename: str, event: Event, *, but: int | None) -> list[User]:
    return [
        held.assignment.user for held in who_may(codename, event) if held.assignment.user_id != but
    ]


def tell_entered(entry: Entry, *, own: bool) -> None:
    """Tell a worker whom somebody else entered."""
    if not own:
        notify.send_message(
            "competitions.entered",
            to=entry.person.user,
            context=_of(entry.event),
            about=entry,
            key=str(entry.public_id),
        )


def tell_decided(entry: Entry) -> None:
    """Tell a worker whether the entry is accepted, and if not, why."""
    event, to = entry.event, entry.person.user
    key = f"{entry.public_id}:{entry.updated_at.isoformat()}"
    if entry.state == EntryState.QUALIFIED:
        notify.send_message(
            "competitions.entry_qualified",
            to=to,
            context={**_of(event), "starts": event.starts_on},
            about=entry,
            key=key,
        )
    elif entry.state == EntryState.REJECTED:
        notify.send_message(
            "competitions.entry_rejected",
            to=to,
            context={**_of(event), "reason": entry.reason},
            about=entry,
            key=key,
        )


def tell_cancelled(event: Event, *, reason: str) -> None:
    """Tell competitors and judges that the competition is cancelled."""
    context = {**_of(event), "reason": reason}
    for people in (_entrants(event), _judges(event)):
        notify.send_message(
            "competitions.cancelled",
            to=people,
            context=context,
            about=event,
            key=str(event.public_id),
        )


def tell_seated(judge: Judge, codes: list[str], *, again: str = "") -> None:
    """Tell a judge the seat and the modules. *again* keeps apart repeated messages about the same
    modules (standing in).
    """
    modules = pgettext("between codes", ", ").join(codes)
    notify.send_message(
        "competitions.judge_seated",
        to=judge.user,
        context={**_of(judge.event), "seat": judge.seat, "modules": modules},
        about=judge.event,
        key=f"{judge.event.public_id}:{judge.seat}:{','.join(codes)}"
        + (f":{again}" if again else ""),
    )


def tell_vacant(event: Event, judge: Judge, *, sheets: int) -> None:
    """Tell the organisers and the chief judge that sheets of a judge wait for a substitute."""
    able = {
        user.pk: user
        for codename in (grants.MANAGE, grants.LEAD)
        for user in _able(codename, event, but=judge.user_id)
    }
    notify.send_message(
        "competitions.seats_vacant",
        to=list(able.values()),
        context={**_of(event), "seat": judge.seat, "sheets": sheets},
        about=event,
        key=f"{event.public_id}:{judge.seat}:{clock.now().isoformat()}",
    )


def tell_called(event: Event, user: Actor, role: str) -> None:
    """Tell somebody that they have an office in a competition."""
    context = {**_of(event), "role": registry.get_role(role).label}
    notify.send_message(
        "competitions.staff_called",
        to=user,
        context=context,
        about=event,
        key=f"{event.public_id}:{role}",
    )


def tell_request_waits(request: TwoPersonRequest) -> None:
    """Tell the people who may decide a request, except the one who asked."""
    event = request.event
    context = {
        **_of(event),
        "what": request.get_kind_display(),
        "reason": request.reason,
        "request": str(request.public_id),
    }
    people = _able(
        grants.CONFIRM if request.kind == TwoPersonRequestKind.CORRECT else grants.WITNESS,
        event,
        but=request.asked_by_id,
    )
    notify.send_message(
        "competitions.request_waits",
        to=people,
        context=context,
        about=request,
        key=str(request.public_id),
    )


def tell_results_wait(event: Event, *, version: int, computed_by: int | None) -> None:
    """Tell the people who may confirm results, except the one who worked them out."""
    people = _able(grants.CONFIRM, event, but=computed_by)
    notify.send_message(
        "competitions.result_waits",
        to=people,
        context=_of(event),
        about=event,
        key=f"{event.public_id}:{version}",
    )


def tell_published(event: Event) -> None:
    """Tell competitors and judges that the results are published with names."""
    for people in (_entrants(event), _judges(event)):
        notify.send_message(
            "competitions.results_published",
            to=people,
            context=_of(event),
            about=event,
            key=str(event.public_id),
        )


def tell_corrected(event: Event, *, version: int, reason: str) -> None:
    """Tell competitors and judges that published results have a new version, and why."""
    context = {**_of(event), "version": version, "reason": reason}
    for people in (_entrants(event), _judges(event)):
        notify.send_message(
            "competitions.results_corrected",
            to=people,
            context=context,
            about=event,
            key=f"{event.public_id}:{version}",
        )
