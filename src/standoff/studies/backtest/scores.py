"""How good a forecast was: error, coverage and CRPS beside four naive forecasts that carry their own error distribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.studies.backtest.baseline import Total
from standoff.studies.backtest.months import Month, month_of, split_by_days
from standoff.studies.backtest.rows import disjoint

Floats = npt.NDArray[np.float64]
MEASURES = ("mae", "coverage80", "crps", "mae_measure_off", "crps_measure_off", "crps_best_naive", "best_naive")
"""What a summary says of a forecast, beside the mean absolute error of each naive one."""
Naive = Callable[[Mapping[Month, float], Month, Month], float | None]
"""A forecast of a month from the months up to an origin; None where the history does not reach."""


def no_change(history: Mapping[Month, float], origin: Month, month: Month) -> float | None:
    """The last month known."""
    return history.get(origin)


def last_year(history: Mapping[Month, float], origin: Month, month: Month) -> float | None:
    """The same month a year before."""
    return history.get(month - 12) if month - 12 <= origin else None


def mean_2024(history: Mapping[Month, float], origin: Month, month: Month) -> float | None:
    """The mean month of 2024."""
    return _mean(history, range(month_of("2024-01"), month_of("2024-12") + 1))


def before_control(control: Month) -> Naive:
    """The mean of the twelve months before the control, as a forecast."""

    def mean_12_months(history: Mapping[Month, float], origin: Month, month: Month) -> float | None:
        return _mean(history, range(control - 12, control))

    return mean_12_months


def _mean(history: Mapping[Month, float], months: Sequence[Month]) -> float | None:
    known = [history[month] for month in months if month in history]
    return float(np.mean(known)) if len(known) == len(months) else None


def naive_forecasts(control: Month) -> dict[str, Naive]:
    """The four, by the name that a summary gives them."""
    return {
        "no_change": no_change,
        "last_year": last_year,
        "mean_2024": mean_2024,
        "mean_12_months": before_control(control),
    }


def monthly_history(totals: Sequence[Total]) -> dict[Month, float]:
    """Every month that the totals say something of; what a longer total leaves over is split by days."""
    found: dict[Month, float] = {}
    for total in disjoint(totals):
        found.update(split_by_days(total.value, total.months))
    return found


def crps(sample: Floats, observed: float) -> float:
    """Continuous ranked probability score of a sample, units of the observation.

    Formula: ``mean |x - y| - mean |x - x'| / 2``. Source: Gneiting and Raftery 2007, doi:10.1198/016214506000001437.
    """
    ordered = np.sort(sample)
    count = len(ordered)
    rank = 2.0 * np.arange(1, count + 1) - count - 1
    return float(np.abs(ordered - observed).mean() - (rank @ ordered) / count**2)


def naive_sample(naive: Naive, history: Mapping[Month, float], *, origin: Month, month: Month) -> Floats | None:
    """A naive forecast with its own past errors at the same lead, from every month of the history up to its origin."""
    history = {past: value for past, value in history.items() if past <= origin}
    centre = naive(history, origin, month)
    if centre is None:
        return None
    lead = month - origin
    errors = []
    for past, value in history.items():
        guess = naive(history, past - lead, past)
        if guess is not None:
            errors.append(value - guess)
    return np.maximum(centre + np.array(errors or [0.0]), 0.0)


def score(
    rows: Sequence[tuple[Month, Floats, float]],
    *,
    off: Mapping[Month, Floats],
    history: Mapping[Month, float],
    origin: Callable[[Month], Month],
    control: Month,
) -> dict[str, Any]:
    """Error, coverage and CRPS of forecasts of one destination.

    Args:
        rows: month, sample of the forecast, observed tonnes.
        off: sample of the forecast with the measure switched off, by month.
        history: tonnes by month, up to the information date.
        origin: last month known when a month is forecast.
        control: month of the control.

    Returns:
        ``n``, `MEASURES` and the mean absolute error of each naive forecast; None where nothing was observed or history does not reach.
    """
    if not rows:
        return {"n": 0, **dict.fromkeys(MEASURES), **{f"mae_{name}": None for name in naive_forecasts(control)}}
    truth = np.array([observed for _, _, observed in rows])
    inside = [np.quantile(x, 0.1) <= y <= np.quantile(x, 0.9) for _, x, y in rows]
    found: dict[str, Any] = {
        "n": len(rows),
        "mae": _mae([float(np.median(x)) for _, x, _ in rows], truth),
        "coverage80": float(np.mean(inside)),
        "crps": float(np.mean([crps(x, y) for _, x, y in rows])),
        "mae_measure_off": _mae([float(np.median(off[month])) for month, _, _ in rows], truth),
        "crps_measure_off": float(np.mean([crps(off[month], y) for month, _, y in rows])),
    }
    by_name = {}
    for name, naive in naive_forecasts(control).items():
        guesses = [naive(history, origin(month), month) for month, _, _ in rows]
        samples = [naive_sample(naive, history, origin=origin(month), month=month) for month, _, _ in rows]
        known = [guess for guess in guesses if guess is not None]
        found[f"mae_{name}"] = _mae(known, truth) if len(known) == len(rows) else None
        if all(sample is not None for sample in samples):
            by_name[name] = float(np.mean([crps(s, y) for s, y in zip(samples, truth, strict=True) if s is not None]))
    best = min(by_name, key=lambda name: by_name[name], default=None)
    return {**found, "crps_best_naive": by_name[best] if best else None, "best_naive": best}


def _mae(guesses: Sequence[float], truth: Floats) -> float:
    return float(np.abs(np.array(guesses) - truth).mean())
