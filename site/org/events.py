"""Kinds of audit events about unions and employers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.registry import register
from audit.words import choice_word, register_field
from org.enums import EmploymentForm, Ending, Standing

UNIT_CREATED = register("org.unit_created", label=_("Union recorded"))
UNIT_CHANGED = register("org.unit_changed", label=_("Facts of a union changed"))
UNIT_ACTIVATED = register("org.unit_activated", label=_("Union began its work"))
UNIT_RENAMED = register("org.unit_renamed", label=_("Union renamed"))
UNIT_NAME_CORRECTED = register("org.unit_name_corrected", label=_("Name of a union corrected"))
UNIT_MOVED = register("org.unit_moved", label=_("Union moved in the tree"))
CHANGE_ANNULLED = register("org.change_annulled", label=_("Change of a union taken back"))
UNIT_MERGED = register("org.unit_merged", label=_("Union merged"))
UNIT_DISSOLVED = register("org.unit_dissolved", label=_("Union dissolved"))
UNIT_RESTORED = register("org.unit_restored", label=_("Dissolved union taken up again"))
LINK_STARTED = register("org.link_started", label=_("Industry superior recorded"))
LINK_ENDED = register("org.link_ended", label=_("Industry superior ended"))
TREE_REPAIRED = register("org.tree_repaired", label=_("Union tree repaired"))
EMPLOYER_CREATED = register("org.employer_created", label=_("Employer recorded"))
EMPLOYER_CHANGED = register("org.employer_changed", label=_("Facts of an employer changed"))
EMPLOYER_RENAMED = register("org.employer_renamed", label=_("Employer renamed"))
EMPLOYER_NAME_CORRECTED = register("org.employer_name_corrected", label=_("Name of an employer corrected"))
EMPLOYER_LINKED = register("org.employer_linked", label=_("Employer joined a union"))
EMPLOYER_UNLINKED = register("org.employer_unlinked", label=_("Employer left a union"))
EMPLOYER_MERGED = register("org.employer_merged", label=_("Employer merged"))
JOINED = register("org.membership_started", label=_("Membership started"))
TRANSFERRED = register("org.membership_transferred", label=_("Member transferred"))
STANDING = register("org.membership_standing", label=_("Standing of a member changed"))
LEFT = register("org.membership_ended", label=_("Membership ended"))
EMPLOYED = register("org.employment_started", label=_("Employment started"))
EMPLOYMENT_ENDED = register("org.employment_ended", label=_("Employment ended"))

# What the keys of before/after are called on the screens.
for _key, _label in {
    "document": pgettext_lazy("in the record", "Document"),
    "change": pgettext_lazy("in the record", "Change"),
    "drift": pgettext_lazy("in the record", "Differences"),
    "on": pgettext_lazy("in the record", "Day"),
    "members": pgettext_lazy("in the record", "Members"),
    "children": pgettext_lazy("in the record", "Unions below"),
    "employers": pgettext_lazy("in the record", "Employers"),
    "links": pgettext_lazy("in the record", "Links to employers"),
    "roles": pgettext_lazy("in the record", "Roles"),
    "unions": pgettext_lazy("in the record", "Unions"),
    "employments": pgettext_lazy("in the record", "Employments"),
}.items():
    register_field(_key, _label, of="org.")
register_field("form", pgettext_lazy("in the record", "Form of work"), word=choice_word(EmploymentForm), of="org.")
register_field("kind", pgettext_lazy("in the record", "How it ended"), word=choice_word(Ending), of="org.membership_ended")
register_field("standing", pgettext_lazy("in the record", "Standing"), word=choice_word(Standing), of="org.")
