"""Bars on a time line, and dots for two answers to the same question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from standoff.results.charts.marks import Chart, Frame, ticks, time_axis

WIDTH = 960.0
ROW = 26.0
NAMES = 356.0
LETTER = 6.4
"""Usual width of a letter; a Chinese character is as wide as two."""


def fitted(name: str, width: float) -> str:
    """A name cut to a width; the table has it whole."""
    room = width / LETTER
    for index, letter in enumerate(name):
        room -= 1.0 if ord(letter) < 0x2E80 else 2.0
        if room < 0:
            return f"{name[: max(index - 1, 0)].rstrip()}\u2026"
    return name


@dataclass(frozen=True)
class Bar:
    """A stretch of time on a row."""

    row: int
    start: date
    until: date
    style: str
    text: str


def time_bars(names: Sequence[str], bars: Sequence[Bar], dates: Sequence[date], *, description: str) -> Chart:
    """One row a name, its bars on a common time axis."""
    height = ROW * len(names) + 44
    frame = Frame(150, 10, WIDTH - 16, height - 28, 0, max(len(dates) - 1, 1), 0, 1)
    days = (dates[1] - dates[0]).days if len(dates) > 1 else 1
    time_axis(frame, dates, most=9)
    for row, name in enumerate(names):
        y = frame.top + row * ROW
        frame.text(frame.left - 8, y + 16, fitted(name, frame.left - 8), anchor="end", style="label")
        frame.line(frame.left, y + ROW, frame.right, y + ROW, "grid")
    for bar in bars:
        y = frame.top + bar.row * ROW + 4
        x1 = frame.x((bar.start - dates[0]).days / days)
        x2 = min(frame.x((bar.until - dates[0]).days / days), frame.right)
        frame.box(x1, y, x2 - x1, ROW - 8, f"bar {bar.style}", tip=bar.text)
        if x2 - x1 > 70:
            frame.text(x1 + 6, y + 13, fitted(bar.text, x2 - x1 - 12), style="bar-word")
    return Chart(WIDTH, height, description, tuple(frame.marks))


@dataclass(frozen=True)
class Pair:
    """Two answers in days for one line; either may be infinite."""

    name: str
    model: float
    spreadsheet: float
    tip: str


def pair_dots(
    pairs: Sequence[Pair], *, last: float, write: Callable[[float], str], never: str, description: str
) -> Chart:
    """Two dots a row, joined; a model answer of never is an open arrow at the right edge."""
    height = ROW * len(pairs) + 44
    levels = ticks(last, count=6)
    frame = Frame(NAMES, 10, WIDTH - 80, height - 28, min(0.0, *(p.model for p in pairs)), last, 0, 1)
    for level in [level for level in levels if level <= last]:
        x = frame.x(level)
        frame.line(x, frame.top, x, frame.bottom, "grid")
        frame.text(x, frame.bottom + 15, write(level), anchor="middle")
    for row, pair in enumerate(pairs):
        y = frame.top + row * ROW + ROW / 2
        stops = pair.model <= last
        x1, x2 = frame.x(min(pair.spreadsheet, last)), frame.x(pair.model if stops else last)
        frame.text(frame.left - 8, y + 4, fitted(pair.name, frame.left - 8), anchor="end", style="label")
        frame.line(x1, y, x2, y, "join" if stops else "join open")
        frame.dot(x1, y, "dot hollow", tip=pair.tip)
        if stops:
            frame.dot(x2, y, "dot solid", radius=5, tip=pair.tip)
            frame.text(x2 + 9, y + 4, write(pair.model), style="tick")
        else:
            frame.text(x2 + 4, y + 4, never, style="tick")
    return Chart(WIDTH, height, description, tuple(frame.marks))
