"""Lag classes: where a shipment arrives, as pairs of whole lag and need.

Links of one need with the same whole lag share a *cell*, so goods on the way need one number a cell and never a queue a link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.model.share_matrix import LinearMap

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
    parts = [_parts(needs, lags) for needs, lags in groups]
    whole, need = (np.concatenate([part[column] for part in parts]) for column in (0, 1))
    rows = int(need.max(initial=-1)) + 1
    keys, cell = np.unique(whole * rows + need, return_inverse=True)
    cells = Cells(lag=keys // max(rows, 1), need=keys % max(rows, 1))
    begin = np.cumsum([0, *(len(part[0]) for part in parts)])
    ends = [
        Ends(position=position, cell=cell[start : start + len(position)], weight=weight, count=len(group[0]))
        for group, start, (_, _, position, weight) in zip(groups, begin, parts, strict=False)
    ]
    return cells, ends


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
