"""What ranks losses of producers and links in an economy before anything is re-run: the static cascade, round by round.

No derivative ranks them. A firm with slack has a derivative of zero however much would be lost without it, and one whose loss stops half
of the economy is worth, to first order, what it makes. So each producer is let fail in the cascade of `standoff.model.cascade`, which
knows who cannot do without whom, and its losses are added up over rounds. A round is taken to last as long as stocks do.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from standoff.model.list_supply import ListSupply
from standoff.simulate.systemic_risk import Spread, losses_in_rounds
from standoff.studies.gradients.economy_case import EconomyCase, EconomyScalar
from standoff.studies.gradients.economy_numbers import link_ends, links_of
from standoff.world.firms import ESSENTIAL, NEGLIGIBLE, NON_ESSENTIAL

Array = npt.NDArray[np.float64]

POOLED = ("linear",)
"""Rules of production in which no input is essential by itself."""
EVERY = ("leontief", "scarce_inventory")
"""Those in which every input is."""


def loss_measures(case: EconomyCase, scalar: EconomyScalar) -> dict[str, Array]:
    """A rough loss for every producer and link, in the unit of the result, by the field of its number.

    Formula: a producer's ``L_j = c sum over rounds r = 0 ... R - 1 of sum over i of w_i (1 - h_i(r))``, with c the mean cover in steps, R
    the rounds of that length in a run, w what a producer is worth in a step and h the cascade when j fails; a link's is the share of its
    buyer's need that it carries, times the buyer's L, and 0 where the buyer can do without.

    Returns:
        ``capacity``, (nodes,); ``link``, (links,).
    """
    economy, supply = case.economy, case.economy.supply
    cover = economy.cover[np.isfinite(economy.cover)]
    usual = min(max(float(cover.mean()) if cover.size else 1.0, 1.0), float(case.steps))
    supplier, need, buyer = link_ends(supply, np.arange(links_of(supply)))
    flow = supply.link_base
    level = essentiality(case)
    spread = Spread.of_links(supplier, buyer, flow, sector=case.product, level=level[need])
    # A need with several suppliers turns to those that are left, if orders follow capacity
    alone = isinstance(supply, ListSupply) and not supply.need_is_group
    replace = "market_share" if case.rules.chosen["sourcing"] == "capacity" and not alone else "none"
    worth = scalar.weight * scalar.usual
    producers = usual * losses_in_rounds(
        spread, np.arange(supply.nodes), weight=worth, rounds=math.ceil(case.steps / usual), replace=replace
    )
    group = np.unique(buyer * len(case.products) + case.product[supplier], return_inverse=True)[1]
    carried = np.bincount(group, flow)[group]
    share = np.divide(flow, carried, out=np.zeros_like(flow), where=carried > 0)
    return {
        "capacity": producers,
        "link": np.where(level[need] == NEGLIGIBLE, 0.0, share) * producers[buyer],
    }


def essentiality(case: EconomyCase) -> npt.NDArray[np.int8]:
    """How far a producer can do without each need by the rule of production, (needs,) laid flat; levels of `standoff.world.firms`."""
    rule, base = case.rules.chosen["production"], case.economy.supply.base
    if rule in POOLED or rule in EVERY:
        return np.full(base.size, NON_ESSENTIAL if rule in POOLED else ESSENTIAL, dtype=np.int8)
    critical, important = (
        np.broadcast_to(each, base.shape).ravel() > 0 for each in (case.economy.critical, case.economy.important)
    )
    stops = critical | important if rule == "strongly_critical" else critical
    halves = important & (rule == "half_critical")
    return np.where(stops, ESSENTIAL, np.where(halves, NON_ESSENTIAL, NEGLIGIBLE)).astype(np.int8)
