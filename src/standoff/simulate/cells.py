"""Lag classes: where a shipment arrives, as pairs of whole lag and need.

Links of one need with the same whole lag share a *cell*, so goods on the way need one number a cell and never a queue a link.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.model.share_matrix import LinearMap
from standoff.model.transport import places_in_ring

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Ends:
    """Where some links end: their cells, sorted by lag and need, and for each part of a link's lag the link, the cell and the weight."""

    lag: Integers
    """Whole lag of each cell, steps."""
    need: Integers
    """Need of each cell."""
    position: Integers
    """Of the link, for each part."""
    cell: Integers
    """Of each part."""
    weight: Floats
    """Of each part; those of a link add up to 1."""
    count: int
    """Of links."""

    @property
    def cells(self) -> int:
        return len(self.lag)

    @property
    def longest(self) -> int:
        """Longest whole lag, steps."""
        return int(self.lag.max(initial=0))

    def places(self, ring: int, needs: int) -> Integers:
        """`standoff.model.transport.places_in_ring` of the cells."""
        found: Integers = places_in_ring(ring=ring, needs=needs, cell_need=self.need, cell_lag=self.lag)
        return found

    def to_cells(self) -> LinearMap:
        """The map from shipments by link to shipments by cell."""
        return LinearMap(self.cell, self.position, self.weight, shape=(self.cells, self.count), form="sparse")


def ends_of(needs: Integers, lags: Floats) -> Ends:
    """Where links end.

    Args:
        needs: need of each link.
        lags: lag of each link, steps.
    """
    whole, need, position, weight = _parts(needs, lags)
    rows = int(need.max(initial=-1)) + 1
    keys, cell = np.unique(whole * rows + need, return_inverse=True)
    return Ends(
        lag=keys // max(rows, 1),
        need=keys % max(rows, 1),
        position=position,
        cell=cell,
        weight=weight,
        count=len(needs),
    )


def _parts(needs: Integers, lags: Floats) -> tuple[Integers, Integers, Integers, Floats]:
    """`standoff.model.transport.split_lag` of many links at once: whole lag, need, position of the link and weight of each part."""
    whole = np.floor(lags + 1e-12).astype(np.int64)
    rest = lags - whole
    split = rest >= 1e-9
    position = np.repeat(np.arange(len(lags)), np.where(split, 2, 1))
    second = np.zeros(len(position), dtype=np.int64)
    second[1:] = position[1:] == position[:-1]
    first_weight = np.where(split, 1.0 - rest, 1.0)
    weight = np.where(second > 0, rest[position], first_weight[position])
    return whole[position] + second, needs[position], position, weight
