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

from core.personal import Basis, Category, Field, OnErase, Purpose, Seen, acted, declare, keeping, not_personal
from core.text import mask_mobile, mask_name, mask_number
from people.models import PrivacyRequest
from people.privacy_enums import OPEN_STATES
from people.privacy_queries import accounts_agreed, has_consent, purposes_agreed

__all__ = ["accounts_agreed", "has_consent", "purposes_agreed"]

keeping(
    "record",
    label=_("Person records"),
    why=_("One record for each person, as long as the person belongs to a union here; erased on request."),
)
keeping("account", label=_("Accounts"), why=_("As long as the account is used; closed and emptied on request."))
keeping(
    "records",
    label=_("Who acted in office"),
    why=_("Acts of office stay provable after the people who acted have left."),
)
keeping("consents", label=_("Consents and what was read"), why=_("Proof of what was agreed to and when; kept as long as the record."))


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


keeping(
    "requests",
    label=_("Proofs sent with closed requests"),
    why=_("Shows how a request was answered; the proof and the wanted value go, that it was answered stays."),
    months=36,
    due=_closed_requests,
    purge=_empty_requests,
    shown=lambda row: f"{row.get_kind_display()} {timezone.localdate(row.updated_at):%Y-%m-%d}",
)


def _old_sessions(cutoff: Any) -> Any:
    return Session.objects.filter(expire_date__lt=cutoff)


keeping(
    "sessions",
    label=_("Ended sign-in sessions"),
    why=_("An ended session is needed for nothing but looking into misuse."),
    months=1,
    due=_old_sessions,
    purge=lambda cutoff: _old_sessions(cutoff).delete()[0],
    shown=lambda row: f"{timezone.localtime(row.expire_date):%Y-%m-%d %H:%M}",
)

_who = partial(Field, Category.IDENTITY, Purpose.RECORD, Basis.DUTY, "record")
_reach = partial(Field, Category.CONTACT, Purpose.REACH, Basis.DUTY, "record", on_erase=OnErase.BLANK)
_account = partial(Field, Category.ACCOUNT, Purpose.SIGN_IN, Basis.CONTRACT, "account", seen_by=Seen.ADMINS)
_choice = partial(Field, Category.CHOICES, Purpose.PRIVACY, Basis.LAW, "consents", seen_by=Seen.ADMINS)
_request = partial(Field, Category.CHOICES, Purpose.PRIVACY, Basis.LAW, "requests", seen_by=Seen.ADMINS)
_key = pgettext_lazy("personal data", "look-up key")

declare(
    "people.Person",
    {
        "name": _who(on_erase=OnErase.PSEUDONYM),
        "name_key": _who(on_erase=OnErase.PSEUDONYM, export=False, seen_by=Seen.NOBODY, label=_key),
        "pinyin_key": _who(on_erase=OnErase.PSEUDONYM, export=False, seen_by=Seen.NOBODY, label=_key),
        "name_order": _who(on_erase=OnErase.PSEUDONYM, export=False, seen_by=Seen.NOBODY, label=_key),
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
declare(
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
declare(
    "people.IdentityDocument",
    {
        "person": _who(export=False),
        "kind": _who(label=_("kind of document")),
        "number_encrypted": _who(
            sensitive=True, label=_("identity number"), read=lambda row: row.number(), masked=lambda row: "*" * 14 + row.tail
        ),
        "number_hash": _who(export=False, seen_by=Seen.NOBODY, label=_key),
        "newest_hash": _who(export=False, seen_by=Seen.NOBODY, label=_key),
        "tail": _who(export=False, masked=lambda row: mask_number(row.tail)),
    },
    person="person",
    delete_rows=True,
)
not_personal("people.IdentityDocument", "key_name")
declare(
    "people.User",
    {
        "username": _account(on_erase=OnErase.PSEUDONYM),
        "password": _account(sensitive=True, export=False, seen_by=Seen.NOBODY, on_erase=OnErase.BLANK),
        "phone": _account(on_erase=OnErase.BLANK, masked=lambda row: mask_mobile(row.phone) if row.phone else ""),
        "email": _account(on_erase=OnErase.BLANK),
        "display_name": _account(on_erase=OnErase.BLANK, masked=lambda row: mask_name(row.display_name)),
        "last_login": _account(),
        "date_joined": _account(),
    },
    account="pk",
)
declare("people.User_groups", {"user": _account(export=False)})
declare("people.User_user_permissions", {"user": _account(export=False)})
_pair = Field(Category.IDENTITY, Purpose.RECORD, Basis.DUTY, "record", export=False)
declare("people.SuspectedPair", {"first": _pair, "second": _pair, "note": _pair})
not_personal("people.SuspectedPair", "evidence")
acted("people.SuspectedPair", "decided_by")
declare("people.MergeProposal", {"keep": _pair, "gone": _pair, "reason": _pair, "decision": _pair})
not_personal("people.MergeProposal", "picks")
acted("people.MergeProposal", "proposed_by", "decided_by")
declare(
    "people.NoticeRead", {"user": _choice(export=False), "version": _choice(), "read_at": _choice(), "channel": _choice()}, account="user"
)
declare(
    "people.Consent",
    {
        "person": _choice(export=False),
        **{name: _choice() for name in ("purpose", "policy_version", "given_at", "channel", "withdrawn_channel")},
        "withdrawn_at": _choice(label=pgettext_lazy("consent", "withdrawn")),
    },
    person="person",
)
not_personal("people.PolicyVersion", "text_zh", "text_en")
acted("people.PolicyVersion", "prepared_by", "published_by")
declare(
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
            masked=lambda row: mask_number(row.wanted()) if row.field == "id_number" else row.wanted(),
        ),
        "note": _request(on_erase=OnErase.BLANK),
        "evidence": _request(sensitive=True, on_erase=OnErase.BLANK),
    },
    person="person",
)
acted("people.PrivacyRequest", "prepared_by", "decided_by")
declare(
    "people.DataExport",
    {
        "person": _request(export=False),
        "asked_by": _request(export=False),
        **{name: _request() for name in ("created_at", "state", "ready_at", "expires_at")},
        "file": _request(export=False, on_erase=OnErase.BLANK),
    },
    person="person",
)
not_personal("people.DataExport", "sha256")
not_personal("people.RetentionRule", "key", "basis", "source_document")
acted("people.RetentionRule", "proposed_by", "confirmed_by")
not_personal("people.RetentionRun", "key")
_gone = partial(_account, seen_by=Seen.NOBODY, export=False)
declare(
    "people.OneTimeCode",
    {"user": _gone(), "token": _gone(), "code_hash": _gone(), "sealed": _gone(sensitive=True)},
    account="user",
    delete_rows=True,
)
declare(
    "people.KnownDevice",
    {"user": _gone(), "cookie_hash": _gone(), "label": _account(), "address": _account()},
    account="user",
    delete_rows=True,
)
# Tables of the sign-in library: factors, linked accounts, addresses.
declare(
    "mfa.Authenticator",
    {
        "type": _account(label=_("kind of second factor")),
        "created_at": _account(label=_("set up")),
        "data": _gone(sensitive=True, label=_("secret of the second factor")),
    },
    account="user",
    delete_rows=True,
)
declare(
    "socialaccount.SocialAccount",
    {"provider": _account(), "uid": _account(), "extra_data": _gone(), "date_joined": _account()},
    account="user",
    delete_rows=True,
)
declare("account.EmailAddress", {"email": _account(), "verified": _account()}, account="user", delete_rows=True)
