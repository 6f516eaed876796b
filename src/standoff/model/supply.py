"""Who supplies whom, in two shapes: a dense table of regions and products, and a list of links.

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
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from standoff.model.share_matrix import LinearMap, Runs, TableMap

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

TABLE_BLOCK = 1 << 13
"""Needs in a block of a table, at least one product (measured)."""
LIST_BLOCK = 1 << 14
"""Needs in a block of a list of links, at least one buyer (measured)."""


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


class TableSupply(Supply):
    """A dense table, ``base[p, r, f]`` from product p of region r to node f; node number ``r * products + p``.

    Args:
        flows: flow from node (row) to node (column), (nodes, nodes), nodes by region then product.
        products: number of products.
        per_step: steps over which the flows are spread, 365 for a yearly table and daily steps.
        storage: float64, or float32 for half the bytes (see `TableMap`).
    """

    def __init__(
        self, flows: Array, products: int, *, per_step: float = 1.0, storage: npt.DTypeLike = np.float64
    ) -> None:
        self.nodes = len(flows)
        self.products = products
        self.regions = self.nodes // products
        self.table = np.empty((products, self.regions, self.nodes), dtype=storage)
        by_product = flows.reshape(self.regions, products, self.nodes).transpose(1, 0, 2)
        np.divide(by_product, per_step, out=self.table, casting="same_kind")
        self.base = np.empty((products, self.nodes))
        self.base_book = np.zeros(self.nodes)
        for block in self.blocks:
            self.base[block.needs] = block.reach(np.ones(self.nodes))
            block.add_orders(np.ones(block.shape), self.base_book)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        size = max(1, TABLE_BLOCK // max(self.nodes, 1))
        return tuple(TableBlock(self, slice(at, min(at + size, self.products))) for at in range(0, self.products, size))

    @property
    def nbytes(self) -> int:
        return int(self.table.nbytes)

    def finish_book(self, factor: Array, book: Array) -> Array:
        return book

    def as_given(self, values: Array) -> Array:
        return values

    def pick(self, values: Array) -> Array:
        return values

    @property
    def supplier(self) -> Index:
        node = np.arange(self.nodes).reshape(self.regions, self.products).T
        return np.repeat(node.ravel(), self.nodes)

    @property
    def link_base(self) -> Array:
        flow: Array = self.table.astype(np.float64, copy=False).ravel()
        return flow

    def links(self, factor: Array, weight: Array) -> Array:
        by_product = weight.reshape(self.regions, self.products).T
        flow: Array = self.table * by_product[:, :, None] * factor[:, None, :]
        return flow.ravel()

    def links_to_needs(self, flow: Array) -> Array:
        summed: Array = flow.reshape(self.table.shape).sum(axis=1)
        return summed

    def links_to_suppliers(self, flow: Array) -> Array:
        by_product = flow.reshape(self.table.shape).sum(axis=2)
        return np.ascontiguousarray(by_product.T).reshape(self.nodes)


class TableBlock:
    """Some products of a table, and all their producers."""

    def __init__(self, supply: TableSupply, needs: slice) -> None:
        self.needs = self.groups = needs
        self.flows = TableMap(supply.table[needs])
        self.shape = (needs.stop - needs.start, supply.nodes)
        self.by_region = (supply.regions, supply.products)
        self.supply = supply

    @cached_property
    def group_base(self) -> Array:
        return self.supply.base[self.needs]

    def at_need(self, values: Array) -> Array:
        return values[None]

    def at_group(self, values: Array) -> Array:
        return values[None]

    def reach(self, weight: Array) -> Array:
        by_region = weight.reshape(*self.by_region, *weight.shape[1:])
        return self.flows.to_buyers(by_region[:, self.needs].swapaxes(0, 1))

    def add_orders(self, factor: Array, book: Array) -> None:
        by_region = book.reshape(*self.by_region, *book.shape[1:])
        by_region[:, self.needs] += self.flows.to_producers(factor).swapaxes(0, 1)

    def group_total(self, values: Array) -> Array:
        return values

    def group_to_needs(self, values: Array, parts: Array) -> Array:
        return values

    def smallest(self, values: Array, least: Array) -> None:
        np.minimum(least, np.minimum.reduce(values, axis=0), out=least)

    def total(self, values: Array, total: Array) -> None:
        total += values.sum(axis=0)


class ListSupply(Supply):
    """A list of links.

    Links are sorted by buyer and product, so that all needs and groups of a buyer stand side by side; ``as_given`` undoes it.

    Args:
        supplier: supplier of each link.
        buyer: buyer of each link.
        flow: base flow of each link per step.
        product: product of each node.
        stock_by_link: whether a buyer keeps a stock of each supplier's goods (grouped by product) or one of each product.
    """

    def __init__(
        self,
        supplier: npt.NDArray[np.integer[Any]],
        buyer: npt.NDArray[np.integer[Any]],
        flow: Array,
        *,
        product: npt.NDArray[np.integer[Any]],
        stock_by_link: bool = True,
    ) -> None:
        self.nodes, self.product = len(product), product.astype(np.int32)
        kinds = int(product.max(initial=0)) + 1
        key = buyer.astype(np.int64) * kinds
        key += product[supplier]
        order = np.argsort(key, kind="stable")
        key = key[order]
        self._order = order if stock_by_link else None
        sellers: Any = supplier.astype(np.int32)[order]
        self._link_base: Array = np.asarray(flow, dtype=np.float64)[order]
        del order
        starts = np.append(np.flatnonzero(np.diff(key, prepend=-1)), len(flow)).astype(np.int32)
        self.groups_of_node = np.bincount(key[starts[:-1]] // kinds, minlength=self.nodes).astype(np.int32)
        del key
        self.need_is_group = not stock_by_link
        self.base = self._link_base
        if stock_by_link:
            self.need_lengths: Any = np.diff(starts)
            starts = np.arange(len(flow) + 1, dtype=np.int32)
        elif len(flow):
            self.base = np.add.reduceat(self._link_base, starts[:-1])
        self._flows = LinearMap.from_rows(starts, sellers, self._link_base, columns_count=self.nodes)
        self.base_book = self._flows.back(np.ones(len(self.base)))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        groups: Any = np.concatenate([[0], np.cumsum(self.groups_of_node)])
        needs = groups
        if not self.need_is_group:
            needs = np.concatenate([[0], np.cumsum(self.need_lengths)])[groups]
        wanted = np.arange(0, needs[-1] + LIST_BLOCK, LIST_BLOCK)
        edges = np.unique(np.append(np.minimum(np.searchsorted(needs, wanted), self.nodes), self.nodes))
        return tuple(
            ListBlock(self, buyers=slice(i, j), groups=slice(groups[i], groups[j]), needs=slice(needs[i], needs[j]))
            for i, j in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
        )

    @property
    def nbytes(self) -> int:
        return self._flows.nbytes

    def finish_book(self, factor: Array, book: Array) -> Array:
        return self._flows.back(factor)

    def as_given(self, values: Array) -> Array:
        if self._order is None:
            return values
        given = np.empty_like(values)
        given[self._order] = values
        return given

    def pick(self, values: Array) -> Array:
        buyer = np.repeat(np.arange(self.nodes), self.groups_of_node)
        first = self.supplier[self._flows.matrix.indptr[:-1]]
        picked: Array = values[self.product[first], buyer]
        return picked

    @property
    def link_base(self) -> Array:
        return self._link_base

    @property
    def supplier(self) -> Index:
        sellers: Index = self._flows.matrix.indices
        return sellers

    @property
    def need(self) -> Index:
        """Need of each link, (links,)."""
        needs: Any = np.repeat(np.arange(len(self.base)), self._links_of_needs.lengths)
        return np.asarray(needs)

    def links(self, factor: Array, weight: Array) -> Array:
        return self._link_base * self._links_of_needs.spread(factor) * weight[self.supplier]

    def links_to_needs(self, flow: Array) -> Array:
        return self._links_of_needs.total(flow)

    def links_to_suppliers(self, flow: Array) -> Array:
        summed: Any = np.bincount(self.supplier, flow, self.nodes)
        return np.asarray(summed, dtype=np.float64)

    @cached_property
    def _links_of_needs(self) -> Runs:
        return Runs(np.diff(self._flows.matrix.indptr))


class ListBlock:
    """Some buyers, with all their groups and needs."""

    def __init__(self, supply: ListSupply, *, buyers: slice, groups: slice, needs: slice) -> None:
        self.buyers, self.groups, self.needs = buyers, groups, needs
        self.shape = (needs.stop - needs.start,)
        self.flows = supply._flows.rows(needs.start, needs.stop)
        self.buyer_groups = Runs(supply.groups_of_node[buyers])
        self.group_needs = None if supply.need_is_group else Runs(supply.need_lengths[groups])
        self.buyer_needs = self.buyer_groups
        self.group_base = supply.base[needs]
        if self.group_needs is not None:
            self.buyer_needs = Runs(self.buyer_groups.total(self.group_needs.lengths.astype(float)).astype(np.int64))
            self.group_base = self.group_needs.total(self.group_base)

    def at_need(self, values: Array) -> Array:
        return self.buyer_needs.spread(values[self.buyers])

    def at_group(self, values: Array) -> Array:
        return self.buyer_groups.spread(values[self.buyers])

    def reach(self, weight: Array) -> Array:
        return self.flows(weight)

    def add_orders(self, factor: Array, book: Array) -> None:
        """Suppliers of these needs have other buyers too: `ListSupply.finish_book` enters all orders at once."""

    def group_total(self, values: Array) -> Array:
        return values if self.group_needs is None else self.group_needs.total(values)

    def group_to_needs(self, values: Array, parts: Array) -> Array:
        if self.group_needs is None:
            return values
        return parts * self.group_needs.spread(ratio(values, self.group_needs.total(parts)))

    def smallest(self, values: Array, least: Array) -> None:
        mine = least[self.buyers]
        np.minimum(mine, self.buyer_groups.smallest(values), out=mine)

    def total(self, values: Array, total: Array) -> None:
        total[self.buyers] += self.buyer_groups.total(values)


def ratio(top: Any, bottom: Any) -> Any:
    """``top / bottom``, 0 where the bottom is 0."""
    return np.divide(top, bottom, out=np.zeros(np.broadcast(top, bottom).shape), where=bottom != 0)
