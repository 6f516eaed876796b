"""How many days of use buyers hold, by product and place: the leanest class and the median firm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.results import indicators
from standoff.world.network import NEED_CLASSES

if TYPE_CHECKING:
    from standoff.results.result import Result


@dataclass(frozen=True)
class Cover:
    """Stock of one product held by buyers of one place, days of usual use, (steps,) each."""

    product: int
    place: int
    leanest: Any
    median: Any
    leanest_start: float
    median_start: float

    @property
    def lowest(self) -> float:
        return float(self.leanest.min())

    @property
    def drop(self) -> float:
        """How far the leanest class falls, as a share of its cover in the base year."""
        return 1.0 - self.lowest / self.leanest_start if self.leanest_start > 0 else 0.0


def cover_by_place(result: Result) -> tuple[Cover, ...]:
    """Cover of every critical input, the deepest fall first."""
    network = result.network
    needs, nodes = network.needs, network.nodes
    days = indicators.cover_days(result.setup, result.records)
    chosen = np.flatnonzero((needs.kind == NEED_CLASSES.index("critical")) & (needs.use > 0))
    place = nodes.place[needs.consumer[chosen]]
    key = needs.product[chosen] * len(network.places) + place
    order = np.argsort(key, kind="stable")
    cuts = np.flatnonzero(np.diff(key[order])) + 1
    found = []
    for group in np.split(order, cuts) if len(order) else ():
        members = chosen[group]
        start = needs.cover_days[members]
        ranked = np.argsort(start, kind="stable")
        weight = needs.use[members][ranked].cumsum()
        middle = members[ranked][np.searchsorted(weight, weight[-1] / 2)]
        found.append(
            Cover(
                product=int(needs.product[members[0]]),
                place=int(nodes.place[needs.consumer[members[0]]]),
                leanest=days[:, members].min(axis=1),
                median=days[:, middle],
                leanest_start=float(start.min()),
                median_start=float(needs.cover_days[middle]),
            )
        )
    return tuple(sorted(found, key=lambda cover: (-round(cover.drop, 9), cover.product, cover.place)))
