"""Kinds of audit events of the people desk."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register

EXPORT_ASKED = register("office.export_asked", label=_("List of members asked for"))
EXPORT_APPROVED = register("office.export_approved", label=_("List of members agreed to"))
EXPORT_DECLINED = register("office.export_declined", label=_("List of members declined"))
EXPORT_WITHDRAWN = register("office.export_withdrawn", label=_("Request for a list of members withdrawn"))
EXPORT_LAPSED = register("office.export_lapsed", label=_("Request for a list of members lapsed"))
EXPORT_MADE = register("office.export_made", label=_("List of members made"))
EXPORT_FAILED = register("office.export_failed", label=_("List of members could not be made"))
EXPORT_TAKEN = register("office.export_taken", label=_("List of members downloaded"))
EXPORT_DELETED = register("office.export_deleted", label=_("File of a list of members deleted"))
PEOPLE_EXPORTED = register("office.people_exported", label=_("List of members exported"))
