"""Rule *cut*: links between suppliers and buyers that a measure closes, wholly or in part.

A cut takes a share off the base flow of single links, whatever the shape of the network. Rules go on asking the same questions of the
supply (`standoff.model.supply.Supply`) and need not know: orders on a closed link reach nobody, and what a buyer can reach is less.
Where orders follow what can be reached (sourcing ``capacity``) they move to the suppliers that are left, by their capacity; where they
follow usual shares (sourcing ``usual``) they are lost. Usual flows, coefficients and stocks at rest stay those of the uncut network.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.errors import ModelError
from standoff.model.economy import EconomyState
from standoff.model.share_matrix import LinearMap
from standoff.model.supply import Supply, TableSupply, ratio

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


ROUNDING = 1e-12
"""Share of a reach under which what is left after a cut is rounding of the subtraction."""


class CutSupply:
    """A supply with part of some links closed.

    Args:
        supply: the whole network.
        link: closed links, positions in ``supply.link_base``, (closed,).
        supplier: their suppliers, (closed,).
        need: their needs, positions in ``supply.base`` laid flat, (closed,).
        share: share that is closed, (closed,).
    """

    def __init__(self, supply: Supply, *, link: Index, supplier: Index, need: Index, share: Array) -> None:
        needs, flow = supply.base.size, supply.link_base[link] * share
        self.whole = supply
        self.nodes, self.base, self.base_book = supply.nodes, supply.base, supply.base_book
        self.closed, self.open_share = link, 1.0 - share
        self._off_book = LinearMap(supplier, need, flow, shape=(supply.nodes, needs), form="sparse")
        self._off_reach = LinearMap(need, supplier, flow, shape=(needs, supply.nodes), form="sparse")

    @property
    def supplier(self) -> Index:
        return self.whole.supplier

    @property
    def link_base(self) -> Array:
        return self.whole.link_base

    def at_need(self, values: Array) -> Array:
        return self.whole.at_need(values)

    def at_group(self, values: Array) -> Array:
        return self.whole.at_group(values)

    def book(self, factor: Array, weight: Array) -> Array:
        left: Array = self.whole.book(factor, weight) - weight * self._off_book(self._flat(factor))
        return np.maximum(left, 0.0)

    def reach(self, weight: Array) -> Array:
        whole = self.whole.reach(weight)
        left: Array = whole - self._off_reach(weight).reshape(whole.shape)
        return np.where(left > ROUNDING * whole, left, 0.0)

    def links(self, factor: Array, weight: Array) -> Array:
        flow = self.whole.links(factor, weight)
        flow[self.closed] *= self.open_share.reshape(-1, *(1 for _ in flow.shape[1:]))
        return flow

    def links_to_needs(self, flow: Array) -> Array:
        return self.whole.links_to_needs(flow)

    def links_to_suppliers(self, flow: Array) -> Array:
        return self.whole.links_to_suppliers(flow)

    def group_total(self, values: Array) -> Array:
        return self.whole.group_total(values)

    def group_to_needs(self, values: Array, parts: Array) -> Array:
        return self.whole.group_to_needs(values, parts)

    def smallest(self, values: Array) -> Array:
        return self.whole.smallest(values)

    def total(self, values: Array) -> Array:
        return self.whole.total(values)

    def _flat(self, values: Array) -> Array:
        """Values by need laid flat along the first axis; draws stay last."""
        return values.reshape(self.base.size, *values.shape[self.base.ndim :])


def split_again(state: EconomyState, before: Supply, after: Supply) -> EconomyState:
    """Orders of the step to come after the open links have changed, where orders follow what can be reached.

    Orders on links that close are stopped. Where links open, outstanding orders are split anew over all that is open: their sum by need
    stays.
    """
    weight = state.supplier_weight
    had, has = before.reach(weight), after.reach(weight)
    kept: Any = np.where(has > had, ratio(had, has), 1.0)
    return state._replace(order_factor=state.order_factor * kept)


def cut_table(supply: Supply, open_share: Array) -> CutSupply:
    """A table with links closed by product, region of the seller and region of the buyer.

    Args:
        supply: the whole table.
        open_share: share of flows that stays open, (products, regions, regions).

    Raises:
        ModelError: the supply is no table of regions and products.
    """
    if not isinstance(supply, TableSupply):
        raise ModelError("links can be closed by product and region in a dense table only")
    products, regions, nodes = supply.products, supply.regions, supply.nodes
    product, seller, buyer = np.nonzero(open_share < 1.0)
    sectors = np.arange(products)
    node = buyer[:, None] * products + sectors
    link = ((product * regions + seller) * nodes)[:, None] + node
    share = np.broadcast_to((1.0 - open_share[product, seller, buyer])[:, None], link.shape)
    used = supply.link_base[link] > 0
    return CutSupply(
        supply,
        link=link[used],
        supplier=np.broadcast_to((seller * products + product)[:, None], link.shape)[used],
        need=(product[:, None] * nodes + node)[used],
        share=share[used],
    )
