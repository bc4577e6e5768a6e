"""Kinds of audit events about rights."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.registry import register
from audit.words import register_field

ROLE_GRANTED = register("access.role_granted", label=_("Role given"))
ROLE_EXTENDED = register("access.role_extended", label=_("Role extended"))
ROLE_WITHDRAWN = register("access.role_withdrawn", label=_("Role withdrawn"))
ROLE_MOVED = register("access.role_moved", label=_("Role moved with its union"))
PROPOSED = register("access.role_proposed", label=_("Role proposed"))
ASKED = register("access.extension_asked", label=_("Extension asked for"))
TAKEN_UP = register("access.extension_taken_up", label=_("Extension taken up"))
DECLINED = register("access.proposal_declined", label=_("Proposal declined"))
RETRACTED = register("access.proposal_retracted", label=_("Proposal taken back"))
LAPSED = register("access.proposal_lapsed", label=_("Proposal lapsed"))
REVIEW_OPENED = register("access.review_opened", label=_("Review of roles opened"))
REVIEW_KEPT = register("access.review_kept", label=_("Role confirmed in a review"))
REVIEW_CLOSED = register("access.review_closed", label=_("Review of roles closed"))
ROLES_EXPORTED = register("access.roles_exported", label=_("List of roles exported"))

# What the keys of before/after are called on the screens.
for _key, _label in {
    "roles": pgettext_lazy("in the record", "Roles"),
    "due": pgettext_lazy("in the record", "Due on"),
    "scope": pgettext_lazy("in the record", "Scope"),
}.items():
    register_field(_key, _label, of="access.")
