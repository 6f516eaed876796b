"""What each loss of a run goes back to, as a table that adds up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.results.attribution.charging import explained
from standoff.results.attribution.ledger import Ledger
from standoff.results.attribution.roots import Key, roots_of

if TYPE_CHECKING:
    from standoff.simulate.setup import Setup


@dataclass(frozen=True)
class Attribution:
    """Losses by who lost, the input that bound, and the root.

    A use loses what it did not get of its demand, at the value of the final good. A producer loses what it made less than the larger of
    its plan and its usual output, at its value added.

    Attributes:
        losers: (row of producers then uses, product that bound or -1 where orders were missing) of each column of values.
        keys: root of each layer of values, see `standoff.results.attribution.roots`.
        values: USD per step, (steps, losers, roots). None is negative.
    """

    losers: tuple[tuple[int, int], ...]
    keys: tuple[Key, ...]
    values: Any


def attribute(setup: Setup, records: Any, first: Any) -> Attribution:
    """Follow every loss of a run back to what started it.

    Args:
        setup: of a single run.
        records, first: all that the run recorded, and its stocks before the first step.
    """
    network = setup.network
    nodes, product = network.nodes, network.needs.product
    roots = roots_of(setup)
    ledger = Ledger(setup, records, first, roots)
    short_key = np.stack([nodes.parent[setup.need_node], product], axis=1)
    order_key = np.stack([nodes.parent, np.full(len(nodes), -1)], axis=1)
    losers, column = np.unique(np.concatenate([short_key, order_key]), axis=0, return_inverse=True)
    of_need, of_node = np.split(column.reshape(-1), [len(short_key)])
    values = np.zeros((setup.clock.steps, len(losers), len(roots)))
    for step, row in enumerate(values):
        plan, short = ledger.step(step)
        worth = nodes.value[short.node]
        np.add.at(row, of_need[short.need], worth[:, None] * short.amounts)
        below = ledger.usual_activity - records["plan"][step]
        below[nodes.producers :] = 0.0
        less = np.flatnonzero(below > 0)
        np.add.at(row, of_node[less], nodes.value[less, None] * explained(plan[less], below[less]))
    kept = values.any(axis=(0, 2))
    return Attribution(
        losers=tuple((int(parent), int(item)) for parent, item in losers[kept]), keys=roots.keys, values=values[:, kept]
    )
