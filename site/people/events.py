"""Kinds of audit events about people."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.registry import register
from audit.words import register_field

PERSON_CREATED = register("people.person_created", label=_("Person recorded"), personal=True)
PERSON_CHANGED = register("people.person_changed", label=_("Person changed"), personal=True)
ACCOUNT_LINKED = register("people.account_linked", label=_("Account linked to person"))
SIGNED_IN = register("people.signed_in", label=_("Signed in"))
SIGNED_OUT = register("people.signed_out", label=_("Signed out"))
SIGN_IN_FAILED = register("people.sign_in_failed", label=_("Sign-in failed"))
CONFIRMED_AGAIN = register("people.confirmed_again", label=_("Confirmed who they are, before a sensitive act"))
NAME_CORRECTED = register("people.name_corrected", label=_("Name corrected"), personal=True)
PHOTO_CHANGED = register("people.photo_changed", label=_("Photo changed"))
IDENTITY_RECORDED = register("people.identity_recorded", label=_("Identity document recorded"))
IDENTITY_CORRECTED = register("people.identity_corrected", label=_("Identity number corrected"))
IDENTITY_SHOWN = register("people.identity_shown", label=_("Full identity number looked at"))
IDENTITY_LOOKED_UP = register("people.identity_looked_up", label=_("Looked up by identity number"))
IDENTITY_REWRITTEN = register("people.identity_keys_rotated", label=_("Identity numbers written under a new key"))
ACCOUNT_OPENED = register("people.account_opened", label=_("Account opened"))
ACCOUNT_CLOSED = register("people.account_closed", label=_("Account closed"))
ACCOUNT_REOPENED = register("people.account_reopened", label=_("Account opened again"))
PAIR_DIFFERENT = register("people.pair_different", label=_("Two records are two persons"))
PAIR_REOPENED = register("people.pair_reopened", label=_("Two records to be looked at again"))
MERGE_PROPOSED = register("people.merge_proposed", label=_("Merge of two records proposed"))
MERGE_REFUSED = register("people.merge_refused", label=_("Merge of two records refused"))
MERGE_WITHDRAWN = register("people.merge_withdrawn", label=_("Merge of two records withdrawn"))
MERGED = register("people.persons_merged", label=_("Two records merged"), personal=True)
NOTICE_READ = register("people.notice_read", label=_("Privacy notice read"))
CONSENT_GIVEN = register("people.consent_given", label=_("Consent given"))
CONSENT_WITHDRAWN = register("people.consent_withdrawn", label=_("Consent withdrawn"))

# What the keys of before/after are called on the screens.
for _key, _label in {
    "kinds": pgettext_lazy("in the record", "Kinds"),
    "active": pgettext_lazy("in the record", "In use"),
    "count": pgettext_lazy("in the record", "Number"),
    "moved": pgettext_lazy("in the record", "Brought together"),
    "tombstone": pgettext_lazy("in the record", "What remains"),
    "way": pgettext_lazy("in the record", "Way"),
    "ways": pgettext_lazy("in the record", "Ways of proof"),
    "provider": pgettext_lazy("in the record", "Provider"),
    "has_identity": pgettext_lazy("in the record", "Identity number on record"),
    "name_repaired": pgettext_lazy("in the record", "Spelling of the name repaired"),
    "account": pgettext_lazy("in the record", "Account"),
    "device": pgettext_lazy("in the record", "Device"),
    "channel": pgettext_lazy("in the record", "Given through"),
}.items():
    register_field(_key, _label, of="people.")
