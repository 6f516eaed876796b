"""Rule *ration*: who is served when a seller is short."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.model.arrays import add_at, first_of_each, put_at, run_totals
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
    earlier = xp.zeros_like(demanded)
    for tier in range(1, len(demanded)):
        earlier = put_at(earlier, tier, earlier[tier - 1] + demanded[tier - 1])
    shipped = xp.minimum(demanded, xp.maximum(stock - earlier, 0.0))
    asked = demanded > 0
    fill = xp.where(asked, shipped / xp.where(asked, demanded, 1.0), 1.0)
    return fill, shipped


def same_share(*, output: Any, demand: Any, xp: Any = np) -> Any:
    """The same share of every order: ``q = x / d``, 0 where nothing is demanded. ARIO and Pichler et al., (nodes,)."""
    return ratio(output, demand, xp)


def firms_first(*, output: Any, orders: Any, final: Any, xp: Any = np) -> tuple[Any, Any]:
    """Firms before final use, in proportion to orders within each.

    Args:
        output: x, (nodes,).
        orders: sum of the orders of firms, (nodes,).
        final: final demand, (nodes,).
        xp: array namespace.

    Returns:
        (share of firms' orders served, share of final demand served), (nodes,).
    """
    to_firms = xp.minimum(output, orders)
    return ratio(to_firms, orders, xp), ratio(xp.minimum(output - to_firms, final), final, xp)


def common_level(*, output: Any, relative: Any, weight: Any, seller: Any, nodes: int, xp: Any = np) -> Any:
    """The level up to which every client is served relative to its usual order.

    Formula: ``lambda_i`` with ``sum over clients j of w_j min(r_j, lambda_i) = x_i``; infinite where output covers all orders. A
    client that asks for less than usual is served in full before one that asks for more.

    Args:
        output: x, (nodes,).
        relative: r, order relative to the usual one, (clients,).
        weight: w, usual order, (clients,).
        seller: whose client it is, (clients,); a NumPy array whatever the library, so that its runs are known beforehand.
        nodes: number of sellers.
        xp: array namespace.

    Returns:
        lambda, (nodes,).

    Source: Inoue and Todo, Nature Sustainability 2 (2019), doi:10.1038/s41893-019-0351-x.
    """
    if not len(seller):
        return xp.full(nodes, np.inf)
    order = xp.lexsort((relative, seller))
    r, w = relative[order], weight[order]
    clients = np.bincount(seller, minlength=nodes)
    s, begin = np.repeat(np.arange(nodes), clients), np.repeat(np.cumsum(clients) - clients, clients)
    used, waiting = _sum_before(w * r, begin, xp), _sum_from(w, begin, xp)
    first = first_of_each(used + r * waiting > output[s], s, nodes)
    place = xp.minimum(first, len(r) - 1)
    level = xp.divide(output - used[place], waiting[place], out=xp.full(nodes, np.inf), where=first < len(r))
    # Who asks for less is served in full: a level below that is rounding, and much of it where little is still waiting
    served = xp.where(xp.asarray(begin)[place] < place, r[place - 1], 0.0)
    return xp.maximum(level, served)


LEAST_ORDER = 1e-13
"""Orders below this share of the usual one count as none (rounding)."""
TIE = 1e-12
"""What is needed counts as reaching the output from this relative distance on (rounding)."""


def served_by_pronet(
    *, output: Any, relative: Any, weight: Any, seller: Any, final_relative: Any, final_weight: Any
) -> tuple[Any, Any]:
    """What proNet serves of each order relative to the usual one, with what its loop does beside the published rule.

    Formula: levels are the distinct positive orders ``r_1 < r_2 < ...`` relative to usual ones, final demand among them. Up to level k a
    seller needs ``N_k = r_1 W_0 + sum over 0 < r_j < r_k of w_j r_j + r_k (W_k + c)``, with ``W_0`` the weight of clients that order
    nothing, ``W_k`` that of clients who order at least ``r_k`` and ``c`` final demand. Levels pass while ``N_k < x``, and who orders no
    more is served. At the first level that does not pass, all others receive
    ``lambda = r_{k-1} + (x - N_{k-1}) / (W_k + c [final demand not yet served])``.

    It departs from `common_level` in three ways: clients that order nothing receive the first level once it passes; at the level
    that does not pass a client may receive more than it ordered; and the slice of final demand goes on being reserved after it is
    served, and is lost.

    Args:
        output: x, (nodes,).
        relative: r of clients, (links,).
        weight: w, usual order, (links,).
        seller: whose client it is, (links,).
        final_relative: r of final demand, (nodes,).
        final_weight: c, usual final demand, 0 where it does not take part, (nodes,).

    Returns:
        (of each client, (links,); of final demand, (nodes,)).

    Source: behaviour of proNet (2021), inferred from its outputs on a network of 200 firms, see docs/peers.md.
    """
    nodes = len(output)
    idle = relative <= LEAST_ORDER
    wanting = (final_weight > 0) & (final_relative > LEAST_ORDER)
    r = np.concatenate([relative[~idle], final_relative[wanting]])
    w = np.concatenate([weight[~idle], np.zeros(np.count_nonzero(wanting))])
    s = np.concatenate([seller[~idle], np.flatnonzero(wanting)])
    order = np.lexsort((r, s))
    r, w, s = r[order], w[order], s[order]
    begin, place = np.searchsorted(s, s), np.arange(len(r))
    waiting = _sum_from(w, begin)
    idle_weight = np.bincount(seller[idle], weight[idle], minlength=nodes)
    need = r[begin] * idle_weight[s] + _sum_before(w * r, begin) + r * (waiting + final_weight[s])
    fails = need >= output[s] * (1.0 - TIE)
    first = first_of_each(fails, s, nodes)
    opened = (begin == place) & ~fails
    given_to_idle = np.zeros(nodes)
    given_to_idle[s[opened]] = r[opened]
    scarce = np.flatnonzero(first < len(r))
    k = first[scarce]
    opening = begin[k] == k
    reached, used = np.where(opening, 0.0, r[k - 1]), np.where(opening, 0.0, need[k - 1])
    unserved = np.where(final_relative[scarce] >= r[k], final_weight[scarce], 0.0)
    failing, level = np.full(nodes, np.inf), np.full(nodes, np.inf)
    failing[scarce] = r[k]
    level[scarce] = reached + (output[scarce] - used) / (waiting[k] + unserved)
    served = np.where(relative < failing[seller], relative, level[seller])
    return np.where(idle, given_to_idle[seller], served), np.where(final_relative < failing, final_relative, level)


def _sum_before(values: Any, begin: Any, xp: Any = np) -> Any:
    """Sum of the values before each one in its run; ``begin`` is where the run of each value starts.

    At the start of a run the sum of the last one is taken back, so that rounding stays that of a run and not of all of them.
    """
    if not len(values):
        return values
    starts = np.flatnonzero(begin == np.arange(len(values)))
    taken_back = xp.concatenate([xp.zeros(1), values])
    taken_back = add_at(taken_back, starts[1:], -run_totals(values, starts)[:-1])
    before = xp.cumsum(taken_back)[:-1]
    return before - before[begin]


def _sum_from(values: Any, begin: Any, xp: Any = np) -> Any:
    """Sum of each value and those after it in its run."""
    if not len(values):
        return values
    starts = np.flatnonzero(begin == np.arange(len(values)))
    lengths = np.diff(np.append(starts, len(values)))
    return xp.repeat(run_totals(values, starts), lengths) - _sum_before(values, begin, xp)
