"""Kinds of audit events about rights."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.registry import register_audit_kind
from audit.words import register_field

ROLE_GRANTED = register_audit_kind("access.role_granted", label=_("Role given"))
ROLE_EXTENDED = register_audit_kind("access.role_extended", label=_("Role extended"))
ROLE_WITHDRAWN = register_audit_kind("access.role_withdrawn", label=_("Role withdrawn"))
ROLE_MOVED = register_audit_kind("access.role_moved", label=_("Role moved with its union"))
PROPOSED = register_audit_kind("access.role_proposed", label=_("Role proposed"))
ASKED = register_audit_kind("access.extension_asked", label=_("Extension requested"))
TAKEN_UP = register_audit_kind("access.extension_taken_up", label=_("Extension request taken up"))
DECLINED = register_audit_kind("access.proposal_declined", label=_("Proposal declined"))
RETRACTED = register_audit_kind("access.proposal_retracted", label=_("Proposal withdrawn"))
LAPSED = register_audit_kind("access.proposal_lapsed", label=_("Proposal lapsed"))
REVIEW_OPENED = register_audit_kind("access.review_opened", label=_("Review of roles opened"))
REVIEW_KEPT = register_audit_kind("access.review_kept", label=_("Role confirmed in a review"))
REVIEW_CLOSED = register_audit_kind("access.review_closed", label=_("Review of roles closed"))
ROLES_EXPORTED = register_audit_kind("access.roles_exported", label=_("List of roles exported"))

# What the keys of before/after are called on the screens.
for _key, _label in {
    "roles": pgettext_lazy("in the record", "Roles"),
    "due": pgettext_lazy("in the record", "Due on"),
    "scope": pgettext_lazy("in the record", "Scope"),
}.items():
    register_field(_key, _label, of="access.")
