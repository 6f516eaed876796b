"""The flow picture: stages as columns, places as bars, base year as pale ribbons with the worst weeks inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from standoff.results.report.charts.marks import Chart, Frame, short

WIDTH, HEIGHT = 960.0, 440.0
TOP, BOTTOM = 62.0, 400.0
BAR, GAP = 13.0, 7.0
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
    """A stage: its name, the line under it and whether the shortage begins there."""

    name: str
    note: str
    binding: str


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
    """Every column has full height: all that its stage ships (receives, in the last) in the base year, at base prices."""
    frame = Frame(8, TOP, WIDTH - 8, BOTTOM, 0, 1, 0, 1)
    bars = _bars(len(columns), len(places), ribbons)
    xs = [10 + index * (WIDTH - 110) / max(len(columns) - 1, 1) for index in range(len(columns))]
    for x, column in zip(xs, columns, strict=True):
        _heading(frame, x, column)
    order = sorted(ribbons, key=lambda r: (r.column, r.origin, r.next_column, r.destination))
    arrivals = sorted(ribbons, key=lambda r: (r.next_column, r.destination, r.column, r.origin))
    enter: dict[int, tuple[float, float]] = {}
    for ribbon in arrivals:
        bar = bars[ribbon.next_column, ribbon.destination]
        height = bar.height * ribbon.usual / bar.come if bar.come else 0.0
        enter[id(ribbon)] = (bar.top + bar.left_used, height)
        bar.left_used += height
    for ribbon in order:
        bar = bars[ribbon.column, ribbon.origin]
        height = bar.height * ribbon.usual / bar.out if bar.out else 0.0
        y1 = bar.top + bar.right_used
        bar.right_used += height
        y2, height2 = enter[id(ribbon)]
        if max(height, height2) < LEAST_RIBBON * (BOTTOM - TOP):
            continue
        x1, x2 = xs[ribbon.column] + BAR, xs[ribbon.next_column]
        part = min(ribbon.worst / ribbon.usual, 1.0) if ribbon.usual > 0 else 0.0
        style = styles[ribbon.origin]
        frame.path(_band(x1, y1, height, x2, y2, height2), f"ribbon pale {style}", tip(ribbon))
        frame.path(_band(x1, y1, height * part, x2, y2, height2 * part), f"ribbon core {style}", tip(ribbon))
    for (column, place), bar in bars.items():
        if bar.height > 0:
            frame.box(xs[column], bar.top, BAR, bar.height, f"node {styles[place]}")
            if bar.height >= 9:
                frame.text(xs[column] + BAR + 4, bar.top + bar.height / 2 + 4, places[place], style="node-word")
    return Chart(WIDTH, HEIGHT, description, tuple(frame.marks))


def _bars(columns: int, places: int, ribbons: Sequence[Ribbon]) -> dict[tuple[int, int], _Bar]:
    bars = {(column, place): _Bar() for column in range(columns) for place in range(places)}
    for ribbon in ribbons:
        bars[ribbon.column, ribbon.origin].out += ribbon.usual
        bars[ribbon.next_column, ribbon.destination].come += ribbon.usual
    for column in range(columns):
        size = [bars[column, place].out or bars[column, place].come for place in range(places)]
        shown = sum(1 for value in size if value > 0)
        room = BOTTOM - TOP - GAP * max(shown - 1, 0)
        y = TOP
        for place in range(places):
            bar = bars[column, place]
            bar.top, bar.height = y, room * size[place] / (sum(size) or 1.0)
            y += bar.height + (GAP if size[place] > 0 else 0.0)
    return bars


def _heading(frame: Frame, x: float, column: Column) -> None:
    if column.binding:
        frame.box(x - 9, 4, 104, HEIGHT - 10, "binding")
        frame.text(x, HEIGHT - 13, column.binding, style="binding-word")
    frame.text(x, 24, column.name, style="stage")
    frame.text(x, 42, column.note, style="tick")


def _band(x1: float, y1: float, height1: float, x2: float, y2: float, height2: float) -> str:
    a, b, middle = short(x1), short(x2), short((x1 + x2) / 2)
    return (
        f"M{a} {short(y1)}C{middle} {short(y1)} {middle} {short(y2)} {b} {short(y2)}"
        f"L{b} {short(y2 + height2)}C{middle} {short(y2 + height2)} {middle} {short(y1 + height1)} {a} {short(y1 + height1)}Z"
    )
