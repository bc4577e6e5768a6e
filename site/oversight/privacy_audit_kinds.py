"""Kinds of audit events about personal data."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register_audit_kind

POLICY_DRAFTED = register_audit_kind("privacy.policy_drafted", label=_("Privacy notice drafted"))
POLICY_PUBLISHED = register_audit_kind(
    "privacy.policy_published", label=_("Privacy notice published")
)
CORRECTION_ASKED = register_audit_kind("privacy.correction_asked", label=_("Correction requested"))
CORRECTION_ACCEPTED = register_audit_kind(
    "privacy.correction_accepted", label=_("Correction carried out")
)
ERASURE_ASKED = register_audit_kind("privacy.erasure_asked", label=_("Deletion requested"))
ERASURE_PREPARED = register_audit_kind("privacy.erasure_prepared", label=_("Deletion prepared"))
ERASURE_RETURNED = register_audit_kind(
    "privacy.erasure_returned", label=_("Prepared deletion returned")
)
ERASED = register_audit_kind("privacy.person_erased", label=_("Person erased"))
REQUEST_REFUSED = register_audit_kind(
    "privacy.request_refused", label=_("Request about personal data refused")
)
REQUEST_WITHDRAWN = register_audit_kind(
    "privacy.request_withdrawn", label=_("Request about personal data withdrawn")
)
EVIDENCE_SEEN = register_audit_kind(
    "privacy.request_opened", label=_("Requested value and supporting document of a request viewed")
)
EXPORT_ASKED = register_audit_kind("privacy.export_asked", label=_("Copy of own data requested"))
EXPORT_TAKEN = register_audit_kind("privacy.export_taken", label=_("Copy of own data downloaded"))
EXPORT_DELETED = register_audit_kind("privacy.export_deleted", label=_("Copy of own data deleted"))
OWN_NUMBER_SEEN = register_audit_kind(
    "privacy.own_number_seen", label=_("Own identity number viewed")
)
RULE_PROPOSED = register_audit_kind(
    "privacy.retention_proposed", label=_("Retention rule proposed")
)
RULE_CONFIRMED = register_audit_kind(
    "privacy.retention_confirmed", label=_("Retention rule put in force")
)
RULE_REFUSED = register_audit_kind("privacy.retention_refused", label=_("Retention rule rejected"))
RULE_OFF = register_audit_kind(
    "privacy.retention_switched_off", label=_("Retention rule turned off")
)
SWEPT = register_audit_kind("privacy.retention_swept", label=_("Data deleted by retention rule"))
ASSESSED = register_audit_kind("privacy.assessment_exported", label=_("Impact assessment exported"))
