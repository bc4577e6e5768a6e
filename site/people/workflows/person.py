"""Writes about one person, which record them, correct facts, name, photo and number, and open and
close the account.

The caller above (`office`) checks the rights.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

import audit
from core import clock
from core.actors import Actor
from core.errors import DomainError, InvalidInput
from core.states import lock
from core.text import spell_out
from people import closing
from people.models import FormerName, IdentityDocument, Person, User
from people.queries import find_by_number
from people.rules.identity import IdentityError, read_identity_number, read_mobile
from people.rules.names import DOT, ReadName, read_name
from people.rules.photo import PhotoError, read_photo

SENTENCES = {
    "empty": _("Enter the identity number."),
    "fifteen_digits": _(
        "This is an old 15-digit number. Enter the 18-digit number on the current card."
    ),
    "form": _("This isn't a valid number for this kind of document. Compare it with the document."),
    "birth": _("The date of birth in the number doesn't exist. Compare it with the card."),
    "check": _(
        "The check character at the end doesn't match. One digit is probably wrong. Compare "
        "it with the card."
    ),
    "mobile": _("A mobile number has 11 digits and starts with 13 to 19."),
    "prefix": _(
        "A residence permit for Hong Kong, Macao and Taiwan residents starts with 810000, "
        "820000 or 830000. Compare it with the card, or choose the correct kind of "
        "document."
    ),
    "permit": _(
        "A number that starts with 81, 82 or 83 belongs to a residence permit for Hong "
        "Kong, Macao or Taiwan residents. Choose that kind of document."
    ),
    "foreign_card": _(
        "A number that starts with 9 belongs to a foreigner's permanent residence card. "
        "Choose that kind of document."
    ),
    "foreign": _(
        "A foreigner's permanent residence card number has 18 characters and starts with 9, "
        "or has three letters and 12 digits. Compare it with the card."
    ),
    "passport": _(
        "A passport number has 5 to 20 letters and digits, without spaces. Compare it with "
        "the passport."
    ),
}
PHOTO_SENTENCES = {
    "too_large": _("The photo is larger than 5 MB. Make it smaller and upload it again."),
    "form": _(
        "This file isn't a JPEG or PNG picture, or it is damaged. Save the photo as .jpg "
        "and upload it again."
    ),
    "pixels": _("The photo has more than 40 million pixels. Reduce its size and upload it again."),
    "small": _("The photo is smaller than 260 × 360 pixels. Upload the original, not a thumbnail."),
    "sides": _(
        "The photo has the wrong proportions. It must be upright, about 5:7 (width to "
        "height), like a one-inch ID photo. Crop it and upload it again."
    ),
    "blank": _(
        "The photo is almost a single colour and shows no face. Check that you chose the "
        "right file."
    ),
}
HINTS = {
    DOT: _(
        "The dot in the name was changed to ·, as on the identity card. Nothing else was changed."
    ),
}
FACTS = (
    "birth",
    "sex",
    "mobile",
    "nationality",
    "ethnicity",
    "hukou",
    "is_migrant_worker",
    "education",
)
REASON_AT_LEAST = 6


def identity_sentence(error: IdentityError) -> Any:
    """Return the translated sentence for a fault in an identity or mobile number."""
    return SENTENCES[error.code]


def require_long_reason(reason: str) -> str:
    """Return *reason* without surrounding blanks, cut to 500 characters.

    Raises `InvalidInput` if it has fewer than six characters.
    """
    text = reason.strip()
    if len(text) < REASON_AT_LEAST:
        sentence = _(
            "Enter a reason of at least six characters: why it is needed and which "
            "documents support it."
        )
        raise InvalidInput("reason_missing", sentence, fields={"reason": sentence})
    return text[:500]


def need_name(raw: str) -> ReadName:
    """Return the name as it is kept.

    Raises `InvalidInput` on the field if it is empty or holds characters that can't be written.
    """
    name = read_name(raw)
    if not name.text:
        raise InvalidInput(
            "name_missing", _("Enter the name."), fields={"name": _("Enter the name.")}
        )
    if name.bad:
        codes = spell_out(name.bad)
        sentence = _(
            "The name contains characters that can't be written (%(codes)s). Enter it again."
        ) % {"codes": codes}
        raise InvalidInput("name_unwritable", sentence, fields={"name": sentence})
    return name


@transaction.atomic
def record_person(
    *,
    actor: Actor,
    name: str,
    id_kind: str = "",
    id_number: str = "",
    mobile: str = "",
    user: User | None = None,
    birth: Any = None,
    sex: str = "",
    **more: Any,
) -> Person:
    """Record one person.

    The name stays as given, except for look-alike dots and old private code points. *more* are
    further `FACTS`. Raises `InvalidInput` with the field's sentence. A number that already belongs
    to somebody is refused without naming them.
    """
    today = clock.today()
    fields: dict[str, Any] = {}
    identity = None
    if id_kind or id_number:
        try:
            identity = read_identity_number(id_kind or "resident", id_number, today=today)
        except IdentityError as error:
            fields["id_number"] = identity_sentence(error)
    if mobile:
        try:
            mobile = read_mobile(mobile)
        except IdentityError as error:
            fields["mobile"] = identity_sentence(error)
    try:
        written = need_name(name)
    except InvalidInput as error:
        fields |= error.fields
    if birth and isinstance(birth, date) and (birth > today or birth.year < 1880):
        fields["birth"] = _("This date of birth isn't valid. Compare it with the card.")
    if fields:
        raise InvalidInput("person_invalid", _("Some fields need to be corrected."), fields=fields)
    person = Person(
        name=written.text,
        mobile=mobile,
        user=user,
        birth=(identity.birth if identity else None) or birth,
        sex=(identity.sex if identity else "") or sex,
        **more,
    )
    _clean(person)
    person.save()
    if identity:
        attach_identity(person=person, kind=id_kind or "resident", number=identity.number)
    audit.record(
        "people.person_created",
        actor=actor,
        target=person,
        after={
            "public_id": person.public_id,
            "has_identity": bool(identity),
            "name_repaired": list(written.hints),
        },
    )
    return person


def attach_identity(*, person: Person, kind: str, number: str) -> IdentityDocument:
    """Store the checked *number* for *person*, inside the caller's transaction.

    Raises `InvalidInput` if the number is recorded already.
    """
    taken = InvalidInput(
        "identity_taken",
        _(
            "This identity number is already recorded. Find the existing person instead of "
            "recording them again."
        ),
        fields={"id_number": _("Already recorded.")},
    )
    if find_by_number(kind, number):
        raise taken
    document = IdentityDocument.of(person, kind, number)
    try:
        with transaction.atomic():
            document.save()
    except IntegrityError as error:  # another desk was quicker: the database's word counts
        raise taken from error
    return document


@transaction.atomic
def change_facts(
    *, actor: Actor, person: Person, changes: Mapping[str, Any], reason: str
) -> Person:
    """Change facts of *person* (keys of `FACTS`) with a reason.

    The audit log keeps the values before and after. Date of birth and sex that follow from a
    resident's number can't be changed against it.
    """
    person = _living(person)
    reason = require_long_reason(reason)
    changes = {key: value for key, value in changes.items() if key in FACTS}
    if changes.get("mobile"):
        try:
            changes["mobile"] = read_mobile(changes["mobile"])
        except IdentityError as error:
            raise InvalidInput(
                "mobile", identity_sentence(error), fields={"mobile": identity_sentence(error)}
            ) from error
    _against_number(person, changes)
    before = {
        key: getattr(person, key) for key, value in changes.items() if getattr(person, key) != value
    }
    if not before:
        return person
    for key in before:
        setattr(person, key, changes[key])
    _clean(person)
    person.save()
    audit.record(
        "people.person_changed",
        actor=actor,
        target=person,
        before=before,
        after={key: changes[key] for key in before},
        reason=reason,
    )
    return person


@transaction.atomic
def correct_name(*, actor: Actor, person: Person, name: str, reason: str) -> Person:
    """Correct the name.

    The former name is kept with its last day, is still found, and stays on certificates of its
    time.
    """
    person = _living(person)
    reason = require_long_reason(reason)
    written = need_name(name)
    if written.text == person.name:
        raise InvalidInput(
            "name_same",
            _("This is already the recorded name."),
            fields={"name": _("This is already the recorded name.")},
        )
    former = FormerName(person=person, name=person.name, until=clock.today(), reason=reason[:300])
    former.save()
    before, person.name = person.name, written.text
    _clean(person)
    person.save()
    audit.record(
        "people.name_corrected",
        actor=actor,
        target=person,
        before={"name": before},
        after={"name": person.name, "name_repaired": list(written.hints)},
        reason=reason,
    )
    return person


@transaction.atomic
def correct_identity(
    *, actor: Actor, person: Person, kind: str, number: str, reason: str
) -> IdentityDocument:
    """Record a document of *kind*, or correct its number.

    Date of birth and sex follow from a resident's number.
    """
    person = _living(person)
    reason = require_long_reason(reason)
    try:
        identity = read_identity_number(kind, number, today=clock.today())
    except IdentityError as error:
        raise InvalidInput(
            "identity", identity_sentence(error), fields={"id_number": identity_sentence(error)}
        ) from error
    old = IdentityDocument.objects.filter(person=person, kind=kind).first()
    if old and old.number() == identity.number:
        raise InvalidInput(
            "identity_same",
            _("This is already the recorded number."),
            fields={"id_number": _("This is already the recorded number.")},
        )
    if old:
        old.delete()
    document = attach_identity(person=person, kind=kind, number=identity.number)
    if identity.birth:
        person.birth, person.sex = identity.birth, identity.sex
        person.save()
    audit.record(
        "people.identity_corrected" if old else "people.identity_recorded",
        actor=actor,
        target=person,
        after={"kind": kind},
        reason=reason,
    )
    return document


@transaction.atomic
def set_photo(*, actor: Actor, person: Person, data: bytes) -> Person:
    """Store a photo, which is checked, turned upright and written again without metadata.

    The photo before is deleted after the commit.
    """
    person = _living(person)
    try:
        clean = read_photo(data)
    except PhotoError as error:
        raise InvalidInput(
            f"photo_{error.code}",
            PHOTO_SENTENCES[error.code],
            fields={"photo": PHOTO_SENTENCES[error.code]},
        ) from error
    _drop_photo(person)
    person.photo.save("photo.jpg", ContentFile(clean), save=False)
    person.save(update_fields=["photo", "updated_at"])
    audit.record("people.photo_changed", actor=actor, target=person, after={"photo": True})
    return person


@transaction.atomic
def remove_photo(*, actor: Actor, person: Person) -> Person:
    """Remove the photo."""
    person = _living(person)
    if person.photo:
        _drop_photo(person)
        person.photo = ""
        person.save(update_fields=["photo", "updated_at"])
        audit.record("people.photo_changed", actor=actor, target=person, after={"photo": False})
    return person


def _drop_photo(person: Person) -> None:
    if person.photo:
        name, storage = str(person.photo.name), person.photo.storage
        transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def open_account(*, actor: Actor, person: Person, username: str) -> Any:
    """Open an account for *person* without a password.

    The first sign-in uses a code sent to the mobile number, which must be recorded.
    """
    person = _living(person)
    if person.user_id:
        raise DomainError("account_there", _("This person already has an account."))
    if not person.mobile:
        raise DomainError(
            "mobile_missing",
            _("Record a mobile number first. The first sign-in uses a code sent to it."),
        )
    user = get_user_model()(
        username=username.strip(), phone=person.mobile, display_name=person.name
    )
    user.set_unusable_password()
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        sentence = (error.message_dict.get("username") or error.messages)[0]
        raise InvalidInput("username", sentence, fields={"username": sentence}) from error
    user.save()
    person.user = user
    person.save(update_fields=["user", "updated_at"])
    audit.record("people.account_opened", actor=actor, target=person, after={"account": user.pk})
    return user


@transaction.atomic
def set_account_active(*, actor: Actor, person: Person, active: bool, reason: str) -> Any:
    """Close the account of *person*, or open it again.

    Nobody signs in with a closed account. Its records stay.
    """
    reason = require_long_reason(reason)
    held = closing.lock_closing_accounts(person.user)
    person = _living(person)
    if person.user is None:
        raise DomainError("account_missing", _("This person has no account."))
    user = held.get(person.user.pk)
    if user is None:
        raise DomainError("account_busy", _("This record has just been changed. Reload the page."))
    if user == actor:
        raise DomainError(
            "account_own", _("You can't close your own account here. Ask a colleague.")
        )
    if user.is_active != active:
        user.is_active = active
        user.save(update_fields=["is_active"])
        audit.record(
            "people.account_reopened" if active else "people.account_closed",
            actor=actor,
            target=person,
            before={"active": not active},
            after={"active": active},
            reason=reason,
        )
    return user


@transaction.atomic
def show_identity(*, actor: Actor, person: Person, reason: str) -> list[tuple[str, str]]:
    """Return (kind's label, full number) for each document of *person*.

    The audit event that says who looked, and why, is written first.
    """
    reason = require_long_reason(reason)
    documents = list(
        IdentityDocument.objects.select_related("person").filter(person=person).order_by("kind")
    )
    if not documents:
        raise DomainError(
            "identity_missing", _("No identity document is recorded for this person.")
        )
    audit.record(
        "people.identity_shown",
        actor=actor,
        target=person,
        after={"kinds": [row.kind for row in documents]},
        reason=reason,
    )
    return [(str(row.get_kind_display()), row.number()) for row in documents]


def _living(person: Person) -> Person:
    person = lock(person)
    if person.merged_into_id:
        raise DomainError(
            "person_merged",
            _("This record has been merged into another one. Use that record instead."),
        )
    return person


def _against_number(person: Person, changes: Mapping[str, Any]) -> None:
    if not {"birth", "sex"} & set(changes):
        return
    document = (
        IdentityDocument.objects.select_related("person")
        .filter(person=person, kind__in=("resident", "hmt_residence"))
        .first()
    )
    if document is None:
        return
    told = read_identity_number(document.kind, document.number(), today=clock.today())
    wrong = {
        key: _("This comes from the identity number. If it is wrong, correct the number.")
        for key, value in (("birth", told.birth), ("sex", told.sex))
        if key in changes and changes[key] != value and getattr(person, key) != changes[key]
    }
    if wrong:
        raise InvalidInput("against_number", _("Some fields need to be corrected."), fields=wrong)


def _clean(person: Person) -> None:
    try:
        person.full_clean()
    except ValidationError as error:
        raise InvalidInput(
            "person_invalid",
            _("Some fields need to be corrected."),
            fields={key: texts[0] for key, texts in error.message_dict.items()},
        ) from error
