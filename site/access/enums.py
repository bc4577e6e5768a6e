"""States of proposals and reviews, and the moves allowed between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProposalKind(models.TextChoices):
    """What is proposed."""

    GRANT = "grant", pgettext_lazy("proposal", "give a role")
    EXTENSION = "extension", pgettext_lazy("proposal", "extend a role")


class ProposalState(models.TextChoices):
    """The states of a proposal.

    ASKED is the holder's own request, which still needs both people.
    """

    ASKED = "asked", pgettext_lazy("proposal", "requested by the holder")
    PROPOSED = "proposed", pgettext_lazy("proposal", "waiting for a second person")
    AGREED = "agreed", pgettext_lazy("proposal", "approved")
    DECLINED = "declined", pgettext_lazy("proposal", "declined")
    RETRACTED = "retracted", pgettext_lazy("proposal", "withdrawn")
    LAPSED = "lapsed", pgettext_lazy("proposal", "lapsed")


LIVE = (ProposalState.ASKED, ProposalState.PROPOSED)
PROPOSAL_MOVES = {
    ProposalState.ASKED: {
        ProposalState.PROPOSED,
        ProposalState.DECLINED,
        ProposalState.RETRACTED,
        ProposalState.LAPSED,
    },
    ProposalState.PROPOSED: {
        ProposalState.AGREED,
        ProposalState.DECLINED,
        ProposalState.RETRACTED,
        ProposalState.LAPSED,
    },
}


class ReviewState(models.TextChoices):
    """The states of a half-yearly review."""

    OPEN = "open", pgettext_lazy("review", "open")
    CLOSED = "closed", pgettext_lazy("review", "closed")


REVIEW_MOVES = {ReviewState.OPEN: {ReviewState.CLOSED}}


class ReviewItemState(models.TextChoices):
    """What was decided about one role in a review."""

    PENDING = "pending", pgettext_lazy("review", "to be confirmed")
    KEPT = "kept", pgettext_lazy("review", "kept")
    WITHDRAWN = "withdrawn", pgettext_lazy("review", "withdrawn")
    LAPSED = "lapsed", pgettext_lazy("review", "lapsed: not confirmed")
    ENDED = "ended", _("ended before the review")


ITEM_MOVES = {
    ReviewItemState.PENDING: {
        ReviewItemState.KEPT,
        ReviewItemState.WITHDRAWN,
        ReviewItemState.LAPSED,
        ReviewItemState.ENDED,
    }
}
