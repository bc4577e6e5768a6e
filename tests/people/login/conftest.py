"""Ground of the tests at the door."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from core.sms import MemoryGateway


@pytest.fixture(autouse=True)
def fresh_door():
    """No counts, no messages of the test before."""
    cache.clear()
    MemoryGateway.outbox.clear()


@pytest.fixture
def posts(client, django_capture_on_commit_callbacks):
    """Return `posts(address, data)`: a POST whose messages are sent afterwards, as after a commit."""

    def post(address, data=None, **more):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(address, data or {}, **more)

    return post
