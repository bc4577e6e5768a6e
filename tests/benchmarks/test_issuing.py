from __future__ import annotations

import pytest

from tests.benchmarks import issuing
from tests.certification.signing.conftest import no_loop  # noqa: F401 - pyHanko signs the plain loop


@pytest.mark.slow
def test_renderer_beside_the_plain_loop_is_seven_times_as_fast() -> None:
    """Eight is what is promised of a quiet machine; one that runs other tests beside is given some
    leave.
    """
    plain, ours, archive = issuing.run(rounds=4)
    assert plain.ratio == 1
    assert ours.ratio >= 7
    assert archive.ratio >= 6
    assert ours.kib < plain.kib / 3


@pytest.mark.slow
def test_batch_by_layout_classes_beside_the_signed_plain_loop_is_far_faster() -> None:
    done = issuing.batch(600, rounds=3)
    assert (
        done.press.ratio >= 15
    )  # the making of some thirty classes is spread over 600 only; over 10,000 it is 100 times
    assert done.ways["class"] >= 400
    assert done.classes >= 9
