"""Rule *release*: strategic stocks give to buyers whose own stock runs low."""

from __future__ import annotations

from typing import Any


def release(*, reserve: Any, largest: Any, gap: Any, sum_by_stock: Any, pair_stock: Any, xp: Any) -> tuple[Any, Any]:
    """What each strategic stock gives to each need that it serves.

    Formula: ``given_km = gap_m min(1, min(R_k, r_k) / sum over served needs of gap)`` with
    ``gap_m = [trigger cover u - V_m]+``: a buyer is brought back to the trigger, not to its full target.

    Args:
        reserve: R, units in the stock, (stocks, ...).
        largest: r, largest release in the step, 0 while closed, units, (stocks, ...).
        gap: gap of the served need, units, (pairs, ...).
        sum_by_stock: map from (pairs, ...) to sums by stock, (stocks, ...).
        pair_stock: stock of each pair.
        xp: array namespace.

    Returns:
        (given, taken): units by pair (pairs, ...), units by stock (stocks, ...).

    Source: model.md section 3 step 7.
    """
    wanted = sum_by_stock(gap)
    able = xp.minimum(reserve, largest)
    share = xp.minimum(1.0, able / xp.where(wanted > 0, wanted, 1.0))
    given = gap * share[pair_stock]
    return given, xp.minimum(wanted, able)
