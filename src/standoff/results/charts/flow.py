"""The flow picture: stages as columns, places as bars, what ships in the worst weeks as ribbons, what is missing hatched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from standoff.results.charts.marks import Chart, Frame, short

WIDTH, HEIGHT = 960.0, 440.0
TOP, BOTTOM = 58.0, 394.0
LAST_LABEL = 112.0
"""Room to the right of the last column for the names of places."""
BAR, GAP = 13.0, 7.0
LEAST_NAMED = 9.0
"""A bar lower than this has no name beside it."""
LEAST_MISSING = 0.005
"""A ribbon that lacks less than this share of its base year is drawn whole."""
LEAST_RIBBON = 0.004
"""Ribbons thinner than this share of a column are not drawn; they stay in the table."""


@dataclass(frozen=True)
class Ribbon:
    """A flow from a place in one column to a place in a later one; ``worst`` may exceed ``usual``."""

    column: int
    next_column: int
    origin: int
    destination: int
    usual: float
    worst: float


@dataclass(frozen=True)
class Column:
    """A stage: its name, the line under it, and the lines at its foot where the shortage begins there."""

    name: str
    note: str
    binding: tuple[str, ...] = ()


@dataclass
class _Bar:
    top: float = 0.0
    height: float = 0.0
    out: float = 0.0
    come: float = 0.0
    left_used: float = 0.0
    right_used: float = 0.0


def flow_chart(
    columns: Sequence[Column],
    places: Sequence[str],
    styles: Sequence[str],
    ribbons: Sequence[Ribbon],
    *,
    tip: Callable[[Ribbon], str],
    description: str,
) -> Chart:
    """Every column has full height: all that its stage ships (receives, in the last) in the base year, at base prices.

    Args:
        columns: the stages, from mine to use.
        places: names of the bars in every column.
        styles: style of each bar and of what leaves it.
        ribbons: flows between bars.
        tip: what a pointer shows on a ribbon.
        description: for readers who do not see it.
    """
    frame = Frame(8, TOP, WIDTH - 8, BOTTOM, 0, 1, 0, 1)
    bars = _bars(len(columns), len(places), ribbons)
    gap = (WIDTH - 12 - LAST_LABEL) / max(len(columns) - 1, 1)
    xs = [12 + index * gap for index in range(len(columns))]
    for x, column in zip(xs, columns, strict=True):
        _heading(frame, x, column, width=min(gap - 4, 112))
    for ribbon, (y1, height1, y2, height2) in _slots(bars, ribbons):
        if max(height1, height2) >= LEAST_RIBBON * (BOTTOM - TOP):
            home = " home" if ribbon.origin == ribbon.destination else ""
            ends = (xs[ribbon.column] + BAR, y1, height1, xs[ribbon.next_column], y2, height2)
            _ribbon(frame, ribbon, ends, f"{styles[ribbon.origin]}{home}", tip(ribbon))
    for (position, place), bar in bars.items():
        if bar.height > 0:
            frame.box(xs[position], bar.top, BAR, bar.height, f"node {styles[place]}")
            if bar.height >= LEAST_NAMED:
                frame.text(xs[position] + BAR + 4, bar.top + bar.height / 2 + 4, places[place], style="node-word")
    return Chart(WIDTH, HEIGHT, description, tuple(frame.marks))


def _slots(
    bars: dict[tuple[int, int], _Bar], ribbons: Sequence[Ribbon]
) -> list[tuple[Ribbon, tuple[float, float, float, float]]]:
    """Where each ribbon leaves and enters: top and height at either end, in the order in which bars stand."""
    arrivals = sorted(ribbons, key=lambda r: (r.next_column, r.destination, r.column, r.origin))
    entries = {}
    for ribbon in arrivals:
        bar = bars[ribbon.next_column, ribbon.destination]
        height = bar.height * ribbon.usual / bar.come if bar.come else 0.0
        entries[ribbon] = (bar.top + bar.left_used, height)
        bar.left_used += height
    slots = []
    for ribbon in sorted(ribbons, key=lambda r: (r.column, r.origin, r.next_column, r.destination)):
        bar = bars[ribbon.column, ribbon.origin]
        height = bar.height * ribbon.usual / bar.out if bar.out else 0.0
        slots.append((ribbon, (bar.top + bar.right_used, height, *entries[ribbon])))
        bar.right_used += height
    return slots


def _ribbon(
    frame: Frame, ribbon: Ribbon, ends: tuple[float, float, float, float, float, float], style: str, tip: str
) -> None:
    """What ships as a full band, and under it what is missing against the base year, hatched."""
    x1, y1, height1, x2, y2, height2 = ends
    part = min(ribbon.worst / ribbon.usual, 1.0) if ribbon.usual > 0 else 0.0
    if part > 1 - LEAST_MISSING:
        part = 1.0
    frame.path(_band(x1, y1, height1 * part, x2, y2, height2 * part), f"ribbon core {style}", tip)
    if part < 1:
        rest = _band(x1, y1 + height1 * part, height1 * (1 - part), x2, y2 + height2 * part, height2 * (1 - part))
        frame.path(rest, f"ribbon pale {style}", tip)
        frame.path(rest, "ribbon missing", tip)


def _bars(columns: int, places: int, ribbons: Sequence[Ribbon]) -> dict[tuple[int, int], _Bar]:
    bars = {(column, place): _Bar() for column in range(columns) for place in range(places)}
    for ribbon in ribbons:
        bars[ribbon.column, ribbon.origin].out += ribbon.usual
        bars[ribbon.next_column, ribbon.destination].come += ribbon.usual
    for position in range(columns):
        size = [bars[position, place].out or bars[position, place].come for place in range(places)]
        shown = sum(1 for value in size if value > 0)
        room = BOTTOM - TOP - GAP * max(shown - 1, 0)
        y = TOP
        for place in range(places):
            bar = bars[position, place]
            bar.top, bar.height = y, room * size[place] / (sum(size) or 1.0)
            y += bar.height + (GAP if size[place] > 0 else 0.0)
    return bars


def _heading(frame: Frame, x: float, column: Column, *, width: float) -> None:
    if column.binding:
        frame.box(x - 8, 4, width, HEIGHT - 6, "binding")
    for row, text in enumerate(column.binding):
        frame.text(x, BOTTOM + 18 + row * 15, text, style="binding-word")
    frame.text(x, 24, column.name, style="stage")
    frame.text(x, 42, column.note, style="tick")


def _band(x1: float, y1: float, height1: float, x2: float, y2: float, height2: float) -> str:
    a, b, middle = short(x1), short(x2), short((x1 + x2) / 2)
    return (
        f"M{a} {short(y1)}C{middle} {short(y1)} {middle} {short(y2)} {b} {short(y2)}"
        f"L{b} {short(y2 + height2)}C{middle} {short(y2 + height2)} {middle} {short(y1 + height1)} {a} {short(y1 + height1)}Z"
    )
