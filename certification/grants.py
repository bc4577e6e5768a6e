"""Permissions for certificates, and the roles that have them.

Asking for a revocation and confirming it are different rights, and different people. So are taking
papers over and comparing them with the originals.
"""

from access.registry import add_role_codenames

ISSUE = "certification.issue"
VIEW = "certification.view_register"
SUSPEND = "certification.suspend"
REQUEST_REVOCATION = "certification.request_revocation"
CONFIRM_REVOCATION = "certification.confirm_revocation"
EDIT_TEMPLATE = "certification.edit_template"
MANAGE_HONOURS = "certification.manage_honours"
VERIFY_BATCH = "certification.verify_batch"
WATCH = "certification.watch"
MANAGE_BODIES = "certification.manage_bodies"
IMPORT_HISTORIC = "certification.import_historic"
CONFIRM_HISTORIC = "certification.confirm_historic"

add_role_codenames(
    "union_officer",
    {
        ISSUE,
        VIEW,
        SUSPEND,
        REQUEST_REVOCATION,
        EDIT_TEMPLATE,
        MANAGE_HONOURS,
        VERIFY_BATCH,
        IMPORT_HISTORIC,
    },
)
add_role_codenames("union_admin", {MANAGE_BODIES})
add_role_codenames("union_reviewer", {VIEW, CONFIRM_REVOCATION, VERIFY_BATCH, CONFIRM_HISTORIC})
add_role_codenames("employer_hr", {VERIFY_BATCH, WATCH})
