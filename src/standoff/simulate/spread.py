"""How far a result spreads over draws, and the error that is left because draws are few."""

from __future__ import annotations

from typing import Any

import numpy as np

LEVELS = {"low80": 0.1, "median": 0.5, "high80": 0.9}
"""The median and the ends of the 80 % interval."""


def quantiles(values: Any) -> dict[str, Any]:
    """Median and the ends of the 80 % interval: the spread of the drawn numbers. The error that is left because draws are few stands apart.

    The error of a quantile is half the distance between the draws one standard deviation of a binomial rank below and above it
    (David and Nagaraja 2003, doi:10.1002/0471722162); it falls with more draws, the spread does not.
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    count = len(ordered)
    found = {name: float(np.quantile(ordered, level)) for name, level in LEVELS.items()}
    errors = {}
    for name, level in LEVELS.items():
        ranks = count * level + np.array([-1.0, 1.0]) * np.sqrt(count * level * (1.0 - level))
        below, above = ordered[np.clip(np.round(ranks), 0, count - 1).astype(int)]
        errors[name] = float(above - below) / 2.0
    return {
        **found,
        "mean": float(np.mean(ordered)),
        "monte_carlo_error_of_mean": float(np.std(ordered) / np.sqrt(count)),
        "monte_carlo_error": errors,
    }
