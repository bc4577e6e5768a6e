"""The roles every site has, which domains extend and add to.

Separation of powers (三权分立): the system, the security and the audit administrator are three people.
Each of the three roles is given by holders of the two others, because the receiver takes no part.
That is why all three hold `access.appoint_admin`.
"""

from django.utils.translation import gettext_lazy as _

from access.registry import APPOINT, GRANT, ORG, SITE, declare_role

VIEW_ROLES = "access.view_roles"
GRANT_ROLE = GRANT
APPOINT_ADMIN = APPOINT
MANAGE_ACCOUNTS = "access.manage_accounts"
VIEW_EVENTS, EXPORT_EVENTS = "audit.view_events", "audit.export_events"

UNION_OFFICER = declare_role(
    "union_officer",
    label=_("union officer"),
    scope=ORG,
    codenames={"org.view_unit", "people.view_person", VIEW_ROLES},
    strong=True,
)
UNION_REVIEWER = declare_role(
    "union_reviewer",
    label=_("union reviewer"),
    scope=ORG,
    codenames={"org.view_unit", "people.view_person"},
    strong=True,
)
UNION_ADMIN = declare_role(
    "union_admin",
    label=_("union administrator"),
    scope=ORG,
    codenames={"org.view_unit", "org.manage_unit", VIEW_ROLES, GRANT_ROLE, "people.view_person"},
    strong=True,
)
EDITOR = declare_role(
    "editor",
    label=_("editor"),
    scope=ORG,
    codenames={"cms.edit", "org.view_unit"},
    platform_group="editors",
)
HR = declare_role(
    "employer_hr",
    label=_("employer's HR"),
    scope="org.Employer",
    codenames={"org.view_employer", "certification.verify_batch"},
)

ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
SYSTEM_ADMIN = declare_role(
    "system_admin",
    label=_("system administrator"),
    scope=SITE,
    codenames={VIEW_ROLES, APPOINT_ADMIN, MANAGE_ACCOUNTS},
    platform_group="site settings",  # enters Wagtail's admin for the site's own settings (cms.setup); pages stay with the editors
    strong=True,
    exclusive_with={"security_admin", "audit_admin"},
)
SECURITY_ADMIN = declare_role(
    "security_admin",
    label=_("security administrator"),
    scope=SITE,
    codenames={VIEW_ROLES, APPOINT_ADMIN, GRANT_ROLE},
    strong=True,
    exclusive_with={"system_admin", "audit_admin"},
)
AUDIT_ADMIN = declare_role(
    "audit_admin",
    label=_("audit administrator"),
    scope=SITE,
    codenames={VIEW_ROLES, APPOINT_ADMIN, VIEW_EVENTS, EXPORT_EVENTS},
    strong=True,
    exclusive_with={"system_admin", "security_admin"},
)
