"""The page that checks a scanned code without a network.

It is installed once and kept by a service worker under the printed addresses.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certification.enums import CertificateKind
from certification.models import StatusList
from certification.queries.addresses import list_own_addresses
from certification.rules import wording
from certification.views.open_files import serve_open_file

KINDS = ("revocation", "suspension")
"""The lists that the page keeps: between them they say which it is."""
_WORKER = Path(__file__).resolve().parent.parent / "static" / "certification" / "verify-worker.js"


@require_safe
def show_offline_setup(request: HttpRequest) -> HttpResponse:
    """Explain the offline page, keep it on this device, and show what is kept."""
    return render(
        request, "certification/verify/offline.html", {"words": _words(), "installing": True}
    )


@never_cache
@require_safe
def serve_offline_page(request: HttpRequest) -> HttpResponse:
    """Return the offline page. It holds nothing of a session and nobody's name, so that any device
    may keep it.
    """
    return render(request, "certification/verify/kept.html", {"words": _words()})


@never_cache
@require_safe
def serve_offline_worker(_request: HttpRequest) -> HttpResponse:
    """Return the service worker. It has this address because a worker only serves addresses below
    its own.
    """
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8")


@require_safe
def serve_offline_manifest(_request: HttpRequest) -> HttpResponse:
    """Return the manifest that makes the page an app on a phone."""
    return JsonResponse(
        {
            "name": _("Check certificates"),
            "short_name": _("Check certificates"),
            "lang": get_language() or settings.LANGUAGE_CODE,
            "start_url": "/V/",
            "scope": "/V/",
            "display": "standalone",
            "background_color": "#faf9f5",
            "theme_color": "#a92f20",
            "icons": [
                {
                    "src": static("img/seal.svg"),
                    "sizes": "any",
                    "type": "image/svg+xml",
                    "purpose": "any",
                }
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )


@require_safe
def serve_status_list_index(request: HttpRequest) -> HttpResponse:
    """Return the numbers of the status lists that exist."""
    numbers = list(StatusList.objects.order_by("number").values_list("number", flat=True))
    text = json.dumps({"lists": numbers, "purposes": list(KINDS)})
    return serve_open_file(request, text.encode(), "application/json", "public, max-age=60")


@cache
def _script() -> str:
    return _WORKER.read_text(encoding="utf-8")


def _words() -> dict[str, Any]:
    """Return the sentences of the page, in the reader's language at the time it was kept."""
    return {
        "hosts": [address.partition("://")[2] for address in list_own_addresses()],
        "kinds": {kind.value: str(kind.label) for kind in CertificateKind},
        "levels": {str(level): str(label) for level, label in wording.LEVELS.items()},
        "genuine": _("Signature valid; not revoked as of {day}"),
        "genuineMeaning": _(
            "Nothing was changed. Only an online check can show what happened after that day."
        ),
        "unknown": _("Signature valid; revocation not known"),
        "unknownMeaning": _(
            "The status list of this certificate isn't saved on this device. Check again online."
        ),
        "revoked": _("Revoked or replaced"),
        "suspended": _("Suspended"),
        "listed": _("According to the list of {day}. It can't be relied on."),
        "expired": _("Expired"),
        "expiredMeaning": _("It was valid until {day}."),
        "bad": _("Not to be relied on"),
        "badSignature": _("The signature isn't valid. The code was changed or isn't ours."),
        "badKey": _(
            "None of the keys saved on this device made this signature. Refresh online and "
            "check again. If that doesn't help, it isn't ours."
        ),
        "badFormat": _("This isn't the code of one of our certificates."),
        "badList": _("A status list saved on this device can't be trusted. Refresh online."),
        "noToken": _(
            "The address was typed without its long code. Scan the QR code, or check online."
        ),
        "until": _("until {day}"),
        "endless": _("no end date"),
        "stale": _("Signature valid; revocation not known since {day} ({days} days)"),
        "staleMeaning": _(
            "The status list on this device was valid until {until}. Refresh it online "
            "before you rely on this."
        ),
        "foreign": _(
            "The address in this code belongs to another site: {host}. The code's content "
            "is ours, but the address leads elsewhere. Don't open it, and ask the person "
            "who showed it where the certificate is from."
        ),
        "overTls": _(
            "This browser can't check the list's own signature. The list came over an "
            "encrypted connection."
        ),
        "listSigned": _("The list's own signature was checked."),
        "kept": _("{count} status lists saved, refreshed {time}"),
        "keptNone": _("Nothing is saved on this device yet"),
        "keeping": _("Saving for offline use…"),
        "keepFailed": _(
            "That didn't work. There is no network, or the site isn't responding. What was "
            "saved before is still there."
        ),
        "unable": _(
            "This browser can't save pages. You need an encrypted connection (https) and a "
            "browser from the last five years."
        ),
        "scanning": _("Hold the code in front of the camera"),
        "noCamera": _(
            "The camera can't be used. Scan with the phone's own camera app, or paste the address."
        ),
    }
