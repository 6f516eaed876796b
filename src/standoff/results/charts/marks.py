"""What a chart is made of: marks with attributes. Templates escape every text; colours are classes, never values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Mark:
    """One SVG element. ``text`` is its content, ``tip`` what a pointer shows and a screen reader reads."""

    tag: str
    attributes: dict[str, Any]
    text: str = ""
    tip: str = ""


@dataclass(frozen=True)
class LegendItem:
    """A sample of a style beside its word; ``kind`` is ``line``, ``area`` or ``dot``."""

    text: str
    style: str
    kind: str = "line"


@dataclass(frozen=True)
class Chart:
    """A drawing of ``width`` by ``height`` user units."""

    width: float
    height: float
    description: str
    marks: tuple[Mark, ...]
    title: str = ""
    note: str = ""
    legend: tuple[LegendItem, ...] = ()


@dataclass(frozen=True)
class Picture:
    """One or more charts under one legend; several are small multiples with one scale unless their titles say otherwise."""

    charts: tuple[Chart, ...]
    legend: tuple[LegendItem, ...] = ()
    caption: str = ""


@dataclass(frozen=True)
class Frame:
    """The rectangle that data is drawn in, and its scales."""

    left: float
    top: float
    right: float
    bottom: float
    x_low: float
    x_high: float
    y_low: float
    y_high: float
    marks: list[Mark] = field(default_factory=list)

    def x(self, value: float) -> float:
        span = self.x_high - self.x_low or 1.0
        return self.left + (value - self.x_low) / span * (self.right - self.left)

    def y(self, value: float) -> float:
        span = self.y_high - self.y_low or 1.0
        return self.bottom - (value - self.y_low) / span * (self.bottom - self.top)

    def line(self, x1: float, y1: float, x2: float, y2: float, style: str) -> None:
        points = {"x1": short(x1), "y1": short(y1), "x2": short(x2), "y2": short(y2), "class": style}
        self.marks.append(Mark("line", points))

    def text(self, x: float, y: float, text: str, *, anchor: str = "start", style: str = "tick") -> None:
        place = {"x": short(x), "y": short(y), "text-anchor": anchor, "class": style}
        self.marks.append(Mark("text", place, text))

    def path(self, points: str, style: str, tip: str = "") -> None:
        self.marks.append(Mark("path", {"d": points, "class": style}, tip=tip))

    def box(self, x: float, y: float, width: float, height: float, style: str, tip: str = "") -> None:
        shape = {"x": short(x), "y": short(y), "width": short(max(width, 0)), "height": short(max(height, 0))}
        self.marks.append(Mark("rect", {**shape, "class": style}, tip=tip))

    def dot(self, x: float, y: float, style: str, *, radius: float = 4, tip: str = "") -> None:
        self.marks.append(Mark("circle", {"cx": short(x), "cy": short(y), "r": radius, "class": style}, tip=tip))


def short(value: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def ticks(high: float, *, count: int = 4) -> list[float]:
    """Round values from zero up to at least ``high``."""
    if not high > 0:
        return [0.0, 1.0]
    raw = high / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= raw * (1 - 1e-9))
    return [step * index for index in range(math.ceil(high / step - 1e-9) + 1)]


def month_ticks(dates: Sequence[date], *, most: int) -> list[tuple[int, str]]:
    """Positions and names (``2025-04``) of months, at most ``most`` of them, evenly spread."""
    starts = [(index, day) for index, day in enumerate(dates) if index == 0 or day.month != dates[index - 1].month]
    whole = [(index, day) for index, day in starts if index > 0 or day.day <= 7]
    step = next((gap for gap in (1, 2, 3, 4, 6, 12) if len(whole) / gap <= most), 24)
    chosen = [(index, day) for index, day in whole if (day.month - 1) % min(step, 12) == 0 or step > 12]
    return [(index, f"{day.year}-{day.month:02d}") for index, day in chosen]


def time_axis(frame: Frame, dates: Sequence[date], *, most: int, event: date | None = None, word: str = "") -> None:
    """Month ticks under a frame and, where it lies inside, the first effect of a measure as a dashed line."""
    for index, name in month_ticks(dates, most=most):
        x = frame.x(index)
        frame.line(x, frame.bottom, x, frame.bottom + 4, "axis")
        frame.text(x, frame.bottom + 15, name, anchor="middle")
    if event is not None and len(dates) > 1 and dates[0] < event:
        position = (event - dates[0]).days / (dates[1] - dates[0]).days
        x = frame.x(position)
        frame.line(x, frame.top - 4, x, frame.bottom, "event")
        if word:
            frame.text(x + 4, frame.top + 5, word, style="tick event-word")


def steps_path(frame: Frame, values: Sequence[float]) -> str:
    """A line through the values at their positions; a gap where a value is not a number."""
    parts, pen = [], "M"
    for index, value in enumerate(values):
        if not math.isfinite(value):
            pen = "M"
            continue
        parts.append(f"{pen}{short(frame.x(index))} {short(frame.y(min(value, frame.y_high)))}")
        pen = "L"
    return "".join(parts)
