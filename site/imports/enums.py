"""The stages that every import shares."""

from enum import StrEnum


class Stage(StrEnum):
    """A stage that every kind of import has under this name.

    The stages of undoing have the tenant's own names (`ImportKind.undoing`).
    """

    MAPPING = "mapping"
    CHECKING = "checking"
    REFUSED = "refused"
    READY = "ready"
    APPLYING = "applying"
    APPLIED = "applied"
    DISCARDED = "discarded"


OPEN = (Stage.MAPPING, Stage.REFUSED, Stage.READY)
