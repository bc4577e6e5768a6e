"""Places in a QR code that OpenCV's detector mistakes for corners.

The detector (`QRDetect` in OpenCV 4 and 5) looks in each line for five runs, dark first, in about
the proportion 1:1:3:1:1, then whether the column through their middle has that proportion too, more
exactly. It expects three such places. With a fourth it groups them wrongly and misses the code. Of
320 codes it missed each of the 24 with such a place, and no other (ADR 44).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from PIL import Image

# Runs down a column, in modules, that the detector accepts in a picture with three pixels a module;
# longer ones don't occur by chance.
_COLUMN_RUNS = ((1, 1, 3, 1, 1), (2, 2, 5, 2, 2), (2, 2, 6, 2, 2), (2, 2, 7, 2, 2))
_CORNER = 7  # modules on a side of a real finder pattern


def has_false_corner(code: Image.Image) -> bool:
    """Return whether *code* has a place that reads like a fourth corner.

    *code* has mode "L", one pixel for each module and no quiet zone, and dark is 0.
    """
    side, data = code.width, code.tobytes()
    return any(
        _is_cut_alike(data[row * side : (row + 1) * side], column)
        for column, row in _column_centres(code)
        if not _is_corner(column, row, side)
    )


def _column_centres(code: Image.Image) -> Iterator[tuple[int, int]]:
    """Yield (column, row) of the middle of each group of runs down a column that the detector
    accepts.

    All columns are held in one number, in which each bit is a module and 1 is light, so that a few
    shifts compare all places at once.
    """
    on_its_side = code.transpose(Image.Transpose.TRANSPOSE).convert(
        "1", dither=Image.Dither.NONE
    )  # whole bytes a column
    width, length, around = _frame(code.width)
    light = int.from_bytes(on_its_side.tobytes()) | around
    dark = ~light & ((1 << length) - 1)
    for runs in _COLUMN_RUNS:
        found, at = light, 1
        for number, run in enumerate(runs):
            for _module in range(run):
                found &= (light if number % 2 else dark) << at
                at += 1
        found &= light << at
        while found:
            begin = length - found.bit_length()
            found ^= 1 << (found.bit_length() - 1)
            column, row = divmod(begin, width)
            middle = row + runs[0] + runs[1] + (runs[2] - 1) // 2
            yield column, middle
            if runs[2] % 2 == 0:
                yield column, middle + 1


@cache
def _frame(side: int) -> tuple[int, int, int]:
    """Return the bits of a column, the bits of all columns plus the light one before the first,
    and the light ones around the columns.

    A code has 21, 25, 29 … modules on a side, never a multiple of eight, so Pillow's last byte of a
    column has room for light ones.
    """
    width = (side + 7) // 8 * 8
    length = width * side + 1
    behind = (1 << (width - side)) - 1
    return (
        width,
        length,
        sum(behind << (width * column) for column in range(side)) | 1 << (length - 1),
    )


def _is_corner(column: int, row: int, side: int) -> bool:
    near, far = range(_CORNER), range(side - _CORNER, side)
    return (
        (column in near and row in near)
        or (column in far and row in near)
        or (column in near and row in far)
    )


def _is_cut_alike(line: bytes, column: int) -> bool:
    """Return whether five runs of *line*, in about the right proportion, have their middle in
    *column*.
    """
    if line[column]:
        return False
    padded = b"\xff" + line + b"\xff"
    at = column + 1
    third = padded.rindex(b"\xff", 0, at) + 1
    second = padded.rfind(b"\0", 0, third) + 1  # 0 if there is no run to the left
    end = padded.index(b"\xff", at)
    fourth_end = padded.find(b"\0", end)
    if second == 0 or fourth_end < 0:
        return False
    first = padded.rindex(b"\xff", 0, second) + 1
    fifth_end = padded.index(b"\xff", fourth_end)
    runs = (second - first, third - second, end - third, fourth_end - end, fifth_end - fourth_end)
    length = fifth_end - first
    if first - 1 + length // 2 != column:
        return False
    # The detector's own bound: the shares differ from 1, 1, 3, 1 and 1 sevenths by less than 0.2
    # altogether.
    return (
        sum(abs(7 * run - (3 if number == 2 else 1) * length) for number, run in enumerate(runs))
        < 1.4 * length
    )
