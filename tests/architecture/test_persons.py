"""Every reference to a person is known to the merging of persons."""

from __future__ import annotations

from django.apps import apps
from django.db.models import BinaryField, ForeignKey

from people import merging, rotation
from people.models import Person


def pointing_at_persons() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is Person
    }


def test_every_foreign_key_to_person_says_what_merging_does_to_it() -> None:
    """A new one is registered in its app's `merging.py` (people: `references.py`); see ADR 0015."""
    assert {
        reference.key for reference in merging.list_person_references()
    } == pointing_at_persons()


def test_no_table_reaches_persons_by_a_many_to_many_of_its_own_making() -> None:
    """Such a table would be found above; this says it in words: use a model with a foreign key."""
    fields = [
        field
        for model in apps.get_models()
        for field in model._meta.many_to_many
        if field.related_model is Person
    ]
    assert fields == []


def test_every_encrypted_column_is_known_to_the_rotation_of_keys() -> None:
    """A new one is registered with `people.rotation`; identity numbers have a way of their own,
    with hashes.
    """
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField) and field.name.endswith("_encrypted")
    }
    assert columns - {"people.IdentityDocument.number_encrypted"} <= {
        secret.key for secret in rotation.list_registered_secrets()
    }
