"""Words and lines that a person can scan, by the limits of `tests.architecture.measures`."""

from __future__ import annotations

import pytest

from tests.architecture.measures import Measure, list_measures
from tests.architecture.sources import assets, modules

MEASURES = list_measures()


@pytest.mark.parametrize("measure", MEASURES, ids=[one.title for one in MEASURES])
def test_measure_keeps_to_its_limit(measure: Measure) -> None:
    """`python -m tests.architecture.measures` prints them all; its functions list the places."""
    assert measure.share <= measure.most


def test_measures_look_at_our_sources() -> None:
    """A measure of nothing would always hold."""
    assert len(modules()) > 500
    assert assets(".html")
    assert assets(".css")
