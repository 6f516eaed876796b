"""What an economy's losses of output are due to, by region of the loser, and by region and sector of the supplier of what was missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.model.supply import Supply
from standoff.results.attribution.economy import EconomyLosses

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DueTo:
    """Parts of what producers made less than usual, whole run, money of the table's unit; what others made more is not taken off.

    Attributes:
        by_region: of the loser, by `standoff.results.attribution.economy.KINDS`, (regions, kinds).
        supplier_region: of the goods that were missing, by ``OF_LINKS``, (regions, kinds of links).
        supplier_sector: likewise, (sectors, kinds of links).
    """

    by_region: Array
    supplier_region: Array
    supplier_sector: Array


def due_to(losses: EconomyLosses, supply: Supply, *, regions: int) -> DueTo:
    """Sums of losses by place.

    Args:
        losses: of a run.
        supply: its network, producers by region, then sector.
        regions: how many.
    """
    sectors = supply.nodes // regions
    by_node = losses.parts.sum(axis=0)
    by_supplier = np.stack([np.bincount(supply.supplier, flow, supply.nodes) for flow in losses.by_link], axis=1)
    placed = by_supplier.reshape(regions, sectors, -1)
    return DueTo(by_node.reshape(regions, sectors, -1).sum(axis=1), placed.sum(axis=1), placed.sum(axis=0))
