"""Erase a person by doing to each field in the register of personal data what was declared for it.

No table is named here. A model that nobody declared fails the test that walks all models.
Everything happens in one transaction, and files are deleted after the commit.
"""

from __future__ import annotations

from typing import Any

from django.core.files.storage import Storage
from django.db import models, transaction

from access import SYSTEM
from core import personal
from core.actors import Actor
from core.personal import Holding, OnErase
from core.states import lock
from people import closing
from people.models import Consent, Person, User
from people.privacy_enums import ERASED_WORD
from people.rules.privacy import make_pseudonym
from people.workflows.privacy import withdraw_consent


@transaction.atomic
def erase_person_data(*, actor: Actor, person: Person) -> dict[str, int]:
    """Erase *person* and their account, and return how many rows of each kind were emptied or
    deleted.

    The caller has checked the right, looked for open cases and locked the request. The caller also
    records *actor* in the audit log.
    """
    del actor
    closing.lock_closing_accounts(person.user)
    person = lock(person)
    account = person.user
    for purpose in Consent.objects.filter(person=person, withdrawn_at=None).values_list(
        "purpose", flat=True
    ):
        withdraw_consent(actor=SYSTEM, person=person, purpose=purpose, channel="my_data")
    name = make_pseudonym(person.public_id.hex, ERASED_WORD)
    counts = {}
    # The person's own row last: the others are found through it.
    for holding in sorted(
        personal.list_holdings(), key=lambda one: one.label in ("people.Person", "people.User")
    ):
        if done := _empty(holding, person, account, name):
            counts[holding.label] = done
    if account is not None:
        _close(account)
    return counts


def _empty(holding: Holding, person: Person, account: User | None, name: str) -> int:
    touched = {
        key: field.on_erase
        for key, field in holding.fields.items()
        if field.on_erase != OnErase.KEEP
    }
    if not touched and not holding.delete_rows:
        return 0
    rows = list(personal.rows_about(holding, person, account))
    for row in rows:
        for key in holding.fields:
            _drop_file(row, key, all_files=holding.delete_rows, touched=touched)
        if holding.delete_rows:
            row.delete()
            continue
        for key, what in touched.items():
            field = row._meta.get_field(key)
            setattr(
                row,
                field.attname,
                name[: field.max_length] if what == OnErase.PSEUDONYM else _blank(field),
            )
        row.save(update_fields=[row._meta.get_field(key).name for key in touched])
    return len(rows)


def _blank(field: Any) -> Any:
    """Return the value of *field* once it is emptied."""
    if field.null:
        return None
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.JSONField):
        return field.get_default()
    return b"" if isinstance(field, models.BinaryField) else ""


def _drop_file(row: Any, key: str, *, all_files: bool, touched: dict[str, Any]) -> None:
    if not isinstance(row._meta.get_field(key), models.FileField) or not (
        all_files or key in touched
    ):
        return
    file = getattr(row, key)
    if file:
        name, storage = str(file.name), file.storage
        transaction.on_commit(lambda: _delete(storage, name))


def _delete(storage: Storage, name: str) -> None:
    storage.delete(name)


def _close(account: User) -> None:
    """Close the emptied account, so that nobody can sign in to it. Its groups and permissions are
    removed, so no right is left on it.
    """
    account = User.objects.get(pk=account.pk)
    account.is_active = account.is_staff = account.is_superuser = False
    account.set_unusable_password()
    account.save(update_fields=["is_active", "is_staff", "is_superuser", "password"])
    account.groups.clear()
    account.user_permissions.clear()
