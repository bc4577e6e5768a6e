from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.certification.rendering.conftest import face, fonts, renderer

__all__ = ["face", "fonts", "no_loop", "renderer"]


@pytest.fixture(autouse=True)
def no_loop() -> Iterator[None]:
    """A browser driven in the same process before leaves its event loop marked as running; pyHanko
    wants one of its own.
    """
    found = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(found)
