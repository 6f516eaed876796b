"""Rule *order*: what a consumer orders of each product this step."""

from __future__ import annotations

from typing import Any


def stock_goal(*, use: Any, cover_steps: Any, lag_steps: Any, hoard: Any) -> Any:
    """What a need wants to have in hand and on the way together, beside what waits for a licence.

    Formula: ``u (cover (1 + hoard) + L)``. To it comes ``w = u That / alphahat``, what has to be in the licence queue for usual use to come
    through (zero without a regime, so that the baseline rests; see `standoff.model.licensing.expected_wait`). Without ``w`` the queue
    would be paid for out of stock, and buyers with low cover would stay short although everything is licensed.

    Args:
        use: u, usual use, units per step, (needs, ...).
        cover_steps: cover in steps of usual use, (needs, ...).
        lag_steps: L, usual time from dispatch to arrival in steps, (needs, ...).
        hoard: share by which cover rises under announced or feared controls, (needs, ...).

    Returns:
        Units, (needs, ...).

    Source: model.md section 3 step 2.
    """
    return use * (cover_steps * (1.0 + hoard) + lag_steps)


def order_to_goal(
    *,
    coefficient: Any,
    plan: Any,
    goal: Any,
    on_hand: Any,
    on_order: Any,
    restock_steps: Any,
    largest: Any,
    destocks: Any = True,
    xp: Any,
) -> Any:
    """Orders that follow use and close the stock gap over the restocking time.

    Formula: ``q_m = min(q_max u, [c_m a* + (goal - V_m - W_m) / tau_m]+)``, with ``[goal - V_m - W_m]+`` where too much stock is not worked
    off.

    Args:
        coefficient: c, units per activity, (needs, ...).
        plan: a*, activity that the orders of the consumer of each need follow, in the default set the planned one, (needs, ...).
        goal: from `stock_goal`, and what has to be in the licence queue, units, (needs, ...).
        on_hand: V, inventory, units, (needs, ...).
        on_order: W, in transit, in review, permitted but not shipped, and refused (see `licensing`), units, (needs, ...).
        restock_steps: tau, steps, (needs, ...).
        largest: q_max u, largest order a step, units, (needs, ...).
        destocks: whether too much stock is worked off, True or (needs, ...).
        xp: array namespace.

    Returns:
        Orders, units per step, (needs, ...).

    Source: model.md section 3 step 2.
    """
    gap = goal - on_hand - on_order
    if destocks is not True:
        gap = xp.where(destocks, gap, xp.maximum(gap, 0.0))
    wanted = coefficient * plan + gap / restock_steps
    return xp.minimum(largest, xp.maximum(wanted, 0.0))
