"""Declare what merging two persons, and changing the identity key, does to the rows of imports."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from people import rotation
from people.merging import leave, plain

plain("office.StagedRow", ["person"], _("rows waiting to be taken over"))
# Undoing an import concerns the record it made: after a merge that is a tombstone, and it stays.
leave("office.TakenRow", ["person"], _("rows taken over"))


def _bound_to(row: Any) -> str:
    return f"{row.public_id}:{row.id_kind}"


rotation.register("office.StagedRow", "number_encrypted", bound_to=_bound_to)
