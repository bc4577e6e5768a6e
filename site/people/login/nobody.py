"""The actor of what people do before they are signed in."""

from __future__ import annotations

from core.actors import NoAccount

NOBODY = NoAccount("anonymous")
