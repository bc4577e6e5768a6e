"""The contest every test of this package plays with."""

import pytest

from tests.competitions import stage as stages


@pytest.fixture
def stage(db):
    """A draft event with its officers, four judges and four competitors."""
    return stages.build()
