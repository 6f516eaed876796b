"""Rule *plan*: how much a producer wants to make this step."""

from __future__ import annotations

from typing import Any


def plan_to_stock(
    *,
    smoothed_orders: Any,
    stock: Any,
    stock_target: Any,
    restock_steps: Any,
    yields: Any,
    capacity: Any,
    largest_over_drivers: Any,
    xp: Any,
) -> Any:
    """Planned activity of producers that make to stock.

    Formula: ``a*_p = [min(K_p, max over driver offers f of (Obar_f + (S*_f - S_f) / tau_S) / y_f)]+``

    Args:
        smoothed_orders: Obar, smoothed orders by offer, units per step, (offers, ...).
        stock: S, finished stock at the start of the step, units, (offers, ...).
        stock_target: S*, units, (offers, ...).
        restock_steps: tau_S, steps over which a gap of finished stock is made good.
        yields: y, units per activity, (offers, ...).
        capacity: K, activity per step, (producers, ...).
        largest_over_drivers: map from (offers, ...) to the largest value over the driver offers of each producer.
        xp: array namespace.

    Returns:
        Planned activity per step, (producers, ...). A producer without a driver offer plans nothing.

    Source: model.md section 3 step 1; target-stock rules as in Sterman, Business Dynamics (2000), chapter 17.
    """
    wanted = (smoothed_orders + (stock_target - stock) / restock_steps) / yields
    return xp.maximum(xp.minimum(capacity, largest_over_drivers(wanted)), 0.0)


def smooth(previous: Any, observed: Any, *, steps: Any) -> Any:
    """Exponential smoothing ``x + (observed - x) / steps`` with a time constant in steps, never faster than one step."""
    return previous + (observed - previous) / steps
