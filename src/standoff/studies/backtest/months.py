"""Calendar months: their days, the Lunar New Year in them, sums over several of them, and steps of a run turned into months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Month = int
"""Months since the year 0: ``12 * year + month - 1``."""

LUNAR_NEW_YEAR = {
    2023: dt.date(2023, 1, 22),
    2024: dt.date(2024, 2, 10),
    2025: dt.date(2025, 1, 29),
    2026: dt.date(2026, 2, 17),
    2027: dt.date(2027, 2, 6),
}
"""First day of the lunar year (astronomical)."""
LUNAR_DAYS_BEFORE, LUNAR_DAYS_AFTER = 14, 15
"""Length of the rush before and of the lull from the eve on (assumed: two weeks each; what they weigh is measured)."""


def month_of(text: str) -> Month:
    """A month from ``YYYY-MM`` (or a longer ISO date)."""
    year, month = text.split("-")[:2]
    if not 1 <= int(month) <= 12:
        raise ValueError(text)
    return 12 * int(year) + int(month) - 1


def label_of(month: Month) -> str:
    """``YYYY-MM``."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def first_day(month: Month) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)


def days_in(month: Month) -> int:
    return (first_day(month + 1) - first_day(month)).days


def overlap_days(start: dt.date, end: dt.date, month: Month) -> int:
    """Days of ``[start, end)`` in a month."""
    return max((min(end, first_day(month + 1)) - max(start, first_day(month))).days, 0)


def lunar_shares(months: Sequence[Month]) -> Floats:
    """Share of each month's days in the rush before and in the lull after a Lunar New Year, (months, 2)."""
    shares = np.zeros((len(months), 2))
    for row, month in enumerate(months):
        for day in LUNAR_NEW_YEAR.values():
            eve = day - dt.timedelta(days=1)
            before = overlap_days(eve - dt.timedelta(days=LUNAR_DAYS_BEFORE), eve, month)
            after = overlap_days(eve, eve + dt.timedelta(days=LUNAR_DAYS_AFTER), month)
            shares[row] += np.array([before, after]) / days_in(month)
    return shares


def monthly_weights(start: dt.date, *, steps: int, step_days: float, months: Sequence[Month]) -> Floats:
    """Weight of each step in the mean of each month, (months, steps); rows add up to one where the run covers the month."""
    begin = np.arange(steps) * step_days
    weights = np.empty((len(months), steps))
    for row, month in enumerate(months):
        first = (first_day(month) - start).days
        last = first + days_in(month)
        weights[row] = np.clip(np.minimum(begin + step_days, last) - np.maximum(begin, first), 0, None)
    mean: Floats = weights / np.array([days_in(month) for month in months], dtype=float)[:, None]
    return mean


def split_by_days(total: float, months: Sequence[Month]) -> dict[Month, Any]:
    """A sum over several months, split by their days."""
    days = {month: days_in(month) for month in months}
    return {month: total * count / sum(days.values()) for month, count in days.items()}
