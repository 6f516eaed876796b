"""Roots: what a deviation from the resting economy can go back to - a measure on a trade, or demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from standoff.results.attribution.charging import deviation
from standoff.world.network import DAYS_PER_YEAR

if TYPE_CHECKING:
    from standoff.simulate.setup import Setup

CAUSES = (
    "gate_closed",
    "waiting_for_licence",
    "licence_denied",
    "customs_hold",
    "tariff",
    "hoarding",
    "demand",
    "rounding",
)
"""What starts a deviation. ``rounding`` is what is left where nothing but rounding error moved an economy at rest."""
Key = tuple[str, str, int, int, int]
"""(cause, measure, product, origin, destination); positions in the network, -1 for none."""
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Roots:
    """The roots of a run and where they act. The first root is ``rounding``."""

    keys: tuple[Key, ...]
    waiting: Integers
    """Root of an order in review or under a hold, by step and tracked link, (steps, links)."""
    denied: Integers
    """Root of a refused order, (steps, links)."""
    feared: Integers
    """Root of stock that is kept because a measure is announced or in force, (steps, links)."""
    gates: tuple[tuple[Any, Integers], ...]
    """For each measure that closes gates: share of the step in which it does, (steps, links), and root of each link."""
    tariffs: tuple[tuple[Any, Integers], ...]
    """For each measure that moves rates: its part of the rate, (steps, links), and root of each link."""
    demand: Integers
    """Root of a change of demand, (uses,)."""

    def __len__(self) -> int:
        return len(self.keys)


def roots_of(setup: Setup, merge: Callable[[Key], Key] = lambda key: key) -> Roots:
    """Every root of a run; those that ``merge`` makes the same count as one."""
    table = setup.regime_table.regimes
    finder = _Finder(setup, merge)
    held = ["customs_hold" if regime.outcome == "HOLD" else "waiting_for_licence" for regime in table.regimes]
    index = finder.by_link(table.index, 0)
    last, coming = _filled(index, forwards=True), _filled(index, forwards=False)
    return Roots(
        waiting=finder.of_regimes(last, held),
        denied=finder.of_regimes(last, ["licence_denied"] * len(held)),
        feared=finder.of_regimes(coming, ["hoarding"] * len(held)),
        gates=tuple(finder.of_measure("gate_closed", *each) for each in table.closed_by.items()),
        tariffs=tuple(finder.of_measure("tariff", *each) for each in table.tariff_by.items()),
        demand=finder.of_demand(),
        keys=tuple(finder.number),
    )


class _Finder:
    """Gives every root its number. Lives for one call."""

    def __init__(self, setup: Setup, merge: Callable[[Key], Key]) -> None:
        self.setup, self.merge = setup, merge
        self.number: dict[Key, int] = {("rounding", "", -1, -1, -1): 0}
        position, self.trades = setup.network.trades
        self.trade = position[setup.tracked]

    def root(self, key: Key) -> int:
        return self.number.setdefault(self.merge(key), len(self.number))

    def by_link(self, values: Any, default: Any) -> Any:
        """Values of touched links for the tracked ones, (steps, links)."""
        padded = np.concatenate([values, np.full((len(values), 1), default, dtype=values.dtype)], axis=1)
        return padded[:, self.setup.regime_table.position]  # the last column stands for position -1

    def of_regimes(self, path: Integers, causes: Sequence[str]) -> Integers:
        """Root of each link in each step from its regime, 0 where there never is one."""
        regimes, count = self.setup.regime_table.regimes.regimes, len(self.trades)
        codes, where = np.unique(path * count + self.trade, return_inverse=True)
        roots = np.zeros(len(codes), dtype=np.int64)
        for place, code in enumerate(codes):
            regime, trade = divmod(int(code), count)
            if regime:
                roots[place] = self.root((causes[regime], regimes[regime].measure, *self.trades[trade]))
        found: Integers = roots[where.reshape(path.shape)]
        return found

    def of_measure(self, cause: str, measure: str, values: Any) -> tuple[Any, Integers]:
        """What a measure does to each link in each step, and the root of each link that it touches."""
        path = self.by_link(values, 0.0)
        root = np.zeros(len(self.trade), dtype=np.int64)
        for link in np.flatnonzero(path.any(axis=0)):
            root[link] = self.root((cause, measure, *self.trades[self.trade[link]]))
        return path, root

    def of_demand(self) -> Integers:
        """Root of every use whose demand is not that of the base year throughout, 0 for the others."""
        nodes = self.setup.network.nodes
        usual = nodes.activity[nodes.producers :] * self.setup.clock.step_days / DAYS_PER_YEAR
        path = np.asarray(self.setup.demand_path)
        root = np.zeros(len(usual), dtype=np.int64)
        for use in np.flatnonzero(deviation(path, usual).any(axis=0)):
            place = int(nodes.place[nodes.producers + use])
            root[use] = self.root(("demand", "", -1, place, place))
        return root


def _filled(index: Integers, *, forwards: bool) -> Integers:
    """Regimes with the steps without one filled: by the last before, then the next after, or the other way round."""
    path = index.copy()
    orders = (range(1, len(path)), range(len(path) - 2, -1, -1))
    for steps in orders if forwards else orders[::-1]:
        for step in steps:
            neighbour = path[step - 1 if steps.step > 0 else step + 1]
            path[step] = np.where(path[step] == 0, neighbour, path[step])
    return path
