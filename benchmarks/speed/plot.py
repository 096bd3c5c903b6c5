"""The curve as an SVG, drawn by hand: two panels with logarithmic axes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10

from benchmarks.speed.curve import CREATE, PAGES, WHOLES, Point

PANELS = (
    ("one page, one deal, a write", (*PAGES, "one deal", CREATE)),
    ("what reads every deal", tuple(WHOLES)),
)
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#444444")
WIDTH, HEIGHT, LEFT, TOP, LABELS = 620, 380, 60, 50, 170
RIGHT, BOTTOM = WIDTH - LABELS, HEIGHT - 45
LINE_HEIGHT = 15
STYLE = "text { font: 12px sans-serif; fill: #333 } .title { font-weight: bold } .grid { stroke: #ddd }"


def drawn(points: Sequence[Point]) -> str:
    """The plot: solid lines for a request alone, dashed ones right after a write."""
    panels = "".join(
        f'<g transform="translate({WIDTH * number} 0)">{_panel(points, title, names)}</g>'
        for number, (title, names) in enumerate(PANELS)
    )
    size = f'width="{WIDTH * len(PANELS)}" height="{HEIGHT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{STYLE}</style>'
        f'<rect width="100%" height="100%" fill="white"/>{panels}</svg>\n'
    )


def _panel(points: Sequence[Point], title: str, names: Sequence[str]) -> str:
    values = [each[name] for point in points for each in (point.alone, point.after_a_write) for name in names]
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    first, last = log10(points[0].deals), log10(max(points[-1].deals, points[0].deals + 1))

    def x(deals: int) -> float:
        return LEFT + (log10(deals) - first) / (last - first) * (RIGHT - LEFT)

    def y(ms: float) -> float:
        return BOTTOM - (log10(ms) - low) / max(1, high - low) * (BOTTOM - TOP)

    parts = [_text(LEFT, 22, f"{title}: milliseconds, by number of deals", "title")]
    parts.append(_text(LEFT, 38, "solid: alone; dashed: right after a write"))
    for power in range(low, high + 1):
        parts.append(_grid(LEFT, y(10**power), RIGHT, y(10**power)))
        parts.append(_text(LEFT - 8, y(10**power) + 4, f"{10.0**power:g}", anchor="end"))
    for point in points:
        parts.append(_grid(x(point.deals), TOP, x(point.deals), BOTTOM))
        parts.append(_text(x(point.deals), BOTTOM + 18, f"{point.deals:,}", anchor="middle"))
    colours = dict(zip(names, COLOURS, strict=False))
    for name, colour in colours.items():
        alone = [(x(point.deals), y(point.alone[name])) for point in points]
        after = [(x(point.deals), y(point.after_a_write[name])) for point in points]
        parts += [_line(alone, colour), _line(after, colour, "4 3")]
    ends = {name: y(points[-1].alone[name]) for name in names}
    for name, place in _apart(ends).items():
        parts.append(_text(RIGHT + 8, place + 4, name, colour=colours[name]))
    return "".join(parts)


def _apart(ends: dict[str, float]) -> dict[str, float]:
    """Places of the labels, so that none covers another: from the bottom up, each as near as possible."""
    placed: dict[str, float] = {}
    above = float(BOTTOM)
    for name, place in sorted(ends.items(), key=lambda item: -item[1]):
        placed[name] = min(place, above)
        above = placed[name] - LINE_HEIGHT
    return placed


def _text(x: float, y: float, text: str, kind: str = "", *, anchor: str = "start", colour: str = "") -> str:
    style = f' style="fill: {colour}"' if colour else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}" text-anchor="{anchor}"{style}>{escape(text)}</text>'


def _grid(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}" class="grid"/>'


def _line(places: Sequence[tuple[float, float]], colour: str, dashes: str = "none") -> str:
    shown = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return (
        f'<polyline points="{shown}" fill="none" stroke="{colour}" stroke-width="2" '
        f'stroke-dasharray="{dashes}"/>'
    )
