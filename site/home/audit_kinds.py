"""Declare the kinds of audit events of the home app."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit import registry
from audit.words import register_field

KINDS = (registry.register_audit_kind("home.site_made", label=_("Site created")),)

# What the keys of before/after are called on the screens.
for _key, _label in {
    "page": pgettext_lazy("in the record", "Page"),
}.items():
    register_field(_key, _label, of="home.")
