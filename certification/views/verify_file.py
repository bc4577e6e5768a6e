"""Verify by handing in the file: a plain form that also takes what is dropped on it. The file is judged in memory and forgotten."""

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
from certification import limits
from certification.forms.verify import FileForm
from certification.rules.checklist import Cause
from certification.views.answers import calm
from certification.views.verify import answering, asked_here, context_of
from certification.workflows import handed_in

_FORM = 64 << 10  # what the fields around a file may take
_AT_ONCE = threading.BoundedSemaphore(2)  # a PDF takes a processor and memory of its own
_PATIENCE = 10  # seconds


class InMemory(MemoryFileUploadHandler):
    """Takes every file into memory: nothing of it ever stands on a disk. What it may take is bounded before."""

    def handle_raw_input(self, *_args: Any, **_kwargs: Any) -> None:
        """Be the one that takes the file, whatever its size."""
        self.activated = True


def _bounded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse a request that says it is too large before anything of it is read; take the rest into memory."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > handed_in.LARGEST + _FORM:
            return _again(request, _("The file is larger than 10 MB. Ours have a tenth of one: this is another file."), status=413)
        request.upload_handlers = [InMemory(request)]
        return protected(request, *args, **kwargs)

    return wrapped


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_bounded
@calm
@answering
def form(request: HttpRequest) -> HttpResponse:
    """Judge the file; a genuine one is answered on a page that can be opened again for a day, any other here and now."""
    if request.method != "POST":
        return render(request, "certification/verify/file.html", {"form": FileForm()})
    limits.count(limits.BY_FILE_ADDRESS, client_address(request))
    bound = FileForm(request.POST, request.FILES)
    if not bound.is_valid():
        return render(request, "certification/verify/file.html", {"form": bound}, status=422)
    data = bound.cleaned_data["file"].read()
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        return _again(request, _("Too many files are being checked just now. Try again in a minute."), status=503)
    try:
        look_up, judged = handed_in.judge_and_log(data=data, address=client_address(request))
    finally:
        _AT_ONCE.release()
    asked_here(request, look_up)
    if judged.genuine:
        return redirect("certification:verify_result", look_up.public_id)
    status = 413 if judged.checklist.cause is Cause.TOO_LARGE else 422
    return render(request, "certification/verify/result.html", context_of(look_up, judged.found, full_name=False), status=status)


def _again(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    """Show the form again without reading what was sent."""
    response = render(request, "certification/verify/file.html", {"form": FileForm(), "refused": sentence}, status=status)
    if status == 503:
        response["Retry-After"] = "60"
    return response
