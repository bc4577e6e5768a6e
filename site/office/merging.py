"""Declare what merging two persons, and changing the identity key, does to the rows of imports."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from people import rotation
from people.merging import register_plain_references, register_unmoved_references

register_plain_references("office.StagedRow", ["person"], _("rows ready to import"))
# Undoing an import concerns the record it made: after a merge that is a tombstone, and it stays.
register_unmoved_references("office.TakenRow", ["person"], _("rows imported"))


def _bound_to(row: Any) -> str:
    return f"{row.public_id}:{row.id_kind}"


rotation.register_secret_column("office.StagedRow", "number_encrypted", bound_to=_bound_to)
