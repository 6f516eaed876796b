"""Roots: what a deviation from the resting economy can go back to - a measure on a trade, or demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

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
    book = _Book(merge)
    network, table = setup.network, setup.regime_table
    position, trades = network.trades
    trade = position[setup.tracked]
    known = table.position >= 0
    index = np.where(known, table.regimes.index[:, np.maximum(table.position, 0)], 0) if known.any() else None
    if index is None:
        index = np.zeros((setup.clock.steps, len(trade)), dtype=np.int64)
    last, coming = _filled(index, forwards=True), _filled(index, forwards=False)
    regimes = table.regimes.regimes
    measures = [regime.measure for regime in regimes]
    held = ["customs_hold" if regime.outcome == "HOLD" else "waiting_for_licence" for regime in regimes]

    def by_regime(path: Integers, causes: list[str]) -> Integers:
        """Root of each link in each step from its regime, 0 where there never is one."""
        codes, where = np.unique(path * len(trades) + trade, return_inverse=True)
        roots = [
            book.root((causes[int(code) // len(trades)], measures[int(code) // len(trades)], *trades[code % len(trades)]))
            if code >= len(trades)
            else 0
            for code in codes
        ]
        return np.array(roots, dtype=np.int64)[where.reshape(path.shape)]

    def by_measure(cause: str, values: Any) -> tuple[tuple[Any, Integers], ...]:
        found = []
        for measure, share in values.items():
            path = np.where(known, share[:, np.maximum(table.position, 0)], 0.0)
            touched = path.any(axis=0)
            root = [book.root((cause, measure, *trades[one])) if hit else 0 for one, hit in zip(trade, touched, strict=True)]
            found.append((path, np.array(root, dtype=np.int64)))
        return tuple(found)

    place = network.nodes.place[network.nodes.producers :]
    moved = ~(np.asarray(setup.demand_path) == np.asarray(setup.demand_path)[:1]).all(axis=0)
    usual = network.nodes.activity[network.nodes.producers :] * setup.clock.step_days / DAYS_PER_YEAR
    moved |= ~np.isclose(np.asarray(setup.demand_path)[0], usual, rtol=1e-12, atol=0.0)
    return Roots(
        waiting=by_regime(last, held),
        denied=by_regime(last, ["licence_denied"] * len(regimes)),
        feared=by_regime(coming, ["hoarding"] * len(regimes)),
        gates=by_measure("gate_closed", table.regimes.closed_by),
        tariffs=by_measure("tariff", table.regimes.tariff_by),
        demand=np.array(
            [book.root(("demand", "", -1, int(at), int(at))) if hit else 0 for at, hit in zip(place, moved, strict=True)],
            dtype=np.int64,
        ),
        keys=tuple(book.number),
    )


class _Book:
    """Gives every root its number."""

    def __init__(self, merge: Callable[[Key], Key]) -> None:
        self.merge = merge
        self.number: dict[Key, int] = {("rounding", "", -1, -1, -1): 0}

    def root(self, key: Key) -> int:
        return self.number.setdefault(self.merge(key), len(self.number))


def _filled(index: Integers, *, forwards: bool) -> Integers:
    """Regimes with the steps without one filled: by the last before, then the next after, or the other way round."""
    path = index.copy()
    orders = (range(1, len(path)), range(len(path) - 2, -1, -1))
    for steps in orders if forwards else orders[::-1]:
        for step in steps:
            neighbour = path[step - 1 if steps.step > 0 else step + 1]
            path[step] = np.where(path[step] == 0, neighbour, path[step])
    return path
