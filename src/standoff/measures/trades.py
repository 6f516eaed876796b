"""Standing transactions: what links have in common that rules look at, and the facts that a world knows about them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.measures.content import content_shares
from standoff.measures.places import places as known_places
from standoff.measures.transaction import Item, Party, Transaction
from standoff.world.network import Network

if TYPE_CHECKING:
    from standoff.simulate.draws import Clock
    from standoff.world.tables import World

MILITARY_FROM_SHARE = 0.5
"""A producer counts as a military end user when at least half of what it sells goes to military uses (assumed)."""


@dataclass(frozen=True)
class Trade:
    """What links have in common that rules look at. Links of one trade are treated alike.

    ``content`` is the share of value that is listed material from China, in thousandths of a per cent, for the content rules of No. 61.
    """

    product: int
    origin: int
    destination: int
    via: int
    military: bool
    content: int = 0


@dataclass(frozen=True)
class Interval:
    """Days between two dates on which no answer changes: ``[start, end)``."""

    start: date
    end: date


def trades_of(world: World, network: Network) -> tuple[list[Trade], Any]:
    """The distinct trades of a network and the trade of each ordinary link."""
    links, needs, offers, nodes = network.links, network.needs, network.offers, network.nodes
    military = military_nodes(network)
    content = _content(world, network)
    seller, buyer = offers.producer[links.offer], needs.consumer[links.need]
    rows = np.stack(
        [
            offers.product[links.offer],
            nodes.place[seller],
            nodes.place[buyer],
            links.via,
            military[buyer].astype(np.int64),
            content[links.offer],
        ],
        axis=1,
    )
    distinct, position = np.unique(rows, axis=0, return_inverse=True)
    trades = [Trade(int(p), int(o), int(d), int(v), bool(m), int(c)) for p, o, d, v, m, c in distinct]
    return trades, position.reshape(-1)


def _content(world: World, network: Network) -> Any:
    """Listed Chinese content of each offer in thousandths of a per cent, rounded to two digits so that like goods are one trade."""
    china = [place for place in range(len(network.places)) if law_place(world, place) == "CHN"]
    shares = sum((content_shares(world, network, place) for place in china), np.zeros(len(network.offers.yields)))
    thousandths = np.maximum(shares * 1e5, 0.0)
    digits = 10.0 ** np.maximum(np.floor(np.log10(np.maximum(thousandths, 1.0))) - 1, 0)
    return (np.round(thousandths / digits) * digits).astype(np.int64)


def military_nodes(network: Network) -> Any:
    """Which consumers are military end users: military uses, and producers that mostly sell to them, (nodes,).

    One stage up and no further: a maker of missile actuators is a military user, a magnet or metal maker that supplies it is not.
    """
    links, nodes = network.links, network.nodes
    seller = network.offers.producer[links.offer]
    value = links.flow * network.product_price[network.needs.product[links.need]]
    sales = np.bincount(seller, weights=value, minlength=len(nodes))
    to_military = value * nodes.military[network.needs.consumer[links.need]]
    sold = np.bincount(seller, weights=to_military, minlength=len(nodes))
    return nodes.military | ((sales > 0) & (sold >= MILITARY_FROM_SHARE * sales))


def intervals_of(days: Iterable[date], clock: Clock) -> list[Interval]:
    """Intervals of a run between dates on which an answer can change."""
    end = clock.start + timedelta(days=float(clock.steps * clock.step_days))
    inside = [day for day in days if clock.start < day < end]
    edges = [clock.start, *inside, end]
    return [Interval(start, stop) for start, stop in itertools.pairwise(edges)]


def transaction_of(world: World, trade: Trade) -> Transaction:
    """The standing transaction of a trade, with every fact that a world knows stated."""
    products = world.tables["products"]
    origin, destination = law_place(world, trade.origin), law_place(world, trade.destination)
    via = law_place(world, trade.via) if trade.via >= 0 else None
    buyer = Party(name="", country=destination, military=trade.military, lists=frozenset())
    codes = products["hs"][trade.product]
    return Transaction(
        item=Item(
            class_id=products["item_class"][trade.product] or None,
            elements=frozenset(products["elements"][trade.product]),
            complete=True,
            hs=codes[0] if codes else None,
        ),
        origin=origin,
        prc_content_percent=Decimal(trade.content) / 1000,
        technologies=frozenset(),
        exporter=Party(name="", country=origin, military=False, lists=frozenset()),
        ship_from=origin,
        ship_to=destination,
        transit=(via,) if via is not None else (),
        consignee=buyer,
        end_user=buyer,
        end_use=frozenset({"military" if trade.military else "civil"}),
        mode="sale",
        licence_held="none",
    )


def law_place(world: World, place: int) -> str | None:
    """The country whose law a place of a world stands under, None where the world does not say: unknown to every rule."""
    table = world.tables["places"]
    code = table["law_as"][place] or table["place"][place]
    return code if code in known_places() else None
