"""Drawn ornament of the certificates, which is the guilloche border, the rosette behind the text
and the cinnabar seal.

Everything is computed, so that it is sharp at every size and no file has to be kept in step with
the page. Units are millimetres of the page.
"""

from __future__ import annotations

import math
from functools import cache

BRASS, BRASS_LIGHT, CINNABAR = "#b08434", "#cfae72", "#a92f20"
SEAL = "#c9503f"
_OUTER, _BAND = 8.5, 5.6  # mm: edge of the page to the border, width of its band


@cache
def draw_border(width: float = 297.0, height: float = 210.0) -> str:
    """Return the border of a page as SVG.

    It has two brass rules, a woven band between them, and a knot and a cinnabar bracket at each
    corner.
    """
    left = top = _OUTER
    right, bottom = width - _OUTER, height - _OUTER
    middle, amplitude = _OUTER + _BAND / 2, _BAND / 2 - 0.75
    inner = _OUTER + _BAND
    knot = _BAND
    parts = [
        f'<g fill="none" stroke="{BRASS}">',
        _rectangle(left, top, right, bottom, 0.55),
        _rectangle(left + 0.95, top + 0.95, right - 0.95, bottom - 0.95, 0.14),
        _rectangle(inner, inner, width - inner, height - inner, 0.24),
        "</g>",
        f'<g fill="none" stroke="{BRASS_LIGHT}" stroke-width=".17">',
    ]
    start, end_x, end_y = _OUTER + knot, width - _OUTER - knot, height - _OUTER - knot
    for swing in (1.0, -1.0, 0.55, -0.55):
        parts += [
            _wave(start, middle, end_x - start, amplitude * swing, vertical=False),
            _wave(start, height - middle, end_x - start, amplitude * swing, vertical=False),
            _wave(start, middle, end_y - start, amplitude * swing, vertical=True),
            _wave(start, width - middle, end_y - start, amplitude * swing, vertical=True),
        ]
    parts.append("</g>")
    for x in (middle, width - middle):
        for y in (middle, height - middle):
            parts.append(_knot(x, y, knot / 2 - 0.55))
    reach, gap = 13.0, inner + 2.6
    parts.append(f'<g fill="none" stroke="{CINNABAR}" stroke-width=".38">')
    for sign_x, x in ((1, gap), (-1, width - gap)):
        for sign_y, y in ((1, gap), (-1, height - gap)):
            parts.append(
                f'<path d="M{_n(x)} {_n(y + sign_y * reach)}V{_n(y)}H{_n(x + sign_x * reach)}"/>'
            )
    parts.append("</g>")
    return _svg(width, height, "".join(parts))


@cache
def draw_rosette(colour: str = "#f0e6d0") -> str:
    """Return the pale guilloche rosette behind the text, 100 by 100."""
    curves = [
        _petals(50, 50, radius, depth, lobes, phase)
        for radius, depth, lobes in ((38, 10.5, 12), (25, 9, 12), (13, 6, 8))
        for phase in (i * 2 * math.pi / lobes / 6 for i in range(6))
    ]
    return _svg(
        100,
        100,
        f'<g fill="none" stroke="{colour}" stroke-width=".22"><circle cx="50" cy="50" r="49.6"/>'
        + "".join(curves)
        + "</g>",
    )


@cache
def draw_plain_seal() -> str:
    """Return the cinnabar seal, which is a ring, a fine ring and a star, 100 by 100.

    It carries no lettering, because a lettered round seal is a legal instrument of its owner, which
    printing must not imitate.
    """
    return _svg(
        100,
        100,
        f'<g fill="none" stroke="{SEAL}"><circle cx="50" cy="50" r="47.5" stroke-width="3.2"/>'
        f'<circle cx="50" cy="50" r="43.4" stroke-width=".7"/></g>'
        + f'<path d="{_star(50, 50, 19.5)}" fill="{SEAL}"/>',
    )


@cache
def draw_title_rule() -> str:
    """Return the rule with a lozenge under the title, 80 by 4."""
    return _svg(
        80,
        4,
        f'<path d="M0 2H34M46 2H80" stroke="{BRASS}" stroke-width=".3" fill="none"/>'
        f'<path d="M40 .55L42.6 2 40 3.45 37.4 2Z" fill="{CINNABAR}"/>'
        f'<path d="M35.1 2l.7-.42.7.42-.7.42ZM43.5 2l.7-.42.7.42-.7.42Z" fill="{BRASS}"/>',
    )


def _svg(width: float, height: float, content: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}">{content}</svg>'


def _n(value: float) -> str:
    """Return *value* with two decimals, which are a hundredth of a millimetre."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _rectangle(left: float, top: float, right: float, bottom: float, stroke: float) -> str:
    return f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}" height="{_n(bottom - top)}" stroke-width="{_n(stroke)}"/>'


def _wave(start: float, axis: float, length: float, amplitude: float, *, vertical: bool) -> str:
    """Return a sine as cubic curves, one for each half period. A whole number of periods fills
    *length*.
    """
    halves = 2 * round(length / 2 / 2.9)
    step = length / halves
    handle, height = step * 0.3642, amplitude * 4 / 3
    along, across = start, axis
    path = [f"M{_n(axis)} {_n(start)}" if vertical else f"M{_n(start)} {_n(axis)}"]
    for index in range(halves):
        side = height if index % 2 == 0 else -height
        points = (
            (along + handle, across + side),
            (along + step - handle, across + side),
            (along + step, across),
        )
        path.append(
            "C"
            + " ".join(f"{_n(b)} {_n(a)}" if vertical else f"{_n(a)} {_n(b)}" for a, b in points)
        )
        along += step
    return f'<path d="{"".join(path)}"/>'


def _petals(x: float, y: float, radius: float, depth: float, lobes: int, phase: float) -> str:
    """Return the closed curve r = radius + depth·sin(lobes·t + phase), four cubic curves to a
    lobe.
    """
    count = lobes * 4

    def at(turn: float) -> tuple[float, float, float, float]:
        r = radius + depth * math.sin(lobes * turn + phase * lobes)
        slope = depth * lobes * math.cos(lobes * turn + phase * lobes)
        sine, cosine = math.sin(turn), math.cos(turn)
        return x + r * cosine, y + r * sine, slope * cosine - r * sine, slope * sine + r * cosine

    step = 2 * math.pi / count
    px, py, dx, dy = at(0)
    path = [f"M{_n(px)} {_n(py)}"]
    for index in range(1, count + 1):
        qx, qy, ex, ey = at(index * step)
        path.append(
            f"C{_n(px + dx * step / 3)} {_n(py + dy * step / 3)} {_n(qx - ex * step / 3)} {_n(qy - ey * step / 3)} {_n(qx)} {_n(qy)}"
        )
        px, py, dx, dy = qx, qy, ex, ey
    return f'<path d="{"".join(path)}Z"/>'


def _knot(x: float, y: float, radius: float) -> str:
    curves = "".join(
        _petals(x, y, radius * 0.66, radius * 0.34, 8, phase) for phase in (0, math.pi / 8)
    )
    return (
        f'<g fill="none" stroke="{BRASS}" stroke-width=".16">{curves}</g>'
        f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius * 0.2)}" fill="{CINNABAR}"/>'
    )


def _star(x: float, y: float, radius: float) -> str:
    points = []
    for index in range(10):
        reach = radius if index % 2 == 0 else radius * 0.382
        angle = index * math.pi / 5
        points.append(f"{_n(x + reach * math.sin(angle))} {_n(y - reach * math.cos(angle))}")
    return "M" + "L".join(points) + "Z"
