"""Rule *plan*: how much a producer wants to make this step."""

from __future__ import annotations

from typing import Any


def wanted_activity(
    *, smoothed_orders: Any, stock: Any, stock_target: Any, restock_steps: Any, yields: Any, largest_over_drivers: Any
) -> Any:
    """Activity that orders and the gap of finished stock ask of producers that make to stock.

    Formula: ``w_p = max over driver offers f of (Obar_f + (S*_f - S_f) / tau_S) / y_f``

    Args:
        smoothed_orders: Obar, smoothed orders by offer, units per step, (offers, ...).
        stock: S, finished stock at the start of the step, units, (offers, ...).
        stock_target: S*, units, (offers, ...).
        restock_steps: tau_S, steps over which a gap of finished stock is made good.
        yields: y, units per activity, (offers, ...).
        largest_over_drivers: map from (offers, ...) to the largest value over the driver offers of each producer.

    Returns:
        Activity per step, (producers, ...), below 0 where too much is in stock; minus infinity without a driver offer.

    Source: model.md section 3 step 1; target-stock rules as in Sterman, Business Dynamics (2000), chapter 17.
    """
    return largest_over_drivers((smoothed_orders + (stock_target - stock) / restock_steps) / yields)


def plan_to_stock(*, wanted: Any, capacity: Any, xp: Any) -> Any:
    """Planned activity of producers: what is wanted of them, within capacity.

    Formula: ``a*_p = [min(K_p, w_p)]+``

    Args:
        wanted: w, from `wanted_activity`, (producers, ...).
        capacity: K, activity per step, (producers, ...).
        xp: array namespace.

    Returns:
        Planned activity per step, (producers, ...). A producer without a driver offer plans nothing.
    """
    return xp.maximum(xp.minimum(capacity, wanted), 0.0)


def smooth(previous: Any, observed: Any, *, steps: Any) -> Any:
    """Exponential smoothing ``x + (observed - x) / steps`` with a time constant in steps, never faster than one step."""
    return previous + (observed - previous) / steps
