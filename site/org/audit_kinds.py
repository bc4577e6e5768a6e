"""Kinds of audit events about unions and employers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.registry import register_audit_kind
from audit.words import choice_word, register_field
from org.enums import EmploymentForm, Ending, MembershipStanding

UNIT_CREATED = register_audit_kind("org.unit_created", label=_("Union recorded"))
UNIT_CHANGED = register_audit_kind("org.unit_changed", label=_("Details of a union changed"))
UNIT_ACTIVATED = register_audit_kind("org.unit_activated", label=_("Union officially founded"))
UNIT_RENAMED = register_audit_kind("org.unit_renamed", label=_("Union renamed"))
UNIT_NAME_CORRECTED = register_audit_kind(
    "org.unit_name_corrected", label=_("Name of a union corrected")
)
UNIT_MOVED = register_audit_kind("org.unit_moved", label=_("Union moved in the tree"))
CHANGE_ANNULLED = register_audit_kind("org.change_annulled", label=_("Change of a union withdrawn"))
UNIT_MERGED = register_audit_kind("org.unit_merged", label=_("Union merged"))
UNIT_DISSOLVED = register_audit_kind("org.unit_dissolved", label=_("Union dissolved"))
UNIT_RESTORED = register_audit_kind("org.unit_restored", label=_("Dissolved union restored"))
LINK_STARTED = register_audit_kind("org.link_started", label=_("Industry superior recorded"))
LINK_ENDED = register_audit_kind("org.link_ended", label=_("Industry superior ended"))
TREE_REPAIRED = register_audit_kind("org.tree_repaired", label=_("Union tree repaired"))
EMPLOYER_CREATED = register_audit_kind("org.employer_created", label=_("Employer recorded"))
EMPLOYER_CHANGED = register_audit_kind(
    "org.employer_changed", label=_("Details of an employer changed")
)
EMPLOYER_RENAMED = register_audit_kind("org.employer_renamed", label=_("Employer renamed"))
EMPLOYER_NAME_CORRECTED = register_audit_kind(
    "org.employer_name_corrected", label=_("Name of an employer corrected")
)
EMPLOYER_LINKED = register_audit_kind("org.employer_linked", label=_("Employer joined a union"))
EMPLOYER_UNLINKED = register_audit_kind("org.employer_unlinked", label=_("Employer left a union"))
EMPLOYER_MERGED = register_audit_kind("org.employer_merged", label=_("Employer merged"))
JOINED = register_audit_kind("org.membership_started", label=_("Membership started"))
TRANSFERRED = register_audit_kind("org.membership_transferred", label=_("Member transferred"))
STANDING = register_audit_kind("org.membership_standing", label=_("Membership status changed"))
LEFT = register_audit_kind("org.membership_ended", label=_("Membership ended"))
EMPLOYED = register_audit_kind("org.employment_started", label=_("Employment started"))
EMPLOYMENT_ENDED = register_audit_kind("org.employment_ended", label=_("Employment ended"))

# What the keys of before/after are called on the screens.
for _key, _label in {
    "document": pgettext_lazy("in the record", "Document"),
    "change": pgettext_lazy("in the record", "Change"),
    "drift": pgettext_lazy("in the record", "Differences"),
    "on": pgettext_lazy("in the record", "Date"),
    "members": pgettext_lazy("in the record", "Members"),
    "children": pgettext_lazy("in the record", "Unions below"),
    "employers": pgettext_lazy("in the record", "Employers"),
    "links": pgettext_lazy("in the record", "Links to employers"),
    "roles": pgettext_lazy("in the record", "Roles"),
    "unions": pgettext_lazy("in the record", "Unions"),
    "employments": pgettext_lazy("in the record", "Employments"),
}.items():
    register_field(_key, _label, of="org.")
register_field(
    "form",
    pgettext_lazy("in the record", "Form of employment"),
    word=choice_word(EmploymentForm),
    of="org.",
)
register_field(
    "kind",
    pgettext_lazy("in the record", "Reason for ending"),
    word=choice_word(Ending),
    of="org.membership_ended",
)
register_field(
    "standing",
    pgettext_lazy("in the record", "Membership status"),
    word=choice_word(MembershipStanding),
    of="org.",
)
