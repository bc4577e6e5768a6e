from __future__ import annotations

from tests.certification.rendering.conftest import face, fonts, renderer

__all__ = ["face", "fonts", "renderer"]
