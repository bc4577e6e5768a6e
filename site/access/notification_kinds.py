"""Kinds of messages about roles."""

from django.utils.translation import gettext_lazy as _

from notify.registry import register_message_kind

_role = {"role": "工会经办人", "where": "示例市总工会"}

ROLE_PROPOSED = register_message_kind(
    "access.role_proposed",
    label=_("A role is waiting for a second person"),
    subject=_("“{role}” at {where} is waiting for a second person"),
    text=_(
        "{who} is proposed for this role. Reason: {reason} Approve or decline by "
        "{until:day}; after that the proposal lapses."
    ),
    link="/office/access/proposals/{proposal}/",
    mandatory=True,
    audience="officer",
    private={"who"},
    sample={
        **_role,
        "who": "张三",
        "reason": "工作需要。",
        "until": "2026-11-30",
        "proposal": "00000000-0000-4000-8000-000000000000",
    },
)
PROPOSAL_DECLINED = register_message_kind(
    "access.proposal_declined",
    label=_("A role that you proposed was declined"),
    subject=_("Your proposal of “{role}” at {where} was declined"),
    text=_("Reason: {reason}"),
    link="/office/access/proposals/{proposal}/",
    mandatory=True,
    audience="officer",
    sample={
        **_role,
        "reason": "已有两名经办人。",
        "proposal": "00000000-0000-4000-8000-000000000000",
    },
)
ROLE_GRANTED = register_message_kind(
    "access.role_granted",
    label=_("You were given a role"),
    subject=_("You are now “{role}” at {where}"),
    text=_("From {starts:day} to {ends:day}. You can see what you can do on your own page."),
    link="/me/",
    mandatory=True,
    sample={**_role, "starts": "2026-11-23", "ends": "2027-11-22"},
)
ROLE_WITHDRAWN = register_message_kind(
    "access.role_withdrawn",
    label=_("One of your roles was withdrawn"),
    subject=_("You are no longer “{role}” at {where}"),
    text=_(
        "Reason: {reason} Your actions in this role stay on record. If this was your last "
        "office role, you have been signed out; please sign in again."
    ),
    link="/me/",
    mandatory=True,
    sample={**_role, "reason": "岗位调整。"},
)
ROLE_EXPIRING = register_message_kind(
    "access.role_expiring",
    label=_("One of your roles is about to expire"),
    subject=_("“{role}” at {where} expires on {ends:day}"),
    text=_("If you need to continue, ask for an extension in time. Two people have to approve it."),
    link="/me/",
    mandatory=True,
    sample={**_role, "ends": "2026-12-07"},
)
