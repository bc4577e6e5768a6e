"""Sources that a person can scan: no line of a template or a style sheet is longer than a screen is wide."""

from __future__ import annotations

import pytest

from tests.architecture.measures import LONGEST_ASSET, list_long_lines
from tests.architecture.sources import assets


@pytest.mark.parametrize("suffix", [".html", ".css"])
def test_no_template_and_no_style_sheet_has_a_long_line(suffix: str) -> None:
    """Vendored files are left out: `assets` doesn't list them."""
    assert assets(suffix)
    assert list_long_lines(assets(suffix), LONGEST_ASSET) == []
