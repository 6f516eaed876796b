"""Lag classes: where a shipment arrives, as pairs of whole lag and need.

Links of one need with the same whole lag share a *cell*, so goods on the way need one number a cell and never a queue a link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.model.share_matrix import LinearMap
from standoff.model.transport import split_lag

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Ends:
    """Where some links end: for each part of a link's lag, the link's position, the cell and the weight."""

    position: Integers
    cell: Integers
    weight: Floats
    count: int

    def to_cells(self, cells: int) -> LinearMap:
        """The map from shipments by link to shipments by cell."""
        return LinearMap(self.cell, self.position, self.weight, shape=(cells, self.count), form="sparse")


@dataclass(frozen=True)
class Cells:
    """All cells of a run, sorted by lag and need."""

    lag: Integers
    need: Integers

    def __len__(self) -> int:
        return len(self.lag)

    @property
    def ring(self) -> int:
        """Length of the ring of goods on the way: one more than the longest whole lag."""
        return int(self.lag.max(initial=0)) + 1


def build_cells(groups: Sequence[tuple[Integers, Floats]]) -> tuple[Cells, list[Ends]]:
    """Cells of several groups of links.

    Args:
        groups: for each group, need and lag in steps of each of its links.

    Returns:
        (the cells of all groups together, where the links of each group end).
    """
    parts = [
        [
            (whole, int(need), position, weight)
            for position, (need, lag) in enumerate(zip(needs, lags, strict=True))
            for whole, weight in split_lag(float(lag))
        ]
        for needs, lags in groups
    ]
    keys = sorted({(whole, need) for part in parts for whole, need, _, _ in part})
    number = {key: index for index, key in enumerate(keys)}
    cells = Cells(
        lag=np.array([key[0] for key in keys], dtype=np.int64), need=np.array([key[1] for key in keys], dtype=np.int64)
    )
    ends = [
        Ends(
            position=np.array([entry[2] for entry in part], dtype=np.int64),
            cell=np.array([number[entry[0], entry[1]] for entry in part], dtype=np.int64),
            weight=np.array([entry[3] for entry in part], dtype=float),
            count=len(groups[index][0]),
        )
        for index, part in enumerate(parts)
    ]
    return cells, ends
