"""Who is at home: flows whose seller and buyer are in one place, and the final demand of the seller's place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Homes:
    """Where the nodes of an economy are."""

    place: npt.NDArray[np.integer[Any]]
    """Number of the place of each node, (nodes,)."""
    final_share: Array
    """Share of usual final demand that is in the place of its seller, (nodes,)."""


class LinksAtHome(NamedTuple):
    """Links within a place, (links,) each."""

    link: Index
    """Position among all links of the network."""
    supplier: Index
    need: Index
    """Position in an array by need laid flat."""


class HomeFlows:
    """Sums over the base flows within places, of which a table of n producers in r regions has n² / r and a need mostly one.

    Args:
        to_needs: values by supplier to sums by need laid flat.
        to_suppliers: values by need laid flat to sums by supplier.
        shape: of an array by need.
    """

    def __init__(
        self, to_needs: Callable[[Any], Any], to_suppliers: Callable[[Any], Any], *, shape: tuple[int, ...]
    ) -> None:
        self.to_needs, self.to_suppliers, self.shape = to_needs, to_suppliers, shape
        self.size = int(np.prod(shape))

    def reach(self, weight: Any) -> Any:
        """Base flow into each need from its own place, suppliers weighted."""
        return self.to_needs(weight).reshape(*self.shape, *weight.shape[1:])

    def orders(self, factor: Any) -> Any:
        """Orders from each supplier's own place before weights, (nodes, ...), of ``factor`` by need."""
        return self.to_suppliers(factor.reshape(self.size, *factor.shape[len(self.shape) :]))
