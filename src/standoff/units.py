"""The units inside standoff, and what a person who wrote another one has to multiply by.

Inside there are tonnes, pieces and US dollars of one stated year, years for flows of a world, and days for times.
Nothing is converted silently: a cell that carries a unit is refused with the number that it should hold.
"""

from __future__ import annotations

DAYS_PER_WEEK = 7.0

TO_FIXED_UNIT: dict[str, tuple[float, str]] = {
    "t": (1.0, "t"),
    "tonne": (1.0, "t"),
    "tonnes": (1.0, "t"),
    "kg": (1e-3, "t"),
    "g": (1e-6, "t"),
    "kt": (1e3, "t"),
    "mt": (1e6, "t"),
    "lb": (0.45359237e-3, "t"),
    "piece": (1.0, "piece"),
    "pieces": (1.0, "piece"),
    "usd": (1.0, "USD"),
    "$": (1.0, "USD"),
    "day": (1.0, "days"),
    "days": (1.0, "days"),
    "d": (1.0, "days"),
    "week": (DAYS_PER_WEEK, "days"),
    "weeks": (DAYS_PER_WEEK, "days"),
    "%": (0.01, "share"),
    "percent": (0.01, "share"),
    "吨": (1.0, "t"),
    "千克": (1e-3, "t"),
    "公斤": (1e-3, "t"),
    "件": (1.0, "piece"),
    "美元": (1.0, "USD"),
    "天": (1.0, "days"),
    "周": (DAYS_PER_WEEK, "days"),
}
"""Unit, in small letters, to (factor, fixed unit). The pound is the international one, exact by definition."""


def in_fixed_unit(value: float, unit: str) -> str:
    """``12, "kg"`` as ``0.012 t``; empty where the unit is not known. What follows a slash (per year) is left aside."""
    factor, fixed = TO_FIXED_UNIT.get(bare_unit(unit), (0.0, ""))
    return f"{value * factor:.12g} {fixed}" if fixed else ""


def is_unit(text: str) -> bool:
    """Whether a text names a known unit, such as ``kg`` or ``t/yr``."""
    return bare_unit(text) in TO_FIXED_UNIT


def bare_unit(text: str) -> str:
    """A unit in small letters without what follows a slash."""
    return text.strip().strip("[]()").partition("/")[0].strip().lower()
