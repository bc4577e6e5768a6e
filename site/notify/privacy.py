"""Declare the personal data in messages, such as recipient, subject, text and address.

How long they are kept is said in `notify.Settings`.
"""

from functools import partial

from django.utils.translation import gettext_lazy as _

from core import sms
from core.personal import Basis, Category, Field, OnErase, Purpose, Seen, declare, keeping, not_personal, uses_consent
from people.privacy_enums import ConsentPurpose

keeping(
    "messages",
    label=_("Messages and deliveries"),
    why=_("An inbox is worth reading for some months. The message room deletes old ones by its own setting."),
)
uses_consent(ConsentPurpose.SMS, when=sms.available)
_message = partial(Field, Category.MESSAGES, Purpose.NOTICES, Basis.DUTY, "messages", seen_by=Seen.SELF)
_choice = partial(Field, Category.MESSAGES, Purpose.NOTICES, Basis.CONTRACT, "account", seen_by=Seen.SELF)
_gone = partial(_choice, on_erase=OnErase.BLANK)

declare(
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
not_personal("notify.Message", "kind", "key", "language", "link", "about_type", "about_id")
declare(
    "notify.Delivery",
    {"recipient": _message(export=False), "address": _message(on_erase=OnErase.BLANK), "reason": _message(export=False)},
    account="recipient",
)
declare(
    "notify.PushSubscription",
    {
        "user": _choice(export=False),
        "device": _choice(),
        **{name: _choice(export=False, seen_by=Seen.NOBODY) for name in ("endpoint", "endpoint_hash", "p256dh", "auth")},
    },
    account="user",
    delete_rows=True,
)
declare("notify.Settings", {"user": _choice(export=False)}, account="user", delete_rows=True)
declare("notify.Choice", {"user": _choice(export=False), "kind": _choice()}, account="user", delete_rows=True)
not_personal("notify.Template", "kind", "subject", "text")
