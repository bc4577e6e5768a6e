"""The roles every site has (../shared/domain.md 2.3); domains extend them and add their own."""

from django.utils.translation import gettext_lazy as _

from access.registry import ORG, role

UNION_OFFICER = role(
    "union_officer",
    label=_("union officer"),
    scope=ORG,
    codenames={"org.view_unit", "people.view_person", "access.view_roles"},
)
UNION_REVIEWER = role("union_reviewer", label=_("union reviewer"), scope=ORG, codenames={"org.view_unit", "people.view_person"})
UNION_ADMIN = role(
    "union_admin",
    label=_("union administrator"),
    scope=ORG,
    codenames={"org.view_unit", "org.manage_unit", "access.view_roles", "access.grant_role", "people.view_person"},
)
EDITOR = role("editor", label=_("editor"), scope=ORG, codenames={"org.view_unit", "cms.edit"}, platform_group="editors")
HR = role("employer_hr", label=_("employer's HR"), scope="org.Employer", codenames={"org.view_employer", "certification.verify_batch"})
