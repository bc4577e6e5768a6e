"""Limits for uploaded pictures of seals and signatures."""

from __future__ import annotations

MAX_BYTES = 2 * 1024 * 1024
MAX_PIXELS = 16_000_000
SIDE = 700
"""Longest side that is kept: a seal of 40 mm at 440 dpi."""
