"""Kinds of audit events of the people desk."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.registry import register_audit_kind
from audit.words import register_field
from org.enums import MembershipStanding, MemberStatus

EXPORT_ASKED = register_audit_kind("office.export_asked", label=_("Member list requested"))
EXPORT_APPROVED = register_audit_kind("office.export_approved", label=_("Member list approved"))
EXPORT_DECLINED = register_audit_kind("office.export_declined", label=_("Member list declined"))
EXPORT_WITHDRAWN = register_audit_kind(
    "office.export_withdrawn", label=_("Request for a member list withdrawn")
)
EXPORT_LAPSED = register_audit_kind(
    "office.export_lapsed", label=_("Request for a member list expired")
)
EXPORT_MADE = register_audit_kind("office.export_made", label=_("Member list created"))
EXPORT_FAILED = register_audit_kind(
    "office.export_failed", label=_("Member list could not be created")
)
EXPORT_TAKEN = register_audit_kind("office.export_taken", label=_("Member list downloaded"))
EXPORT_DELETED = register_audit_kind(
    "office.export_deleted", label=_("File of a member list deleted")
)
PEOPLE_EXPORTED = register_audit_kind("office.people_exported", label=_("Member list exported"))

# What the keys of before/after are called on the screens.
for _key, _label in {
    "filtered_by_name": pgettext_lazy("in the record", "Filtered by a name"),
    "full_numbers": pgettext_lazy("in the record", "With full identity numbers"),
    "count": pgettext_lazy("in the record", "People"),
}.items():
    register_field(_key, _label, of="office.")
_STATUS = {
    "member": MembershipStanding.MEMBER.label,
    "kept": MembershipStanding.KEPT.label,
    "left": MemberStatus.LEFT.label,
}
register_field(
    "status",
    pgettext_lazy("in the record", "Membership"),
    word=lambda value: _STATUS.get(value, value),
    of="office.",
)
