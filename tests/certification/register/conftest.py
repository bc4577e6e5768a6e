"""A key, and a file of remembered heads of its own for each test."""

import pytest

from tests.certification.register.making import Key


@pytest.fixture
def key():
    return Key()


@pytest.fixture(autouse=True)
def own_anchors(settings, tmp_path):
    settings.AUDIT_ANCHORS = tmp_path / "anchors.jsonl"
