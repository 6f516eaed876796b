"""Everything a run needs besides its state: constants, maps between neighbours, and what governments do in each step.

Built once a run from a network, parameters and compiled measures. Nothing here depends on what happens in the run, so a step is a
pure function of it. In an ensemble, constants that differ between draws have a last axis of draws; the others have length one there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.errors import refuse
from standoff.measures.gates import Regimes
from standoff.model.chain_rules import ChainRules
from standoff.model.chain_slots import chain_rules
from standoff.model.economy import RuleNumbers
from standoff.model.rulesets import SETS
from standoff.model.share_matrix import LinearMap, RunMinimum, sum_map
from standoff.model.transport import split_lag
from standoff.simulate.backend import NUMPY, Backend
from standoff.simulate.cells import Ends, ends_of
from standoff.simulate.constants import MAKING_DAYS, Constants, constants_of
from standoff.simulate.draws import Clock, Draws
from standoff.simulate.paths import capacity_path, demand_path, reserve_open_path
from standoff.simulate.regime_table import RegimeTable, regime_fields
from standoff.simulate.turns import Slots, slots_of
from standoff.world.build import rated_needs
from standoff.world.network import DAYS_PER_YEAR, Network

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Setup:
    """Constants, maps and calendars of one run. See the rules for what each is used for."""

    network: Network
    clock: Clock
    draws: int
    """0 for a single run without a last axis."""
    constants: Constants
    rules: ChainRules
    substeps: int
    stages: int
    regime_table: RegimeTable
    tracked: Integers
    """Links whose share or regime can change, as positions in ``Network.links``."""
    link_count: int
    regulated: Integers
    """Tracked links that are ever under a licence regime, as positions among them."""
    regulated_to_needs: LinearMap
    regulated_to_links: LinearMap
    right_links: Integers
    """Regulated links whose licences are a right to ship, as positions among them."""
    right_validity: Integers
    """Steps for which a right is valid."""
    renewal: int
    """Steps before expiry in which renewal is filed."""
    rights_to_regulated: LinearMap
    link_need: Integers
    link_touched: Integers
    """Position of a tracked link's need among the touched needs."""
    need_node: Integers
    offer_node: Integers
    slots: Slots
    """What sellers are asked for, and the rule by which they serve it."""
    of_producer: Any
    """Whether a need is a producer's, (needs,) or (needs, 1)."""
    link_seller: Integers
    """Producer of each tracked link."""
    resting_activity: Any
    """Usual activity of producers per step, (producers,) or (producers, draws)."""
    tracked_slot: Integers
    """Slot of each tracked link, then of each latent route."""
    static_places: Integers
    """Where what goes over links whose share and regime stay arrives in the ring of goods on the way, (ring, cells)."""
    tracked_places: Integers
    """The same for tracked links and latent routes."""
    making: tuple[tuple[int, float], ...]
    """Whole steps that goods are in the making after the step in which they are begun, with weights."""
    route_touched: Integers
    pair_need: Integers
    pair_reserve: Integers
    needs_to_slots: LinearMap
    tracked_to_slots: LinearMap
    slots_to_cells: LinearMap
    """To the cells of links whose share and regime stay."""
    tracked_to_cells: LinearMap
    """To the cells of tracked links and latent routes. No need that is used has cells of both kinds."""
    links_to_needs: LinearMap
    links_to_touched: LinearMap
    pairs_to_reserves: LinearMap
    pairs_to_needs: LinearMap
    given_to_need: LinearMap | None
    """From pairs of strategic stock and need to all that the need is given; None where one stock serves each need."""
    needs_to_nodes: LinearMap
    input_value: Any
    """Base price of each need's product, USD per unit, (needs,) or (needs, 1)."""
    driver_minimum: RunMinimum
    need_minimum: RunMinimum
    capacity_path: Any
    """(steps, producers, ...)"""
    demand_path: Any
    """(steps, uses, 1 or nothing)"""
    reserve_open_path: Any
    """(steps, reserves, ...)"""
    initial_reserve: Any
    share: Floats
    """Share of its need's orders that every ordinary link of the network gets in the base year."""
    static: Integers
    static_ends: Ends
    tracked_ends: Ends
    """Of tracked links, then of latent routes."""
    ring: int
    """Length of the ring of goods on the way: one more than the longest whole lag."""
    kept: dict[str, tuple[int, Any]] = field(init=False, default_factory=dict)
    """What `while_regimes_stay` keeps, each with its period."""

    def capacity(self, number: int) -> Any:
        """Capacity per step of producers in a step, (producers, ...)."""
        return self.capacity_path[number]

    def demand(self, number: int, xp: Any = np) -> Any:
        """Demand per step of uses in a step, (uses, ...)."""
        demand = self.demand_path[number]
        return xp.broadcast_to(demand, (len(demand), self.draws)) if self.draws else demand

    def reserve_open(self, number: int) -> Any:
        """1 where a strategic stock may be released in a step, (reserves, ...)."""
        return self.reserve_open_path[number]

    def while_regimes_stay(self, number: Any, name: str, make: Callable[[], Any]) -> Any:
        """What is the same until a regime, cost or fear changes: made in the first step of such a period, kept for the others.

        A step whose number is itself an array, as in a compiled loop, keeps nothing.
        """
        if not isinstance(number, int):
            return make()
        period = self.regime_table.period[number]
        found = self.kept.get(name)
        if found is None or found[0] != period:
            found = self.kept[name] = (period, make())
        return found[1]

    def largest_over_drivers(self, x: Any) -> Any:
        """Largest value over the driver offers of each producer; minus infinity without one."""
        return -self.driver_minimum(-x, np.inf)

    def smallest_over_needs(self, x: Any) -> Any:
        """Smallest value over the needs of each node; infinity without one."""
        return self.need_minimum(x, np.inf)


def build_setup(
    network: Network,
    clock: Clock,
    *,
    regimes: Regimes,
    parameters: dict[str, float],
    rules: Mapping[str, str] = SETS["standoff"],
    numbers: RuleNumbers | None = None,
    home_first: bool = True,
    demand_factor: Floats | None = None,
    draws: Draws | None = None,
    backend: Backend = NUMPY,
) -> Setup:
    """Constants, maps and calendars of a run.

    Args:
        network: what exists.
        clock: when.
        regimes: what governments do, from `standoff.measures.compile`.
        parameters: behavioural parameters by name.
        rules: name of the rule in each slot, see `standoff.model.rulesets`.
        numbers: of the rules; those of the peers if not given.
        home_first: whether a short seller serves buyers of its own place first, under the rationing ``tiers``.
        demand_factor: factor on final demand, (steps, uses); ones if not given.
        draws: what differs between draws; a single run if not given.
        backend: array library of the drawn numbers: what depends on them is computed in it, so that derivatives reach them.
    """
    xp = backend.xp
    network = rated_needs(network, rules["production"])
    links, latent, needs, offers, stocks = network.links, network.latent, network.needs, network.offers, network.stocks
    per_step = clock.step_days / DAYS_PER_YEAR
    count = draws.count if draws else 0
    values: dict[str, Any] = {**parameters, **(draws.parameters if draws else {})}
    chosen = chain_rules(rules, numbers or RuleNumbers(), step_days=clock.step_days)
    measured = np.zeros(len(needs.use), dtype=bool)
    measured[links.need[regimes.links]] = True
    need_touched = np.ones_like(measured) if chosen.every_link else measured
    touched_needs = np.flatnonzero(need_touched)
    is_touched = need_touched[links.need]
    tracked, static = np.flatnonzero(is_touched), np.flatnonzero(~is_touched)
    slots = slots_of(network, rules["rationing"], home_first=home_first, per_step=per_step, draws=count)
    tracked_slot = np.concatenate([slots.of_link[tracked], slots.of_route])
    share = links.flow / np.where(needs.use > 0, needs.use, 1.0)[links.need]
    static_ends = ends_of(links.need[static], links.lag_days[static] / clock.step_days)
    tracked_ends = ends_of(
        np.concatenate([links.need[tracked], latent.need]),
        np.concatenate([links.lag_days[tracked], latent.lag_days]) / clock.step_days,
    )
    ring = max(static_ends.longest, tracked_ends.longest) + 1
    gate = draws.gate if draws else None
    sent = share[static] if gate is None else share[static][:, None] * gate[static]
    part_slot, part_sent = slots.of_link[static][static_ends.position], sent[static_ends.position]
    part_weight = static_ends.weight if gate is None else static_ends.weight[:, None]
    link_touched = np.searchsorted(touched_needs, links.need[tracked])
    route_touched = np.where(measured[latent.need], np.searchsorted(touched_needs, latent.need), len(touched_needs))
    stages = int(np.asarray(parameters["licence_stages"]))
    fields, split = regime_fields(regimes, step_days=clock.step_days, stages=stages, draws=draws, xp=xp)
    column = np.full(len(links), -1, dtype=np.int64)
    column[regimes.links] = np.arange(len(regimes.links))
    position = column[tracked]
    under_regime = np.append((regimes.index > 0).any(axis=0), False)  # the last entry stands for position -1
    regulated = np.flatnonzero(under_regime[position])
    usual = links.flow[tracked[regulated]] * per_step
    table = RegimeTable(
        regimes=regimes,
        position=position,
        fields=fields,
        regulated=regulated,
        usual=usual[:, None] if count else usual,
        step_days=clock.step_days,
        draws=count,
        kept={},
        xp=xp,
        passing=None if gate is None else gate[tracked],
    )
    right_links, right_validity = table.rights()
    reserve = stocks.quantity[:, None] * draws.reserve if draws else stocks.quantity
    if rules["production"] == "linear":
        _check_prices(network)
    resting = network.nodes.activity[: network.nodes.producers] * per_step

    def by_row(array: npt.NDArray[Any]) -> Any:
        return array[:, None] if count else array

    return Setup(
        network=network,
        clock=clock,
        draws=count,
        constants=constants_of(
            network,
            clock.step_days,
            values=values,
            draws=draws,
            tracked=tracked,
            touched=touched_needs,
            share=share,
            regulated=regulated,
            rights=right_links,
            xp=xp,
        ),
        rules=chosen,
        substeps=split,
        stages=stages,
        regime_table=table,
        tracked=tracked,
        link_count=len(tracked),
        right_links=right_links,
        right_validity=right_validity,
        renewal=round(float(np.asarray(parameters["renewal_days"])) / clock.step_days),
        rights_to_regulated=sum_map(right_links, len(regulated)),
        regulated=regulated,
        regulated_to_needs=sum_map(links.need[tracked[regulated]], len(needs.use)),
        regulated_to_links=sum_map(regulated, len(tracked)),
        link_need=links.need[tracked],
        link_touched=link_touched,
        need_node=needs.consumer,
        offer_node=offers.producer,
        slots=slots,
        of_producer=by_row(needs.consumer < network.nodes.producers),
        link_seller=offers.producer[links.offer[tracked]],
        resting_activity=np.repeat(resting[:, None], count, axis=1) if count else resting,
        tracked_slot=tracked_slot,
        static_places=static_ends.places(ring, len(needs.use)),
        tracked_places=tracked_ends.places(ring, len(needs.use)),
        making=tuple(split_lag(max(MAKING_DAYS / clock.step_days - 1.0, 0.0))),
        route_touched=route_touched,
        pair_need=stocks.pair_need,
        pair_reserve=stocks.pair_stock,
        needs_to_slots=backend.linear_map(
            slots.of_link[static], links.need[static], sent, shape=(len(slots), len(needs.use))
        ),
        tracked_to_slots=sum_map(tracked_slot, len(slots)),
        slots_to_cells=backend.linear_map(
            static_ends.cell, part_slot, part_weight * part_sent, shape=(static_ends.cells, len(slots))
        ),
        tracked_to_cells=tracked_ends.to_cells(),
        links_to_needs=sum_map(links.need[tracked], len(needs.use)),
        links_to_touched=sum_map(link_touched, len(touched_needs) + 1),
        pairs_to_reserves=sum_map(stocks.pair_stock, len(stocks.labels)),
        pairs_to_needs=sum_map(stocks.pair_need, len(needs.use)),
        given_to_need=_same_need(stocks.pair_need),
        needs_to_nodes=sum_map(needs.consumer, len(network.nodes)),
        input_value=by_row(network.product_price[needs.product]),
        driver_minimum=RunMinimum(
            offers.producer[offers.driver], network.nodes.producers, members=np.flatnonzero(offers.driver)
        ),
        need_minimum=RunMinimum(needs.consumer, len(network.nodes)),
        capacity_path=capacity_path(network, clock, per_step=per_step, draws=draws, xp=xp),
        demand_path=demand_path(
            network,
            clock,
            per_step=per_step,
            factor=chosen.consumption(network, demand_factor, chosen.numbers),
            draws=draws,
        ),
        reserve_open_path=reserve_open_path(network, clock, draws=draws),
        initial_reserve=reserve,
        share=share,
        static=static,
        static_ends=static_ends,
        tracked_ends=tracked_ends,
        ring=ring,
    )


def _same_need(need: Integers) -> LinearMap | None:
    """The map from pairs to sums over the pairs of the same need, at each pair; None where every need has one."""
    if len(np.unique(need)) == len(need):
        return None
    rows, columns = np.nonzero(need[:, None] == need)
    return LinearMap(rows, columns, np.ones(len(rows)), shape=(len(need), len(need)))


def _check_prices(network: Network) -> None:
    """Inputs can only be added up where each has a price."""
    without = np.unique(network.needs.product[network.product_price[network.needs.product] <= 0])
    if len(without):
        raise refuse(
            f"world {network.world_name}",
            why="production=linear adds inputs up at their base prices, and one that is needed has none",
            cure="Give it a price in the table products, or take another rule of production",
            column="production",
            value=", ".join(network.products[product] for product in without),
        )
