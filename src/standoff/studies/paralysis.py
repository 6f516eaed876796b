"""Weeks to paralysis (S09): when the output of a system falls below a share of its baseline and stays there for four weeks.

A cut-off has no single date. Over the draws of an ensemble this study gives, for each final use, the share of draws in which it is
paralysed within three months, within twelve, or never in the run, and what must all hold for "three months": the ranges in which the
drawn numbers lie in the draws that were.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.simulate.ensemble_result import Ensemble
from standoff.world.network import DAYS_PER_YEAR

WEEKS_BELOW = 4
THREE_MONTHS, TWELVE_MONTHS = 91.0, 365.0
LEAST_SHIFT = 0.25
"""A number counts as a condition when its median among paralysed draws lies beyond the middle half of all draws, and farther out than
four standard errors of a median of so many draws: with hundreds of numbers, three would name one by chance alone."""


@dataclass(frozen=True)
class Condition:
    """A number that lies in one part of its range whenever a system is paralysed within three months."""

    name: str
    status: str
    low: float
    high: float
    quantile: float
    """Where the median of the paralysed draws lies among all draws: near 0 means low values are needed, near 1 high ones."""


def days_to_paralysis(ensemble: Ensemble, *, share: float) -> Any:
    """Days until the end of the first four weeks below ``share`` of baseline output, infinite if there are none, (uses, draws)."""
    usual = (
        np.asarray(ensemble.world.tables["uses"]["quantity"], dtype=float) * ensemble.scenario.step_days / DAYS_PER_YEAR
    )
    unmet = ensemble.kept["unmet"] / np.where(usual > 0, usual, 1.0)[None, :, None]
    below = unmet > 1.0 - share
    window = max(round(WEEKS_BELOW * 7.0 / ensemble.scenario.step_days), 1)
    if len(below) < window:
        return np.full(below.shape[1:], np.inf)
    running = np.lib.stride_tricks.sliding_window_view(below, window, axis=0).all(axis=-1)
    first = np.argmax(running, axis=0)
    return np.where(running.any(axis=0), (first + window) * ensemble.scenario.step_days, np.inf)


def paralysis_table(ensemble: Ensemble, *, share: float) -> list[dict[str, Any]]:
    """One row a use: shares of draws within three months, within twelve, never in the run, and the median of days."""
    days = days_to_paralysis(ensemble, share=share)
    return [
        {
            "use": use,
            "within_3_months": float((row <= THREE_MONTHS).mean()),
            "within_12_months": float((row <= TWELVE_MONTHS).mean()),
            "never_in_run": float(np.isinf(row).mean()),
            "median_days": float(np.median(row)) if np.isfinite(np.median(row)) else None,
        }
        for use, row in zip(ensemble.uses, days, strict=True)
    ]


def conditions_for(ensemble: Ensemble, use: str, *, share: float, within: float = THREE_MONTHS) -> list[Condition]:
    """What the drawn numbers have in common in the draws in which a use is paralysed in time, the most telling first.

    Empty if it never is, or always.
    """
    paralysed = days_to_paralysis(ensemble, share=share)[ensemble.uses.index(use)] <= within
    if not paralysed.any() or paralysed.all():
        return []
    found = []
    least = max(LEAST_SHIFT, 4.0 * 0.5 / np.sqrt(paralysed.sum()))
    for each in ensemble.ranges:
        values = ensemble.values[each.name]
        inside = values[paralysed]
        quantile = float((values < np.median(inside)).mean())
        if abs(quantile - 0.5) > least:
            found.append(Condition(each.name, each.status, float(inside.min()), float(inside.max()), quantile))
    return sorted(found, key=lambda condition: -abs(condition.quantile - 0.5))
