"""The most that a planner with foresight could do: a linear programme over the same network, stocks and gates.

It relaxes the engine: any order, any split over links, permits for everything that an office can decide. So no run of the engine keeps a
use going for longer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from cases import Run
from scipy.optimize import linprog
from scipy.sparse import coo_array

from standoff.model.licensing import review_queue
from standoff.model.transport import split_lag

ROUTE_REACH = 1.0


class _Programme:
    """Rows and columns of one linear programme. Lives for one call of `longest_run`."""

    def __init__(self, run: Run, steps: int) -> None:
        self.run, self.steps = run, steps
        self.columns = 0
        self.upper: list[float] = []
        self.entries: list[tuple[int, int, float]] = []
        self.right: list[float] = []

    def variables(self, upper: np.ndarray) -> np.ndarray:
        """A block of variables between 0 and ``upper``, (steps, rows)."""
        block = np.arange(self.columns, self.columns + upper.size).reshape(upper.shape)
        self.columns += upper.size
        self.upper += upper.reshape(-1).tolist()
        return block

    def at_most(self, terms: list[tuple[int, float]], right: float) -> None:
        self.entries += [(len(self.right), column, value) for column, value in terms]
        self.right.append(right)

    def solve(self, objective: np.ndarray) -> Any:
        rows, columns, values = zip(*self.entries, strict=True)
        matrix = coo_array((values, (rows, columns)), shape=(len(self.right), self.columns)).tocsr()
        return linprog(
            objective, A_ub=matrix, b_ub=self.right, bounds=list(zip([0.0] * self.columns, self.upper, strict=True))
        )


def longest_run(run: Run, *, use: int, share: float) -> int:
    """Steps for which a planner can keep every class of one use at a share of its demand, at most the steps of the run.

    Args:
        run: for the network, its stocks at the start and what governments did.
        use: row of the use, producers first.
        share: of demand that has to be met in every step.
    """
    low, high = 0, run.setup.clock.steps
    while low < high:
        middle = (low + high + 1) // 2
        if best_share(run, use=use, steps=middle) >= share * (1 - 1e-7):
            low = middle
        else:
            high = middle - 1
    return low


def best_share(run: Run, *, use: int, steps: int) -> float:
    """Largest share of demand of a use that can be met in each of the first steps; a use is kept if any of its classes is."""
    nodes = run.network.nodes
    return max(_best_share_of(run, node=int(node), steps=steps) for node in np.flatnonzero(nodes.parent == use))


def _best_share_of(run: Run, *, node: int, steps: int) -> float:
    network, setup = run.network, run.setup
    programme = _Programme(run, steps)
    demand = np.concatenate([setup.capacity_path[:steps], setup.demand_path[:steps]], axis=1)
    activity = programme.variables(demand)
    shipped = programme.variables(_link_limits(run, steps))
    latent = network.latent
    reach = np.tile(latent.max_share * setup.constants.use[latent.need] * ROUTE_REACH, (steps, 1))
    routed = programme.variables(reach)
    given = programme.variables(np.full((steps, len(network.stocks.pair_need)), np.inf))
    met = programme.variables(np.ones((1, 1)))[0, 0]
    for number in range(steps):
        programme.at_most([(met, float(demand[number, node])), (activity[number, node], -1.0)], 0.0)
    _inputs(programme, run, activity, shipped, routed, given)
    _outputs(programme, run, activity, shipped, routed)
    _reserves(programme, run, given)
    _permits(programme, run, shipped)
    objective = np.zeros(programme.columns)
    objective[met] = -1.0
    found = programme.solve(objective)
    assert found.status == 0, found.message
    return float(-found.fun)


def _link_limits(run: Run, steps: int) -> np.ndarray:
    """Most that each link can carry in a step: orders are limited, and nothing passes a closed gate."""
    network, setup = run.network, run.setup
    limit = np.tile(setup.constants.largest_order[network.links.need], (steps, 1))
    for number in range(steps):
        regime = setup.regime_table.at(number)
        closed = (regime.gate == 0) & (regime.active == 0)
        limit[number, setup.tracked[closed]] = 0.0
        limit[number, setup.tracked[~closed & (regime.active > 0)]] = np.inf  # permits of earlier steps may pile up
    return limit


def _permits(programme: _Programme, run: Run, shipped: np.ndarray) -> None:
    """What went out over a licensed link so far is at most what needed no licence and what could have been granted by then."""
    setup, steps = run.setup, programme.steps
    regimes = [setup.regime_table.at(number) for number in range(steps)]
    most = setup.constants.largest_order[setup.link_need]
    for link in np.flatnonzero(np.any([regime.active > 0 for regime in regimes], axis=0)).tolist():
        office = int(np.searchsorted(setup.regulated, link))
        granted = granted_within([regime for regime in regimes if regime.active[link] > 0], office, setup)
        gone: list[tuple[int, float]] = []
        free = decided = 0.0
        for number, regime in enumerate(regimes):
            controlled = regime.licensed[office] * regime.active[link]
            free += most[link] * regime.gate[link] * (1.0 - controlled)
            decided += regime.approval[office] * regime.decisions[office] * regime.active[link]
            reviewed = sum(
                most[link] * regimes[filed].licensed[office] * granted[number - filed] for filed in range(number + 1)
            )
            gone.append((shipped[number, setup.tracked[link]], 1.0))
            programme.at_most(list(gone), float(free + min(decided, reviewed)))


def granted_within(regimes: list[Any], office: int, setup: Any) -> np.ndarray:
    """Share of an application that is granted within so many steps when the office is never overloaded, (steps,).

    Where two regimes follow each other on a link, the faster and milder numbers are taken.
    """
    queue, granted = np.zeros((setup.stages, 1)), []
    for number in range(setup.clock.steps):
        review = review_queue(
            stages=queue,
            applied=np.array([float(number == 0)]),
            probability=np.array([max(float(regime.probability[office]) for regime in regimes)]),
            decisions=np.array([np.inf]),
            approval=np.array([max(float(regime.approval[office]) for regime in regimes)]),
            denial=np.array([min(float(regime.denial[office]) for regime in regimes)]),
            substeps=setup.substeps,
            xp=np,
        )
        queue = review.stages
        granted.append(float(review.approved[0]))
    return np.cumsum(granted)


def _inputs(
    programme: _Programme, run: Run, activity: np.ndarray, shipped: np.ndarray, routed: np.ndarray, given: np.ndarray
) -> None:
    """What was used of each binding input so far is at most what was there, arrived and was released."""
    network, needs = run.network, run.network.needs
    on_the_way = _arrivals_of_goods_on_the_way(run, programme.steps)
    days = run.setup.clock.step_days
    for need in np.flatnonzero(needs.kind == 0).tolist():
        here: list[tuple[int, float]] = []
        there = run.first["inventory"][need]
        links = np.flatnonzero(network.links.need == need)
        routes = np.flatnonzero(network.latent.need == need)
        pairs = np.flatnonzero(network.stocks.pair_need == need)
        for number in range(programme.steps):
            there += on_the_way[number, need]
            here.append((activity[number, needs.consumer[need]], float(needs.coefficient[need])))
            here += [(given[number, pair], -1.0) for pair in pairs]
            for block, members, lag in (
                (shipped, links, network.links.lag_days),
                (routed, routes, network.latent.lag_days),
            ):
                for member in members:
                    whole = split_lag(float(lag[member] / days))[0][0]
                    if number >= whole:
                        here.append((block[number - whole, member], -1.0))
            programme.at_most(list(here), float(there))


def _arrivals_of_goods_on_the_way(run: Run, steps: int) -> np.ndarray:
    """What was already on the way at the start, by step of arrival."""
    from standoff.simulate.initial import resting_state

    ring = resting_state(run.setup).arriving
    arrivals = np.zeros((steps, ring.shape[1]))
    length = min(len(ring), steps)
    arrivals[:length] = ring[:length]
    return arrivals


def _outputs(programme: _Programme, run: Run, activity: np.ndarray, shipped: np.ndarray, routed: np.ndarray) -> None:
    """What left each seller so far is at most what was in stock and was finished in earlier steps."""
    network, offers = run.network, run.network.offers
    for offer in range(len(offers.yields)):
        gone: list[tuple[int, float]] = []
        links = np.flatnonzero(network.links.offer == offer)
        routes = np.flatnonzero(network.latent.offer == offer)
        there = float(run.first["stock"][offer] + run.first["in_making"][offer])
        for number in range(programme.steps):
            if number:
                gone.append((activity[number - 1, offers.producer[offer]], -float(offers.yields[offer])))
            gone += [(shipped[number, link], 1.0) for link in links] + [
                (routed[number, route], 1.0) for route in routes
            ]
            programme.at_most(list(gone), there)


def _reserves(programme: _Programme, run: Run, given: np.ndarray) -> None:
    """Strategic stocks release at most their rate, once they are open, and no more than they hold."""
    stocks = run.network.stocks
    rate = np.asarray(run.setup.constants.reserve_rate)
    for stock in range(len(stocks.labels)):
        pairs = np.flatnonzero(stocks.pair_stock == stock)
        taken: list[tuple[int, float]] = []
        for number in range(programme.steps):
            now = [(given[number, pair], 1.0) for pair in pairs]
            taken += now
            programme.at_most(now, float(rate[stock] * run.setup.reserve_open_path[number, stock]))
            programme.at_most(list(taken), float(run.first["reserve"][stock]))
