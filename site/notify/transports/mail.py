"""Send mail as text with a simple HTML version.

It offers one-click unsubscription (RFC 8058) and has one Message-ID for every attempt to send the
same parcel.
"""

from __future__ import annotations

import smtplib
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from notify.transports.parcel import NotTaken, Parcel


def can_send_mail() -> bool:
    """Say whether this site can send mail."""
    return "dummy" not in str(settings.EMAIL_BACKEND)


def build_mail(parcel: Parcel) -> mail.EmailMultiAlternatives:
    """Return the mail for *parcel*."""
    with override(parcel.language):
        pieces = parcel.pieces
        if len(pieces) == 1:
            subject = pieces[0].subject
        else:
            subject = ngettext("%(count)s message", "%(count)s messages", len(pieces)) % {
                "count": len(pieces)
            }
        values: dict[str, Any] = {
            "pieces": pieces,
            "one": len(pieces) == 1,
            "brand": settings.SITE_NAME,
            "base_url": settings.BASE_URL,
            "unsubscribe_url": parcel.unsubscribe_url,
            "settings_url": parcel.settings_url,
            "language": parcel.language,
        }
        headers = {
            "Message-ID": f"<{parcel.number}@{_host()}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": parcel.language,
        }
        if parcel.unsubscribe_url:
            headers["List-Unsubscribe"] = f"<{parcel.unsubscribe_url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message = mail.EmailMultiAlternatives(
            subject=_("%(subject)s · %(brand)s")
            % {"subject": subject, "brand": settings.SITE_NAME},
            body=render_to_string("notify/mail.txt", values),
            to=[parcel.address],
            headers=headers,
        )
        message.attach_alternative(render_to_string("notify/mail.html", values), "text/html")
        return message


def send_mail_parcel(parcel: Parcel) -> None:
    """Send the mail, or raise `NotTaken`."""
    try:
        build_mail(parcel).send(fail_silently=False)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise NotTaken(
            f"the mail server refused the address ({code})", again=code < 500, gone=False
        ) from None
    except smtplib.SMTPResponseException as error:
        raise NotTaken(
            f"the mail server answered {error.smtp_code}",
            again=error.smtp_code < 500 or error.smtp_code in (530, 535),
        ) from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotTaken(
            f"the mail server can't be reached ({type(error).__name__})", again=True
        ) from None
    except ValueError:
        raise NotTaken("the mail can't be written to this address", again=False) from None


def _host() -> str:
    return (
        parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        or urlsplit(settings.BASE_URL).hostname
        or "localhost"
    )
