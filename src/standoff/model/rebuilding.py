"""Rule *rebuild*: what was destroyed is ordered from the sectors that rebuild, and heals as it is delivered."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.model.supply import ratio


def rebuilding_needs(*, impact: Any, sector_shares: Any, factor: float, flows: Any, product: Any) -> Any:
    """What each damaged column needs from each producer of the sectors that rebuild.

    Formula: ``D[(r, p), f] = share_p impact_f factor Z[(r, p), f] / sum over r of Z[(r, p), f]``: a column keeps its usual regions.

    Args:
        impact: money destroyed in each column, (columns,).
        sector_shares: share of each product in rebuilding, adding up to 1, (products,).
        factor: money to be spent per money destroyed.
        flows: usual flows to the columns, from every node, (nodes, columns).
        product: product of each node, (nodes,).

    Returns:
        Rebuilding needs, (nodes, columns). A column that buys nothing of a sector gets nothing of it.

    Source: Hallegatte, Risk Analysis 28 (2008), doi:10.1111/j.1539-6924.2008.01046.x; BoARIO 0.7.2.
    """
    by_product = np.zeros((len(sector_shares), flows.shape[1]))
    np.add.at(by_product, product, flows)
    return sector_shares[product][:, None] * impact * factor * ratio(flows, by_product[product])


def after_rebuilding(*, needs: Any, served: Any, steps: float, decimals: int | None, xp: Any = np) -> Any:
    """Needs left when a part ``1 / steps`` of them was ordered and the share ``served`` of that was delivered.

    Args:
        needs: money, (producers, columns).
        served: share of orders that each producer delivers, (producers,).
        steps: steps over which rebuilding is ordered.
        decimals: decimals to which BoARIO rounds what is left, so that an event ends; None rounds nothing.
        xp: array namespace.
    """
    left = needs - needs * (served[:, None] / steps)
    if decimals is not None:
        left = xp.round(left, decimals)
    return xp.maximum(left, 0.0)
