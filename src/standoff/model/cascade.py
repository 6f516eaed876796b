"""Rules of the *static cascade*: how the failure of one firm spreads down to buyers and up to suppliers until it stops.

Every array has the scenarios (which firm fails) as its last axis. There is no time, no stock and no price in it.

Source: Diem et al., Quantifying firm-level economic systemic risk from nation-wide supply networks, Scientific Reports 12 (2022),
doi:10.1038/s41598-022-11522-z.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any
"""An array of any library."""

SMALLEST_MARKET = 1e-10
"""Market below which nobody is left to replace a firm: its goods count in full."""


@dataclass(frozen=True)
class CascadeMaps:
    """The network as the cascade sees it. A *need* is one buyer's input of one sector."""

    sales: Array
    """Out-strength of each firm, (firms,)."""
    losses_by_need: Callable[[Array], Array]
    """Weights of suppliers in each essential need: (firms, ...) -> (essential needs, ...)."""
    smallest_essential: Callable[[Array], Array]
    """Smallest value over a firm's essential needs, 1 without any: (essential needs, ...) -> (firms, ...)."""
    non_essential_losses: Callable[[Array], Array]
    """Weights of suppliers in each firm's non-essential needs, added up: (firms, ...) -> (firms, ...)."""
    losses_by_seller: Callable[[Array], Array]
    """Share of each buyer in a firm's sales: (firms, ...) -> (firms, ...)."""
    by_market: Callable[[Array], Array]
    """Sum over the firms of each firm's market: (firms, ...) -> (firms, ...)."""
    xp: Any = np
    """Array namespace."""


def replaceability(*, down: Array, maps: CascadeMaps) -> Array:
    """How much of a firm's goods nobody else in its market can replace.

    Formula: ``sigma_i = min(1, s_i / sum over the market of h_l s_l)``; 1 where the market is gone.

    Args:
        down: h, remaining output by the downstream cascade, (firms, scenarios).
        maps: the network.
    """
    xp, sales = maps.xp, maps.sales[:, None]
    left = maps.by_market(down * sales)
    there = left > SMALLEST_MARKET
    return xp.where(there, xp.minimum(1.0, sales / xp.where(there, left, 1.0)), 1.0)


def irreplaceable(*, down: Array, maps: CascadeMaps) -> Array:
    """Nobody replaces anybody: ``sigma = 1``."""
    return maps.xp.ones((1, 1))


def spread_down(*, down: Array, sigma: Array, left: Array, maps: CascadeMaps) -> Array:
    """Output that inputs still allow.

    Formula: ``pi_jk = 1 - sum over suppliers i of sector k of sigma_i L_ij (1 - h_i)``,
    ``h_j <- [min(psi_j, smallest essential pi_jk, 1 - sum of non-essential (1 - pi_jk))]+``

    Args:
        down: h, (firms, scenarios).
        sigma: from the replacement rule, (firms, scenarios) or (1, 1).
        left: psi, what the first shock leaves, (firms, scenarios).
        maps: the network.
    """
    xp, missing = maps.xp, sigma * (1.0 - down)
    essential = maps.smallest_essential(1.0 - maps.losses_by_need(missing))
    allowed = xp.minimum(essential, 1.0 - maps.non_essential_losses(missing))
    return xp.maximum(0.0, xp.minimum(left, allowed))


def spread_up(*, up: Array, left: Array, maps: CascadeMaps) -> Array:
    """Output that demand still asks for: ``h_i <- [min(psi_i, 1 - sum over buyers j of U_ij (1 - h_j))]+``."""
    return maps.xp.maximum(0.0, maps.xp.minimum(left, 1.0 - maps.losses_by_seller(1.0 - up)))


def has_stopped(*, decrease: Array, before: Array, now: Array, eps: Any, xp: Any = np) -> tuple[Any, Any]:
    """Which scenarios have come to rest: (nothing falls by more than eps, the weighted loss grows by at most eps of itself)."""
    still = decrease <= eps
    growth = xp.where(before > 0, (now - before) / xp.where(before > 0, before, 1.0), np.inf)
    return still, growth <= eps
