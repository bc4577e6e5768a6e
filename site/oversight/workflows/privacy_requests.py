"""Handle requests about a person's own data, from asking to the answer.

A deletion can be thought over first. One officer prepares it and another carries it out.
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

import audit
from access.checks import require
from access.models import WholeSite
from core import clock, personal
from core.actors import Actor
from core.errors import DomainError, InvalidInput, NotFound
from core.name_repair import UNWRITABLE
from core.states import lock, move
from core.text import spell_out
from oversight.privacy_grants import HANDLE_REQUEST
from oversight.workflows.privacy_erasure import erase_person_data
from people import closing
from people.accounts import require_account
from people.models import IdentityDocument, Person, PrivacyRequest
from people.privacy_enums import (
    OPEN_STATES,
    REQUEST_MOVES,
    CorrectedField,
    PrivacyRequestKind,
    PrivacyRequestState,
)
from people.rules import privacy as rules
from people.rules.identity import IdentityError, read_identity_number, read_mobile
from people.rules.names import read_name
from people.workflows import person as persons

MAX_EVIDENCE = 10 * 1024 * 1024
# The first bytes of what is taken as proof: a picture or a PDF, whatever its name says.
SIGNATURES = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png", b"%PDF-": "pdf"}
SEXES = {"male": "male", "female": "female", "男": "male", "女": "female"}


def _may_handle(actor: Actor) -> None:
    require(actor, HANDLE_REQUEST, WholeSite.get())


def _own(actor: Actor, person: Person) -> None:
    if actor.pk is None or actor.pk != person.user_id:
        raise NotFound


def _not_about_oneself(actor: Actor, request: PrivacyRequest) -> None:
    if actor.pk is not None and actor.pk in (request.asked_by_id, request.person.user_id):
        raise DomainError(
            "own_request",
            _("This is your own request. Another data protection officer must answer it."),
        )


def _create(request: PrivacyRequest, twice: str) -> None:
    request.full_clean(exclude=["evidence"], validate_constraints=False)
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError("already_asked", twice) from error


# ---- correction ----


@transaction.atomic
def request_data_correction(
    *,
    actor: Actor,
    person: Person,
    field: str,
    wanted: str,
    note: str = "",
    evidence: UploadedFile[Any] | None = None,
) -> PrivacyRequest:
    """Ask that *field* of one's own record become *wanted*. Raises `InvalidInput` with the field's
    sentence.

    There is one open request for each field. A second one raises `DomainError` and changes nothing.
    """
    _own(actor, person)
    person = lock(person)
    wanted = _read_wanted(person, field, wanted)
    ending = _read_evidence(evidence)
    today = clock.today()
    request = PrivacyRequest(
        kind=PrivacyRequestKind.CORRECTION,
        person=person,
        asked_by=require_account(actor),
        field=field,
        note=note.strip()[:500],
        due_on=rules.due_on(today),
        ripe_on=today,
    )
    request.keep_wanted(wanted)
    if evidence is not None:
        evidence.name = f"proof.{ending}"
        request.evidence = evidence
    _create(
        request,
        _(
            "You have already made this request. If your details have changed, withdraw "
            "that request first."
        ),
    )
    audit.record(
        "privacy.correction_asked",
        actor=actor,
        target=request,
        after={"field": field, "due_on": request.due_on},
    )
    return request


def _read_wanted(person: Person, field: str, wanted: str) -> str:
    """Return the wanted value as it will be stored. Raises `InvalidInput` if it can't be right."""
    wanted = wanted.strip()
    sentence: Any = ""
    if field not in CorrectedField.values:
        raise InvalidInput(
            "field", _("Choose what is wrong."), fields={"field": _("Choose what is wrong.")}
        )
    if not wanted:
        sentence = _("Enter the correct value.")
    elif field == CorrectedField.NAME:
        name = read_name(wanted)
        wanted = name.text
        sentence = _("This is already the recorded name.") if wanted == person.name else ""
        if name.bad:
            sentence = UNWRITABLE % {"codes": spell_out(name.bad)}
    elif field == CorrectedField.BIRTH:
        sentence = (
            "" if _day(wanted) else _("Enter the date like 1990-05-31. It can't be in the future.")
        )
    elif field == CorrectedField.SEX:
        sentence = "" if wanted in SEXES else _("Enter male or female, as on the identity card.")
    if not sentence and field in (CorrectedField.MOBILE, CorrectedField.ID_NUMBER):
        try:
            if field == CorrectedField.MOBILE:
                wanted = read_mobile(wanted)
            else:
                wanted = read_identity_number(_id_kind(person), wanted, today=clock.today()).number
        except IdentityError as error:
            sentence = persons.identity_sentence(error)
    if len(wanted) > 500:
        sentence = _("At most 500 characters.")
    if sentence:
        raise InvalidInput("wanted", str(sentence), fields={"wanted": sentence})
    return wanted


def _day(text: str) -> Any:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and day <= clock.today() else None


def _id_kind(person: Person) -> str:
    return (
        IdentityDocument.objects.filter(person=person)
        .order_by("pk")
        .values_list("kind", flat=True)
        .first()
        or "resident"
    )


def _read_evidence(evidence: UploadedFile[Any] | None) -> str:
    if evidence is None:
        return ""
    if evidence.size is None or evidence.size > MAX_EVIDENCE:
        sentence = _("The file is larger than 10 MB. Take a smaller photo.")
        raise InvalidInput("evidence", sentence, fields={"evidence": sentence})
    head = evidence.read(8)
    evidence.seek(0)
    for signature, ending in SIGNATURES.items():
        if head.startswith(signature):
            return ending
    sentence = _("Upload a photo (JPEG or PNG) or a PDF.")
    raise InvalidInput("evidence", sentence, fields={"evidence": sentence})


@transaction.atomic
def accept_correction(
    *, actor: Actor, request: PrivacyRequest, reason: str
) -> tuple[PrivacyRequest, list[str]]:
    """Carry out the correction through the workflow that owns the field. Return the request and
    what follows from it.

    Needs `privacy.handle_request`. *reason* says on what papers it rests. If the value can't be
    right any more, it is refused with that workflow's sentence.
    """
    _may_handle(actor)
    request = lock(request)
    _not_about_oneself(actor, request)
    _only(request, PrivacyRequestKind.CORRECTION)
    reason = persons.require_long_reason(reason)
    moved = move(request, PrivacyRequestState.DONE, table=REQUEST_MOVES)
    _apply(actor, request, reason)
    _decide(request, actor, reason)
    audit.record(
        "privacy.correction_accepted",
        actor=actor,
        target=request,
        before={"state": moved.old},
        after={"state": moved.new, "field": request.field},
        reason=reason,
    )
    person = Person.objects.get(pk=request.person_id)
    return request, [str(one) for one in personal.follow_correction(person, request.field, actor)]


def _apply(actor: Actor, request: PrivacyRequest, reason: str) -> None:
    person, wanted = request.person, request.wanted()
    if request.field == CorrectedField.NAME:
        persons.correct_name(actor=actor, person=person, name=wanted, reason=reason)
    elif request.field == CorrectedField.ID_NUMBER:
        persons.correct_identity(
            actor=actor, person=person, kind=_id_kind(person), number=wanted, reason=reason
        )
    elif request.field == CorrectedField.BIRTH:
        persons.change_facts(
            actor=actor, person=person, changes={"birth": _day(wanted)}, reason=reason
        )
    elif request.field == CorrectedField.SEX:
        persons.change_facts(
            actor=actor, person=person, changes={"sex": SEXES[wanted]}, reason=reason
        )
    elif request.field == CorrectedField.MOBILE:
        persons.change_facts(actor=actor, person=person, changes={"mobile": wanted}, reason=reason)


# ---- deletion ----


@transaction.atomic
def request_data_erasure(*, actor: Actor, person: Person) -> PrivacyRequest:
    """Ask to be erased. Nothing happens for seven days, and the request can be withdrawn until it
    is carried out.

    Raises `DomainError` naming the cases that are still open.
    """
    _own(actor, person)
    person = lock(person)
    _nothing_open(person)
    today = clock.today()
    request = PrivacyRequest(
        kind=PrivacyRequestKind.ERASURE,
        person=person,
        asked_by=require_account(actor),
        due_on=rules.due_on(today),
        ripe_on=rules.ripe_on(today),
    )
    _create(
        request, _("You have already asked for deletion. You can see the date under “My data”.")
    )
    audit.record(
        "privacy.erasure_asked",
        actor=actor,
        target=request,
        after={"ripe_on": request.ripe_on, "due_on": request.due_on},
    )
    return request


def _nothing_open(person: Person) -> None:
    if blockers := personal.erasure_blockers(person):
        raise DomainError(
            "open_cases",
            _("Some matters are still open: %(sentences)s") % {"sentences": " ".join(blockers)},
        )


@transaction.atomic
def prepare_erasure(*, actor: Actor, request: PrivacyRequest) -> PrivacyRequest:
    """Check that nothing stands in the way, and prepare the deletion for a second officer. Needs
    `privacy.handle_request`.
    """
    _may_handle(actor)
    request = lock(request)
    _not_about_oneself(actor, request)
    _only(request, PrivacyRequestKind.ERASURE)
    if clock.today() < request.ripe_on:
        raise DomainError(
            "cooling_off",
            _("The person can still withdraw until %(day)s. Come back after that day.")
            % {"day": request.ripe_on.isoformat()},
        )
    _nothing_open(request.person)
    moved = move(request, PrivacyRequestState.PREPARED, table=REQUEST_MOVES)
    request.prepared_by, request.prepared_at = require_account(actor), clock.now()
    request.save(update_fields=["prepared_by", "prepared_at", "updated_at"])
    audit.record(
        "privacy.erasure_prepared",
        actor=actor,
        target=request,
        before={"state": moved.old},
        after={"state": moved.new},
    )
    return request


@transaction.atomic
def return_prepared_erasure(
    *, actor: Actor, request: PrivacyRequest, reason: str
) -> PrivacyRequest:
    """Send a prepared deletion back to the desk with a reason. Needs `privacy.handle_request`."""
    _may_handle(actor)
    request = lock(request)
    reason = persons.require_long_reason(reason)
    moved = move(request, PrivacyRequestState.WAITING, table=REQUEST_MOVES)
    request.prepared_by, request.prepared_at = None, None
    request.save(update_fields=["prepared_by", "prepared_at", "updated_at"])
    audit.record(
        "privacy.erasure_returned",
        actor=actor,
        target=request,
        before={"state": moved.old},
        after={"state": moved.new},
        reason=reason,
    )
    return request


@transaction.atomic
def execute_erasure(*, actor: Actor, request: PrivacyRequest) -> PrivacyRequest:
    """Erase the person. Needs `privacy.handle_request`, and an officer other than the one who
    prepared it. It can't be undone.

    The request's row is locked first, as it is by a withdrawal, so only one of the two happens.
    """
    _may_handle(actor)
    closing.lock_closing_accounts(request.person.user)
    request = lock(request)
    _not_about_oneself(actor, request)
    _only(request, PrivacyRequestKind.ERASURE)
    if request.state != PrivacyRequestState.PREPARED:
        raise DomainError(
            "not_prepared",
            _(
                "One officer prepares a deletion and another carries it out. Reload the "
                "page and check again."
            ),
        )
    if request.prepared_by_id == actor.pk or actor.pk is None:
        raise DomainError(
            "second_person",
            _(
                "You prepared this deletion yourself. Another data protection officer must "
                "carry it out."
            ),
        )
    person = lock(request.person)
    _nothing_open(person)
    _decide(request, actor, "")
    moved = move(request, PrivacyRequestState.DONE, table=REQUEST_MOVES)
    counts = erase_person_data(actor=actor, person=person)
    audit.record(
        "privacy.person_erased",
        actor=actor,
        target=person,
        before={"state": moved.old},
        after={"state": moved.new, "emptied": counts},
    )
    return PrivacyRequest.objects.get(pk=request.pk)


# ---- both ----


def _only(request: PrivacyRequest, kind: str) -> None:
    if request.kind != kind:
        raise NotFound


def _decide(request: PrivacyRequest, actor: Actor, answer: str) -> None:
    request.decided_by, request.decided_at, request.answer = (
        require_account(actor),
        clock.now(),
        answer[:500],
    )
    request.save(update_fields=["decided_by", "decided_at", "answer", "updated_at"])


@transaction.atomic
def refuse_privacy_request(*, actor: Actor, request: PrivacyRequest, reason: str) -> PrivacyRequest:
    """Refuse a request with a reason that the person reads. Needs `privacy.handle_request`."""
    _may_handle(actor)
    request = lock(request)
    _not_about_oneself(actor, request)
    reason = persons.require_long_reason(reason)
    moved = move(request, PrivacyRequestState.REFUSED, table=REQUEST_MOVES)
    _decide(request, actor, reason)
    audit.record(
        "privacy.request_refused",
        actor=actor,
        target=request,
        before={"state": moved.old},
        after={"state": moved.new},
        reason=reason,
    )
    return request


@transaction.atomic
def withdraw_privacy_request(*, actor: Actor, request: PrivacyRequest) -> PrivacyRequest:
    """Withdraw one's own request while it is open. Withdrawing it twice changes nothing."""
    request = lock(request)
    _own(actor, request.person)
    if request.state == PrivacyRequestState.WITHDRAWN:
        return request
    moved = move(request, PrivacyRequestState.WITHDRAWN, table=REQUEST_MOVES)
    audit.record(
        "privacy.request_withdrawn",
        actor=actor,
        target=request,
        before={"state": moved.old},
        after={"state": moved.new},
    )
    return request


@transaction.atomic
def note_request_opened(*, actor: Actor, request: PrivacyRequest) -> PrivacyRequest:
    """Record that an officer looked at the wanted value and the proof of an open request. Needs
    `privacy.handle_request`.
    """
    _may_handle(actor)
    if request.state in OPEN_STATES and request.kind == PrivacyRequestKind.CORRECTION:
        audit.record(
            "privacy.request_opened", actor=actor, target=request, after={"field": request.field}
        )
    return request
