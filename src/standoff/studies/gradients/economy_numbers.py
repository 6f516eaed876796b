"""Numbers of a run of an economy that can be changed: what they are called, and where links and stocks stand in a network.

Of most kinds there are as many as products or producers. Of links and stocks of a table there may be millions: these two kinds are
*wide*, and only those that are asked for get a name.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.model.economy import RuleNumbers
from standoff.model.link_cuts import CutSupply
from standoff.model.list_supply import ListSupply
from standoff.model.supply import Supply
from standoff.model.table_supply import TableSupply

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

PARAMETERS = tuple(each.name for each in fields(RuleNumbers) if each.name != "peer_compatible")
FACTORS = ("cover", "restock", "capacity", "shock", "link", "stock")
"""Numbers that are factors on something, 1 as stated."""
WIDE = ("link", "stock")
"""Of these there are as many as links and as stocks. Where they are left out they are all 1."""


@dataclass(frozen=True)
class EconomyNumber:
    """One number of a run.

    Attributes:
        name: ``parameter:NAME``, ``cover:PRODUCT``, ``restock:PRODUCT``, ``capacity:PRODUCER``, ``shock:EVENT``,
            ``link:SELLER > BUYER`` or ``stock:WHAT > HOLDER``.
        value: stated; 1 for factors and for what a link lets through.
        unit: of the number.
        field: which of the changes of `standoff.studies.gradients.economy_case.EconomyCase.stated` it belongs to.
        place: in it.
    """

    name: str
    value: float
    unit: str
    field: str
    place: int


def links_of(supply: Supply) -> int:
    """How many links have a number: all cells of a table, all links of a list."""
    return int(supply.table.size) if isinstance(supply, TableSupply) else len(supply.link_base)


def link_ends(supply: Any, links: Any) -> tuple[Index, Index, Index]:
    """(supplier, need, buyer) of links by their place; needs are places in arrays by need laid flat."""
    if isinstance(supply, TableSupply):
        product, region, buyer = np.unravel_index(links, supply.table.shape)
        return region * supply.products + product, product * supply.nodes + buyer, buyer
    need = supply.need[links]
    return supply.supplier[links], need, need_buyer(supply)[need]


def need_buyer(supply: Any) -> Index:
    """Who holds each need, needs laid flat."""
    if isinstance(supply, TableSupply):
        return np.tile(np.arange(supply.nodes), supply.products)
    group = np.repeat(np.arange(supply.nodes), supply.groups_of_node)
    return group if supply.need_is_group else np.repeat(group, supply.need_lengths)


def cut_links(supply: Supply, links: Index, share: Array) -> CutSupply:
    """A network with a share of some links closed, beside those that are closed already.

    Args:
        supply: a table or a list, or one with links closed.
        links: places, each once.
        share: of each that is closed.
    """
    whole, closed, left = supply, links, 1.0 - share
    if isinstance(supply, CutSupply):
        whole, closed = supply.whole, np.union1d(supply.closed, links)
        left = np.ones(len(closed))
        left[np.searchsorted(closed, supply.closed)] = supply.open_share
        left[np.searchsorted(closed, links)] *= 1.0 - share
    supplier, need, _ = link_ends(whole, closed)
    return CutSupply(whole, link=closed, supplier=supplier, need=need, share=1.0 - left)


def one_supplier_each(supply: Any) -> bool:
    """Whether every stock is of one supplier's goods."""
    return isinstance(supply, ListSupply) and not supply.need_is_group
