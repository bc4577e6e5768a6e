"""Kinds of audit events about people, and what their rows say in words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.registry import register_audit_kind
from audit.words import choice_word, register_field
from people import record_words
from people.enums import IdType
from people.login.enums import CodePurpose
from people.privacy_enums import ConsentChannel, ConsentPurpose

PERSON_CREATED = register_audit_kind(
    "people.person_created", label=_("Person recorded"), personal=True
)
PERSON_CHANGED = register_audit_kind(
    "people.person_changed", label=_("Person changed"), personal=True
)
ACCOUNT_LINKED = register_audit_kind("people.account_linked", label=_("Account linked to person"))
SIGNED_IN = register_audit_kind("people.signed_in", label=_("Signed in"))
SIGNED_OUT = register_audit_kind("people.signed_out", label=_("Signed out"))
SIGN_IN_FAILED = register_audit_kind("people.sign_in_failed", label=_("Sign-in failed"))
CONFIRMED_AGAIN = register_audit_kind(
    "people.confirmed_again", label=_("Identity confirmed before a sensitive action")
)
NAME_CORRECTED = register_audit_kind(
    "people.name_corrected", label=_("Name corrected"), personal=True
)
PHOTO_CHANGED = register_audit_kind("people.photo_changed", label=_("Photo changed"))
IDENTITY_RECORDED = register_audit_kind(
    "people.identity_recorded", label=_("Identity document recorded")
)
IDENTITY_CORRECTED = register_audit_kind(
    "people.identity_corrected", label=_("Identity number corrected")
)
IDENTITY_SHOWN = register_audit_kind(
    "people.identity_shown", label=_("Full identity number viewed")
)
IDENTITY_LOOKED_UP = register_audit_kind(
    "people.identity_looked_up", label=_("Looked up by identity number")
)
IDENTITY_REWRITTEN = register_audit_kind(
    "people.identity_keys_rotated", label=_("Identity numbers re-encrypted with a new key")
)
ACCOUNT_OPENED = register_audit_kind("people.account_opened", label=_("Account opened"))
ACCOUNT_CLOSED = register_audit_kind("people.account_closed", label=_("Account closed"))
ACCOUNT_REOPENED = register_audit_kind("people.account_reopened", label=_("Account reopened"))
PAIR_DIFFERENT = register_audit_kind(
    "people.pair_different", label=_("Two records recognised as different people")
)
PAIR_REOPENED = register_audit_kind(
    "people.pair_reopened", label=_("Two records to be checked again")
)
MERGE_PROPOSED = register_audit_kind(
    "people.merge_proposed", label=_("Merge of two records proposed")
)
MERGE_REFUSED = register_audit_kind("people.merge_refused", label=_("Merge of two records refused"))
MERGE_WITHDRAWN = register_audit_kind(
    "people.merge_withdrawn", label=_("Merge of two records withdrawn")
)
MERGED = register_audit_kind(
    "people.persons_merged",
    label=_("Two records merged"),
    personal=True,
    clear={"state", "moved", "tombstone", "merged_into"},
)
NOTICE_READ = register_audit_kind("people.notice_read", label=_("Privacy notice read"))
CONSENT_GIVEN = register_audit_kind("people.consent_given", label=_("Consent given"))
CONSENT_WITHDRAWN = register_audit_kind("people.consent_withdrawn", label=_("Consent withdrawn"))

# What the keys of before/after are called on the screens.
for _key, _label in {
    "kinds": pgettext_lazy("in the record", "Kinds"),
    "active": pgettext_lazy("in the record", "In use"),
    "count": pgettext_lazy("in the record", "Number"),
    "way": pgettext_lazy("in the record", "Method"),
    "ways": pgettext_lazy("in the record", "Verification methods"),
    "provider": pgettext_lazy("in the record", "Provider"),
    "has_identity": pgettext_lazy("in the record", "Identity number on file"),
    "name_repaired": pgettext_lazy("in the record", "Spelling of the name corrected"),
    "account": pgettext_lazy("in the record", "Account"),
    "device": pgettext_lazy("in the record", "Device"),
    "list": pgettext_lazy("in the record", "In an exported list"),
    "minutes": pgettext_lazy("in the record", "Minutes"),
    "why": pgettext_lazy("in the record", "Cause"),
    "key": pgettext_lazy("in the record", "Key"),
    "address": pgettext_lazy("in the record", "Network address"),
    "kept_facts": pgettext_lazy("in the record", "Details of the record that is kept"),
    "gone_facts": pgettext_lazy("in the record", "Details of the record that is merged into it"),
}.items():
    register_field(_key, _label, of="people.")
register_field(
    "moved",
    pgettext_lazy("in the record", "Merged records"),
    word=record_words.count_rows,
    of="people.",
)
register_field(
    "channel",
    pgettext_lazy("in the record", "Consent given through"),
    word=choice_word(ConsentChannel),
    of="people.",
)
register_field(
    "kind",
    pgettext_lazy("in the record", "Kind of document"),
    word=choice_word(IdType),
    of="people.",
)
for _key, _label in {
    "keep": pgettext_lazy("in the record", "Record that is kept"),
    "gone": pgettext_lazy("in the record", "Record to be merged"),
    "tombstone": pgettext_lazy("in the record", "Record that was merged"),
    "merged_into": pgettext_lazy("in the record", "Record that is kept"),
}.items():
    register_field(_key, _label, names=record_words.name_persons, of="people.")
for _key, _label in {
    "from_keep": pgettext_lazy("in the record", "Taken from the record that is kept"),
    "from_gone": pgettext_lazy("in the record", "Taken from the record to be merged"),
}.items():
    register_field(_key, _label, names=record_words.name_picks, of="people.")
for _kind in ("code_sent", "code_refused"):
    register_field(
        "purpose",
        pgettext_lazy("in the record", "Purpose of the code"),
        word=choice_word(CodePurpose),
        of=f"people.{_kind}",
    )
for _kind in ("consent_given", "consent_withdrawn"):
    register_field(
        "purpose",
        pgettext_lazy("in the record", "Purpose"),
        word=choice_word(ConsentPurpose),
        of=f"people.{_kind}",
    )
