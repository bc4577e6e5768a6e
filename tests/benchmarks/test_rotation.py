from __future__ import annotations

import pytest

from tests.benchmarks import rotation


@pytest.mark.slow
@pytest.mark.django_db
def test_rotation_takes_at_most_a_hundred_and_twenty_times_the_plain_loop(settings) -> None:
    plain, ours = rotation.run(settings, persons=3_000)
    assert plain.ratio == 1
    assert ours.ratio <= 120
