"""Kinds of audit events about keys of programs."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register

KEY_MADE = register("api.key_made", label=_("Key for a program made"), clear={"scopes", "prefix", "ends_on"})
KEY_REVOKED = register("api.key_revoked", label=_("Key of a program revoked"))
