"""A network of suppliers as a list of links: firms, or a table of which most is empty."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.model.home import LinksAtHome
from standoff.model.share_matrix import LinearMap, LinkMap, Runs
from standoff.model.supply import Supply, ratio

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

LIST_BLOCK = 1 << 14
"""Needs in a block of a list of links, at least one buyer (measured)."""

NODES_CACHED = 1 << 17
"""Nodes of which an array stays in the cache beside a block; with more, all links are gone through at once (measured)."""


class ListSupply(Supply):
    """A list of links.

    Needs are sorted by buyer and product, so that all needs and groups of a buyer stand side by side; ``as_given`` undoes it. Of links the
    first one of every need comes first, in their order, and then the others by need: in a network of firms few needs have any.

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
        self.need_is_group = not stock_by_link
        self.cached = self.nodes <= NODES_CACHED
        """Whether links are gone through block by block."""
        order, begins, self.groups_of_node = _sorted(supplier, buyer, self.product)
        lengths = np.diff(np.flatnonzero(np.append(begins, True)).astype(np.int32))
        if stock_by_link:
            self.need_lengths: Any = lengths
            rows, starts = lengths[:0], np.zeros(1, dtype=np.int32)
        else:
            order = np.concatenate([order[begins], order[~begins]])
            rows = np.flatnonzero(lengths > 1).astype(np.int32)
            starts = np.append(0, np.cumsum(lengths[rows] - 1)).astype(np.int32)
        self._order = order if stock_by_link else None
        del begins, lengths
        sellers: Any = supplier.astype(np.int32)[order]
        self._link_base: Array = np.asarray(flow, dtype=np.float64)[order]
        del order
        self._supplier, needs = sellers, len(flow) - int(starts[-1])
        rest = LinearMap.from_rows(starts, sellers[needs:], self._link_base[needs:], columns_count=self.nodes)
        self._flows = LinkMap(sellers[:needs], self._link_base[:needs], rows=rows, rest=rest)
        self.base = self._link_base if stock_by_link else self._flows.totals(self._link_base)
        self.base_book = np.zeros(self.nodes)
        for block in self.blocks:
            block.flows.add_back(np.ones(block.shape), self.base_book)

    @cached_property
    def blocks(self) -> tuple[ListBlock, ...]:
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
        if not self.cached:
            for block in self.blocks:
                block.flows.add_back(factor[block.needs], book)
        return book

    def arrivals(self, weight: Array, factor: Array, into: Array) -> Array | None:
        if self.cached:
            return None
        for block in self.blocks:
            np.multiply(block.reach(weight), factor[block.needs], out=into[block.needs])
        return into

    def as_given(self, values: Array) -> Array:
        if self._order is None:
            return values
        given = np.empty_like(values)
        given[self._order] = values
        return given

    def pick(self, values: Array) -> Array:
        buyer = np.repeat(np.arange(self.nodes), self.groups_of_node)
        picked: Array = values[self.product[self._flows.columns], buyer]
        return picked

    @property
    def link_base(self) -> Array:
        return self._link_base

    @property
    def supplier(self) -> Index:
        sellers: Index = self._supplier
        return sellers

    @property
    def need(self) -> Index:
        """Need of each link, (links,)."""
        needs: Index = self._flows.spread(np.arange(len(self.base)))
        return needs

    @property
    def buyer_of_need(self) -> Index:
        """Who keeps each need, (needs,)."""
        buyers: Index = np.repeat(np.arange(self.nodes), self.groups_of_node)
        return buyers if self.need_is_group else np.repeat(buyers, self.need_lengths)

    def links_at_home(self, place: npt.NDArray[np.integer[Any]]) -> LinksAtHome:
        need = self.need
        link = np.flatnonzero(place[self._supplier] == place[self.buyer_of_need[need]])
        return LinksAtHome(link, self._supplier[link], need[link])

    def flow_of(self, link: Index) -> Array:
        return self._link_base[link]

    def links(self, factor: Array, weight: Array) -> Array:
        flow: Array = self._link_base * self._flows.spread(factor) * weight[self._supplier]
        return flow

    def links_to_needs(self, flow: Array) -> Array:
        return self._flows.totals(flow)

    def links_to_suppliers(self, flow: Array) -> Array:
        summed: Any = np.bincount(self._supplier, flow, self.nodes)
        return np.asarray(summed, dtype=np.float64)


class ListBlock:
    """Some buyers, with all their groups and needs."""

    def __init__(self, supply: ListSupply, *, buyers: slice, groups: slice, needs: slice) -> None:
        self.buyers, self.groups, self.needs = buyers, groups, needs
        self.shape = (needs.stop - needs.start,)
        self.cached = supply.cached
        self.flows = supply._flows.part(needs.start, needs.stop)
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

    def add_orders(self, factor: Array, book: Array) -> Array:
        if self.cached:
            self.flows.add_back(factor, book)
        return book

    def group_total(self, values: Array) -> Array:
        return values if self.group_needs is None else self.group_needs.total(values)

    def group_to_needs(self, values: Array, parts: Array) -> Array:
        if self.group_needs is None:
            return values
        return parts * self.group_needs.spread(ratio(values, self.group_needs.total(parts)))

    def smallest(self, values: Array, least: Array) -> Array:
        mine = least[self.buyers]
        np.minimum(mine, self.buyer_groups.smallest(values), out=mine)
        return least

    def total(self, values: Array, total: Array) -> Array:
        total[self.buyers] += self.buyer_groups.total(values)
        return total


def _sorted(
    supplier: npt.NDArray[np.integer[Any]], buyer: npt.NDArray[np.integer[Any]], product: npt.NDArray[np.int32]
) -> tuple[Any, Any, Any]:
    """Links by buyer and product.

    Returns:
        (order; which of the ordered links are the first of their buyer and product, (links,); products that each node buys, (nodes,)).
    """
    nodes, kinds = len(product), int(product.max(initial=0)) + 1
    key: Any = buyer.astype(np.int32 if nodes * kinds < np.iinfo(np.int32).max else np.int64)
    key *= kinds
    key += product[supplier]
    order = np.argsort(key, kind="stable")
    key = key[order]
    begins = np.ones(len(key), dtype=bool)
    np.not_equal(key[1:], key[:-1], out=begins[1:])
    edges = np.searchsorted(key[begins], np.arange(nodes + 1, dtype=key.dtype) * kinds)
    return order, begins, np.diff(edges).astype(np.int32)
