"""Kinds of audit events about personal data."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register

POLICY_DRAFTED = register("privacy.policy_drafted", label=_("Privacy notice drafted"))
POLICY_PUBLISHED = register("privacy.policy_published", label=_("Privacy notice published"))
CORRECTION_ASKED = register("privacy.correction_asked", label=_("Correction asked for"))
CORRECTION_ACCEPTED = register("privacy.correction_accepted", label=_("Correction carried out"))
ERASURE_ASKED = register("privacy.erasure_asked", label=_("Deletion asked for"))
ERASURE_PREPARED = register("privacy.erasure_prepared", label=_("Deletion prepared"))
ERASURE_RETURNED = register("privacy.erasure_returned", label=_("Prepared deletion given back"))
ERASED = register("privacy.person_erased", label=_("Person erased"))
REQUEST_REFUSED = register("privacy.request_refused", label=_("Request about personal data refused"))
REQUEST_WITHDRAWN = register("privacy.request_withdrawn", label=_("Request about personal data withdrawn"))
EVIDENCE_SEEN = register("privacy.request_opened", label=_("Wanted value and proof of a request looked at"))
EXPORT_ASKED = register("privacy.export_asked", label=_("Copy of own data asked for"))
EXPORT_TAKEN = register("privacy.export_taken", label=_("Copy of own data downloaded"))
EXPORT_DELETED = register("privacy.export_deleted", label=_("Copy of own data deleted"))
OWN_NUMBER_SEEN = register("privacy.own_number_seen", label=_("Own identity number looked at"))
RULE_PROPOSED = register("privacy.retention_proposed", label=_("Retention rule proposed"))
RULE_CONFIRMED = register("privacy.retention_confirmed", label=_("Retention rule put in force"))
RULE_REFUSED = register("privacy.retention_refused", label=_("Retention rule turned down"))
RULE_OFF = register("privacy.retention_switched_off", label=_("Retention rule switched off"))
SWEPT = register("privacy.retention_swept", label=_("Data deleted by retention rule"))
ASSESSED = register("privacy.assessment_exported", label=_("Impact assessment exported"))
