"""Who supplies whom: what a step and its rules may ask of a network, whatever its shape.

There are two shapes: a dense table of regions and products (`standoff.model.table_supply`) and a list of links
(`standoff.model.list_supply`).

The rules of `standoff.model.rulesets` see *nodes* (producers), *needs* (what a buyer keeps a stock of), *groups* (needs that stand in for
each other in production) and *links*. In a table a need is a product of a buyer and its own group. In a list of firms a need is either
one link (grouped by the supplier's product) or all links of one product.

Orders of a step are kept as two factors, ``order of link = base flow x factor of the need x weight of the supplier``, so that sums
over links are products with the constant table and nothing of its size is written. `links` writes it out for rules that must see it.

Needs come in *blocks* small enough for the cache. A step goes through the blocks once, and does there all that it has to do with a need
and with its part of the table, so that the table is read from memory once a step although it enters three products.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


class Block(Protocol):
    """Some needs, with all that concerns them. Arrays by need and by group are those of the block alone."""

    needs: slice
    """Place of the needs along the first axis of arrays by need."""
    groups: slice
    """Place of the groups along the first axis of arrays by group."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of an array by need of the block."""

    @property
    def group_base(self) -> Array:
        """Base flow by group."""

    def at_need(self, values: Array) -> Array:
        """A value of each buyer, for its needs."""

    def at_group(self, values: Array) -> Array:
        """A value of each buyer, for its groups."""

    def reach(self, weight: Array) -> Array:
        """Base flow into each need, suppliers weighted."""

    def add_orders(self, factor: Array, book: Array) -> None:
        """Enter the orders of these needs in the books, if all orders of their suppliers are among them."""

    def group_total(self, values: Array) -> Array:
        """Sum of need values by group."""

    def group_to_needs(self, values: Array, parts: Array) -> Array:
        """Group values spread over the needs of the group in proportion to ``parts``."""

    def smallest(self, values: Array, least: Array) -> None:
        """Lower ``least``, (nodes,), to the smallest group value of each buyer."""

    def total(self, values: Array, total: Array) -> None:
        """Add the group values of each buyer to ``total``, (nodes,)."""


class Supply(ABC):
    """What a step and its rules may ask of a network of suppliers. A shape says what a block does and what a link is."""

    nodes: int
    base: Array
    """Base flow by need."""
    base_book: Array
    """Base flow by supplier, (nodes,)."""

    @property
    @abstractmethod
    def blocks(self) -> tuple[Block, ...]:
        """All needs, block by block."""

    @property
    @abstractmethod
    def nbytes(self) -> int:
        """Bytes that one product with the network has to read."""

    @abstractmethod
    def finish_book(self, factor: Array, book: Array) -> Array:
        """The books before weights, (nodes, ...), once every block has added its orders."""

    def arrivals(self, weight: Array, factor: Array, into: Array) -> Array | None:
        """What arrives at every need, orders ``factor`` served by the shares ``weight``, where it is faster to ask for all of it at once.

        Args:
            weight: by supplier, (nodes, ...).
            factor: of the orders, by need.
            into: where to write it; may be ``factor``.

        Returns:
            ``into``, or None where blocks are to be asked one by one.
        """
        return None

    @abstractmethod
    def as_given(self, values: Array) -> Array:
        """Values by need in the order in which the network was given."""

    @abstractmethod
    def pick(self, values: Array) -> Array:
        """Values by product and buyer, (products, nodes), for the needs."""

    @property
    @abstractmethod
    def supplier(self) -> Index:
        """Supplier of each link, (links,)."""

    @property
    @abstractmethod
    def link_base(self) -> Array:
        """Base flow of each link, (links,)."""

    @abstractmethod
    def links(self, factor: Array, weight: Array) -> Array:
        """The flow of each link, (links,)."""

    @abstractmethod
    def links_to_needs(self, flow: Array) -> Array:
        """Sum of link flows by need."""

    @abstractmethod
    def links_to_suppliers(self, flow: Array) -> Array:
        """Sum of link flows by supplier, (nodes,)."""

    def book(self, factor: Array, weight: Array) -> Array:
        """Orders in each supplier's book, (nodes, ...)."""
        book = np.zeros((self.nodes, *factor.shape[self.base.ndim :]))
        for block in self.blocks:
            block.add_orders(factor[block.needs], book)
        return weight * self.finish_book(factor, book)

    def reach(self, weight: Array) -> Array:
        """Base flow into each need, suppliers weighted."""
        return self._in_blocks(lambda block: block.reach(weight))

    def at_need(self, values: Array) -> Array:
        """A value of each buyer, for its needs."""
        return self._in_blocks(lambda block: np.broadcast_to(block.at_need(values), block.shape + values.shape[1:]))

    def at_group(self, values: Array) -> Array:
        """A value of each buyer, for its groups."""
        return self._in_blocks(
            lambda block: np.broadcast_to(block.at_group(values), block.group_base.shape + values.shape[1:])
        )

    def group_total(self, values: Array) -> Array:
        """Sum of need values by group."""
        return self._in_blocks(lambda block: block.group_total(values[block.needs]))

    def group_to_needs(self, values: Array, parts: Array) -> Array:
        """Group values spread over the needs of the group in proportion to ``parts``."""
        return self._in_blocks(lambda block: block.group_to_needs(values[block.groups], parts[block.needs]))

    def smallest(self, values: Array) -> Array:
        """Smallest group value of each buyer, infinite without groups, (nodes, ...)."""
        least = np.full((self.nodes, *values.shape[self.base.ndim :]), np.inf)
        for block in self.blocks:
            block.smallest(values[block.groups], least)
        return least

    def total(self, values: Array) -> Array:
        """Sum of group values by buyer, (nodes, ...)."""
        total = np.zeros((self.nodes, *values.shape[self.base.ndim :]))
        for block in self.blocks:
            block.total(values[block.groups], total)
        return total

    @property
    def inputs(self) -> Array:
        """Base flow of all inputs of each buyer, (nodes,)."""
        total = np.zeros(self.nodes)
        for block in self.blocks:
            block.total(block.group_base, total)
        return total

    def _in_blocks(self, of: Callable[[Block], Array]) -> Array:
        return np.concatenate([of(block) for block in self.blocks]) if self.blocks else np.zeros_like(self.base)


def ratio(top: Any, bottom: Any) -> Any:
    """``top / bottom``, 0 where the bottom is 0."""
    return np.divide(top, bottom, out=np.zeros(np.broadcast(top, bottom).shape), where=bottom != 0)
