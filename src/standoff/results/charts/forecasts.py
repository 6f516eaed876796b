"""Forecasts held against what came: a band, lines and observed dots over months, and bars that compare single numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from standoff.results.charts.bars import ROW, fitted
from standoff.results.charts.marks import Chart, Frame, LegendItem, short, steps_path, ticks, time_axis
from standoff.results.charts.series import PANEL, Series, TimeAxis, draw_levels

BARS_WIDTH, BAR_NAMES = 720.0, 262.0


@dataclass(frozen=True)
class Band:
    """Low and high at each position; not a number where there is none."""

    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True)
class Dots:
    """Single values at positions, each with what a pointer shows."""

    values: Sequence[float]
    style: str
    tips: Sequence[str]


def forecast_panel(
    title: str,
    axis: TimeAxis,
    *,
    bands: Sequence[Band],
    lines: Sequence[Series],
    dots: Dots,
    write: Callable[[float], str],
    description: str,
    note: str = "",
    legend: tuple[LegendItem, ...] = (),
    size: tuple[float, float] = PANEL,
) -> Chart:
    """A band behind lines, and dots before them, from zero up.

    Args:
        title: over the panel.
        axis: the months, and the day that all panels mark.
        bands: intervals; a band breaks where it has no value.
        lines: medians and other single forecasts.
        dots: what was observed.
        write: writes a tick of the value axis.
        description: for readers who do not see it.
        note: a line under the title.
        legend: of this panel alone.
        size: width and height.
    """
    width, height = size
    drawn = [
        *(value for band in bands for value in band.high),
        *dots.values,
        *(v for each in lines for v in each.values),
    ]
    levels = ticks(
        max((float(value) for value in drawn if math.isfinite(value)), default=0.0), count=3 if height < 200 else 4
    )
    frame = Frame(54, 12, width - 12, height - 24, -0.4, len(axis.dates) - 0.6, 0, levels[-1])
    draw_levels(frame, levels, write)
    for band in bands:
        frame.path(_band_path(frame, band), "band")
    time_axis(frame, axis.dates, most=4 if width < 400 else 6, event=axis.event, word=axis.word)
    for each in lines:
        frame.path(steps_path(frame, list(each.values)), f"line {each.style}")
    for position, (value, tip) in enumerate(zip(dots.values, dots.tips, strict=True)):
        if math.isfinite(value):
            frame.dot(frame.x(position), frame.y(value), f"dot {dots.style}", radius=4.5, tip=tip)
    return Chart(width, height, description, tuple(frame.marks), title, note, legend)


def _band_path(frame: Frame, band: Band) -> str:
    """One closed shape for each unbroken stretch."""
    stretches: list[list[int]] = [[]]
    for position, (low, high) in enumerate(zip(band.low, band.high, strict=True)):
        if math.isfinite(low) and math.isfinite(high):
            stretches[-1].append(position)
        elif stretches[-1]:
            stretches.append([])
    parts = []
    for stretch in filter(None, stretches):
        edge = [(position, band.high[position]) for position in stretch]
        edge += [(position, band.low[position]) for position in reversed(stretch)]
        parts.append("M" + "L".join(f"{short(frame.x(p))} {short(frame.y(v))}" for p, v in edge) + "Z")
    return "".join(parts)


@dataclass(frozen=True)
class Amount:
    """A name and one number."""

    name: str
    value: float
    style: str
    text: str


def amount_bars(
    amounts: Sequence[Amount], *, write: Callable[[float], str], description: str, reference: float | None = None
) -> Chart:
    """One bar a row from zero to the right, each with its number behind it; a reference as a dashed line."""
    height = ROW * len(amounts) + 40
    high = max([amount.value for amount in amounts] + [reference or 0.0])
    levels = ticks(high, count=5)
    frame = Frame(BAR_NAMES, 8, BARS_WIDTH - 70, height - 26, 0, levels[-1], 0, 1)
    for level in levels:
        x = frame.x(level)
        frame.line(x, frame.top, x, frame.bottom, "axis" if level == 0 else "grid")
        frame.text(x, frame.bottom + 15, write(level), anchor="middle")
    for row, amount in enumerate(amounts):
        y = frame.top + row * ROW
        frame.text(frame.left - 8, y + 17, fitted(amount.name, frame.left - 8), anchor="end", style="label")
        frame.box(frame.left, y + 4, frame.x(amount.value) - frame.left, ROW - 8, f"amount {amount.style}")
        frame.text(frame.x(amount.value) + 6, y + 17, amount.text, style="label")
    if reference is not None:
        frame.line(frame.x(reference), frame.top, frame.x(reference), frame.bottom, "reference")
    return Chart(BARS_WIDTH, height, description, tuple(frame.marks))
