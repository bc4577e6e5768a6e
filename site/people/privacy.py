"""Declaration of the personal data in the tables about people, and the queries by which other apps
ask for consent.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.personal import (
    Basis,
    Category,
    OnErase,
    PersonalField,
    ProcessingPurpose,
    Seen,
    declare_acting_staff,
    declare_keeping,
    declare_not_personal,
    declare_personal_fields,
)
from core.text import mask_mobile, mask_name, mask_number
from people.models import PrivacyRequest
from people.privacy_enums import OPEN_STATES
from people.privacy_queries import accounts_agreed, has_consent, purposes_agreed

__all__ = ["accounts_agreed", "has_consent", "purposes_agreed"]

declare_keeping(
    "record",
    label=_("Person records"),
    why=_(
        "One record for each person, kept while the person belongs to a union here. Erased "
        "on request."
    ),
)
declare_keeping(
    "account",
    label=_("Accounts"),
    why=_("Kept while the account is used. Closed and emptied on request."),
)
declare_keeping(
    "records",
    label=_("Records of official duties"),
    why=_("Official actions must stay verifiable after the people who took them have left."),
)
declare_keeping(
    "consents",
    label=_("Consents and notices read"),
    why=_("Proof of what the person agreed to and when. Kept as long as the person's record."),
)


def _closed_requests(cutoff: Any) -> Any:
    rows = PrivacyRequest.objects.exclude(state__in=OPEN_STATES).filter(updated_at__lt=cutoff)
    return rows.exclude(evidence="", wanted_encrypted=None, note="")


def _empty_requests(cutoff: Any) -> int:
    rows = list(_closed_requests(cutoff))
    for row in rows:
        row.evidence.delete(save=False)
        row.wanted_encrypted, row.note = None, ""
        row.save(update_fields=["evidence", "wanted_encrypted", "note"])
    return len(rows)


declare_keeping(
    "requests",
    label=_("Supporting documents of closed requests"),
    why=_(
        "Shows how a request was answered. The documents and the requested value are "
        "deleted when the period ends; the fact that it was answered is kept."
    ),
    months=36,
    due=_closed_requests,
    purge=_empty_requests,
    shown=lambda row: f"{row.get_kind_display()} {timezone.localdate(row.updated_at):%Y-%m-%d}",
)


def _old_sessions(cutoff: Any) -> Any:
    return Session.objects.filter(expire_date__lt=cutoff)


declare_keeping(
    "sessions",
    label=_("Ended sign-in sessions"),
    why=_("An ended session is only needed to investigate misuse."),
    months=1,
    due=_old_sessions,
    purge=lambda cutoff: _old_sessions(cutoff).delete()[0],
    shown=lambda row: f"{timezone.localtime(row.expire_date):%Y-%m-%d %H:%M}",
)

_who = partial(PersonalField, Category.IDENTITY, ProcessingPurpose.RECORD, Basis.DUTY, "record")
_reach = partial(
    PersonalField,
    Category.CONTACT,
    ProcessingPurpose.REACH,
    Basis.DUTY,
    "record",
    on_erase=OnErase.BLANK,
)
_account = partial(
    PersonalField,
    Category.ACCOUNT,
    ProcessingPurpose.SIGN_IN,
    Basis.CONTRACT,
    "account",
    seen_by=Seen.ADMINS,
)
_choice = partial(
    PersonalField,
    Category.CHOICES,
    ProcessingPurpose.PRIVACY,
    Basis.LAW,
    "consents",
    seen_by=Seen.ADMINS,
)
_request = partial(
    PersonalField,
    Category.CHOICES,
    ProcessingPurpose.PRIVACY,
    Basis.LAW,
    "requests",
    seen_by=Seen.ADMINS,
)
_key = pgettext_lazy("personal data", "look-up key")

declare_personal_fields(
    "people.Person",
    {
        "name": _who(on_erase=OnErase.PSEUDONYM),
        "name_key": _who(on_erase=OnErase.PSEUDONYM, export=False, seen_by=Seen.NOBODY, label=_key),
        "pinyin_key": _who(
            on_erase=OnErase.PSEUDONYM, export=False, seen_by=Seen.NOBODY, label=_key
        ),
        "name_order": _who(
            on_erase=OnErase.PSEUDONYM, export=False, seen_by=Seen.NOBODY, label=_key
        ),
        "birth": _who(on_erase=OnErase.BLANK),
        "sex": _who(on_erase=OnErase.BLANK),
        "nationality": _who(),
        "ethnicity": _who(sensitive=True, on_erase=OnErase.BLANK),
        "hukou": _who(on_erase=OnErase.BLANK),
        "is_migrant_worker": _who(on_erase=OnErase.BLANK),
        "education": _who(on_erase=OnErase.BLANK),
        "mobile": _reach(masked=lambda row: row.masked_mobile),
        "photo": _who(sensitive=True, on_erase=OnErase.BLANK),
        "user": _who(export=False, on_erase=OnErase.BLANK),
        "merged_into": _who(export=False),
    },
    person="pk",
)
declare_personal_fields(
    "people.FormerName",
    {
        "person": _who(export=False),
        "name": _who(),
        "name_key": _who(export=False, label=_key),
        "until": _who(),
        "reason": _who(),
    },
    person="person",
    delete_rows=True,
)
declare_personal_fields(
    "people.IdentityDocument",
    {
        "person": _who(export=False),
        "kind": _who(label=_("kind of document")),
        "number_encrypted": _who(
            sensitive=True,
            label=_("identity number"),
            read=lambda row: row.number(),
            masked=lambda row: "*" * 14 + row.tail,
        ),
        "number_hash": _who(export=False, seen_by=Seen.NOBODY, label=_key),
        "newest_hash": _who(export=False, seen_by=Seen.NOBODY, label=_key),
        "tail": _who(export=False, masked=lambda row: mask_number(row.tail)),
    },
    person="person",
    delete_rows=True,
)
declare_not_personal("people.IdentityDocument", "key_name")
declare_personal_fields(
    "people.User",
    {
        "username": _account(on_erase=OnErase.PSEUDONYM),
        "password": _account(
            sensitive=True, export=False, seen_by=Seen.NOBODY, on_erase=OnErase.BLANK
        ),
        "phone": _account(
            on_erase=OnErase.BLANK, masked=lambda row: mask_mobile(row.phone) if row.phone else ""
        ),
        "email": _account(on_erase=OnErase.BLANK),
        "display_name": _account(
            on_erase=OnErase.BLANK, masked=lambda row: mask_name(row.display_name)
        ),
        "last_login": _account(),
        "date_joined": _account(),
    },
    account="pk",
)
declare_personal_fields("people.User_groups", {"user": _account(export=False)})
declare_personal_fields("people.User_user_permissions", {"user": _account(export=False)})
_pair = PersonalField(
    Category.IDENTITY, ProcessingPurpose.RECORD, Basis.DUTY, "record", export=False
)
declare_personal_fields("people.SuspectedPair", {"first": _pair, "second": _pair, "note": _pair})
declare_not_personal("people.SuspectedPair", "evidence")
declare_acting_staff("people.SuspectedPair", "decided_by")
declare_personal_fields(
    "people.MergeProposal", {"keep": _pair, "gone": _pair, "reason": _pair, "decision": _pair}
)
declare_not_personal("people.MergeProposal", "picks")
declare_acting_staff("people.MergeProposal", "proposed_by", "decided_by")
declare_personal_fields(
    "people.NoticeRead",
    {
        "user": _choice(export=False),
        "version": _choice(),
        "read_at": _choice(),
        "channel": _choice(),
    },
    account="user",
)
declare_personal_fields(
    "people.Consent",
    {
        "person": _choice(export=False),
        **{
            name: _choice()
            for name in ("purpose", "policy_version", "given_at", "channel", "withdrawn_channel")
        },
        "withdrawn_at": _choice(label=pgettext_lazy("consent", "withdrawn")),
    },
    person="person",
)
declare_not_personal("people.PolicyVersion", "text_zh", "text_en")
declare_acting_staff("people.PolicyVersion", "prepared_by", "published_by")
declare_personal_fields(
    "people.PrivacyRequest",
    {
        "person": _request(export=False),
        "asked_by": _request(export=False),
        **{name: _request() for name in ("kind", "state", "field", "created_at", "due_on")},
        "decided_at": _request(label=_("answered on")),
        "answer": _request(label=_("our answer")),
        "wanted_encrypted": _request(
            sensitive=True,
            label=_("new value"),
            on_erase=OnErase.BLANK,
            read=lambda row: row.wanted(),
            masked=lambda row: (
                mask_number(row.wanted()) if row.field == "id_number" else row.wanted()
            ),
        ),
        "note": _request(on_erase=OnErase.BLANK),
        "evidence": _request(sensitive=True, on_erase=OnErase.BLANK),
    },
    person="person",
)
declare_acting_staff("people.PrivacyRequest", "prepared_by", "decided_by")
declare_personal_fields(
    "people.DataExport",
    {
        "person": _request(export=False),
        "asked_by": _request(export=False),
        **{name: _request() for name in ("created_at", "state", "ready_at", "expires_at")},
        "file": _request(export=False, on_erase=OnErase.BLANK),
    },
    person="person",
)
declare_not_personal("people.DataExport", "sha256")
declare_not_personal("people.RetentionRule", "key", "basis", "source_document")
declare_acting_staff("people.RetentionRule", "proposed_by", "confirmed_by")
declare_not_personal("people.RetentionRun", "key")
_gone = partial(_account, seen_by=Seen.NOBODY, export=False)
declare_personal_fields(
    "people.OneTimeCode",
    {"user": _gone(), "token": _gone(), "code_hash": _gone(), "sealed": _gone(sensitive=True)},
    account="user",
    delete_rows=True,
)
declare_personal_fields(
    "people.KnownDevice",
    {"user": _gone(), "cookie_hash": _gone(), "label": _account(), "address": _account()},
    account="user",
    delete_rows=True,
)
# Tables of the sign-in library: factors, linked accounts, addresses.
declare_personal_fields(
    "mfa.Authenticator",
    {
        "type": _account(label=_("kind of second factor")),
        "created_at": _account(label=_("set up")),
        "data": _gone(sensitive=True, label=_("secret key of the second factor")),
    },
    account="user",
    delete_rows=True,
)
declare_personal_fields(
    "socialaccount.SocialAccount",
    {"provider": _account(), "uid": _account(), "extra_data": _gone(), "date_joined": _account()},
    account="user",
    delete_rows=True,
)
declare_personal_fields(
    "account.EmailAddress",
    {"email": _account(), "verified": _account()},
    account="user",
    delete_rows=True,
)
