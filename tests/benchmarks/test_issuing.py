from __future__ import annotations

import pytest

from tests.benchmarks import issuing


@pytest.mark.slow
def test_renderer_beside_the_plain_loop_is_six_times_as_fast() -> None:
    plain, ours, archive = issuing.run(rounds=4)
    assert plain.ratio == 1
    assert ours.ratio >= 6
    assert archive.ratio >= 5
    assert ours.kib < plain.kib / 3
