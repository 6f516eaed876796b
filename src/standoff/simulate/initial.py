"""The state of a balanced world at rest: where every run starts."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.model.chain_slots import goal_at_rest
from standoff.model.permits import Rights
from standoff.model.state import State
from standoff.simulate.setup import Setup
from standoff.world.network import DAYS_PER_YEAR


def resting_state(setup: Setup, *, xp: Any = np) -> State:
    """The stationary state without measures.

    Input stocks stand at their cover, goods on the way are usual use times the lag, finished stock is at target, and by-products
    that pile up in the base year stand at the ceiling above which they are discarded.

    Args:
        setup: of the run.
        xp: array namespace of the setup's numbers.
    """
    k, network = setup.constants, setup.network
    links, regulated, offers = len(setup.tracked), len(setup.regulated), network.offers

    def whole(array: Any, rows: int) -> Any:
        """The array with the draws' axis written out."""
        return xp.array(xp.broadcast_to(array, (rows, setup.draws) if setup.draws else (rows,)), dtype=float)

    activity = network.nodes.activity * setup.clock.step_days / DAYS_PER_YEAR
    surplus = offers.surplus > 0
    piles_up = surplus[:, None] if setup.draws else surplus
    sales = offers.sales * setup.clock.step_days / DAYS_PER_YEAR
    return State(
        stock=whole(xp.where(piles_up, k.stock_ceiling, k.stock_target), len(offers.yields)),
        in_making=_ring(offers.yields * activity[offers.producer], setup.making, setup.draws),
        smoothed_orders=whole(sales[:, None] if setup.draws else sales, len(offers.yields)),
        inventory=whole(k.use * k.cover_steps, len(setup.need_node)),
        arriving=_goods_on_the_way(setup),
        refused=whole(0.0, len(setup.need_node)),
        review_wait=whole(0.0, regulated),
        stages=np.zeros((setup.stages, regulated, setup.draws) if setup.draws else (setup.stages, regulated)),
        permits=whole(0.0, regulated),
        rights=_no_rights(setup),
        share=whole(k.base_share, links),
        reliability=whole(1.0, links),
        route_capacity=whole(0.0, len(network.latent)),
        reserve=whole(setup.initial_reserve, len(network.stocks.labels)),
        overproduction=setup.rules.overproduction.begin(setup, setup.rules.numbers, np),
        labour=setup.rules.labour.begin(setup, setup.rules.numbers, np),
        output=setup.resting_activity.copy() if setup.rules.sees_output else None,
        goal_activity=goal_at_rest(setup) if setup.rules.goal_sees_output else None,
    )


def _no_rights(setup: Setup) -> Rights:
    links = len(setup.right_links)
    draws = (setup.draws,) if setup.draws else ()
    longest = int(setup.right_validity.max(initial=0))
    return Rights(
        valid=np.zeros((longest + 1, links, *draws)),
        stages=np.zeros((setup.stages, links, *draws)),
        barred=np.zeros((links, *draws)),
    )


def _ring(flow: Any, lags: tuple[tuple[int, float], ...], draws: int) -> Any:
    """A ring filled by a steady flow in the steps before the first."""
    ring = np.zeros((lags[-1][0] + 1, len(flow)))
    for whole, weight in lags:
        ring[:whole] += weight * flow
    return np.repeat(ring[..., None], draws, axis=-1) if draws else ring


def _goods_on_the_way(setup: Setup) -> Any:
    """What left in the steps before the first: a cell of lag L holds one step's flow in each of the next L steps."""
    flow = setup.network.links.flow * setup.clock.step_days / DAYS_PER_YEAR
    arriving = np.zeros((setup.ring, len(setup.need_node)))
    for links, ends in ((setup.static, setup.static_ends), (setup.tracked, setup.tracked_ends)):
        ordinary = ends.position < len(links)  # latent routes follow the tracked links and carry nothing yet
        weight = ends.weight[ordinary] * flow[links[ends.position[ordinary]]]
        by_cell = np.bincount(ends.cell[ordinary], weights=weight, minlength=ends.cells)
        for lag in range(1, setup.ring):
            late = ends.lag >= lag
            arriving[lag - 1] += np.bincount(ends.need[late], weights=by_cell[late], minlength=arriving.shape[1])
    return np.repeat(arriving[..., None], setup.draws, axis=-1) if setup.draws else arriving
