"""Who may do what with certificates. Asking for a revocation and confirming it are different rights, and different people."""

from access.registry import extend

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

extend("union_officer", {ISSUE, VIEW, SUSPEND, REQUEST_REVOCATION, EDIT_TEMPLATE, MANAGE_HONOURS, VERIFY_BATCH})
extend("union_admin", {MANAGE_BODIES})
extend("union_reviewer", {VIEW, CONFIRM_REVOCATION, VERIFY_BATCH})
extend("employer_hr", {VERIFY_BATCH, WATCH})
