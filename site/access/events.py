"""Kinds of audit events about rights."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register

ROLE_GRANTED = register("access.role_granted", label=_("Role given"))
ROLE_WITHDRAWN = register("access.role_withdrawn", label=_("Role withdrawn"))
