"""Record a person and the identity number."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

import audit
from core.errors import InvalidInput
from core.text import name_with_middle_dot
from people import crypto
from people.models import IdentityDocument, Person
from people.rules.identity import IdentityError, read, read_mobile

SENTENCES = {
    "empty": _("The identity number is missing."),
    "fifteen_digits": _("This is an old 15-digit number. Ask for the 18-digit one on the present card."),
    "form": _("This can't be a number of that kind of document. Compare it with the card."),
    "birth": _("The date of birth inside the number doesn't exist. Compare it with the card."),
    "check": _("The last character doesn't fit the rest: one digit is probably wrong. Compare it with the card."),
    "mobile": _("A mobile number has 11 digits and starts with 13 to 19."),
}


def identity_sentence(error: IdentityError) -> Any:
    """Return the translated sentence for a fault in an identity or mobile number."""
    return SENTENCES[error.code]


@transaction.atomic
def record_person(
    *, actor: Any, name: str, id_kind: str = "", id_number: str = "", mobile: str = "", user: Any = None, birth: Any = None, sex: str = ""
) -> Person:
    """Record one person; the name stays as given but for look-alike dots, which become `·`.

    Raises `InvalidInput` with the field's sentence; a number that already belongs to someone is refused without naming them.
    """
    today = timezone.localdate()
    fields: dict[str, Any] = {}
    identity = None
    if id_kind or id_number:
        try:
            identity = read(id_kind or "resident", id_number, today=today)
        except IdentityError as error:
            fields["id_number"] = identity_sentence(error)
    if mobile:
        try:
            mobile = read_mobile(mobile)
        except IdentityError as error:
            fields["mobile"] = identity_sentence(error)
    if fields:
        raise InvalidInput("person_invalid", _("Some fields need another look."), fields=fields)
    person = Person(
        name=name_with_middle_dot(name),
        mobile=mobile,
        user=user,
        birth=(identity.birth if identity else None) or birth,
        sex=(identity.sex if identity else "") or sex,
    )
    person.full_clean()
    person.save()
    if identity:
        attach_identity(person=person, kind=id_kind or "resident", number=identity.number)
    audit.record("people.person_created", actor=actor, target=person, after={"public_id": person.public_id, "has_identity": bool(identity)})
    return person


def attach_identity(*, person: Person, kind: str, number: str) -> IdentityDocument:
    """Keep the checked *number* with *person*; inside the caller's transaction."""
    hashed = crypto.look_up_hash(kind, number)
    if IdentityDocument.objects.filter(kind=kind, number_hash=hashed).exists():
        raise InvalidInput(
            "identity_taken",
            _("This identity number is already recorded. Look the person up instead of recording them again."),
            fields={"id_number": _("Already recorded.")},
        )
    return IdentityDocument.objects.create(
        person=person,
        kind=kind,
        number_encrypted=crypto.encrypt(number, bound_to=f"{person.public_id}:{kind}"),
        number_hash=hashed,
        tail=number[-4:],
    )
