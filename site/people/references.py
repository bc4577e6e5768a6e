"""This app's own foreign keys to Person, and what merging does to them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.merging import (
    Reference,
    register_plain_references,
    register_reference,
    register_unmoved_references,
)
from people.models import Consent, Person, PrivacyRequest
from people.privacy_enums import OPEN_STATES
from people.workflows import merge

register_reference(
    Reference(
        "people.IdentityDocument",
        "person",
        gettext_lazy("identity documents"),
        move=merge.move_documents,
    )
)
register_plain_references("people.FormerName", ["person"], gettext_lazy("former names"))
register_plain_references(
    "people.Person", ["merged_into"], gettext_lazy("previously merged records")
)
register_reference(
    Reference(
        "people.SuspectedPair", "first", gettext_lazy("suspected pairs"), move=merge.move_pairs
    )
)
register_unmoved_references(
    "people.SuspectedPair", ["second"], gettext_lazy("suspected pairs")
)  # `first` moves both sides
register_unmoved_references(
    "people.MergeProposal", ["keep", "gone"], gettext_lazy("merge proposals")
)
register_unmoved_references(
    "people.DataExport", ["person"], gettext_lazy("copies of people's data")
)


def _consents(keep: Person, gone: Person, _picks: object) -> int:
    """Move consents to *keep* and return how many.

    A consent that *keep* has too stays with the tombstone, where it was given.
    """
    held = Consent.objects.filter(person=keep, withdrawn_at=None).values_list("purpose", flat=True)
    rows = Consent.objects.filter(person=gone)
    return rows.exclude(withdrawn_at=None, purpose__in=list(held)).update(person=keep)


def _request_open(_keep: Person, gone: Person) -> list[str]:
    if PrivacyRequest.objects.filter(person=gone, state__in=OPEN_STATES).exists():
        return [
            _(
                "The record to be merged has an open request about personal data. Decide "
                "that request first."
            )
        ]
    return []


register_reference(Reference("people.Consent", "person", gettext_lazy("consents"), move=_consents))
register_reference(
    Reference(
        "people.PrivacyRequest",
        "person",
        gettext_lazy("requests about personal data"),
        obstacles=_request_open,
    )
)
