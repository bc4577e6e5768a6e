"""What all tests of certificates have in common."""

from collections.abc import Iterator

import pytest

from certification import limits


@pytest.fixture(autouse=True)
def nobody_asked_yet() -> Iterator[None]:
    """Counts kept in this process are none of the next test's business."""
    yield
    limits.HERE.clear()
