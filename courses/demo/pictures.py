# ruff: noqa: D102 - the methods of the drawing board are the shapes they are called after
"""Draw plain pictures for the demo's lessons, so that no foreign pictures are needed and the
pixels are the same every time.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, SCALE = 1440, 810, 2
PAPER, PAPER_2, INK, GREY, LIGHT = "#f4f0e8", "#e9e2d4", "#1b2130", "#5f687c", "#b4bac6"
RED, BRASS, JADE, INDIGO, WHITE, AMBER, SKIN = (
    "#a92f20",
    "#b08434",
    "#1f6b5a",
    "#2b4a80",
    "#ffffff",
    "#e2932b",
    "#d9a87c",
)
Draw = ImageDraw.ImageDraw


def _s(*values: float) -> list[float]:
    return [value * SCALE for value in values]


class DrawingBoard:
    """A drawing board in design units, drawn twice as large and reduced for clean edges."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
        self.draw = ImageDraw.Draw(self.image)
        self.random = random.Random(20261205)  # noqa: S311 - a fixed scatter of sparks, no secret

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        fill: str,
        r: float = 0,
        line: str | None = None,
        width: int = 4,
    ) -> None:
        self.draw.rounded_rectangle(
            _s(x, y, x + w, y + h), radius=r * SCALE, fill=fill, outline=line, width=width * SCALE
        )

    def disc(
        self,
        x: float,
        y: float,
        r: float,
        fill: str | None,
        line: str | None = None,
        width: int = 4,
    ) -> None:
        self.draw.ellipse(
            _s(x - r, y - r, x + r, y + r), fill=fill, outline=line, width=width * SCALE
        )

    def shape(self, points: list[tuple[float, float]], fill: str) -> None:
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def line(self, points: list[tuple[float, float]], fill: str, width: int = 6) -> None:
        self.draw.line(
            [(x * SCALE, y * SCALE) for x, y in points],
            fill=fill,
            width=width * SCALE,
            joint="curve",
        )
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, fill)

    def dashes(
        self, a: tuple[float, float], b: tuple[float, float], fill: str, width: int = 4
    ) -> None:
        length = math.dist(a, b)
        for n in range(int(length // 24)):
            t0, t1 = n * 24 / length, (n * 24 + 13) / length
            self.line(
                [
                    (a[0] + (b[0] - a[0]) * t0, a[1] + (b[1] - a[1]) * t0),
                    (a[0] + (b[0] - a[0]) * t1, a[1] + (b[1] - a[1]) * t1),
                ],
                fill,
                width,
            )

    def arrow(
        self,
        a: tuple[float, float],
        b: tuple[float, float],
        fill: str,
        width: int = 6,
        both: bool = False,
    ) -> None:
        self.line([a, b], fill, width)
        for tip, tail in ((b, a), (a, b)) if both else ((b, a),):
            turn = math.atan2(tip[1] - tail[1], tip[0] - tail[0])
            wings = [
                (tip[0] - 26 * math.cos(turn + d), tip[1] - 26 * math.sin(turn + d))
                for d in (0.45, -0.45)
            ]
            self.shape([tip, *wings], fill)

    def text(self, x: float, y: float, words: str, size: int, fill: str = INK) -> None:
        # Digits and Latin letters only: Pillow's own face has them on every machine.
        self.draw.text(
            (x * SCALE, y * SCALE),
            words,
            fill=fill,
            font=ImageFont.load_default(size * SCALE),
            anchor="mm",
        )

    def ground(self, y: float = 700) -> None:
        self.box(0, y, WIDTH, HEIGHT - y, PAPER_2)
        self.line([(0, y), (WIDTH, y)], LIGHT, 3)

    def sparks(self, x: float, y: float, n: int = 36, reach: float = 110) -> None:
        for _ in range(n):
            turn, far = self.random.uniform(-math.pi, 0.35), self.random.uniform(30, reach)
            end = (x + far * math.cos(turn), y + far * math.sin(turn))
            self.line([(x + (end[0] - x) * 0.6, y + (end[1] - y) * 0.6), end], AMBER, 3)
        self.disc(x, y, 16, "#fff3cf")
        self.disc(x, y, 8, WHITE)

    def person(
        self,
        x: float,
        feet: float,
        size: float = 1.0,
        coat: str = INDIGO,
        helmet: str = BRASS,
        mask: bool = False,
        apron: bool = False,
    ) -> None:
        """Draw a standing worker whose feet are at *feet*."""

        def p(dx: float, dy: float) -> tuple[float, float]:
            return x + dx * size, feet + dy * size

        for dx in (-34, 10):
            ax, ay = p(dx, -150)
            self.box(ax, ay, 26 * size, 128 * size, INK, 8 * size)
            bx, by = p(dx - 8, -30)
            self.box(bx, by, 42 * size, 30 * size, "#6b4a2b", 8 * size)
        tx, ty = p(-52, -320)
        self.box(tx, ty, 104 * size, 190 * size, coat, 26 * size)
        if apron:
            ax, ay = p(-38, -280)
            self.box(ax, ay, 76 * size, 190 * size, "#8a5a2b", 12 * size)
        for side in (-1, 1):
            self.line(
                [p(side * 46, -295), p(side * 84, -225), p(side * 78, -165)], coat, int(30 * size)
            )
            self.disc(*p(side * 78, -150), 24 * size, "#8a5a2b")
        self.disc(*p(0, -368), 44 * size, SKIN)
        if mask:
            mx, my = p(-40, -408)
            self.box(mx, my, 80 * size, 92 * size, INK, 18 * size)
            vx, vy = p(-28, -388)
            self.box(vx, vy, 56 * size, 26 * size, JADE, 5 * size)
        hx, hy = p(-50, -424)
        self.draw.pieslice(_s(hx, hy, hx + 100 * size, hy + 92 * size), 180, 360, fill=helmet)
        self.box(hx - 8 * size, hy + 42 * size, 116 * size, 10 * size, helmet, 4)

    def cylinder(self, x: float, base: float, fill: str, line: str, h: float = 330) -> None:
        self.box(x - 52, base - h, 104, h, fill, 46, line, 5)
        self.box(x - 18, base - h - 44, 36, 50, BRASS, 8)
        self.box(x - 40, base - h - 34, 80, 14, BRASS, 6)
        self.disc(x + 58, base - h - 28, 26, WHITE, INK, 4)
        self.line([(x + 58, base - h - 28), (x + 70, base - h - 40)], RED, 4)
        self.line([(x - 66, base - 210), (x + 66, base - 210)], GREY, 8)

    def png(self) -> bytes:
        out = BytesIO()
        self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
        return out.getvalue()


def draw_welder(b: DrawingBoard) -> None:
    """Draw a welder at the bench, with sparks and a screen behind."""
    b.ground()
    for n in range(6):
        b.box(90 + n * 84, 180, 78, 520, "#7c2a22" if n % 2 else "#8c2318", 4)
    b.line([(70, 176), (620, 176)], GREY, 8)
    b.person(800, 700, 1.25, mask=True, apron=True)
    b.box(930, 520, 380, 26, GREY, 4)
    b.box(960, 546, 22, 154, INK)
    b.box(1258, 546, 22, 154, INK)
    b.box(1020, 486, 200, 34, LIGHT, 2)
    b.line([(900, 500), (990, 440), (1090, 482)], INK, 12)
    b.sparks(1096, 482, 70, 190)


def draw_ppe(b: DrawingBoard) -> None:
    """Draw six pieces of protective equipment with numbers."""
    b.ground()
    b.person(720, 700, 1.5, mask=True, apron=True)
    marks = [
        (1, 720, 148, 980, 130),
        (2, 742, 190, 980, 240),
        (3, 838, 470, 980, 470),
        (4, 655, 300, 440, 240),
        (5, 700, 470, 440, 430),
        (6, 680, 680, 440, 620),
    ]
    for n, x, y, lx, ly in marks:
        b.line([(x, y), (lx, ly)], GREY, 3)
        b.disc(lx, ly, 38, RED if n == 1 else INDIGO)
        b.text(lx, ly, str(n), 40, WHITE)


def draw_hot_work(b: DrawingBoard) -> None:
    """Draw a clear ring of ten metres, a watcher and two extinguishers."""
    b.ground(640)
    b.draw.ellipse(_s(170, 430, 1190, 790), fill="#fbeeeb", outline=RED, width=6 * SCALE)
    b.box(560, 560, 240, 34, GREY, 4)
    b.box(590, 594, 20, 70, INK)
    b.box(750, 594, 20, 70, INK)
    b.sparks(690, 556, 60, 150)
    b.person(520, 690, 0.95, mask=True, apron=True)
    b.person(1290, 720, 1.05, coat=JADE, helmet=RED)
    for x in (1010, 1080):
        b.box(x - 26, 560, 52, 120, RED, 20)
        b.box(x - 10, 536, 20, 30, INK, 4)
        b.line([(x + 8, 545), (x + 44, 560), (x + 40, 620)], INK, 7)
    b.arrow((700, 735), (1180, 690), RED, 5)
    b.text(950, 745, "10 m", 46, RED)


def draw_cylinders(b: DrawingBoard) -> None:
    """Draw two cylinders upright, five metres apart, ten from the fire."""
    b.ground(620)
    b.cylinder(240, 620, "#8fc0e0", INDIGO)
    b.cylinder(640, 620, WHITE, RED)
    b.text(240, 470, "O2", 50, INK)
    b.text(640, 470, "C2H2", 40, RED)
    b.arrow((300, 676), (580, 676), INK, 5, both=True)
    b.text(440, 722, "5 m", 46)
    b.arrow((710, 676), (1220, 676), RED, 5, both=True)
    b.text(965, 722, "10 m", 46, RED)
    b.box(1160, 560, 200, 30, GREY, 4)
    b.box(1180, 590, 18, 30, INK)
    b.box(1322, 590, 18, 30, INK)
    b.sparks(1260, 556, 50, 120)
    b.line([(292, 240), (420, 200), (900, 300), (1180, 470), (1250, 550)], INDIGO, 7)
    b.line([(700, 250), (860, 250), (1120, 420), (1244, 552)], RED, 7)


def draw_welding_machine(b: DrawingBoard) -> None:
    """Draw a welding machine with earth, work lead and an insulating mat."""
    b.ground(640)
    b.box(130, 420, 300, 200, INDIGO, 18)
    b.box(165, 455, 110, 70, PAPER, 6)
    b.disc(350, 490, 34, PAPER, INK, 5)
    b.line([(350, 490), (370, 468)], RED, 5)
    b.line([(200, 620), (200, 700)], JADE, 8)
    for n, w in enumerate((90, 60, 30)):
        b.line([(200 - w / 2, 704 + n * 16), (200 + w / 2, 704 + n * 16)], JADE, 7)
    b.box(900, 500, 380, 34, GREY, 4)
    b.box(930, 534, 22, 106, INK)
    b.box(1238, 534, 22, 106, INK)
    b.line([(430, 470), (560, 400), (700, 420), (800, 440)], RED, 10)
    b.line([(430, 560), (640, 610), (1010, 606), (1240, 540)], INK, 10)
    b.box(1215, 486, 60, 62, BRASS, 8)
    b.box(700, 636, 190, 22, JADE, 6)
    b.person(790, 636, 1.05, mask=True, apron=True)
    b.line([(870, 470), (950, 440), (1020, 496)], INK, 10)
    b.sparks(1026, 496, 40, 100)


def draw_ventilation(b: DrawingBoard) -> None:
    """Draw fume that is drawn away beside the breathing zone, and a watcher outside a vessel."""
    b.ground(640)
    b.box(340, 170, 640, 470, WHITE, 60, GREY, 8)
    b.box(590, 556, 240, 30, GREY, 4)
    b.person(520, 640, 0.95, mask=True, apron=True)
    b.sparks(690, 552, 34, 80)
    for n in range(5):
        y = 530 - n * 26
        b.arrow((716 + n * 10, y), (846, 470 - n * 8), LIGHT, 6)
    b.shape([(850, 380), (930, 420), (930, 500), (850, 540)], JADE)
    b.line([(930, 460), (1060, 460), (1060, 120), (1180, 120)], JADE, 34)
    b.arrow((1180, 120), (1330, 120), JADE, 10)
    b.arrow((120, 260), (330, 300), INDIGO, 12)
    b.person(1230, 700, 1.05, coat=JADE, helmet=RED)
    b.line([(1150, 540), (980, 600), (570, 420)], BRASS, 7)


def draw_switchboard(b: DrawingBoard) -> None:
    """Draw a switchboard with a lock and a tag."""
    b.ground()
    b.box(420, 120, 420, 520, LIGHT, 18, GREY, 8)
    for row in range(3):
        for column in range(3):
            b.box(470 + column * 115, 170 + row * 110, 80, 80, PAPER, 8, GREY, 4)
            b.box(
                498 + column * 115,
                (186 if (row, column) != (1, 1) else 212) + row * 110,
                24,
                34,
                INK if (row, column) != (1, 1) else RED,
                4,
            )
    b.box(590, 500, 90, 76, BRASS, 10)
    b.draw.arc(_s(606, 452, 664, 540), 180, 360, fill=INK, width=12 * SCALE)
    b.box(700, 520, 120, 90, RED, 8)
    b.line([(640, 560), (700, 540)], INK, 4)
    b.person(1060, 700, 1.15, coat=INDIGO, helmet=RED)


def draw_lathe(b: DrawingBoard) -> None:
    """Draw a lathe with chuck, workpiece and tool."""
    b.ground()
    b.box(160, 560, 1080, 90, GREY, 10)
    b.box(200, 640, 120, 60, INK)
    b.box(1080, 640, 120, 60, INK)
    b.box(180, 250, 300, 310, INDIGO, 20)
    b.disc(520, 400, 130, LIGHT, INK, 8)
    for turn in range(3):
        a = turn * 2.094
        b.line(
            [
                (520 + 50 * math.cos(a), 400 + 50 * math.sin(a)),
                (520 + 112 * math.cos(a), 400 + 112 * math.sin(a)),
            ],
            INK,
            30,
        )
    b.box(560, 360, 360, 80, BRASS, 6)
    b.box(960, 330, 200, 230, INDIGO, 16)
    b.shape([(920, 400), (980, 370), (980, 430)], INK)
    b.box(700, 470, 110, 90, GREY, 8)
    b.shape([(740, 442), (772, 470), (728, 476)], RED)


PICTURES: dict[str, tuple[str, Callable[[DrawingBoard], None]]] = {
    "cover": ("焊工在工位施焊", draw_welder),
    "ppe": ("六件防护", draw_ppe),
    "hot-work": ("动火现场", draw_hot_work),
    "cylinders": ("气瓶间距", draw_cylinders),
    "electric": ("接地与回线", draw_welding_machine),
    "ventilation": ("通风与监护", draw_ventilation),
    "electric-cover": ("上锁挂牌", draw_switchboard),
    "lathe-cover": ("数控车床", draw_lathe),
}


def draw_png(name: str) -> bytes:
    """Return the picture *name* as PNG, 1440 × 810."""
    board = DrawingBoard()
    PICTURES[name][1](board)
    return board.png()
