"""The QR code that an authenticator app scans.

It is inline SVG without a style attribute, so that the content policy allows it.
"""

from __future__ import annotations

import re

import zxingcpp
from allauth.mfa.adapter import get_adapter
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.actors import Actor

_PATH = re.compile(r'<path d="([^"]+)"')
_SIZE = re.compile(r'<svg width="(\d+)"')


def draw_totp_qr_code(user: Actor, secret: str) -> SafeString:
    """Return the QR code of the `otpauth:` address of *secret* as SVG, which is our own frame
    around the library's path.

    Raises `ValueError` if the library's SVG has another form than expected.
    """
    address = get_adapter().build_totp_url(user, secret)
    drawn = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_svg(
        add_quiet_zones=True
    )
    size, path = _SIZE.search(drawn), _PATH.search(drawn)
    if size is None or path is None:
        msg = "the QR library draws differently than expected"
        raise ValueError(msg)
    return format_html(
        '<svg class="qr" viewBox="0 0 {0} {0}" width="232" height="232" role="img" aria-label="{1}" shape-rendering="crispEdges">'
        '<rect width="{0}" height="{0}" fill="#fff"/><path d="{2}" fill="#000"/></svg>',
        size[1],
        _("QR code to scan with the authenticator app"),
        path[1],
    )
