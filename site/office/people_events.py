"""Kinds of audit events of the people desk."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register

PEOPLE_EXPORTED = register("office.people_exported", label=_("List of members exported"))
