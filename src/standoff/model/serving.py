"""Rule *ration* on a chain: a short seller serves its buyers tier by tier, or looks at every link by itself.

What a seller is asked for comes by *slot*. Where all buyers of a tier are served alike, a slot is a tier and an offer, and links need not
appear one by one. Where the rule looks at links, each of them and each latent route is a slot of its own; sellers then serve in *turns*,
each from what the earlier ones left, and latent routes last, because they have no usual order.

The formulas are those of `standoff.model.rationing`; here they meet the links of a chain. With draws, a seller in one draw is a seller
of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from standoff.model import rationing
from standoff.model.arrays import put_at, rows_where, run_totals
from standoff.model.rationing import TIERS
from standoff.model.supply import ratio

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Rationed(NamedTuple):
    """What sellers give out in a step."""

    fill: Any
    """Share served, 1 where nothing is asked, (slots, ...)."""
    demanded: Any
    """What sellers were asked to ship, units, (tiers, offers, ...)."""
    tier_fill: Any
    """Share of it that is shipped, (tiers, offers, ...)."""
    shipped: Any
    """Units, (offers, ...)."""
    link_fill: Any = None
    """``fill`` where slots are links and latent routes; None where they are tiers of offers."""


class Ration(Protocol):
    """A rule of rationing, chosen once a run."""

    def __call__(self, *, stock: Any, demanded: Any, xp: Any) -> Rationed:
        """Who is served.

        Args:
            stock: finished stock, units, (offers, ...).
            demanded: what may be shipped now if there is enough, units, (slots, ...).
            xp: array namespace.
        """
        ...


@dataclass(frozen=True)
class ByTier:
    """`standoff.model.rationing.serve_by_tiers`; whom a tier holds says whether it is ``tiers``, ``same_share`` or ``firms_first``."""

    shape: tuple[int, ...]
    """(tiers, offers) or (tiers, offers, draws)."""

    def __call__(self, *, stock: Any, demanded: Any, xp: Any) -> Rationed:
        asked = demanded.reshape(self.shape)
        fill, shipped = rationing.serve_by_tiers(stock=stock, demanded=asked, xp=xp)
        return Rationed(
            fill=fill.reshape(-1, *self.shape[2:]), demanded=asked, tier_fill=fill, shipped=shipped.sum(axis=0)
        )


@dataclass(frozen=True)
class Turn:
    """Links that are served in the same turn, those of one offer side by side.

    Attributes:
        tier: position in `TIERS` under which the turn is told of.
        offer: of each link, ascending, (links,).
        offers: how many there are in all.
        usual: usual order of each link, units per step, more than 0, (links,).
        final: whether each link ends at a final use, (links,).
    """

    tier: int
    offer: Integers
    offers: int
    usual: Floats
    final: npt.NDArray[np.bool_]

    @cached_property
    def runs(self) -> tuple[Integers, Integers]:
        """Offers that have a link, and where those of each begin."""
        return np.unique(self.offer, return_index=True)

    def totals(self, values: Any, xp: Any) -> Any:
        """Sum over the links of each offer, (links, ...) to (offers, ...)."""
        with_links, starts = self.runs
        found = run_totals(values, starts)
        if len(with_links) == self.offers:
            return found
        return put_at(xp.zeros((self.offers, *values.shape[1:])), with_links, found)


Share = Callable[..., Any]
"""A way to serve a turn: from the turn, ``asked``, units a step, (links, ...), its sum ``total`` and the stock that is ``left``,
(offers, ...), to the share of each order served, (links, ...)."""


def same_share(turn: Turn, *, asked: Any, total: Any, left: Any, xp: Any) -> Any:
    """The same share of every order: ``q = min(S, d) / d`` for what is left, S, and asked in all, d. Arguments as in `Share`."""
    served = rationing.same_share(output=xp.minimum(left, total), demand=total, xp=xp)
    return xp.where(total > 0, served, 1.0).take(turn.offer, axis=0)


def common_level(turn: Turn, *, asked: Any, total: Any, left: Any, xp: Any) -> Any:
    """Every link up to the same level relative to its usual order.

    Formula: ``fill_e = min(1, lambda / r_e)``, ``r_e`` the order of link e relative to its usual one and lambda the level of its seller,
    see `standoff.model.rationing.common_level`. Arguments as in `Share`.

    Where it is known which sellers are short, only their links are looked at: mostly these are few. Draws then come one after the other,
    because others are short in each, and every one is a single run to the bit.
    """
    short = left < total
    if isinstance(short, np.ndarray) and short.ndim > 1:
        fill = np.ones(asked.shape)
        for draw in np.flatnonzero(short.any(axis=0)):
            fill[:, draw] = common_level(turn, asked=asked[:, draw], total=total[:, draw], left=left[:, draw], xp=xp)
        return fill
    at_short = short.take(turn.offer, axis=0)
    rows = rows_where(at_short)
    usual, seller = _beside(xp.asarray(turn.usual[rows]), asked), turn.offer[rows]
    relative = asked[rows] / usual
    level = rationing.common_level(
        output=left, relative=relative, weight=usual, seller=seller, nodes=turn.offers, xp=xp
    )
    served = xp.where(at_short[rows], _no_more_than_asked(level[seller], relative, xp), 1.0)
    return put_at(xp.ones(asked.shape), rows, served)


def as_pronet(turn: Turn, *, asked: Any, total: Any, left: Any, xp: Any) -> Any:
    """Firms as proNet's loop serves them, the final uses of a seller among them as one, in proportion to their orders.

    Formula: ``fill_e = min(1, served_e / r_e)``, with what `standoff.model.rationing.served_by_pronet` serves relative to the usual order,
    and ``r_e`` what is asked. Arguments as in `Share`.

    proNet knows flows and no finished stock: what its loop gives to who ordered nothing, gives beyond an order, or keeps for final
    demand that is served already, is gone. Here goods are there, and nobody takes what was not ordered: it stays in the seller's stock.
    """
    final, firms = xp.asarray(turn.final * 1.0), np.flatnonzero(~turn.final)
    final_asked = turn.totals(asked * _beside(final, asked), xp)
    final_usual = _beside(turn.totals(xp.asarray(turn.usual) * final, xp), asked)
    final_relative = ratio(final_asked, final_usual, xp)
    usual = _beside(xp.asarray(turn.usual[firms]), asked)
    relative = asked[firms] / usual
    to_firms, to_final = rationing.served_by_pronet(
        output=left,
        relative=relative,
        weight=usual,
        seller=turn.offer[firms],
        final_relative=final_relative,
        final_weight=final_usual,
        xp=xp,
    )
    # An order that is none but for rounding is not told as one that was refused
    to_firms = xp.where(relative > rationing.LEAST_ORDER, to_firms, relative)
    fill = _no_more_than_asked(to_final, final_relative, xp).take(turn.offer, axis=0)
    return put_at(fill, firms, _no_more_than_asked(to_firms, relative, xp))


def _beside(values: Any, like: Any) -> Any:
    """Values that are the same in all draws, with an axis for them where there is one."""
    return values.reshape(-1, *(1 for _ in like.shape[1:]))


def _no_more_than_asked(served: Any, relative: Any, xp: Any) -> Any:
    """Share of an order that is served, from what is served and asked relative to the usual order: 1 at most and where none is asked."""
    short = relative > served  # a level without end has no derivative even where it is not taken
    return xp.where(short, xp.where(short, served, 0.0) / xp.where(short, relative, 1.0), 1.0)


LINK_BY_LINK: dict[str, dict[str, Share]] = {
    "common_level": {"rest": common_level},
    "common_level_final_last": {"priority": common_level, "rest": common_level},
    "as_pronet": {"rest": as_pronet},
    "as_pronet_final_last": {"priority": as_pronet, "rest": same_share},
}
"""Rules that look at every link: how each turn is served, by its tier. Firms have the first of two turns, final uses the second."""

RULES = ("tiers", "same_share", "firms_first", *LINK_BY_LINK)
"""Every rule of rationing on a chain."""
KEEPING_BACK = ("as_pronet", "as_pronet_final_last")
"""Rules under which goods that are asked for can stay in stock."""
ONE_LEVEL = ("common_level", "common_level_final_last")
"""Rules under which a seller has one level a turn, up to which it serves every link."""


@dataclass(frozen=True)
class LinkByLink:
    """Turns one after the other, each from what the earlier ones left.

    Attributes:
        turns: with the way each is served, in the order of their links among the slots.
        offers: how many there are.
    """

    turns: tuple[tuple[Turn, Share], ...]
    offers: int

    def __call__(self, *, stock: Any, demanded: Any, xp: Any) -> Rationed:
        begin, left, nothing = 0, stock, xp.zeros_like(stock)
        fills, shipped_by_tier, asked_by_tier = [], [nothing] * len(TIERS), [nothing] * len(TIERS)
        for turn, share in self.turns:
            asked = demanded[begin : begin + len(turn.offer)]
            total = turn.totals(asked, xp)
            fill = share(turn, asked=asked, total=total, left=left, xp=xp)
            given, most = turn.totals(asked * fill, xp), xp.minimum(total, left)
            # A rest that is rounding would go on as the whole stock of a seller that has none
            served = xp.where(given > most * (1.0 - rationing.TIE), most, given)
            fills.append(fill)
            asked_by_tier[turn.tier], shipped_by_tier[turn.tier] = total, served
            begin, left = begin + len(turn.offer), left - served
        wanted, shipped = xp.stack(asked_by_tier), xp.stack(shipped_by_tier)
        every = xp.concatenate(fills)
        return Rationed(
            fill=every,
            demanded=wanted,
            tier_fill=xp.where(wanted > 0, shipped / xp.where(wanted > 0, wanted, 1.0), 1.0),
            shipped=shipped.sum(axis=0),
            link_fill=every,
        )
