"""Who supplies whom, in two shapes: a dense table of regions and products, and a list of links.

The rules of `standoff.model.rulesets` see *nodes* (producers), *needs* (what a buyer keeps a stock of), *groups* (needs that stand in for
each other in production) and *links*. In a table a need is a product of a buyer and its own group. In a list of firms a need is either
one link (grouped by the supplier's product) or all links of one product.

Orders of a step are kept as two factors, ``order of link = base flow x factor of the need x weight of the supplier``, so that sums
over links are products with the constant table and nothing of its size is written. `links` writes it out for rules that must see it.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from standoff.model.share_matrix import LinearMap, RunMinimum, sum_map

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


class Supply(Protocol):
    """What rules may ask of a network of suppliers."""

    nodes: int
    base: Array
    """Base flow by need."""
    base_book: Array
    """Base flow by supplier, (nodes,)."""

    @property
    def supplier(self) -> Index:
        """Supplier of each link, (links,)."""

    @property
    def link_base(self) -> Array:
        """Base flow of each link, (links,)."""

    def at_need(self, values: Array) -> Array:
        """A value of each buyer, for its needs."""

    def at_group(self, values: Array) -> Array:
        """A value of each buyer, for its groups."""

    def book(self, factor: Array, weight: Array) -> Array:
        """Orders in each supplier's book, (nodes,)."""

    def reach(self, weight: Array) -> Array:
        """Base flow into each need, suppliers weighted."""

    def links(self, factor: Array, weight: Array) -> Array:
        """The flow of each link, (links,)."""

    def links_to_needs(self, flow: Array) -> Array:
        """Sum of link flows by need."""

    def links_to_suppliers(self, flow: Array) -> Array:
        """Sum of link flows by supplier, (nodes,)."""

    def group_total(self, values: Array) -> Array:
        """Sum of need values by group."""

    def group_to_needs(self, values: Array, parts: Array) -> Array:
        """Group values spread over the needs of the group in proportion to ``parts``."""

    def smallest(self, values: Array) -> Array:
        """Smallest group value of each buyer, infinite without groups, (nodes,)."""

    def total(self, values: Array) -> Array:
        """Sum of group values by buyer, (nodes,)."""


class TableSupply:
    """A dense table, ``base[p, r, f]`` from product p of region r to node f; node number ``r * products + p``.

    Args:
        flows: flow per step from node (row) to node (column), (nodes, nodes), nodes by region then product.
        products: number of products.
    """

    def __init__(self, flows: Array, products: int) -> None:
        self.nodes = len(flows)
        self.products = products
        self.regions = self.nodes // products
        self.table = np.ascontiguousarray(
            flows.reshape(self.regions, products, self.nodes).transpose(1, 0, 2), dtype=np.float64
        )
        self.base = self.table.sum(axis=1)
        self.base_book = self._to_nodes(self.table.sum(axis=2))

    @property
    def supplier(self) -> Index:
        node = np.arange(self.nodes).reshape(self.regions, self.products).T
        return np.repeat(node.ravel(), self.nodes)

    @property
    def link_base(self) -> Array:
        return self.table.ravel()

    def at_need(self, values: Array) -> Array:
        return values[None, :]

    def at_group(self, values: Array) -> Array:
        return values[None, :]

    def book(self, factor: Array, weight: Array) -> Array:
        return weight * self._to_nodes(np.matmul(self.table, factor[:, :, None])[:, :, 0])

    def reach(self, weight: Array) -> Array:
        flow: Array = np.matmul(self._by_product(weight)[:, None, :], self.table)[:, 0, :]
        return flow

    def links(self, factor: Array, weight: Array) -> Array:
        flow: Array = self.table * self._by_product(weight)[:, :, None] * factor[:, None, :]
        return flow.ravel()

    def links_to_needs(self, flow: Array) -> Array:
        summed: Array = flow.reshape(self.table.shape).sum(axis=1)
        return summed

    def links_to_suppliers(self, flow: Array) -> Array:
        return self._to_nodes(flow.reshape(self.table.shape).sum(axis=2))

    def group_total(self, values: Array) -> Array:
        return values

    def group_to_needs(self, values: Array, parts: Array) -> Array:
        return values

    def smallest(self, values: Array) -> Array:
        least: Array = values.min(axis=0)
        return least

    def total(self, values: Array) -> Array:
        summed: Array = values.sum(axis=0)
        return summed

    def _to_nodes(self, values: Array) -> Array:
        """From (products, regions) to (nodes,)."""
        return np.ascontiguousarray(values.T).reshape(self.nodes)

    def _by_product(self, values: Array) -> Array:
        """From (nodes,) to (products, regions)."""
        return np.ascontiguousarray(values.reshape(self.regions, self.products).T)


class ListSupply:
    """A list of links.

    Args:
        supplier: supplier of each link.
        buyer: buyer of each link.
        flow: base flow of each link per step.
        product: product of each node.
        stock_by_link: whether a buyer keeps a stock of each supplier's goods (grouped by product) or one of each product.
    """

    def __init__(
        self, supplier: Index, buyer: Index, flow: Array, *, product: Index, stock_by_link: bool = True
    ) -> None:
        self.nodes = len(product)
        self.supplier: Index = supplier
        self.link_base: Array = flow
        kinds = int(product.max(initial=0)) + 1
        keys, group = np.unique(buyer * kinds + product[supplier], return_inverse=True)
        self.group_buyer = keys // kinds
        if stock_by_link:
            self.need, self.need_group = np.arange(len(flow)), group
        else:
            self.need, self.need_group = group, np.arange(len(keys))
        self.need_buyer = self.group_buyer[self.need_group]
        needs, groups = len(self.need_group), len(keys)
        self.need_is_group = not stock_by_link
        self._to_book = LinearMap(supplier, self.need, flow, shape=(self.nodes, needs), form="sparse")
        self._to_needs = LinearMap(self.need, supplier, flow, shape=(needs, self.nodes), form="sparse")
        self._link_to_need = sum_map(self.need, needs)
        self._link_to_supplier = sum_map(supplier, self.nodes)
        self._need_to_group = sum_map(self.need_group, groups)
        self._group_to_buyer = sum_map(self.group_buyer, self.nodes)
        self._least = RunMinimum(self.group_buyer, self.nodes)
        self.base = self._link_to_need(flow)
        self.base_book = self._link_to_supplier(flow)

    def at_need(self, values: Array) -> Array:
        taken: Array = values[self.need_buyer]
        return taken

    def at_group(self, values: Array) -> Array:
        taken: Array = values[self.group_buyer]
        return taken

    def book(self, factor: Array, weight: Array) -> Array:
        return weight * self._to_book(factor)

    def reach(self, weight: Array) -> Array:
        return self._to_needs(weight)

    def links(self, factor: Array, weight: Array) -> Array:
        return self.link_base * factor[self.need] * weight[self.supplier]

    def links_to_needs(self, flow: Array) -> Array:
        return self._link_to_need(flow)

    def links_to_suppliers(self, flow: Array) -> Array:
        return self._link_to_supplier(flow)

    def group_total(self, values: Array) -> Array:
        return values if self.need_is_group else self._need_to_group(values)

    def group_to_needs(self, values: Array, parts: Array) -> Array:
        if self.need_is_group:
            return values
        whole = self._need_to_group(parts)
        rate = np.divide(values, whole, out=np.zeros_like(values), where=whole > 0)
        return parts * rate[self.need_group]

    def smallest(self, values: Array) -> Array:
        least: Array = self._least(values, np.inf)
        return least

    def total(self, values: Array) -> Array:
        return self._group_to_buyer(values)


def ratio(top: Any, bottom: Any) -> Any:
    """``top / bottom``, 0 where the bottom is 0."""
    there = bottom != 0
    return np.divide(top, bottom, out=np.zeros(np.broadcast_shapes(np.shape(top), np.shape(bottom))), where=there)
