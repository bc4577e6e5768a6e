"""This app's own foreign keys to Person, and what merging does to them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.merging import Reference, leave, plain, register
from people.models import Consent, Person, PrivacyRequest
from people.privacy_enums import OPEN_STATES
from people.workflows import merge

register(Reference("people.IdentityDocument", "person", gettext_lazy("identity documents"), move=merge.move_documents))
plain("people.FormerName", ["person"], gettext_lazy("former names"))
plain("people.Person", ["merged_into"], gettext_lazy("records merged before"))
register(Reference("people.SuspectedPair", "first", gettext_lazy("suspected pairs"), move=merge.move_pairs))
leave("people.SuspectedPair", ["second"], gettext_lazy("suspected pairs"))  # `first` moves both sides
leave("people.MergeProposal", ["keep", "gone"], gettext_lazy("merge proposals"))
leave("people.DataExport", ["person"], gettext_lazy("copies of one's data"))


def _consents(keep: Person, gone: Person, _picks: object) -> int:
    """Move consents to *keep* and return how many.

    A consent that *keep* has too stays with the tombstone, where it was given.
    """
    held = Consent.objects.filter(person=keep, withdrawn_at=None).values_list("purpose", flat=True)
    rows = Consent.objects.filter(person=gone)
    return rows.exclude(withdrawn_at=None, purpose__in=list(held)).update(person=keep)


def _request_open(_keep: Person, gone: Person) -> list[str]:
    if PrivacyRequest.objects.filter(person=gone, state__in=OPEN_STATES).exists():
        return [_("The record that goes has an open request about personal data. Decide that request first.")]
    return []


register(Reference("people.Consent", "person", gettext_lazy("consents"), move=_consents))
register(Reference("people.PrivacyRequest", "person", gettext_lazy("requests about personal data"), obstacles=_request_open))
