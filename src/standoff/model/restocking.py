"""Rule *order* of the peers: orders follow use and close the gap between the stock and its goal over some steps.

They differ in what use and goal follow: wanted output, realised output or demand (the functions ``follow_...`` of `standoff.model.slots`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.model.arrays import truth

RELATIVE, ABSOLUTE = 1e-5, 1e-8
"""Differences up to which BoARIO takes numbers for equal, the second in the money unit of the table."""
FEW = 2048
"""Numbers that are compared at once."""


def close_gap(
    *,
    use: Any,
    goal: Any,
    stock: Any,
    steps: Any,
    bounded: Any = None,
    destocks: bool = True,
    smallest: float = 0.0,
    xp: Any = np,
) -> Any:
    """Orders that follow use and close the stock gap, in the place of ``goal``.

    Formula: ``o = max(smallest, u + (goal - S) / tau)``, with ``max(goal - S, 0)`` where too much stock is not worked off; a need whose
    stock has no bound only follows use.

    Args:
        use: u, units per step, not negative, (needs).
        goal: stock wanted, 0 where a stock has no bound, (needs); written over.
        stock: S, infinite where a need never binds, (needs).
        steps: tau, (needs) or a number.
        bounded: whether a stock has a bound, (needs); None where all have.
        destocks: whether too much stock is worked off.
        smallest: of an order, not above 0.
        xp: array namespace.

    Source: Hallegatte (2014), doi:10.1111/risa.12090; Inoue and Todo, Nature Sustainability 2 (2019),
    doi:10.1038/s41893-019-0351-x; Pichler et al. (2022), doi:10.1016/j.jedc.2022.104527.
    """
    where = True if bounded is None else bounded
    wanted = goal if destocks else xp.maximum(goal, stock)
    orders = xp.subtract(wanted, stock, out=goal, where=where)
    orders /= steps
    orders += use
    if not destocks or smallest == -np.inf:
        return orders
    return xp.maximum(orders, xp.full_like(orders, smallest), out=orders)  # with a number it takes three times as long


def per_flow(orders: Any, flow: Any, *, xp: Any = np) -> Any:
    """``orders / flow`` in the place of the orders, which stay where nothing flows, (needs)."""
    where = True if truth(flow.all()) is True else flow != 0  # a condition makes a division take four times as long
    return xp.divide(orders, flow, out=orders, where=where)


def nearly_equal(left: Any, right: Any, *, among: Any = None, xp: Any = np) -> Any:
    """Whether BoARIO takes two arrays for equal: relative 1e-5, absolute 1e-8 *in the money unit of the table*.

    Args:
        left: one array.
        right: the other, none of it negative.
        among: where to look; None for everywhere.
        xp: array namespace.

    Returns:
        A bool, or what stands for one while JAX traces.
    """
    if _first_differs(left, right, among):
        return False  # where anything moved, the first number mostly tells
    if (
        len(left) > 1
        and left.size > FEW
        and nearly_equal(left[:1], right[:1], among=None if among is None else among[:1], xp=xp) is False
    ):
        return False  # or the first row
    allowed = right * RELATIVE
    allowed += ABSOLUTE
    apart = left - right
    near = xp.abs(apart, out=apart) <= allowed
    return truth(xp.logical_and.reduce(near, axis=None, where=True if among is None else among))


def _first_differs(left: Any, right: Any, among: Any) -> bool:
    if type(left) is not np.ndarray or not left.size or (among is not None and not among.item(0)):
        return False
    allowed: float = right.item(0) * RELATIVE + ABSOLUTE
    return bool(abs(left.item(0) - right.item(0)) > allowed)
