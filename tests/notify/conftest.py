"""A kind of message for tests."""

from __future__ import annotations

import pytest

from notify import registry


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    """Kinds declared in a test end with it."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    registry.register_message_kind(
        "test.offered",
        label="名额",
        subject="{course}有名额给您",
        text="请在 {until:moment} 前确认。",
        link="/training/{number}/",
        sms="【匠路】{course}有名额，请于 {until:moment} 前确认。",
        sms_template="SMS_1",
        sample={"course": "焊接安全", "until": "2020-11-24T10:00:00+08:00", "number": 7},
    )


@pytest.fixture
def context():
    """Values for `test.offered`."""
    return {"course": "焊接安全", "until": "2020-11-24T10:00:00+08:00", "number": 7}
