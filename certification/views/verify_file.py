"""Verify an uploaded file. It is a plain form that also accepts dropped files. The file is checked
in memory and forgotten.

Two of the threads of a web process may be occupied with files, reading them or waiting for the
sandbox. The others are for the pages. A third request is refused at once, and nothing of its file
is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from audit.context import client_address
from certification import throttling
from certification.forms.verify import FileForm
from certification.rules.checklist import FileCause
from certification.sandbox.errors import SandboxBusy, SandboxInterrupted
from certification.views.answers import handle_too_often
from certification.views.verify import (
    build_answer_context,
    handle_unavailable_register,
    remember_look_up,
)
from certification.workflows import file_check

_FORM = 64 << 10  # what the fields around a file may take
_DOOR = threading.BoundedSemaphore(2)
_RETRY_AFTER = 20  # seconds
_PIECE, _PASSED_OVER = 64 << 10, 32 << 20  # bytes


class MemoryUploadHandler(MemoryFileUploadHandler):
    """Keeps every uploaded file in memory, so that nothing of it is ever on a disk. Its size is
    limited before.
    """

    def handle_raw_input(self, *_args: Any, **_kwargs: Any) -> None:
        """Activate this handler for every file, whatever its size."""
        self.activated = True


def _bounded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse a request that declares too large a size before reading any of it, and take others
    into memory.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return protected(request, *args, **kwargs)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > file_check.LARGEST + _FORM:
            _pass_over(request, length)
            sentence = _(
                "The file is larger than 10 MB and wasn't read. Our certificates are only "
                "about 0.1 MB."
            )
            return _again(request, sentence, status=413)
        if not _DOOR.acquire(blocking=False):
            _pass_over(request, length)
            return _busy(request)
        try:
            request.upload_handlers = [MemoryUploadHandler(request)]
            return protected(request, *args, **kwargs)
        finally:
            _DOOR.release()

    return wrapped


def _pass_over(request: HttpRequest, length: str) -> None:
    """Read the rest of the request and discard it.

    A browser that is still sending would show a broken connection instead of our sentence. A
    request that is far too large isn't waited for.
    """
    left = int(length) if length.isdigit() else 0
    if left > _PASSED_OVER:
        return
    while left > 0 and (piece := request.META["wsgi.input"].read(min(left, _PIECE))):
        left -= len(piece)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_bounded
@handle_too_often
@handle_unavailable_register
def handle_file_verification(request: HttpRequest) -> HttpResponse:
    """Check the uploaded file.

    A file that leads to a certificate is answered on a page that can be opened again for a day, any
    other file is answered directly.
    """
    if request.method != "POST":
        return render(request, "certification/verify/file.html", {"form": FileForm()})
    throttling.throttle_use(throttling.BY_FILE_ADDRESS, client_address(request))
    bound = FileForm(request.POST, request.FILES)
    if not bound.is_valid():
        return render(request, "certification/verify/file.html", {"form": bound}, status=422)
    data = bound.cleaned_data["file"].read()
    try:
        look_up, judged = file_check.verify_and_log_file(data=data, address=client_address(request))
    except SandboxBusy:
        return _busy(request)
    except SandboxInterrupted:
        sentence = _(
            "The check was interrupted, so nothing is known about the file yet. Choose it "
            "again and check it again."
        )
        return _again(request, sentence, status=503)
    remember_look_up(request, look_up)
    if judged.answered:
        return redirect("certification:verify_result", look_up.public_id)
    status = 413 if judged.checklist.cause is FileCause.TOO_LARGE else 422
    context = build_answer_context(look_up, judged.found, full_name=False) | {"codes": judged.codes}
    return render(request, "certification/verify/result.html", context, status=status)


def _busy(request: HttpRequest) -> HttpResponse:
    sentence = _(
        "Many files are being checked right now, so yours wasn't checked. Nothing is wrong "
        "with it. Choose it again in half a minute. If you check by QR code, or by number "
        "and name, you get the answer at once."
    )
    return _again(request, sentence, status=503)


def _again(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    """Show the form again with *sentence*.

    A file can't be put back into a form, so it has to be chosen again, and *sentence* says so.
    """
    response = render(
        request,
        "certification/verify/file.html",
        {"form": FileForm(), "refused": sentence},
        status=status,
    )
    if status == 503:
        response["Retry-After"] = str(_RETRY_AFTER)
    return response
