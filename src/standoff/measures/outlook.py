"""The same transaction on other dates: where its answer changes before and after a day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, timedelta

COUNT = 4
STANDARD = (date(2025, 10, 20), date(2025, 11, 6), date(2025, 12, 15), date(2026, 11, 10))
"""Shown where the answer never changes: days on which the limbs of the October 2025 notices stood differently."""


def other_dates(on: date, change_dates: tuple[date, ...], code_on: Callable[[date], str]) -> list[tuple[date, str]]:
    """Four other dates with their answers: the eve of the present answer, the next changes after the day, then standard days.

    Args:
        on: the day asked.
        change_dates: dates on which any answer of the register can change.
        code_on: the answer on a date.
    """
    here = code_on(on)
    found: dict[date, str] = {}
    code = here
    for day in change_dates[bisect_right(change_dates, on) :]:
        following = code_on(day)
        if following != code:
            found[day] = code = following
        if len(found) == COUNT - 1:
            break
    for change in reversed(change_dates[: bisect_right(change_dates, on)]):
        eve = change - timedelta(days=1)
        before = code_on(eve)
        if before != here:
            found[eve] = before
            break
    for day in STANDARD:
        if len(found) >= COUNT:
            break
        if day != on and day not in found:
            found[day] = code_on(day)
    return sorted(found.items())[:COUNT]
