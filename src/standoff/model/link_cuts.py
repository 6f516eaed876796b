"""Rule *cut*: links between suppliers and buyers that a measure closes, wholly or in part.

A cut takes a share off the base flow of single links, whatever the shape of the network. Rules go on asking the same questions of the
supply (`standoff.model.supply.Supply`) and need not know: orders on a closed link reach nobody, and what a buyer can reach is less.
Where orders follow what can be reached (sourcing ``capacity``) they move to the suppliers that are left, by their capacity; where they
follow usual shares (sourcing ``usual``) they are lost; where they drift (``adaptive``) they are lost less and less. Usual flows,
coefficients and stocks at rest stay those of the uncut network.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.errors import ModelError
from standoff.model.economy import EconomyState
from standoff.model.home import LinksAtHome
from standoff.model.share_matrix import LinearMap
from standoff.model.supply import Block, Supply, ratio
from standoff.model.table_supply import TableSupply

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


ROUNDING = 1e-12
"""Share of a reach under which what is left after a cut is rounding of the subtraction."""


class CutSupply(Supply):
    """A supply with part of some links closed.

    Args:
        supply: the whole network.
        link: closed links, positions in ``supply.link_base``, (closed,).
        supplier: their suppliers, (closed,).
        need: their needs, positions in ``supply.base`` laid flat, (closed,).
        share: share that is closed, (closed,).
    """

    def __init__(self, supply: Supply, *, link: Index, supplier: Index, need: Index, share: Array) -> None:
        self.whole = supply
        self.nodes, self.base, self.base_book = supply.nodes, supply.base, supply.base_book
        self.closed, self.open_share = link, 1.0 - share
        flow = supply.link_base[link] * share
        self.off = LinearMap(need, supplier, flow, shape=(supply.base.size, supply.nodes), form="sparse")

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(CutBlock(self, block) for block in self.whole.blocks)

    @property
    def nbytes(self) -> int:
        return self.whole.nbytes + self.off.nbytes

    @property
    def supplier(self) -> Index:
        return self.whole.supplier

    @property
    def link_base(self) -> Array:
        return self.whole.link_base

    def finish_book(self, factor: Array, book: Array) -> Array:
        flat = factor.reshape(self.base.size, *factor.shape[self.base.ndim :])
        return np.maximum(self.whole.finish_book(factor, book) - self.off.back(flat), 0.0)

    def as_given(self, values: Array) -> Array:
        return self.whole.as_given(values)

    def pick(self, values: Array) -> Array:
        return self.whole.pick(values)

    @property
    def closed_in_part(self) -> bool:
        return True

    def reach_and_usual(self, weight: Array) -> tuple[Array, Array]:
        usual = self.whole.reach(weight)
        return _open_part(usual, self.off(weight)), usual

    def links_at_home(self, place: npt.NDArray[np.integer[Any]]) -> LinksAtHome:
        return self.whole.links_at_home(place)

    def flow_of(self, link: Index) -> Array:
        flow = self.whole.flow_of(link)
        _, here, closed = np.intersect1d(link, self.closed, assume_unique=True, return_indices=True)
        flow[here] *= self.open_share[closed]
        return flow

    def links(self, factor: Array, weight: Array) -> Array:
        flow = self.whole.links(factor, weight)
        flow[self.closed] *= self.open_share.reshape(-1, *(1 for _ in flow.shape[1:]))
        return flow

    def links_to_needs(self, flow: Array) -> Array:
        return self.whole.links_to_needs(flow)

    def links_to_suppliers(self, flow: Array) -> Array:
        return self.whole.links_to_suppliers(flow)


class CutBlock:
    """A block of needs, less what is closed of the flows into them. Books are corrected when they are finished."""

    def __init__(self, supply: CutSupply, block: Block) -> None:
        self.whole, self.needs, self.groups, self.shape = block, block.needs, block.groups, block.shape
        width = supply.base[:1].size
        self.off = supply.off.rows(block.needs.start * width, block.needs.stop * width)

    @property
    def group_base(self) -> Array:
        return self.whole.group_base

    def at_need(self, values: Array) -> Array:
        return self.whole.at_need(values)

    def at_group(self, values: Array) -> Array:
        return self.whole.at_group(values)

    def reach(self, weight: Array) -> Array:
        return _open_part(self.whole.reach(weight), self.off(weight))

    def add_orders(self, factor: Array, book: Array) -> Array:
        return self.whole.add_orders(factor, book)

    def group_total(self, values: Array) -> Array:
        return self.whole.group_total(values)

    def group_to_needs(self, values: Array, parts: Array) -> Array:
        return self.whole.group_to_needs(values, parts)

    def smallest(self, values: Array, least: Array) -> Array:
        return self.whole.smallest(values, least)

    def total(self, values: Array, total: Array) -> Array:
        return self.whole.total(values, total)


def _open_part(whole: Array, closed: Array) -> Array:
    """What is left of the reach of needs; less than rounding is nothing."""
    left: Array = whole - closed.reshape(whole.shape)
    return np.where(left > ROUNDING * whole, left, 0.0)


def split_again(state: EconomyState, before: Supply, after: Supply) -> EconomyState:
    """Orders of the step to come after the open links have changed, where orders follow what can be reached.

    Orders on links that close are stopped. Where links open, outstanding orders are split anew over all that is open: their sum by need
    stays.
    """
    weight = state.supplier_weight
    had, has = before.reach(weight), after.reach(weight)
    kept: Any = after.xp.where(has > had, ratio(had, has, after.xp), 1.0)
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
