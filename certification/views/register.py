"""The public register, as files that anybody may copy and cache, and a page for people that shows
its heads.

The files need no session and no key, because they were signed when they were entered (C2SP
tlog-tiles).
"""

from __future__ import annotations

import base64

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from audit.context import client_address
from certification import throttling
from certification.forms.register import EntryForm
from certification.queries import register as queries
from certification.tlog.tiles import HEIGHT, LEVELS, TilePlace, parse_tile_path
from certification.views.answers import handle_too_often
from certification.views.open_files import TEXT, serve_open_file

BYTES = "application/octet-stream"
FOR_GOOD = "public, max-age=31536000, immutable"
SHORT = "public, max-age=5"
ASKED = throttling.VerificationLimit("register", 60, 60)
_LEVELS = {str(level) for level in range(LEVELS)}
KINDS = {
    "issue": _("issued"),
    "revoke": _("revoked"),
    "suspend": _("suspended"),
    "reinstate": _("valid again"),
    "supersede": _("replaced by a newer one"),
    "statuslist": _("status list published"),
    "key": _("signing key"),
    "import": _("imported from paper"),
    "compare": _("sheet of paper certificates: sample compared with the originals"),
    "withdraw": _("withdrawn when its import was undone"),
}


def _file(request: HttpRequest, data: bytes | None, kind: str, cache: str) -> HttpResponse:
    return serve_open_file(request, data, kind, cache, missing="not in the register\n")


@require_safe
def serve_checkpoint(request: HttpRequest) -> HttpResponse:
    """Return the newest signed head. One query."""
    head = queries.get_newest_checkpoint()
    return _file(request, head.note.encode() if head else None, TEXT, SHORT)


@require_safe
def serve_tile(request: HttpRequest, level: str, path: str) -> HttpResponse:
    """Return a tile, or the beginning of one. One query.

    A narrower state of a tile stays its beginning for good, so both can be cached for ever.
    """
    read = parse_tile_path(path)
    data = None
    if read is not None and level in _LEVELS and read[0] >> 63 - HEIGHT * (int(level) + 1) == 0:
        data = queries.read_register_tile(TilePlace(int(level), read[0]), read[1])
    return _file(request, data, BYTES, FOR_GOOD)


@require_safe
def serve_entry_bundle(request: HttpRequest, path: str) -> HttpResponse:
    """Return a bundle of entries, or the beginning of one. One query."""
    read = parse_tile_path(path)
    data = (
        queries.read_entry_bundle(*read)
        if read is not None and read[0] >> 63 - HEIGHT == 0
        else None
    )
    return _file(request, data, BYTES, FOR_GOOD)


@require_safe
def serve_entry_proof(request: HttpRequest, index: str) -> HttpResponse:
    """Return the proof of one entry under the newest head, as a file. Two queries."""
    text = queries.write_entry_proof(int(index))
    if text is None:
        raise Http404
    response = _file(request, text.encode(), TEXT, SHORT)
    response["Content-Disposition"] = f'attachment; filename="{index}.tlog-proof"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@handle_too_often
def show_register_monitor(request: HttpRequest) -> HttpResponse:
    """Show the size of the register, that each head begins with the one before, and whether an
    entry is in it.
    """
    form = EntryForm(request.POST if request.method == "POST" else None)
    found = None
    if request.method == "POST":
        throttling.throttle_use(ASKED, client_address(request))
        if form.is_valid():
            found = [
                (row, KINDS.get(row.leaf.kind) if row.leaf else None, f"{row.index:,}")
                for row in form.found()
            ]
    heads = queries.list_latest_heads()
    newest = heads[0].head if heads else None
    last_check = queries.get_last_register_check()
    broken = any(row.consistent is False for row in heads) or bool(last_check and last_check.fault)
    context = {
        "form": form,
        "found": found,
        "heads": [
            (row, _short(bytes(row.head.root)), f"{row.head.size:,}", f"{row.added:,}")
            for row in heads
        ],
        "newest": newest,
        "size": f"{newest.size:,}" if newest else "",  # Django groups no thousands in Chinese
        "origin": newest.note.split("\n", 1)[0] if newest else "",
        "root": base64.b64encode(bytes(newest.root)).decode() if newest else "",
        "last_check": last_check,
        "broken": broken,
    }
    return render(
        request, "certification/register/monitor.html", context, status=422 if form.errors else 200
    )


def _short(root: bytes) -> str:
    """Return the beginning of a root, enough to compare by eye."""
    return root.hex()[:16]
