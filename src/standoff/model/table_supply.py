"""A network of suppliers as a dense table of regions and products."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.model.home import LinksAtHome
from standoff.model.share_matrix import TableMap
from standoff.model.supply import Block, Supply

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

TABLE_BLOCK, TABLE_BLOCK_BYTES = 25_000, 4_500_000
"""Needs in a block of a table and bytes of its flows, at most, but at least one product (measured on 500 to 5,000 nodes): larger blocks
take fewer calls, and leave the cache between the products of a step."""
DRAWS_BLOCK = 32768
"""Numbers by need and draw in a block (measured on 4,000 nodes and 16 to 64 draws)."""


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
        self.room, self.width = TABLE_BLOCK, max(self.nodes, 1)  # of a block: needs at most, and buyers
        self.table = np.empty((products, self.regions, self.nodes), dtype=storage)
        by_product = flows.reshape(self.regions, products, self.nodes).transpose(1, 0, 2)
        np.divide(by_product, per_step, out=self.table, casting="same_kind")
        self.base = np.empty((products, self.nodes))
        self.base_book = np.zeros(self.nodes)
        for block in self.blocks:
            self.base[block.needs] = block.reach(np.ones(self.nodes))
            self.base_book = block.add_orders(np.ones(block.shape), self.base_book)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        size = min(self.room // self.width, TABLE_BLOCK_BYTES // max(self.table[:1].nbytes, 1))
        size = max(1, size) if self.width >= self.nodes else 1
        return tuple(
            TableBlock(self, slice(product, min(product + size, self.products)), slice(buyer, buyer + self.width))
            for product in range(0, self.products, size)
            for buyer in range(0, self.nodes, self.width)
        )

    def for_draws(self, draws: int) -> TableSupply:
        """The same table in blocks that fit the cache with so many draws: some products, or some buyers of one product."""
        with_draws = copy(self)
        with_draws.__dict__.pop("blocks", None)
        with_draws.room = max(1, min(self.room, DRAWS_BLOCK // draws))
        with_draws.width = min(self.width, with_draws.room)
        return with_draws

    @property
    def nbytes(self) -> int:
        return int(self.table.nbytes)

    def _in_blocks(self, of: Callable[[Block], Array]) -> Array:
        parts = [of(block) for block in self.blocks]
        whole = np.empty(self.base.shape + parts[0].shape[2:], parts[0].dtype)
        for block, part in zip(self.blocks, parts, strict=True):
            whole[block.needs] = part
        return whole

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

    def links_at_home(self, place: npt.NDArray[np.integer[Any]]) -> LinksAtHome:
        found = []
        for product in range(self.products):  # one by one, so that nothing of the size of the table is written
            seller, buyer = np.nonzero(place[product :: self.products, None] == place)
            need = product * self.nodes + buyer
            found.append(
                (need + (product * (self.regions - 1) + seller) * self.nodes, seller * self.products + product, need)
            )
        return LinksAtHome(*(np.concatenate(each) for each in zip(*found, strict=True)))

    def flow_of(self, link: Index) -> Array:
        flow: Array = self.table.reshape(-1)[link].astype(np.float64)
        return flow

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
    """Some products of a table, all their producers, and some buyers or all."""

    def __init__(self, supply: TableSupply, products: slice, buyers: slice) -> None:
        self.products, self.buyers = products, buyers
        self.needs = self.groups = products if supply.width >= supply.nodes else (products, buyers)
        self.flows = TableMap(supply.table[products, :, buyers])
        self.shape = supply.base[self.needs].shape
        self.by_region = (supply.regions, supply.products)
        self.supply = supply

    @cached_property
    def group_base(self) -> Array:
        return self.supply.base[self.needs]

    def at_need(self, values: Array) -> Array:
        return values[None, self.buyers]

    def at_group(self, values: Array) -> Array:
        return values[None, self.buyers]

    def reach(self, weight: Array) -> Array:
        by_region = weight.reshape(*self.by_region, *weight.shape[1:])
        return self.flows.to_buyers(by_region[:, self.products].swapaxes(0, 1))

    def add_orders(self, factor: Array, book: Array) -> Array:
        by_region = book.reshape(*self.by_region, *book.shape[1:])
        by_region[:, self.products] += self.flows.to_producers(factor).swapaxes(0, 1)
        return book

    def group_total(self, values: Array) -> Array:
        return values

    def group_to_needs(self, values: Array, parts: Array) -> Array:
        return values

    def smallest(self, values: Array, least: Array) -> Array:
        here = least[self.buyers]
        lowest = values[0] if len(values) == 1 else np.minimum.reduce(values, axis=0)
        np.minimum(here, lowest, out=here)
        return least

    def total(self, values: Array, total: Array) -> Array:
        total[self.buyers] += values.sum(axis=0)
        return total
