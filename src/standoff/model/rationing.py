"""Rule *ration*: who is served when a seller is short."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from standoff.model.arrays import add_at, first_of_each, order_within, put_at, run_totals
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
        output: x, (nodes, ...).
        relative: r, order relative to the usual one, (clients, ...).
        weight: w, usual order, (clients,) or (clients, ...).
        seller: whose client it is, (clients,); a NumPy array whatever the library, so that its runs are known beforehand.
        nodes: number of sellers.
        xp: array namespace.

    Returns:
        lambda, (nodes, ...).

    Source: Inoue and Todo, Nature Sustainability 2 (2019), doi:10.1038/s41893-019-0351-x.
    """
    if not len(seller):
        return xp.full(output.shape, np.inf)
    line = _line(relative, weight, seller, nodes, xp)
    r, waiting = line.relative, _sum_from(line.weight, line, xp)
    used = _sum_before(line.weight * r, line, xp)
    first = first_of_each(used + r * waiting > output[line.seller], line.seller, nodes)
    scarce, place = first < len(r), xp.minimum(first, len(r) - 1)
    left = output - _pick(used, place, xp)
    level = xp.divide(left, _pick(waiting, place, xp), out=xp.full(output.shape, np.inf), where=scarce)
    # Who asks for less is served in full: a level below that is rounding, and much of it where little is still waiting
    begin = xp.asarray(line.begin)[place]
    return xp.maximum(level, xp.where(begin < place, _pick(r, xp.maximum(place - 1, 0), xp), 0.0))


LEAST_ORDER = 1e-13
"""Orders below this share of the usual one count as none (rounding)."""
TIE = 1e-12
"""What is needed counts as reaching the output from this relative distance on (rounding)."""


def served_by_pronet(
    *,
    output: Any,
    relative: Any,
    weight: Any,
    seller: Any,
    final_relative: Any,
    final_weight: Any,
    xp: Any = np,
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
        output: x, (nodes, ...).
        relative: r of clients, (links, ...).
        weight: w, usual order, (links,) or (links, ...).
        seller: whose client it is, (links,); a NumPy array whatever the library.
        final_relative: r of final demand, (nodes, ...).
        final_weight: c, usual final demand, 0 where it does not take part, (nodes,) or (nodes, ...).
        xp: array namespace.

    Returns:
        (of each client, (links, ...); of final demand, (nodes, ...)).

    Source: behaviour of proNet (2021), inferred from its outputs on a network of 200 firms, see docs/peers.md.
    """
    nodes, idle = len(output), relative <= LEAST_ORDER
    weight = xp.broadcast_to(_along(weight, relative), relative.shape)
    shared = _along(final_weight, final_relative)
    wanting = (shared > 0) & (final_relative > LEAST_ORDER)
    # Who orders nothing stands first in the line of its seller, and weighs nothing in it
    line = _line(
        xp.concatenate([xp.where(idle, 0.0, relative), xp.where(wanting, final_relative, 0.0)]),
        xp.concatenate([xp.where(idle, 0.0, weight), xp.zeros(final_relative.shape)]),
        np.concatenate([seller, np.arange(nodes)]),
        nodes,
        xp,
    )
    r, s, entries = line.relative, line.seller, len(line.seller)
    waiting, ordering = _sum_from(line.weight, line, xp), r > 0
    lowest = first_of_each(ordering, s, nodes)
    first_level = xp.where(lowest < entries, _pick(r, xp.minimum(lowest, entries - 1), xp), 0.0)
    of_idle = xp.concatenate([xp.where(idle, weight, 0.0), xp.zeros(final_relative.shape)])
    idle_need = first_level * run_totals(_pick(of_idle, line.order, xp), line.starts)
    need = idle_need[s] + _sum_before(line.weight * r, line, xp) + r * (waiting + shared[s])
    first = first_of_each(ordering & (need >= output[s] * (1.0 - TIE)), s, nodes)
    scarce, k = first < entries, xp.minimum(first, entries - 1)
    opening, before = first == lowest, xp.maximum(k - 1, 0)
    reached = xp.where(opening, 0.0, _pick(r, before, xp))
    unspent = output - xp.where(opening, 0.0, _pick(need, before, xp))
    failing = xp.where(scarce, _pick(r, k, xp), np.inf)
    unserved = xp.where(final_relative >= failing, shared, 0.0)
    share = xp.divide(unspent, _pick(waiting, k, xp) + unserved, out=xp.full(unspent.shape, np.inf), where=scarce)
    level, given_to_idle = reached + share, xp.where(opening, 0.0, first_level)
    served = xp.where(relative < failing[seller], relative, level[seller])
    return xp.where(idle, given_to_idle[seller], served), xp.where(final_relative < failing, final_relative, level)


class _Line(NamedTuple):
    """Clients in the order in which they are served: seller by seller, and who asks for less first."""

    order: Any
    """Which client stands at each place."""
    relative: Any
    weight: Any
    seller: Any
    begin: Any
    """Where the clients of the same seller begin, (clients,)."""
    starts: Any
    """Where the clients of each seller that has any begin."""
    place: Any
    """Which of these sellers it is, (clients,)."""


def _line(relative: Any, weight: Any, seller: Any, nodes: int, xp: Any) -> _Line:
    clients = np.bincount(seller, minlength=nodes)
    begins = np.cumsum(clients) - clients
    order = order_within(relative, seller)
    return _Line(
        order,
        _pick(relative, order, xp),
        _pick(weight, order, xp),
        np.repeat(np.arange(nodes), clients),
        np.repeat(begins, clients),
        begins[clients > 0],
        np.repeat(np.arange(np.count_nonzero(clients)), clients[clients > 0]),
    )


def _along(values: Any, like: Any) -> Any:
    """Values with as many axes as what they stand beside."""
    return values.reshape(values.shape + (1,) * (like.ndim - values.ndim))


def _pick(values: Any, places: Any, xp: Any) -> Any:
    """Values at places along the first axis; places may differ between draws."""
    return values[places] if values.ndim == 1 else xp.take_along_axis(values, places, axis=0)


def _sum_before(values: Any, line: _Line, xp: Any) -> Any:
    """Sum of the values before each client in its line.

    At the start of a line the sum of the last one is taken back, so that rounding stays that of a line and not of all of them.
    """
    taken_back = xp.concatenate([xp.zeros((1, *values.shape[1:])), values])
    taken_back = add_at(taken_back, line.starts[1:], -run_totals(values, line.starts)[:-1])
    before = xp.cumsum(taken_back, axis=0)[:-1]
    return before - before[line.begin]


def _sum_from(values: Any, line: _Line, xp: Any) -> Any:
    """Sum of each value and those after it in its line."""
    return run_totals(values, line.starts)[line.place] - _sum_before(values, line, xp)
