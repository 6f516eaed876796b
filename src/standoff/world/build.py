"""From a world's tables to the network that a step reads.

A world is what people write; a network is what a step reads. Between the two, three things happen, here and nowhere else:

1. **Cover classes.** Consumers with a spread of cover are split (`standoff.world.classes`); where seller and buyer are both split,
   lean buyers are matched with lean sellers.
2. **Exact balance.** Files are balanced to 1e-6. Coefficients of needs and yields of driving offers are set from the flows, so that
   the baseline rests to rounding error.
3. **Order.** Needs are sorted by consumer, offers by producer, links by need, so that sums over neighbours are sums over runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.world.classes import class_cover_factors, class_weights, match_classes
from standoff.world.network import (
    LATENT_ROUTES,
    NEED_CLASSES,
    Floats,
    LatentRoutes,
    Links,
    Needs,
    Network,
    Nodes,
    Offers,
    Projects,
    Stocks,
)

if TYPE_CHECKING:
    from standoff.world.tables import World


def build_network(world: World) -> Network:
    """The network of a checked world. Pure: the same world gives the same network."""
    places = tuple(world.tables["places"]["place"])
    products = tuple(world.tables["products"]["product"])
    place_index = {label: index for index, label in enumerate(places)}
    product_index = {label: index for index, label in enumerate(products)}
    nodes, members, sigma_of = _split_into_classes(world, place_index)
    needs, need_index = _needs(world, nodes, members, sigma_of, product_index)
    offers, offer_index = _offers(world, nodes, members, product_index)
    links, latent = _links(world, nodes, members, need_index, offer_index, place_index)
    needs, offers = _balance_exactly(nodes, needs, offers, links)
    table = world.tables["products"]
    return Network(
        world_name=world.name,
        fingerprint=world.fingerprint,
        base_start=world.meta.start,
        places=places,
        place_side=tuple(world.tables["places"]["side"]),
        products=products,
        product_stage=tuple(table["stage"]),
        product_unit=tuple(table["unit"]),
        product_price=np.asarray(table["price"], dtype=float),
        nodes=nodes,
        needs=needs,
        offers=offers,
        links=links,
        latent=latent,
        stocks=_stocks(world, nodes, needs, place_index, product_index),
        projects=_projects(world, nodes, members),
    )


BINDS_AS = {
    "leontief": (0, 0, 0),
    "strongly_critical": (0, 0, 2),
    "weakly_critical": (0, 2, 2),
}
"""Class that a critical, an important and an optional input is treated as, by the rule of production: what the peers' rules of
that name do (`standoff.model.slots`)."""


def rated_needs(network: Network, production: str) -> Network:
    """The network with its inputs rated as a rule of production takes them; as they are where it is not one of `BINDS_AS`."""
    if production not in BINDS_AS:
        return network
    kind = np.array(BINDS_AS[production], dtype=network.needs.kind.dtype)[network.needs.kind]
    return replace(network, needs=replace(network.needs, kind=kind))


def _split_into_classes(
    world: World, place_index: dict[str, int]
) -> tuple[Nodes, dict[str, list[int]], dict[tuple[str, str], float]]:
    producers, uses, needs = world.tables["producers"], world.tables["uses"], world.tables["needs"]
    sigma_of = {
        (consumer, product): float(sigma)
        for consumer, product, sigma in zip(needs["consumer"], needs["product"], needs["cover_sigma"], strict=True)
    }
    spread = {consumer for (consumer, _), sigma in sigma_of.items() if sigma > 0}
    columns: dict[str, list[Any]] = {
        name: []
        for name in (
            "label",
            "parent",
            "weight",
            "place",
            "activity",
            "capacity",
            "value",
            "priority",
            "military",
            "kind",
        )
    }
    members: dict[str, list[int]] = {}
    parent_labels = tuple(producers["producer"]) + tuple(uses["use"])

    def add(parent: int, label: str, classes: int, row: dict[str, Any]) -> None:
        weights = class_weights(classes if label in spread else 1)
        members[label] = []
        for number, weight in enumerate(weights, start=1):
            members[label].append(len(columns["label"]))
            columns["label"].append(label if len(weights) == 1 else f"{label}#{number}")
            columns["parent"].append(parent)
            columns["weight"].append(float(weight))
            columns["activity"].append(row["activity"] * weight)
            columns["capacity"].append(row["capacity"] * weight)
            for name in ("place", "value", "priority", "military", "kind"):
                columns[name].append(row[name])

    for index, label in enumerate(producers["producer"]):
        add(
            index,
            label,
            int(producers["classes"][index]),
            {
                "place": place_index[producers["place"][index]],
                "activity": float(producers["activity"][index]),
                "capacity": max(float(producers["capacity"][index]), float(producers["activity"][index])),
                "value": float(producers["value_added"][index]),
                "priority": False,
                "military": False,
                "kind": producers["recipe"][index],
            },
        )
    producer_nodes = len(columns["label"])
    for index, label in enumerate(uses["use"]):
        add(
            len(producers["producer"]) + index,
            label,
            int(uses["classes"][index]),
            {
                "place": place_index[uses["place"][index]],
                "activity": float(uses["quantity"][index]),
                "capacity": np.inf,
                "value": float(uses["value"][index]),
                "priority": uses["priority"][index] == "priority",
                "military": uses["end_use"][index] == "military",
                "kind": uses["kind"][index],
            },
        )
    nodes = Nodes(
        labels=tuple(columns["label"]),
        parent=np.array(columns["parent"], dtype=np.int64),
        parent_labels=parent_labels,
        weight=np.array(columns["weight"], dtype=float),
        place=np.array(columns["place"], dtype=np.int64),
        activity=np.array(columns["activity"], dtype=float),
        capacity=np.array(columns["capacity"], dtype=float),
        value=np.array(columns["value"], dtype=float),
        priority=np.array(columns["priority"], dtype=bool),
        military=np.array(columns["military"], dtype=bool),
        kind=tuple(columns["kind"]),
        producers=producer_nodes,
    )
    return nodes, members, sigma_of


def _needs(
    world: World,
    nodes: Nodes,
    members: dict[str, list[int]],
    sigma_of: dict[tuple[str, str], float],
    product_index: dict[str, int],
) -> tuple[Needs, dict[tuple[int, int], int]]:
    table = world.tables["needs"]
    rows: list[tuple[int, int, float, float, float, int]] = []
    for index, buyer in enumerate(table["consumer"]):
        product = table["product"][index]
        classes = members[buyer]
        factors = class_cover_factors(len(classes), np.array([sigma_of[buyer, product]]))[:, 0]
        for node, factor in zip(classes, factors, strict=True):
            rows.append(
                (
                    node,
                    product_index[product],
                    float(table["coefficient"][index]),
                    float(table["cover_days"][index]) * float(factor),
                    float(table["restock_days"][index]),
                    NEED_CLASSES.index(table["class"][index]),
                )
            )
    rows.sort(key=lambda row: (row[0], row[1]))
    consumer, product_of, coefficient, cover, restock, kind = _columns(rows, 6)
    consumers = consumer.astype(np.int64)
    needs = Needs(
        consumer=consumers,
        product=product_of.astype(np.int64),
        coefficient=coefficient,
        cover_days=cover,
        restock_days=restock,
        kind=kind.astype(np.int64),
        use=coefficient * nodes.activity[consumers],
        lag_days=np.zeros(len(rows)),
    )
    return needs, {(int(row[0]), int(row[1])): index for index, row in enumerate(rows)}


def _offers(
    world: World, nodes: Nodes, members: dict[str, list[int]], product_index: dict[str, int]
) -> tuple[Offers, dict[tuple[int, int], int]]:
    table = world.tables["offers"]
    rows: list[tuple[int, int, float, float, float]] = []
    for index, producer in enumerate(table["producer"]):
        for node in members[producer]:
            rows.append(
                (
                    node,
                    product_index[table["product"][index]],
                    float(table["yield"][index]),
                    float(table["driver"][index]),
                    float(table["stock_days"][index]),
                )
            )
    rows.sort(key=lambda row: (row[0], row[1]))
    producer_of, product_of, yields, driver, stock_days = _columns(rows, 5)
    offers = Offers(
        producer=producer_of.astype(np.int64),
        product=product_of.astype(np.int64),
        yields=yields,
        driver=driver.astype(bool),
        stock_days=stock_days,
        sales=np.zeros(len(rows)),
        surplus=np.zeros(len(rows)),
    )
    return offers, {(int(row[0]), int(row[1])): index for index, row in enumerate(rows)}


def _links(
    world: World,
    nodes: Nodes,
    members: dict[str, list[int]],
    need_index: dict[tuple[int, int], int],
    offer_index: dict[tuple[int, int], int],
    place_index: dict[str, int],
) -> tuple[Links, LatentRoutes]:
    table = world.tables["links"]
    product_index = {label: index for index, label in enumerate(world.tables["products"]["product"])}
    ordinary: list[tuple[Any, ...]] = []
    latent: list[tuple[Any, ...]] = []
    for index, producer in enumerate(table["producer"]):
        product = product_index[table["product"][index]]
        route, lag = table["route"][index], float(table["lag_days"][index])
        through = place_index[table["via"][index]] if table["via"][index] else -1
        for seller, buyer, part in match_classes(members[producer], members[table["consumer"][index]], nodes.weight):
            ends = (need_index[buyer, product], offer_index[seller, product])
            if route in LATENT_ROUTES:
                latent.append(
                    (
                        *ends,
                        LATENT_ROUTES.index(route),
                        lag,
                        float(table["max_share"][index]) * part / nodes.weight[buyer],
                        float(table["adapt_days"][index]),
                        float(table["loss_share"][index]),
                        float(table["premium"][index]),
                        index,
                    )
                )
            else:
                ordinary.append((*ends, float(table["flow"][index]) * part, lag, through, index))
    ordinary.sort(key=lambda row: (row[0], row[1], row[3]))
    latent.sort(key=lambda row: (row[0], row[1], row[2]))
    needs, offers, flow, lag_days, via, row = _columns(ordinary, 6)
    links = Links(
        offer=offers.astype(np.int64),
        need=needs.astype(np.int64),
        flow=flow,
        lag_days=lag_days,
        via=via.astype(np.int64),
        row=row.astype(np.int64),
    )
    needs, offers, kind, lag_days, share, adapt, loss, premium, row = _columns(latent, 9)
    return links, LatentRoutes(
        offer=offers.astype(np.int64),
        need=needs.astype(np.int64),
        route=kind.astype(np.int64),
        lag_days=lag_days,
        max_share=share,
        adapt_days=adapt,
        loss_share=loss,
        premium=premium,
        row=row.astype(np.int64),
    )


def _balance_exactly(nodes: Nodes, needs: Needs, offers: Offers, links: Links) -> tuple[Needs, Offers]:
    """Set coefficients and yields from the flows, so that the base year balances to rounding error."""
    inflow = np.bincount(links.need, weights=links.flow, minlength=len(needs.use))
    outflow = np.bincount(links.offer, weights=links.flow, minlength=len(offers.yields)).astype(float)
    lag = np.bincount(links.need, weights=links.flow * links.lag_days, minlength=len(needs.use))
    activity = nodes.activity[needs.consumer]
    linked = (inflow > 0) & (activity > 0)
    coefficient = np.where(linked, inflow / np.where(activity > 0, activity, 1.0), needs.coefficient)
    made = offers.yields * nodes.activity[offers.producer]
    exact = np.where(
        (offers.driver | (outflow > made)) & (outflow > 0) & (made > 0),
        outflow / np.where(made > 0, nodes.activity[offers.producer], 1.0),
        offers.yields,
    )
    surplus = np.maximum(exact * nodes.activity[offers.producer] - outflow, 0.0)
    return (
        replace(
            needs,
            coefficient=coefficient,
            use=coefficient * activity,
            lag_days=np.where(inflow > 0, lag / np.where(inflow > 0, inflow, 1.0), 0.0),
        ),
        replace(offers, yields=exact, sales=outflow, surplus=np.where(offers.driver, 0.0, surplus)),
    )


def _stocks(
    world: World, nodes: Nodes, needs: Needs, place_index: dict[str, int], product_index: dict[str, int]
) -> Stocks:
    table = world.tables["stocks"]
    pairs: list[tuple[int, int]] = []
    for index, product in enumerate(table["product"]):
        served = table["serves_places"][index] or (table["place"][index],)
        allowed = {place_index[place] for place in served}
        end_use = table["serves_end_use"][index]
        for need, consumer in enumerate(needs.consumer):
            if needs.product[need] != product_index[product] or int(nodes.place[consumer]) not in allowed:
                continue
            if end_use == "any" or nodes.military[consumer] == (end_use == "military"):
                pairs.append((index, need))
    pair_stock, pair_need = _columns(pairs, 2)
    return Stocks(
        labels=tuple(table["stock"]),
        place=np.array([place_index[place] for place in table["place"]], dtype=np.int64),
        product=np.array([product_index[product] for product in table["product"]], dtype=np.int64),
        quantity=np.asarray(table["quantity"], dtype=float),
        release_rate=np.asarray(table["release_rate"], dtype=float),
        trigger_share=np.asarray(table["trigger_share"], dtype=float),
        opens=tuple(table["opens"]),
        pair_stock=pair_stock.astype(np.int64),
        pair_need=pair_need.astype(np.int64),
    )


def _projects(world: World, nodes: Nodes, members: dict[str, list[int]]) -> Projects:
    table = world.tables["projects"]
    rows: list[tuple[Any, ...]] = []
    for index, producer in enumerate(table["producer"]):
        for node in members[producer]:
            rows.append(
                (
                    table["project"][index],
                    node,
                    float(table["capacity"][index]) * nodes.weight[node],
                    table["start"][index],
                    float(table["ramp_days"][index]),
                    float(table["slip_days"][index]),
                    float(table["chance"][index]),
                )
            )
    return Projects(
        labels=tuple(row[0] for row in rows),
        node=np.array([row[1] for row in rows], dtype=np.int64),
        capacity=np.array([row[2] for row in rows], dtype=float),
        start=tuple(row[3] for row in rows),
        ramp_days=np.array([row[4] for row in rows], dtype=float),
        slip_days=np.array([row[5] for row in rows], dtype=float),
        chance=np.array([row[6] for row in rows], dtype=float),
    )


def _columns(rows: Sequence[tuple[Any, ...]], count: int) -> list[Floats]:
    """Rows as ``count`` float columns; an empty table gives empty columns."""
    if not rows:
        return [np.zeros(0) for _ in range(count)]
    return [np.array([row[index] for row in rows], dtype=float) for index in range(count)]
