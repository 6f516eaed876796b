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

from standoff.model.arrays import truth
from standoff.model.home import HomeFlows, LinksAtHome
from standoff.model.share_matrix import LinearMap

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


class Block(Protocol):
    """Some needs, with all that concerns them. Arrays by need and by group are those of the block alone."""

    needs: Any
    """Place of the needs in arrays by need: a slice of the first axis, or of the first two."""
    groups: Any
    """Place of the groups in arrays by group, likewise."""

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

    def add_orders(self, factor: Array, book: Array) -> Array:
        """The books with the orders of these needs, if all orders of their suppliers are among them; the same array where it can be."""

    def group_total(self, values: Array) -> Array:
        """Sum of need values by group."""

    def group_to_needs(self, values: Array, parts: Array) -> Array:
        """Group values spread over the needs of the group in proportion to ``parts``."""

    def smallest(self, values: Array, least: Array) -> Array:
        """``least``, (nodes,), lowered to the smallest group value of each buyer; the same array where it can be."""

    def total(self, values: Array, total: Array) -> Array:
        """``total``, (nodes,), with the group values of each buyer added; the same array where it can be."""


class Supply(ABC):
    """What a step and its rules may ask of a network of suppliers. A shape says what a block does and what a link is."""

    xp: Any = np
    """Array namespace of the flows, which the rules run over too."""
    loops: bool = False
    """Whether a step goes through the needs by `through_blocks`, in a loop of the library's own."""
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
    def links_at_home(self, place: npt.NDArray[np.integer[Any]]) -> LinksAtHome:
        """Links within a place; ``place`` is a number of each node, (nodes,)."""

    @abstractmethod
    def flow_of(self, link: Index) -> Array:
        """Base flow of some links, less what is closed of it, (links,)."""

    def home_flows(self, place: npt.NDArray[np.integer[Any]]) -> HomeFlows:
        """Base flows within a place, less what is closed of them; ``place`` is a number of each node, (nodes,)."""
        link, supplier, need = self.links_at_home(place)
        within = LinearMap(need, supplier, self.flow_of(link), shape=(self.base.size, self.nodes), form="sparse")
        return HomeFlows(within, within.back, shape=self.base.shape)

    @abstractmethod
    def links(self, factor: Array, weight: Array) -> Array:
        """The flow of each link, (links,)."""

    @abstractmethod
    def links_to_needs(self, flow: Array) -> Array:
        """Sum of link flows by need."""

    @abstractmethod
    def links_to_suppliers(self, flow: Array) -> Array:
        """Sum of link flows by supplier, (nodes,)."""

    def through_blocks(self, one: Callable[..., Any], start: Any) -> tuple[Any, Any]:
        """Go through blocks that are all alike in a loop of the library's own: (what is known in the end, arrays by need).

        Args:
            one: from place, block and what is known so far to what is known then and arrays by need of the block.
            start: what is known at the start.
        """
        raise NotImplementedError

    def for_draws(self, draws: int) -> Supply:
        """The same network, in blocks that fit the cache with so many draws."""
        return self

    def book(self, factor: Array, weight: Array) -> Array:
        """Orders in each supplier's book, (nodes, ...)."""
        book = self.xp.zeros((self.nodes, *factor.shape[self.base.ndim :]))
        for block in self.blocks:
            book = block.add_orders(factor[block.needs], book)
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
            least = block.smallest(values[block.groups], least)
        return least

    def total(self, values: Array) -> Array:
        """Sum of group values by buyer, (nodes, ...)."""
        total = np.zeros((self.nodes, *values.shape[self.base.ndim :]))
        for block in self.blocks:
            total = block.total(values[block.groups], total)
        return total

    @property
    def inputs(self) -> Array:
        """Base flow of all inputs of each buyer, (nodes,)."""
        total: Array = self.xp.zeros(self.nodes)
        for block in self.blocks:
            total = block.total(block.group_base, total)
        return total

    @property
    def closed_in_part(self) -> bool:
        """Whether some links are closed."""
        return False

    def reach_and_usual(self, weight: Array) -> tuple[Array, Array]:
        """Base flow into each need, suppliers weighted, and the same with all links open."""
        reach = self.reach(weight)
        return reach, reach

    def _in_blocks(self, of: Callable[[Block], Array]) -> Array:
        return self.xp.concatenate([of(block) for block in self.blocks]) if self.blocks else np.zeros_like(self.base)


def ratio(top: Any, bottom: Any, xp: Any = np) -> Any:
    """``top / bottom``, 0 where the bottom is 0."""
    if truth(bottom.all()) is True:
        return top / bottom  # a condition makes a division take four times as long
    return xp.divide(top, bottom, out=xp.zeros(xp.broadcast(top, bottom).shape), where=bottom != 0)
