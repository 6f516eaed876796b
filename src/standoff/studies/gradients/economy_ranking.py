"""What ranks losses of producers and links in an economy before anything is re-run: the static cascade, round by round.

No derivative ranks them. A firm with slack has a derivative of zero however much would be lost without it, and one whose loss stops half
of the economy is worth, to first order, what it makes. So each producer is let fail in the cascade of `standoff.model.cascade`, which
knows who cannot do without whom, and its losses are added up over rounds. A round is taken to last as long as stocks do.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.model.cascade import CascadeMaps
from standoff.model.share_matrix import sum_map
from standoff.model.supply import ratio
from standoff.model.table_supply import TableSupply
from standoff.simulate.systemic_risk import BLOCK_VALUES, Spread, losses_in_rounds
from standoff.studies.gradients.economy_case import EconomyCase, EconomyScalar
from standoff.studies.gradients.economy_numbers import link_ends, links_of, one_supplier_each
from standoff.world.essentiality import ESSENTIAL, NEGLIGIBLE, NON_ESSENTIAL

Array = npt.NDArray[np.float64]

POOLED = ("linear",)
"""Rules of production in which no input is essential by itself."""
EVERY = ("leontief", "scarce_inventory")
"""Those in which every input is."""
AT_ONCE = 250_000
"""Needs of a table times failures that are followed at once, so that they stay in the cache (measured)."""


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
    # A need with several suppliers turns to those that are left, if orders follow capacity
    turns = case.rules.chosen["sourcing"] == "capacity" and not one_supplier_each(supply)
    level = essentiality(case)
    maps, width = _maps_of_table(case, level) if isinstance(supply, TableSupply) else _maps_of_list(case, level)
    producers = usual * losses_in_rounds(
        maps,
        np.arange(supply.nodes),
        weight=scalar.weight * scalar.usual,
        rounds=math.ceil(case.steps / usual),
        replace="market_share" if turns else "none",
        width=width,
    )
    by_flow = ratio(supply.at_group(producers) * (level != NEGLIGIBLE), supply.group_total(supply.base))
    return {"capacity": producers, "link": _of_links(supply, by_flow)}


def _of_links(supply: Any, by_flow: Array) -> Array:
    """The flow of every link times a number of the group that it goes into."""
    if isinstance(supply, TableSupply):
        of_cells: Array = supply.table * by_flow[:, None, :]
        return of_cells.ravel()
    of_links: Array = supply.link_base * by_flow[_group_of_link(supply)]
    return of_links


def _group_of_link(supply: Any) -> Any:
    """The group of inputs that each link of a list goes into."""
    need = supply.need
    return need if supply.need_is_group else np.repeat(np.arange(len(supply.need_lengths)), supply.need_lengths)[need]


def _maps_of_list(case: EconomyCase, level: npt.NDArray[np.int8]) -> tuple[CascadeMaps, int]:
    """The cascade on a list of links, and how many failures to follow at once; ``level`` from `essentiality`."""
    supply: Any = case.economy.supply
    supplier, _, buyer = link_ends(supply, np.arange(links_of(supply)))
    spread = Spread.of_links(
        supplier, buyer, supply.link_base, sector=case.product, level=level[_group_of_link(supply)]
    )
    return spread.maps(), max(1, BLOCK_VALUES // max(links_of(supply), 1))


def _maps_of_table(case: EconomyCase, level: npt.NDArray[np.int8]) -> tuple[CascadeMaps, int]:
    """The same on a table, where a need is a product of a buyer and all its losses are one matrix product a product."""
    economy, supply = case.economy, case.economy.supply
    by_product = sum_map(case.product, len(case.products))
    essential, optional = (level == each for each in (ESSENTIAL, NON_ESSENTIAL))
    per_base = ratio(1.0, supply.base)[..., None]
    per_input = ratio(1.0, economy.inputs)[:, None]

    def of_groups(failed: Array) -> Array:
        lost = supply.reach(failed)
        lost *= per_base
        return lost

    def smallest(left: Array) -> Array:
        counted = left if essential.all() else np.where(essential[..., None], left, np.inf)
        return np.minimum(supply.smallest(counted), 1.0)

    def pooled(failed: Array) -> Array:
        if not optional.any():
            return np.zeros((1, 1))
        lost = np.where(optional[..., None], supply.reach(failed), 0.0)
        summed: Array = supply.total(lost) * per_input
        return summed

    maps = CascadeMaps(
        sales=economy.output,
        losses_by_need=of_groups,
        smallest_essential=smallest,
        non_essential_losses=pooled,
        losses_by_seller=np.zeros_like,
        by_market=lambda values: by_product(values)[case.product],
    )
    return maps, max(1, AT_ONCE // max(supply.base.size, 1))


def essentiality(case: EconomyCase) -> npt.NDArray[np.int8]:
    """How far a producer can do without each group of inputs by its rule of production, (groups); levels: `world.essentiality`."""
    rule, supply = case.rules.chosen["production"], case.economy.supply
    shape = supply.group_total(supply.base).shape
    if rule in POOLED or rule in EVERY:
        return np.full(shape, NON_ESSENTIAL if rule in POOLED else ESSENTIAL, dtype=np.int8)
    rated = (np.broadcast_to(each, supply.base.shape) for each in (case.economy.critical, case.economy.important))
    critical, important = (supply.group_total(each) > 0 for each in rated)
    stops = critical | important if rule == "strongly_critical" else critical
    halves = important & (rule == "half_critical")
    return np.where(stops, ESSENTIAL, np.where(halves, NON_ESSENTIAL, NEGLIGIBLE)).astype(np.int8)
