"""Define who may do what in an event. Judges and chief judges never read the list behind the blind
numbers, and the secrecy officer never judges.
"""

from django.utils.translation import gettext_lazy as _

from access.registry import add_role_codenames, declare_role

EVENT = "competitions.Event"

VIEW = "competitions.view_event"
CREATE = "competitions.create_event"
MANAGE = "competitions.manage_event"
LEAD = "competitions.lead_judging"
JUDGE = "competitions.judge"
KEEP_CODES = "competitions.keep_codes"
WITNESS = "competitions.witness"
COMPUTE = "competitions.compute_results"
CONFIRM = "competitions.confirm_results"
PUBLISH = "competitions.publish_results"

EVENT_MANAGER = declare_role(
    "event_manager",
    label=_("competition officer"),
    scope=EVENT,
    codenames={VIEW, MANAGE, COMPUTE, WITNESS, PUBLISH},
)
CHIEF_JUDGE = declare_role(
    "chief_judge", label=_("chief judge"), scope=EVENT, codenames={VIEW, LEAD, WITNESS, CONFIRM}
)
JUDGE_ROLE = declare_role("judge", label=_("judge"), scope=EVENT, codenames={JUDGE})
SECRECY_OFFICER = declare_role(
    "secrecy_officer", label=_("secrecy officer"), scope=EVENT, codenames={VIEW, KEEP_CODES}
)

add_role_codenames("union_officer", {CREATE, VIEW, MANAGE, COMPUTE, WITNESS, PUBLISH})
add_role_codenames("union_reviewer", {VIEW, WITNESS, CONFIRM})
