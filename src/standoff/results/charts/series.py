"""Charts over time: line panels and stacked areas."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from standoff.results.charts.marks import Chart, Frame, LegendItem, short, steps_path, ticks, time_axis

PANEL = (330.0, 180.0)
"""Three beside each other."""
HALF = (470.0, 240.0)
"""Two beside each other."""
WIDE = (960.0, 300.0)


@dataclass(frozen=True)
class Series:
    """One line: its style is a class of the style sheet that sets colour and dashes."""

    values: Any
    style: str


@dataclass(frozen=True)
class TimeAxis:
    """Days of the steps and the event that all panels mark."""

    dates: Sequence[date]
    event: date | None
    word: str


def line_panel(
    title: str,
    series: Sequence[Series],
    axis: TimeAxis,
    *,
    write: Callable[[float], str],
    description: str,
    high: float | None = None,
    low: float = 0.0,
    reference: float | None = None,
    note: str = "",
    legend: tuple[LegendItem, ...] = (),
    size: tuple[float, float] = PANEL,
) -> Chart:
    """Lines over time from zero up, or from below where they can be negative; a reference level as a thin dashed line.

    Args:
        title: over the panel.
        series: the lines, (steps,) each.
        axis: days and event.
        write: writes a tick of the value axis.
        description: for readers who do not see it.
        high: top of the value axis; the largest value if not given.
        low: a value that the axis reaches down to, at most 0.
        reference: level of the base year.
        note: a line under the title.
        legend: of this panel alone.
        size: width and height.
    """
    width, height = size
    peak = max((float(each.values[np.isfinite(each.values)].max(initial=0.0)) for each in series), default=0.0)
    levels = ticks(high if high is not None else max(peak, reference or 0.0), count=3 if height < 200 else 4)
    below = math.ceil(-low / levels[1] - 1e-9)
    levels = [-levels[1] * index for index in range(below, 0, -1)] + levels
    frame = Frame(54, 12, width - 12, height - 24, 0, max(len(axis.dates) - 1, 1), levels[0], levels[-1])
    draw_levels(frame, levels, write)
    time_axis(frame, axis.dates, most=4 if width < 500 else 9, event=axis.event, word=axis.word)
    if reference is not None:
        frame.line(frame.left, frame.y(reference), frame.right, frame.y(reference), "reference")
    for each in series:
        frame.path(steps_path(frame, list(each.values)), f"line {each.style}")
    return Chart(width, height, description, tuple(frame.marks), title, note, legend)


def stack_chart(
    layers: Sequence[Series],
    axis: TimeAxis,
    *,
    write: Callable[[float], str],
    description: str,
    title: str = "",
    size: tuple[float, float] = WIDE,
) -> Chart:
    """Layers stacked from zero up; each has a colour and a pattern."""
    width, height = size
    total = np.sum([layer.values for layer in layers], axis=0) if layers else np.zeros(1)
    levels = ticks(float(total.max(initial=0.0)))
    frame = Frame(84, 12, width - 12, height - 24, 0, max(len(axis.dates) - 1, 1), 0, levels[-1])
    draw_levels(frame, levels, write)
    base = np.zeros(len(axis.dates))
    for layer in layers:
        top = base + layer.values
        points = [f"{short(frame.x(i))} {short(frame.y(v))}" for i, v in enumerate(top)]
        points += [f"{short(frame.x(i))} {short(frame.y(base[i]))}" for i in range(len(base) - 1, -1, -1)]
        shape = "M" + "L".join(points) + "Z"
        frame.path(shape, f"area {layer.style}")
        frame.path(shape, f"pattern {layer.style}")
        base = top
    time_axis(frame, axis.dates, most=9, event=axis.event, word=axis.word)
    return Chart(width, height, description, tuple(frame.marks), title)


def draw_levels(frame: Frame, levels: Sequence[float], write: Callable[[float], str]) -> None:
    """Lines across a frame at round values, with what they are."""
    for level in levels:
        y = frame.y(level)
        frame.line(frame.left, y, frame.right, y, "axis" if level == 0 else "grid")
        frame.text(frame.left - 6, y + 3.5, write(level), anchor="end")
