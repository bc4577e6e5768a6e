"""Define who may do what in an event. Judges and chief judges never read the list behind the blind
numbers, and the secrecy officer never judges.
"""

from django.utils.translation import gettext_lazy as _

from access.registry import extend, role

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

EVENT_MANAGER = role("event_manager", label=_("competition manager"), scope=EVENT, codenames={VIEW, MANAGE, COMPUTE, WITNESS, PUBLISH})
CHIEF_JUDGE = role("chief_judge", label=_("chief judge"), scope=EVENT, codenames={VIEW, LEAD, WITNESS, CONFIRM})
JUDGE_ROLE = role("judge", label=_("judge"), scope=EVENT, codenames={JUDGE})
SECRECY_OFFICER = role("secrecy_officer", label=_("secrecy officer"), scope=EVENT, codenames={VIEW, KEEP_CODES})

extend("union_officer", {CREATE, VIEW, MANAGE, COMPUTE, WITNESS, PUBLISH})
extend("union_reviewer", {VIEW, WITNESS, CONFIRM})
