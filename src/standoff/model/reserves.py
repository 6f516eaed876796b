"""Rule *release*: strategic stocks give to buyers whose own stock runs low."""

from __future__ import annotations

from typing import Any


def release(
    *,
    reserve: Any,
    largest: Any,
    gap: Any,
    sum_by_stock: Any,
    pair_stock: Any,
    xp: Any,
    given_to_need: Any = None,
) -> tuple[Any, Any]:
    """What each strategic stock gives to each need that it serves.

    Formula: ``given_km = gap_m min(1, min(R_k, r_k) / sum over served needs of gap)`` with
    ``gap_m = [trigger cover u - V_m]+``: a buyer is brought back to the trigger, not to its full target. A need that several stocks serve
    gets from each its part: ``given_km min(1, gap_m / sum over stocks of given)``, so that together they fill the gap once.

    Args:
        reserve: R, units in the stock, (stocks, ...).
        largest: r, largest release in the step, 0 while closed, units, (stocks, ...).
        gap: gap of the served need, units, (pairs, ...).
        sum_by_stock: map from (pairs, ...) to sums by stock, (stocks, ...).
        pair_stock: stock of each pair.
        xp: array namespace.
        given_to_need: from (pairs, ...) to what all stocks give to the need of the pair, (pairs, ...); None where one serves each need.

    Returns:
        (given, taken): units by pair (pairs, ...), units by stock (stocks, ...).

    Source: model.md section 3 step 7.
    """
    wanted = sum_by_stock(gap)
    able = xp.minimum(reserve, largest)
    share = xp.minimum(1.0, able / xp.where(wanted > 0, wanted, 1.0))
    given, taken = gap * share[pair_stock], xp.minimum(wanted, able)
    if given_to_need is None:
        return given, taken
    together = given_to_need(given)
    too_much = together > gap
    part = xp.where(too_much, given * (gap / xp.where(too_much, together, 1.0)), given)
    return part, taken - sum_by_stock(given - part)
