"""The contest every test of this package plays with."""

import pytest

from tests.competitions import stage as stages


@pytest.fixture
def stage(db):
    """A draft event with its officers, three judges and four competitors."""
    return stages.build()


@pytest.fixture
def spare(db):
    """The same with a fourth judge, whose marks count where one of the first three stands aside."""
    return stages.build(judges=4)
