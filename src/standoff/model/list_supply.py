"""A network of suppliers as a list of links: firms, or a table of which most is empty."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.model.share_matrix import LinearMap, Runs
from standoff.model.supply import Block, Supply, ratio

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

LIST_BLOCK = 1 << 14
"""Needs in a block of a list of links, at least one buyer (measured)."""


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

    def add_orders(self, factor: Array, book: Array) -> Array:
        """Suppliers of these needs have other buyers too: `ListSupply.finish_book` enters all orders at once."""
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
