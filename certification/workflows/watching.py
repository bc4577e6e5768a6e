"""Keep the watch-lists of employers. An entry needs the number and the name of the certificate."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import audit
import notify
from access.checks import require
from access.queries.where import who_may
from certification.enums import CertificateState, Reason, VerificationAnswer
from certification.grants import WATCH
from certification.models import BatchCheck, Certificate, Watch
from certification.program_events import publish_to_employer, publish_to_union
from certification.queries import sheets, watching
from certification.queries.verification import name_key, normalise_certificate_number
from certification.rules import near_miss, status
from certification.rules.near_miss import NumberWriting
from certification.rules.watching import due_expiry_notice, last_watch_day, objection_answer_due
from certification.workflows import look_up_misses
from certification.workflows import sheets as sheet_workflows
from certification.workflows.verification import look_up_by_number_and_name
from core import clock
from core.actors import Actor
from core.errors import DomainError, InvalidInput, NotFound
from core.states import lock
from core.text import mask_name
from org.models import Employer
from people.accounts import require_account
from people.models import User
from people.queries import person_of

LARGEST = 5000
WATCHABLE = (VerificationAnswer.VALID, VerificationAnswer.EXPIRED, VerificationAnswer.SUSPENDED)
CHANGES = {
    CertificateState.SUSPENDED: "certification.watched_suspended",
    CertificateState.REVOKED: "certification.watched_revoked",
    CertificateState.SUPERSEDED: "certification.watched_superseded",
    CertificateState.ISSUED: "certification.watched_reinstated",
}


def watch_by_number_and_name(
    *, actor: Actor, employer: Employer, number: str, name: str, address: str | None
) -> Watch:
    """Put the certificate of *number* and *name* on the list of *employer*. Needs
    `certification.watch` on it.

    Raises `InvalidInput` with the same sentence for no match, whichever half was wrong. A miss
    counts against the day's quota, so this is no single transaction: the miss stays counted.
    """
    require(actor, WATCH, employer)
    _look_up, found = look_up_by_number_and_name(number=number, name=name, address=address)
    if found.certificate is None:
        count_account_miss(account=actor, number=number, name=name, address=address)
        sentence = _(
            "No certificate has this number and name. Compare both with the certificate. "
            "You can only watch a certificate you were shown."
        )
        raise InvalidInput("no_match", sentence, fields={"name": sentence})
    with transaction.atomic():
        return _add(actor=actor, employer=employer, certificates=[found.certificate])[0]


def count_account_miss(*, account: Any, number: str, name: str, address: str | None) -> None:
    """Count a miss for *account*, for the number, for the name and for the site. Raises `TooOften`
    when the account's day is used up.
    """
    look_up_misses.count_verification_miss(
        number=normalise_certificate_number(number), name=name_key(name), address=address
    )
    if near_miss.classify_number_writing(
        number
    ) != NumberWriting.CHECK_FAILS and not sheet_workflows.count_daily_misses(
        account=account, count=1
    ):
        raise sheet_workflows.build_quota_refusal()


@transaction.atomic
def watch_matches(*, actor: Actor, check: BatchCheck, row: int | None = None) -> int:
    """Put the matched certificates of a spreadsheet check (or that of *row*) on the list of its
    employer. Returns how many are new.

    Only rows whose number and name were right have a certificate. Revoked and replaced ones are
    left out, since there is nothing to await. For a single row that was replaced its newest
    successor is taken.
    """
    employer = check.employer
    if employer is None:
        raise InvalidInput(
            "no_employer", _("Only employers have watch-lists. This sheet was checked for a union.")
        )
    require(actor, WATCH, employer)
    matched = {
        one["certificate"]
        for one in sheets.list_answered_rows(check)
        if one.get("certificate") and row in (None, one["row"])
    }
    today = clock.today()
    found: list[Certificate] = []
    wanted = sorted(matched)
    for begin in range(0, len(wanted), 500):
        found += (
            Certificate.objects.select_related("replaced_by")
            .filter(pk__in=wanted[begin : begin + 500])
            .order_by("pk")
        )
    if row is not None:
        found = [_newest(one) for one in found]
    found = [
        one
        for one in found
        if status.determine_verdict(one.standing, today=today).answer in WATCHABLE
    ]
    keys = [one.pk for one in found]
    there = watching.find_watched_certificates(employer, keys) | watching.find_refused_certificates(
        employer, keys
    )
    return len(
        _add(
            actor=actor,
            employer=employer,
            certificates=[one for one in found if one.pk not in there],
        )
    )


def _newest(certificate: Certificate) -> Certificate:
    for _step in range(20):
        if certificate.replaced_by is None:
            break
        certificate = certificate.replaced_by
    return certificate


@transaction.atomic
def watch_successor(*, actor: Actor, watch: Watch) -> Watch:
    """Watch the new certificate in place of a replaced one, and delete the old entry.

    An employer who was shown the old certificate may follow it.
    """
    watch = lock(watch)
    require(actor, WATCH, watch.employer)
    _nothing_open(watch)
    successor = _newest(watch.certificate)
    if successor == watch.certificate:
        raise InvalidInput(
            "not_replaced", _("This certificate wasn't replaced. Reload the page and look again.")
        )
    made = _add(actor=actor, employer=watch.employer, certificates=[successor])[0]
    watch.delete()
    return made


def _add(*, actor: Actor, employer: Employer, certificates: list[Certificate]) -> list[Watch]:
    """Add the entries. One that is there already is renewed.

    What is known at this moment isn't notified again later.
    """
    today = clock.today()
    if watching.find_refused_certificates(employer, [one.pk for one in certificates]):
        raise InvalidInput(
            "holder_refused",
            _(
                "The holder doesn't want you to watch this certificate. Talk to the person, "
                "who can allow it again in the wallet."
            ),
        )
    running = watching.list_running_watches(today).filter(employer=employer)
    if running.count() + len(certificates) > LARGEST:
        raise InvalidInput(
            "list_full",
            _(
                "A watch-list can hold at most %(most)s certificates. Remove some you no "
                "longer need first."
            )
            % {"most": LARGEST},
        )
    made = []
    for certificate in certificates:
        told = due_expiry_notice(
            certificate.valid_until, today=today, told_soon=False, told_end=False
        )
        values = {
            "ends_on": last_watch_day(today),
            "told_soon": bool(told),
            "told_end": told == "end",
        }
        row, created = Watch.objects.get_or_create(
            employer=employer,
            certificate=certificate,
            defaults={"added_by": require_account(actor), "added_on": today, **values},
        )
        if not created:
            row = lock(row)
            ended = (
                row.ends_on < today
                or not watching.list_running_watches(today).filter(pk=row.pk).exists()
            )
            row.added_on, row.ends_on = (today if ended else row.added_on), last_watch_day(today)
            row.save(update_fields=["added_on", "ends_on", "updated_at"])
        audit.record(
            "certification.watched" if created else "certification.watch_renewed",
            actor=actor,
            target=row,
        )
        made.append(row)
    return made


@transaction.atomic
def renew_watch(*, actor: Actor, watch: Watch) -> Watch:
    """Keep an entry for another year from today."""
    watch = lock(watch)
    require(actor, WATCH, watch.employer)
    _nothing_open(watch)
    watch.ends_on = last_watch_day(clock.today())
    watch.save(update_fields=["ends_on", "updated_at"])
    audit.record("certification.watch_renewed", actor=actor, target=watch)
    return watch


@transaction.atomic
def remove_watch(*, actor: Actor, watch: Watch) -> None:
    """Remove an entry from the list. No more notices are sent about it."""
    watch = lock(watch)
    require(actor, WATCH, watch.employer)
    audit.record("certification.unwatched", actor=actor, target=watch)
    if watch.objection_open:
        _tell_holder("certification.watch_taken_off", watch, key=f"{watch.public_id}:off")
    watch.delete()


# ---- the holder's will, and the employer's answer (ADR 30) ----


@transaction.atomic
def end_watch_by_holder(*, actor: Actor, watch: Watch) -> Watch:
    """End a watch of the actor's own certificate by an employer they don't work for, at once and
    without a reason. The employer is notified.

    The row stays, and says that the employer may not enter the certificate again. Raises
    `DomainError` if the holder works there. They object then (`object_to_watch`), and the employer
    answers.
    """
    watch = _own(actor, watch)
    if watching.is_holder_employed(watch):
        raise DomainError(
            "employed_there",
            _("You work there. Object and give your reason. The employer has to answer."),
        )
    _still_counts(watch)
    watch.ended_by_holder_on = clock.today()
    watch.save(update_fields=["ended_by_holder_on", "updated_at"])
    audit.record("certification.watch_ended_by_holder", actor=actor, target=watch)
    _send(
        "certification.watch_ended_by_holder",
        watch,
        key=f"{watch.public_id}:ended:{watch.updated_at:%Y%m%d%H%M%S}",
    )
    return watch


@transaction.atomic
def object_to_watch(*, actor: Actor, watch: Watch, reason: str) -> Watch:
    """Object to a watch of the actor's own certificate.

    The employer is notified, and answers within 15 days or the entry ends.
    """
    watch = _own(actor, watch)
    _still_counts(watch)
    if watch.objected_on is not None:
        raise DomainError(
            "objected_already",
            _("You have already objected. The answer is shown beside the employer's name."),
        )
    today = clock.today()
    watch.objected_on, watch.objection, watch.answer_due_on = (
        today,
        _said(reason, "reason"),
        objection_answer_due(today),
    )
    watch.full_clean()
    watch.save(update_fields=["objected_on", "objection", "answer_due_on", "updated_at"])
    audit.record(
        "certification.watch_objected",
        actor=actor,
        target=watch,
        after={"answer_due_on": watch.answer_due_on},
    )
    _send(
        "certification.watch_objected",
        watch,
        key=f"{watch.public_id}:objected",
        objection=watch.objection,
        due=watch.answer_due_on,
    )
    return watch


@transaction.atomic
def keep_watch(*, actor: Actor, watch: Watch, answer: str) -> Watch:
    """Answer an objection and keep the entry, for a reason that the holder reads. Needs
    `certification.watch` on the employer.
    """
    watch = lock(watch)
    require(actor, WATCH, watch.employer)
    if (
        not watch.objection_open
        or watch.answer_due_on is None
        or watch.answer_due_on < clock.today()
    ):
        raise DomainError(
            "nothing_to_answer",
            _("There is no longer an objection to answer. Reload the page and look again."),
        )
    watch.answered_on, watch.answer = clock.today(), _said(answer, "answer")
    watch.full_clean()
    watch.save(update_fields=["answered_on", "answer", "updated_at"])
    audit.record("certification.watch_kept", actor=actor, target=watch)
    _tell_holder(
        "certification.watch_kept", watch, key=f"{watch.public_id}:kept", answer=watch.answer
    )
    return watch


@transaction.atomic
def allow_watch_again(*, actor: Actor, watch: Watch) -> None:
    """Withdraw the actor's refusal, so that the employer may enter the certificate again by number
    and name.

    The old entry doesn't come back.
    """
    watch = _own(actor, watch)
    if not watching.list_refused_watches().filter(pk=watch.pk).exists():
        raise DomainError(
            "not_refused",
            _("This employer may already watch your certificate. Reload the page and look again."),
        )
    audit.record("certification.watch_allowed", actor=actor, target=watch)
    watch.delete()


def _own(actor: Actor, watch: Watch) -> Watch:
    person = person_of(actor)
    locked = Watch.objects.select_for_update().filter(pk=watch.pk).first()
    if (
        locked is None
        or person is None
        or watching.find_own_watch(person, locked.public_id) is None
    ):
        raise NotFound
    return locked


def _still_counts(watch: Watch) -> None:
    if not watching.list_running_watches().filter(pk=watch.pk).exists():
        raise DomainError(
            "watch_over",
            _("This employer no longer watches the certificate. Reload the page and look again."),
        )


def _nothing_open(watch: Watch) -> None:
    if watch.objection_open:
        raise DomainError(
            "objection_open",
            _(
                "The holder objects to this entry. Answer that first, or remove the entry "
                "from the list."
            ),
        )


def _said(text: str, field: str) -> str:
    text = " ".join(text.split())
    if len(text) < 4:
        sentence = _("Say why in a few words. The other side will read it.")
        raise InvalidInput("reason_missing", sentence, fields={field: sentence})
    return text[:300]


def _tell_holder(kind: str, watch: Watch, *, key: str, **values: Any) -> None:
    certificate = watch.certificate
    if certificate.person_id is None:
        return
    context = {
        "title": certificate.title,
        "number": certificate.number,
        "certificate": str(certificate.public_id),
        "employer": watch.employer.name,
        **values,
    }
    notify.send_message(
        kind,
        to=User.objects.filter(person=certificate.person_id),
        context=context,
        about=watch,
        key=key,
    )


def purge_ended_watches(cutoff: datetime) -> int:
    """Delete the entries that have ended, and return how many there were."""
    count = 0
    for watch in watching.list_ended_watches(cutoff).iterator(chunk_size=500):
        watch.delete()
        count += 1
    return count


def notify_expiring_watches(today: date | None = None) -> int:
    """Notify employers of watched certificates that run out within 30 days or have run out.
    Returns for how many entries.

    Each is notified once.
    """
    today = today or clock.today()
    told = 0
    for watch in watching.list_watches_to_notify(today)[:2000]:
        with transaction.atomic():
            told += _tell_one(watch, today)
    return told


def _tell_one(found: Watch, today: date) -> int:
    watch = Watch.objects.select_for_update().filter(pk=found.pk).first()
    if watch is None:
        return 0
    certificate = found.certificate
    what = due_expiry_notice(
        certificate.valid_until, today=today, told_soon=watch.told_soon, told_end=watch.told_end
    )
    if not what:
        return 0
    kind = "certification.watched_expires" if what == "soon" else "certification.watched_expired"
    _send(
        kind,
        found,
        key=f"{watch.public_id}:{what}:{certificate.valid_until}",
        until=certificate.valid_until,
    )
    watch.told_soon = True
    watch.told_end = watch.told_end or what == "end"
    watch.save(update_fields=["told_soon", "told_end", "updated_at"])
    return 1


def notify_watchers(certificate: Certificate, *, change: int, old: str, reason: str) -> None:
    """Notify everybody who watches *certificate* of a status change from the state *old*, and the
    programs of its union.

    It is called in the transaction of the change, once for each change.
    """
    publish_to_union(certificate, change=change, old=old, reason=reason)
    kind = CHANGES.get(CertificateState(certificate.state))
    if kind is None:
        return
    successor = certificate.replaced_by
    values = {"reason": Reason(reason).label} | (
        {"successor": successor.number} if successor is not None else {}
    )
    for watch in (
        watching.list_running_watches()
        .filter(certificate=certificate)
        .select_related("employer")
        .order_by("pk")
    ):
        watch.certificate = certificate
        _send(kind, watch, key=f"{watch.public_id}:{change}", old=old, why=reason, **values)


def _send(
    kind: str, watch: Watch, *, key: str, old: str = "", why: str = "", **values: Any
) -> None:
    """Notify the employer's people in words, and its programs in fields as well. The programs
    don't depend on who works there today.
    """
    certificate = watch.certificate
    context = {
        "title": certificate.title,
        "number": certificate.number,
        "holder": mask_name(certificate.holder_name),
        "employer": watch.employer.name,
        "watch": str(watch.public_id),
        **values,
    }
    people = [held.assignment.user for held in who_may(WATCH, watch.employer)]
    notify.send_message(kind, to=people, context=context, about=watch, key=key)
    publish_to_employer(
        kind,
        employer=watch.employer,
        watch=watch,
        certificate=certificate,
        key=key,
        context=context,
        old=old,
        reason=why,
    )
