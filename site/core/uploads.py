"""Discard uploads that are too large piece by piece while they arrive. They are never kept in
memory, and never on the disk as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import PureWindowsPath
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponse]


class LimitHandler(FileUploadHandler):
    """Stands before the other handlers and skips a file once it is larger than the limit. The rest
    of the form is read as usual.

    The fields of skipped files are listed in `request.oversized`, so that the form can say why
    nothing arrived.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.limit = settings.MAX_UPLOAD_BYTES
        self.whole = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        """Note the size that the whole request claims to have."""
        self.whole = content_length

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass a piece on, or skip the file. It is skipped at once if the request says it is far
        too large, else when it has grown too large.
        """
        if start + len(raw_data) > self.limit or self.whole > 2 * self.limit:
            if self.request is not None:
                self.request.oversized = [*getattr(self.request, "oversized", ()), self.field_name]  # type: ignore[attr-defined]  # read by forms
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the finished file to the next handler."""


def file_name(file: object) -> str:
    """Return the name that the sender gave *file*, without folders, or nothing if it has no name."""
    return PureWindowsPath(str(getattr(file, "name", "") or "")).name[:120]


def limited_upload(view: View) -> View:
    """Let *view* receive files no larger than `MAX_UPLOAD_BYTES`. The CSRF token is checked as
    everywhere, but after the upload handler is set.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.upload_handlers.insert(0, LimitHandler(request))
        return protected(request, *args, **kwargs)

    return wrapped
