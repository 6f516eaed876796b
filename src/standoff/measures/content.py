"""How much of a good's value is listed material from one country: the fact that content rules ask for.

A world knows where every maker buys, so the content of what it sells follows from the network and need not be asked. Only the base
year's purchases count: who changes suppliers to escape a content rule is not seen until the world is written anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.model.share_matrix import sum_map
from standoff.world.network import Network

if TYPE_CHECKING:
    from standoff.world.tables import World

LISTED_CLASSES = ("re_", "smco_magnet")
"""Item classes whose goods are listed whatever they contain besides; ``ndfeb_magnet`` is listed with an element of `LISTED_ELEMENTS`."""
LISTED_ELEMENTS = frozenset({"Sm", "Gd", "Tb", "Dy", "Lu", "Sc", "Y", "Ho", "Er", "Tm", "Eu", "Yb"})
"""Elements of Announcements No. 18 and No. 57 of 2025."""


def listed_products(world: World) -> Any:
    """Which products are listed items of the Chinese rare-earth announcements, (products,)."""
    table = world.tables["products"]
    return np.array(
        [
            bool(LISTED_ELEMENTS & set(elements)) and (item.startswith(LISTED_CLASSES) or item == "ndfeb_magnet")
            for item, elements in zip(table["item_class"], table["elements"], strict=True)
        ],
        dtype=bool,
    )


def content_shares(world: World, network: Network, origin: int) -> Any:
    """Value of listed items from a place inside one unit of value of each offer, (offers,).

    Formula: ``x_p = sum over inputs of value (1 if listed and from the place, else x_seller) / value of output``, solved stage by
    stage. What is itself made in the place counts whole where it is listed.

    Args:
        world: for which products are listed.
        network: for who buys from whom.
        origin: index of the place.
    """
    links, nodes, offers = network.links, network.nodes, network.offers
    listed = listed_products(world)
    seller = offers.producer[links.offer]
    value = links.flow * network.product_price[offers.product[links.offer]]
    whole = listed[offers.product[links.offer]] & (nodes.place[seller] == origin)
    add = sum_map(network.needs.consumer[links.need], len(nodes))
    output = np.bincount(
        offers.producer,
        weights=offers.yields * nodes.activity[offers.producer] * network.product_price[offers.product],
        minlength=len(nodes),
    )
    share = np.zeros(len(nodes))
    for _ in range(len(set(network.product_stage)) + 1):
        inside = add(value * np.where(whole, 1.0, share[seller]))
        share = np.where(output > 0, np.minimum(inside / np.where(output > 0, output, 1.0), 1.0), 0.0)
    return share[offers.producer]
