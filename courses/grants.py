"""Define the roles of training and what they may do. Union roles reach every class below their
union, the others one class.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from access.registry import ORG, add_role_codenames, declare_role

EDIT_COURSE = "courses.edit_course"
EDIT_BANK = "courses.edit_bank"
MANAGE_CLASS = "courses.manage_class"
APPROVE_CLASS = "courses.approve_class"
MANAGE_PLACES = "courses.manage_places"
VIEW_ROSTER = "courses.view_roster"
EXPORT_ROSTER = "courses.export_roster"
RUN_CHECK_IN = "courses.run_check_in"
RECORD_MARK = "courses.record_mark"

CLASS = "courses.TrainingClass"

declare_role(
    "training_officer",
    label=_("Training officer"),
    scope=ORG,
    codenames={
        EDIT_COURSE,
        EDIT_BANK,
        MANAGE_CLASS,
        MANAGE_PLACES,
        VIEW_ROSTER,
        EXPORT_ROSTER,
        RUN_CHECK_IN,
        RECORD_MARK,
    },
    platform_group="training desk",  # may enter Wagtail's admin (setup.py); what they may do there is asked of `access`
)
declare_role(
    "class_head",
    label=_("Class head"),
    scope=CLASS,
    codenames={MANAGE_PLACES, VIEW_ROSTER, EXPORT_ROSTER, RUN_CHECK_IN},
)
declare_role("trainer", label=_("Trainer"), scope=CLASS, codenames={VIEW_ROSTER, RUN_CHECK_IN})
declare_role(
    "class_assessor", label=_("Class assessor"), scope=CLASS, codenames={VIEW_ROSTER, RECORD_MARK}
)
add_role_codenames(
    "union_officer", {MANAGE_CLASS, MANAGE_PLACES, VIEW_ROSTER, EXPORT_ROSTER, RUN_CHECK_IN}
)
add_role_codenames("union_reviewer", {APPROVE_CLASS, VIEW_ROSTER})
add_role_codenames("editor", {EDIT_COURSE, EDIT_BANK})
