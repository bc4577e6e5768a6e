"""Keep a workbook between its check and its import, in private storage and named in the session of
the person who sent it.
"""

from __future__ import annotations

import hashlib
import io
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http import HttpRequest

from competitions.models import Event


class Kept:
    """The workbook somebody sent for one event and one purpose."""

    def __init__(self, request: HttpRequest, event: Event, purpose: str) -> None:
        self.request = request
        self.key = f"competitions.{purpose}.{event.public_id}"
        self.folder = f"competitions/{purpose}"

    @property
    def _row(self) -> dict[str, str] | None:
        return self.request.session.get(self.key)

    @property
    def filename(self) -> str:
        """The name the file had."""
        return (self._row or {}).get("filename", "")

    def keep(self, upload: Any) -> None:
        """Keep *upload* in place of an earlier one."""
        self.drop()
        content = upload.read()
        name = (
            f"{self.folder}/{hashlib.sha256(content).hexdigest()[:16]}-{self.request.user.pk}.xlsx"
        )
        stored = storages["private"].save(name, ContentFile(content))
        self.request.session[self.key] = {"stored": stored, "filename": str(upload.name)[:120]}

    def open(self) -> io.BytesIO | None:
        """Return the workbook, or None if there is none (any more)."""
        row = self._row
        if row is None or not storages["private"].exists(row["stored"]):
            return None
        with storages["private"].open(row["stored"]) as stream:
            found = io.BytesIO(stream.read())
        found.name = row["filename"]
        return found

    def drop(self) -> None:
        """Delete the workbook."""
        row = self.request.session.pop(self.key, None)
        if row:
            storages["private"].delete(row["stored"])
