"""Worlds changed in one respect and balanced again, for questions of the form "and if the share were another?"."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from standoff.errors import nearest, refuse
from standoff.model.share_matrix import sum_map
from standoff.world.tables import World

MOST_PASSES = 1000
"""Recycling makes loops, so a change runs round the chain until it fades."""
SETTLED = 1e-12


def with_origin_share(world: World, products: Collection[str], place: str, share: float) -> World:
    """A world in which a place supplies another share of some products, balanced again from there up to the mines.

    Every buyer that has suppliers both inside and outside the place buys ``share`` of the product inside it; buyers with suppliers on
    one side only stay as they are. Then every producer works as much as its best-sold offer asks, which so becomes the one that drives it,
    and buys in proportion.

    Args:
        world: the world to change; it is left as it is.
        products: labels of products.
        place: label of the place.
        share: share of use that comes from the place, between 0 and 1.

    Raises:
        InputError: unknown product or place, or a share out of range.
    """
    _check(world, products, place, share)
    links, producers, offers = (world.tables[name] for name in ("links", "producers", "offers"))
    flow = np.array(links["flow"], dtype=float)
    flow = _redirect(world, flow, products, place, share)
    sellers = {label: index for index, label in enumerate(producers["producer"])}
    offer_of = {key: i for i, key in enumerate(zip(offers["producer"], offers["product"], strict=True))}
    offer = np.array([offer_of[key] for key in zip(links["producer"], links["product"], strict=True)], dtype=np.int64)
    buyer = np.array([sellers.get(label, -1) for label in links["consumer"]], dtype=np.int64)
    owner = np.array([sellers[label] for label in offers["producer"]], dtype=np.int64)
    sold = sum_map(offer, len(offers))
    yields = np.asarray(offers["yield"], dtype=float)
    activity = np.array(producers["activity"], dtype=float)
    for _ in range(MOST_PASSES):
        asked = np.zeros(len(activity))
        np.maximum.at(asked, owner, sold(flow) / np.where(yields > 0, yields, 1.0))
        ratio = np.where((asked > 0) & (activity > 0), asked / np.where(activity > 0, activity, 1.0), 1.0)
        activity = activity * ratio
        flow = flow * np.where(buyer >= 0, ratio[buyer], 1.0)
        if np.abs(ratio - 1).max(initial=0.0) < SETTLED:
            break
    return _write_back(world, flow, activity, driver=sold(flow) >= yields * activity[owner] * (1 - 1e-9))


def _check(world: World, products: Collection[str], place: str, share: float) -> None:
    for column, table, labels in (("product", "products", products), ("place", "places", (place,))):
        known = list(world.tables[table][column])
        for label in labels:
            if label not in known:
                raise refuse(
                    "share of origin", why=f"the world has no such {column}", cure=nearest(label, known), value=label
                )
    if not 0 <= share <= 1:
        raise refuse("share of origin", why="a share lies between 0 and 1", cure="Give 0.85 for 85 %", value=share)


def _redirect(world: World, flow: Any, products: Collection[str], place: str, share: float) -> Any:
    links, producers = world.tables["links"], world.tables["producers"]
    place_of = dict(zip(producers["producer"], producers["place"], strict=True))
    needs: dict[tuple[str, str], list[int]] = {}
    for index, (product, consumer) in enumerate(zip(links["product"], links["consumer"], strict=True)):
        if product in products:
            needs.setdefault((consumer, product), []).append(index)
    flow = flow.copy()
    for rows in needs.values():
        inside = np.array([place_of[links["producer"][row]] == place for row in rows])
        here, there = flow[rows][inside].sum(), flow[rows][~inside].sum()
        if here > 0 and there > 0:
            total = here + there
            flow[rows] *= np.where(inside, share * total / here, (1 - share) * total / there)
    return flow


def _write_back(world: World, flow: Any, activity: Any, *, driver: Any) -> World:
    tables = {name: table.cells() for name, table in world.tables.items() if len(table) and name != "citations"}
    text = [[repr(float(value)) for value in values] for values in (flow, activity)]
    for table, column, cells in (("links", "flow", text[0]), ("producers", "activity", text[1])):
        tables[table][column] = cells
        for companion in ("low", "high", "status", "source"):
            tables[table].pop(f"{column}_{companion}", None)
    capacity = np.maximum(np.asarray(world.tables["producers"]["capacity"], dtype=float), activity)
    tables["producers"]["capacity"] = [repr(float(value)) for value in capacity]
    for companion in ("low", "high", "status", "source"):
        tables["producers"].pop(f"capacity_{companion}", None)
    tables["offers"]["driver"] = ["yes" if drives else "no" for drives in driver]
    return World.from_tables(world.meta, tables)
