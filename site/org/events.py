"""Kinds of audit events about unions and employers."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register

UNIT_CREATED = register("org.unit_created", label=_("Union recorded"))
UNIT_MOVED = register("org.unit_moved", label=_("Union moved in the tree"))
EMPLOYER_CREATED = register("org.employer_created", label=_("Employer recorded"))
JOINED = register("org.membership_started", label=_("Membership started"))
EMPLOYED = register("org.employment_started", label=_("Employment started"))
