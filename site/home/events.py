"""Kinds of deeds of the home app."""

from django.utils.translation import gettext_lazy as _

from audit import registry

KINDS = (registry.register("home.site_made", label=_("Site made")),)
