"""What all tests of certificates have in common."""

from collections.abc import Iterator

import pytest

from certification import throttling
from certification.sandbox.client import sandbox


@pytest.fixture(scope="session", autouse=True)
def own_slots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Files examined at once are counted for a machine; runs side by side on it count their own."""
    kept, sandbox.folder = sandbox.folder, tmp_path_factory.mktemp("slots")
    yield
    sandbox.close()
    sandbox.folder = kept


@pytest.fixture(autouse=True)
def nobody_asked_yet() -> Iterator[None]:
    """Counts kept in this process are none of the next test's business."""
    yield
    throttling.HERE.clear()
