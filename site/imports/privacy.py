"""Headings are remembered here, no cell of a sheet."""

from __future__ import annotations

from core.personal import declare_not_personal

declare_not_personal("imports.ColumnMemory", "signature", "mapping")
