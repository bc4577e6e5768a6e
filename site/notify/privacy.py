"""Declare the personal data in messages, such as recipient, subject, text and address.

How long they are kept is said in `notify.Settings`.
"""

from functools import partial

from django.utils.translation import gettext_lazy as _

from core import sms
from core.personal import (
    Basis,
    Category,
    OnErase,
    PersonalField,
    ProcessingPurpose,
    Seen,
    declare_keeping,
    declare_not_personal,
    declare_personal_fields,
    uses_consent,
)
from people.privacy_enums import ConsentPurpose

declare_keeping(
    "messages",
    label=_("Messages and deliveries"),
    why=_(
        "Inbox messages are useful for a few months. Old ones are deleted according to the "
        "message settings."
    ),
)
uses_consent(ConsentPurpose.SMS, when=sms.can_send_sms)
_message = partial(
    PersonalField,
    Category.MESSAGES,
    ProcessingPurpose.NOTICES,
    Basis.DUTY,
    "messages",
    seen_by=Seen.SELF,
)
_choice = partial(
    PersonalField,
    Category.MESSAGES,
    ProcessingPurpose.NOTICES,
    Basis.CONTRACT,
    "account",
    seen_by=Seen.SELF,
)
_gone = partial(_choice, on_erase=OnErase.BLANK)

declare_personal_fields(
    "notify.Message",
    {
        "recipient": _message(export=False),
        "created_at": _message(),
        "subject": _message(on_erase=OnErase.BLANK),
        "text": _message(on_erase=OnErase.BLANK),
        "context": _message(export=False, on_erase=OnErase.BLANK),
    },
    account="recipient",
)
declare_not_personal("notify.Message", "kind", "key", "language", "link", "about_type", "about_id")
declare_personal_fields(
    "notify.Delivery",
    {
        "recipient": _message(export=False),
        "address": _message(on_erase=OnErase.BLANK),
        "reason": _message(export=False),
    },
    account="recipient",
)
declare_personal_fields(
    "notify.PushSubscription",
    {
        "user": _choice(export=False),
        "device": _choice(),
        **{
            name: _choice(export=False, seen_by=Seen.NOBODY)
            for name in ("endpoint", "endpoint_hash", "p256dh", "auth")
        },
    },
    account="user",
    delete_rows=True,
)
declare_personal_fields(
    "notify.Settings", {"user": _choice(export=False)}, account="user", delete_rows=True
)
declare_personal_fields(
    "notify.Choice",
    {"user": _choice(export=False), "kind": _choice()},
    account="user",
    delete_rows=True,
)
declare_not_personal("notify.Template", "kind", "subject", "text")
