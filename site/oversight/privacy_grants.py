"""What the data protection officer may do."""

from django.utils.translation import gettext_lazy as _

from access.registry import SITE, declare_role

VIEW_INVENTORY = "privacy.view_inventory"
HANDLE_REQUEST = "privacy.handle_request"
SET_RETENTION = "privacy.set_retention"

PRIVACY_OFFICER = declare_role(
    "privacy_officer",
    label=_("data protection officer"),
    scope=SITE,
    codenames={VIEW_INVENTORY, HANDLE_REQUEST, SET_RETENTION},
    strong=True,
)
