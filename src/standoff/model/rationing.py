"""Rule *ration*: who is served when a seller is short."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.model.supply import ratio

TIERS = ("home", "priority", "rest", "latent")
"""Order in which a short seller serves: home buyers, priority uses, the rest, then routes that open only under stress."""


def serve_by_tiers(*, stock: Any, demanded: Any, xp: Any) -> tuple[Any, Any]:
    """Ship from finished stock, tier by tier, in proportion to orders within a tier.

    Formula: ``shipped_t = min(d_t, [S - sum of earlier tiers' d]+)``, ``fill_t = shipped_t / d_t``

    Args:
        stock: S, finished stock, units, (offers, ...).
        demanded: d, what may be shipped now if there is enough, units, (tiers, offers, ...).
        xp: array namespace.

    Returns:
        (fill, shipped): share served, 1 where nothing is demanded, (tiers, offers, ...); units shipped, (tiers, offers, ...).

    Source: model.md section 3 step 5.
    """
    earlier = xp.concatenate([xp.zeros_like(demanded[:1]), xp.cumsum(demanded[:-1], axis=0)])
    shipped = xp.minimum(demanded, xp.maximum(stock - earlier, 0.0))
    asked = demanded > 0
    fill = xp.where(asked, shipped / xp.where(asked, demanded, 1.0), 1.0)
    return fill, shipped


def same_share(*, output: Any, demand: Any) -> Any:
    """The same share of every order: ``q = x / d``, 0 where nothing is demanded. ARIO and Pichler et al., (nodes,)."""
    return ratio(output, demand)


def firms_first(*, output: Any, orders: Any, final: Any) -> tuple[Any, Any]:
    """Firms before final use, in proportion to orders within each.

    Args:
        output: x, (nodes,).
        orders: sum of the orders of firms, (nodes,).
        final: final demand, (nodes,).

    Returns:
        (share of firms' orders served, share of final demand served), (nodes,).
    """
    to_firms = np.minimum(output, orders)
    return ratio(to_firms, orders), ratio(np.minimum(output - to_firms, final), final)


def common_level(*, output: Any, relative: Any, weight: Any, seller: Any, nodes: int) -> Any:
    """The level up to which every client is served relative to its usual order.

    Formula: ``lambda_i`` with ``sum over clients j of w_j min(r_j, lambda_i) = x_i``; infinite where output covers all orders. A
    client that asks for less than usual is served in full before one that asks for more.

    Args:
        output: x, (nodes,).
        relative: r, order relative to the usual one, (clients,).
        weight: w, usual order, (clients,).
        seller: whose client it is, (clients,).
        nodes: number of sellers.

    Returns:
        lambda, (nodes,).

    Source: Inoue and Todo, Nature Sustainability 2 (2019), doi:10.1038/s41893-019-0351-x.
    """
    order = np.lexsort((relative, seller))
    r, w, s = relative[order], weight[order], seller[order]
    begin = np.searchsorted(s, np.arange(nodes))
    before = np.concatenate([[0.0], np.cumsum(w)])
    served = np.concatenate([[0.0], np.cumsum(w * r)])
    waiting = before[np.searchsorted(s, s, side="right")] - before[:-1]
    used = served[:-1] - served[begin[s]]
    short = used + r * waiting > output[s]
    first = np.full(nodes, len(r))
    np.minimum.at(first, s[short], np.flatnonzero(short))
    level = np.full(nodes, np.inf)
    scarce = first < len(r)
    place = first[scarce]
    level[scarce] = (output[scarce] - used[place]) / waiting[place]
    return level
