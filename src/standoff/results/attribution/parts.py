"""What each loss of a run goes back to, as tables that add up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.results.attribution.charging import deviation, explained
from standoff.results.attribution.ledger import Ledger
from standoff.results.attribution.roots import CAUSES, Key, roots_of
from standoff.results.indicators import use_groups

if TYPE_CHECKING:
    from standoff.simulate.setup import Setup
    from standoff.world.network import Network

LEAST_SHARE = 0.01
"""Products at which less than this share of unmet use begins are told without their borders, which saves most of the time."""


@dataclass(frozen=True)
class Part:
    """One root and what of all losses goes back to it. Labels are empty where they do not apply."""

    cause: str
    measure: str
    product: str
    origin: str
    destination: str
    usd: float
    share: float


@dataclass(frozen=True)
class Attribution:
    """Losses by who lost, the input that bound, and the root.

    A use loses what it did not get of its demand, at the value of the final good. A producer loses what it made less than the larger of
    its plan and its usual output, at its value added.

    Attributes:
        network: for labels.
        losers: (row of producers then uses, product that bound or -1 where orders were missing) of each column of values.
        keys: root of each layer of values, see `standoff.results.attribution.roots`.
        values: USD per step, (steps, losers, roots). None is negative.
    """

    network: Network
    losers: tuple[tuple[int, int], ...]
    keys: tuple[Key, ...]
    values: Any

    @property
    def use(self) -> Any:
        """Row of ``uses`` of each loser, -1 for a producer, (losers,)."""
        nodes = self.network.nodes
        first = int(nodes.parent[nodes.producers]) if len(nodes) > nodes.producers else len(nodes.parent_labels)
        row = np.array([parent for parent, _ in self.losers], dtype=np.int64) - first
        return np.maximum(row, -1)

    def by_cause(self) -> Any:
        """Unmet use by row of ``uses`` and cause, USD per step, (steps, uses, causes)."""
        use, (_, count) = self.use, use_groups(self.network)
        result = np.zeros((len(self.values), count, len(CAUSES)))
        for layer, key in enumerate(self.keys):
            for column in np.flatnonzero(use >= 0):
                result[:, use[column], CAUSES.index(key[0])] += self.values[:, column, layer]
        return result

    def total(self, *, producers: bool = False) -> Any:
        """Loss by root over the whole run of uses, or of producers instead, USD, (roots,)."""
        of = (self.use < 0) if producers else (self.use >= 0)
        return self.values[:, of].sum(axis=(0, 1))

    def parts(self, *, producers: bool = False) -> tuple[Part, ...]:
        """The roots of all unmet use, or of all that producers lost, the largest first. Shares add up to one."""
        network, total = self.network, self.total(producers=producers)
        whole = total.sum()
        found = []
        for key in np.argsort(-total, kind="stable"):
            cause, measure, product, origin, destination = self.keys[key]
            if total[key] > 0:
                found.append(
                    Part(
                        cause=cause,
                        measure=measure,
                        product=network.products[product] if product >= 0 else "",
                        origin=network.places[origin] if origin >= 0 else "",
                        destination=network.places[destination] if destination >= 0 else "",
                        usd=float(total[key]),
                        share=float(total[key] / whole),
                    )
                )
        return tuple(found)


def attribute(setup: Setup, records: Any, first: Any, *, merge: Callable[[Key], Key] = lambda key: key) -> Attribution:
    """Follow every loss of a run back to what started it.

    Args:
        setup: of a single run.
        records, first: all that the run recorded, and its stocks before the first step.
        merge: makes roots the same that need not be told apart. Parts of merged roots add up, so it changes nothing else.
    """
    network = setup.network
    nodes, product = network.nodes, network.needs.product
    roots = roots_of(setup, merge)
    ledger = Ledger(setup, records, first, roots)
    short_key = np.stack([nodes.parent[setup.need_node], product], axis=1)
    order_key = np.stack([nodes.parent, np.full(len(nodes), -1)], axis=1)
    losers, column = np.unique(np.concatenate([short_key, order_key]), axis=0, return_inverse=True)
    of_need, of_node = np.split(column.reshape(-1), [len(short_key)])
    values = np.zeros((setup.clock.steps, len(losers), len(roots)))
    for step, row in enumerate(values):
        plan, short = ledger.step(step)
        np.add.at(row, of_need[short.need], nodes.value[short.node, None] * short.amounts)
        below = -deviation(records["plan"][step], ledger.usual_activity)
        below[nodes.producers :] = 0.0
        less = np.flatnonzero(below > 0)
        np.add.at(row, of_node[less], nodes.value[less, None] * explained(plan[less], below[less]))
    kept = values.any(axis=(0, 2))
    return Attribution(
        network=network,
        losers=tuple((int(parent), int(item)) for parent, item in losers[kept]),
        keys=roots.keys,
        values=values[:, kept],
    )


def by_product(key: Key) -> Key:
    """A root without its border: the cause, the measure and the product."""
    return (*key[:3], -1, -1)


def with_borders(setup: Setup, records: Any, first: Any, coarse: Attribution) -> Attribution:
    """The same with borders told apart wherever a share of `LEAST_SHARE` of unmet use begins, or of lost output if all use is met.

    Args:
        setup, records, first: as for `attribute`.
        coarse: from `attribute` with `by_product`.
    """
    total = coarse.total()
    if not total.sum() > 0:
        total = coarse.total(producers=True)
    of_product: dict[int, float] = {}
    for key, value in zip(coarse.keys, total, strict=True):
        of_product[key[2]] = of_product.get(key[2], 0.0) + float(value)
    told = {product for product, value in of_product.items() if value >= LEAST_SHARE * total.sum()}
    return attribute(setup, records, first, merge=lambda key: key if key[2] in told else by_product(key))
