"""Draw QR codes as SVG and write rosters as xlsx."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import zxingcpp
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

_PATH = re.compile(r'<path d="([^"]+)"')
_SIZE = re.compile(r'<svg width="(\d+)"')


def qr_svg(text: str, *, label: str) -> str:
    """Return *text* as a QR code in SVG without a fixed size. It is readable on any background and
    named *label* for screen readers.

    The frame around the library's path is our own, because the library's prolog and DOCTYPE can't
    be used inside HTML.
    """
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_svg(
        add_quiet_zones=True
    )
    size, path = _SIZE.search(drawn), _PATH.search(drawn)
    if size is None or path is None:
        msg = "the QR library draws differently than expected"
        raise ValueError(msg)
    from django.utils.html import format_html  # slow import

    return format_html(
        '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">'
        '<rect width="{0}" height="{0}" fill="#fff"/><path d="{2}" fill="#000"/></svg>',
        size[1],
        label,
        path[1],
    )


def roster_xlsx(
    *, title: str, stamp: str, head: Sequence[str], rows: Iterable[Sequence[str]]
) -> bytes:
    """Return a workbook with *stamp* (who exported it, when) above the table. Every cell is text,
    because a name may begin with =.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", title)[:31] or "1")
    sheet.freeze_panes = "A3"
    for column, width in zip("ABCDEFGHIJ", (6, 16, 24, 24, 14, 12, 12, 12, 12, 24), strict=True):
        sheet.column_dimensions[column].width = width

    def line(values: Sequence[str], *, bold: bool = False) -> list[Any]:
        cells = []
        for value in values:
            cell = WriteOnlyCell(sheet, value=value)
            cell.data_type = "s"
            cell.font = Font(bold=bold)
            cells.append(cell)
        return cells

    sheet.append(line([stamp]))
    sheet.append(line(head, bold=True))
    for row in rows:
        sheet.append(line(row))
    out = BytesIO()
    book.save(out)
    return out.getvalue()
