"""Change the status of a certificate after issue.

Its text never changes. Its status does, by a row with reason, actor and time.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import audit
from access.checks import require
from certification.enums import (
    CERTIFICATE_MOVES,
    OUT_STATES,
    PAPER_REVOCATION_REASONS,
    REPLACEMENT_REASONS,
    REQUEST_MOVES,
    REVOCATION_REASONS,
    SUSPENSION_REASONS,
    CertificateState,
    Reason,
    RevocationState,
)
from certification.errors import NotIssuable, SecondOfficerNeeded
from certification.grants import CONFIRM_REVOCATION, ISSUE, REQUEST_REVOCATION, SUSPEND
from certification.models import Certificate, RevocationRequest, StatusChange
from certification.rules.order import CertificateOrder, Wording
from certification.workflows import issue, log_entries
from certification.workflows.notifications import notify_revocation_waiting, notify_status_changed
from certification.workflows.status_lists import mark_status_list_changed
from certification.workflows.watching import notify_watchers
from core import clock
from core.actors import Actor
from core.errors import DomainError, InvalidInput
from core.states import lock, move
from people.accounts import require_account

REPLACEMENT = "certification.replacement"
Changes = list[StatusChange]


@transaction.atomic
def suspend_certificate(
    *,
    actor: Actor,
    certificate: Certificate,
    reason: str,
    note: str = "",
    among: Changes | None = None,
) -> Certificate:
    """Suspend a certificate while something is looked into. Verifications say so at once. Needs
    `certification.suspend`.

    *among*: the list of changes of a bulk change, whose entries in the register the caller queues
    together.
    """
    certificate = lock(certificate)
    require(actor, SUSPEND, certificate)
    _one_of(reason, SUSPENSION_REASONS)
    return _change(
        certificate,
        CertificateState.SUSPENDED,
        kind="certification.suspended",
        reason=reason,
        note=note,
        actor=actor,
        among=among,
    )


@transaction.atomic
def reinstate_certificate(
    *, actor: Actor, certificate: Certificate, note: str = "", among: Changes | None = None
) -> Certificate:
    """Make a suspended certificate valid again. Needs `certification.suspend`. *among* is as in
    `suspend_certificate`.
    """
    certificate = lock(certificate)
    require(actor, SUSPEND, certificate)
    if certificate.state != CertificateState.SUSPENDED:
        raise DomainError(
            "not_suspended", _("This certificate isn't suspended. Reload the page and look again.")
        )
    return _change(
        certificate,
        CertificateState.ISSUED,
        kind="certification.reinstated",
        reason=Reason.CLEARED,
        note=note,
        actor=actor,
        among=among,
    )


@transaction.atomic
def request_revocation(
    *, actor: Actor, certificate: Certificate, reason: str, note: str
) -> RevocationRequest:
    """Ask for a revocation, which a second person confirms. Until then the status of the
    certificate doesn't change.

    Needs `certification.request_revocation`.
    """
    certificate = lock(certificate)
    require(actor, REQUEST_REVOCATION, certificate)
    _one_of(reason, revocation_reasons(certificate))
    if CertificateState.REVOKED not in CERTIFICATE_MOVES[certificate.state]:
        raise DomainError(
            "not_revocable", _("Only an issued or suspended certificate can be revoked.")
        )
    if RevocationRequest.objects.filter(
        certificate=certificate, state=RevocationState.WAITING
    ).exists():
        raise DomainError(
            "already_requested",
            _("A revocation of this certificate is already waiting for a second person."),
        )
    request = RevocationRequest(
        certificate=certificate,
        reason=reason,
        note=note.strip(),
        requested_by=require_account(actor),
    )
    request.full_clean()
    request.save()
    audit.record(
        "certification.revocation_requested",
        actor=actor,
        target=certificate,
        after={"reason": reason},
        reason=note,
    )
    notify_revocation_waiting(request)
    return request


@transaction.atomic
def confirm_revocation(*, actor: Actor, request: RevocationRequest) -> Certificate:
    """Revoke a certificate, as the second person. It can't be undone. Needs
    `certification.confirm_revocation`.
    """
    certificate = lock(Certificate(pk=request.certificate_id))
    request = lock(request)
    require(actor, CONFIRM_REVOCATION, certificate)
    _decide(actor=actor, request=request, to=RevocationState.CONFIRMED)
    return _change(
        certificate,
        CertificateState.REVOKED,
        kind="certification.revoked",
        reason=request.reason,
        note=request.note,
        actor=request.requested_by,
        second=actor,
    )


@transaction.atomic
def revoke_with_second_person(
    *,
    actor: Actor,
    second: Actor,
    certificate: Certificate,
    reason: str,
    note: str,
    among: Changes | None = None,
) -> Certificate:
    """Revoke one certificate of a bulk change that *actor* asked for and *second* has confirmed.

    Both must still have their right on it. *among* is as in `suspend_certificate`.
    """
    certificate = lock(certificate)
    require(actor, REQUEST_REVOCATION, certificate)
    require(second, CONFIRM_REVOCATION, certificate)
    _one_of(reason, revocation_reasons(certificate))
    if CertificateState.REVOKED not in CERTIFICATE_MOVES[certificate.state]:
        raise DomainError(
            "not_revocable", _("Only an issued or suspended certificate can be revoked.")
        )
    request = RevocationRequest.objects.filter(
        certificate=certificate, state=RevocationState.WAITING
    ).first()
    if request is None:
        request = RevocationRequest(
            certificate=certificate,
            reason=reason,
            note=note.strip(),
            requested_by=require_account(actor),
        )
        request.full_clean()
        request.save()
    _decide(actor=second, request=request, to=RevocationState.CONFIRMED)
    return _change(
        certificate,
        CertificateState.REVOKED,
        kind="certification.revoked",
        reason=reason,
        note=note,
        actor=actor,
        second=second,
        among=among,
    )


@transaction.atomic
def refuse_revocation(
    *, actor: Actor, request: RevocationRequest, note: str = ""
) -> RevocationRequest:
    """Turn a request to revoke down, as the second person. The status of the certificate doesn't
    change.
    """
    certificate = lock(Certificate(pk=request.certificate_id))
    request = lock(request)
    require(actor, CONFIRM_REVOCATION, certificate)
    _decide(actor=actor, request=request, to=RevocationState.REFUSED)
    audit.record("certification.revocation_refused", actor=actor, target=certificate, reason=note)
    return request


def replace_certificate(*, actor: Actor, certificate: Certificate, reason: str) -> Certificate:
    """Issue a new certificate in place of *certificate*, with the holder's present name, and mark
    the old one as replaced.

    Needs `certification.issue`. It is safe to call again, since the old one has one successor. It
    renders, so it must not be called inside a transaction. Raises `NotIssuable` for a record from
    paper, and for a certificate that isn't in good standing.
    """
    require(actor, ISSUE, certificate)
    _one_of(reason, REPLACEMENT_REASONS)
    old = Certificate.objects.select_related("person", "replaced_by").get(pk=certificate.pk)
    if old.replaced_by is not None:
        return old.replaced_by
    if old.person is None or old.of_paper:
        raise NotIssuable(
            "of_paper",
            _(
                "This record was imported from paper. It wasn't issued here, so it can't be "
                "replaced here. "
            )
            + _(
                "If it is wrong, ask to revoke it as imported in error, then import the "
                "correct one."
            ),
        )
    if old.state != CertificateState.ISSUED:
        raise NotIssuable(
            "not_replaceable",
            _(
                "Only a certificate in good standing can be replaced. Settle the reason for "
                "its suspension first."
            ),
        )
    new = issue.issue_certificate(
        actor=actor,
        order=CertificateOrder(
            kind=old.kind,
            source_kind=REPLACEMENT,
            source_key=str(old.public_id),
            person_id=old.person.pk,
            holder=old.person.name,
            org_id=old.org_id,
            employer=old.employer_name,
            subject=old.subject,
            occupation=old.occupation_name,
            occupation_code=old.occupation_code,
            level=old.level,
            distinction=old.distinction,
            valid_until=old.valid_until,
            body=_as_printed(old.body),
            body_en=_as_printed(old.body_en),
            criteria=old.criteria,
            on_record=old.on_record,
        ),
    )
    supersede_certificate(actor=actor, old=old, new=new, reason=reason)
    return new


def _as_printed(body: list[list[list[Any]]]) -> Wording:
    return tuple(tuple(tuple(run) for run in paragraph) for paragraph in body)


@transaction.atomic
def supersede_certificate(*, actor: Actor, old: Certificate, new: Certificate, reason: str) -> None:
    """Mark *old* as replaced by *new*. It is safe to call again. The caller has checked
    `certification.issue`.
    """
    old = lock(old)
    if old.state == CertificateState.SUPERSEDED or new.state not in OUT_STATES:
        return
    old.replaced_by = new
    old.save(update_fields=["replaced_by", "updated_at"])
    _change(
        old,
        CertificateState.SUPERSEDED,
        kind="certification.superseded",
        reason=reason,
        note="",
        actor=actor,
    )


def _change(
    certificate: Certificate,
    to: str,
    *,
    kind: str,
    reason: str,
    note: str,
    actor: Actor,
    second: Actor | None = None,
    among: Changes | None = None,
) -> Certificate:
    moved = move(certificate, to, table=CERTIFICATE_MOVES)
    certificate.state_since = clock.today()
    certificate.state_reason = reason
    certificate.save(update_fields=["state_since", "state_reason", "updated_at"])
    change = StatusChange(
        certificate=certificate,
        old=moved.old,
        new=moved.new,
        reason=reason,
        note=note.strip(),
        actor_id=getattr(actor, "pk", None),
        second_id=getattr(second, "pk", None),
    )
    change.full_clean()
    change.save()
    mark_status_list_changed(certificate)
    if among is None:
        log_entries.queue_register_entry(change, actor=second or actor)
    else:
        among.append(change)
    audit.record(
        kind,
        actor=second or actor,
        target=certificate,
        before={"state": moved.old},
        after={"state": moved.new, "reason": reason},
        reason=note,
    )
    notify_status_changed(certificate, change=change.pk, reason=reason)
    notify_watchers(certificate, change=change.pk, old=moved.old, reason=reason)
    return certificate


def _decide(*, actor: Actor, request: RevocationRequest, to: str) -> None:
    if actor.pk is not None and actor.pk == request.requested_by_id:
        raise SecondOfficerNeeded(
            "second_person",
            _(
                "The person who asked for the revocation can't confirm it. Another person "
                "has to review it."
            ),
        )
    move(request, to, table=REQUEST_MOVES)
    request.decided_by_id = actor.pk
    request.decided_at = clock.now()
    request.save(update_fields=["decided_by", "decided_at", "updated_at"])


def revocation_reasons(certificate: Certificate) -> tuple[Reason, ...]:
    """Return the reasons for which *certificate* can be revoked. A record from paper can also be
    revoked because it was taken over wrongly.
    """
    return PAPER_REVOCATION_REASONS if certificate.of_paper else REVOCATION_REASONS


def _one_of(reason: str, allowed: tuple[Reason, ...]) -> None:
    if reason not in allowed:
        raise InvalidInput(
            "reason_unknown",
            _("Choose one of the listed reasons."),
            fields={"reason": _("Choose one of the listed reasons.")},
        )
