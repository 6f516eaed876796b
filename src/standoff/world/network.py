"""The network that the engine runs on: a world's tables as flat arrays, made by `standoff.world.build`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NEED_CLASSES = ("critical", "important", "optional")
LATENT_ROUTES = ("grey", "assembly", "entrant")
DAYS_PER_YEAR = 365.0


@dataclass(frozen=True)
class Nodes:
    """Consumers: producers first, then uses. Every array has one entry a class node."""

    labels: tuple[str, ...]
    """``label`` for one class, ``label#k`` for class k of several."""
    parent: Integers
    """Row of the table (producers, then uses) that the node is a class of."""
    parent_labels: tuple[str, ...]
    weight: Floats
    """Share of the row that this class is."""
    place: Integers
    activity: Floats
    """Activity per year in the base year (uses: quantity per year)."""
    capacity: Floats
    """Largest activity per year (uses: infinite)."""
    value: Floats
    """USD per activity: value added of a producer, value of a unit of final use."""
    priority: Flags
    military: Flags
    kind: tuple[str, ...]
    """Recipe of a producer, kind of a use."""
    producers: int
    """How many of the nodes are producers; the others are uses."""

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Needs:
    """What each consumer buys, sorted by consumer."""

    consumer: Integers
    product: Integers
    coefficient: Floats
    cover_days: Floats
    restock_days: Floats
    kind: Integers
    """Index into ``NEED_CLASSES``."""
    use: Floats
    """Usual use, units per year."""
    lag_days: Floats
    """Usual time from dispatch to arrival, averaged over flows."""


@dataclass(frozen=True)
class Offers:
    """What each producer sells, sorted by producer."""

    producer: Integers
    product: Integers
    yields: Floats
    driver: Flags
    stock_days: Floats
    sales: Floats
    """Usual sales, units per year."""
    surplus: Floats
    """What joint production makes beyond usual sales, units per year."""


@dataclass(frozen=True)
class Links:
    """Ordinary links, sorted by need: one offer to one need."""

    offer: Integers
    need: Integers
    flow: Floats
    lag_days: Floats
    via: Integers
    """Place through which the goods pass, -1 for none."""
    row: Integers
    """Row of the table ``links``."""

    def __len__(self) -> int:
        return len(self.offer)


@dataclass(frozen=True)
class LatentRoutes:
    """Routes that carry nothing in the base year and grow under denial: grey, assembly and entrant routes."""

    offer: Integers
    need: Integers
    route: Integers
    """Index into ``LATENT_ROUTES``."""
    lag_days: Floats
    max_share: Floats
    adapt_days: Floats
    loss_share: Floats
    premium: Floats
    row: Integers

    def __len__(self) -> int:
        return len(self.offer)


@dataclass(frozen=True)
class Stocks:
    """Strategic stocks and the pairs (stock, need) that they serve."""

    labels: tuple[str, ...]
    place: Integers
    """Of the holder."""
    product: Integers
    quantity: Floats
    release_rate: Floats
    trigger_share: Floats
    opens: tuple[Any, ...]
    pair_stock: Integers
    pair_need: Integers


@dataclass(frozen=True)
class Projects:
    """Capacity to come. One entry a class node of the producer."""

    labels: tuple[str, ...]
    node: Integers
    capacity: Floats
    start: tuple[Any, ...]
    ramp_days: Floats
    slip_days: Floats
    chance: Floats


@dataclass(frozen=True)
class Network:
    """A world as flat arrays. Quantities are per year; the run turns them into quantities per step."""

    world_name: str
    fingerprint: str
    base_start: Any
    places: tuple[str, ...]
    place_side: tuple[str, ...]
    products: tuple[str, ...]
    product_stage: tuple[str, ...]
    product_unit: tuple[str, ...]
    product_price: Floats
    nodes: Nodes
    needs: Needs
    offers: Offers
    links: Links
    latent: LatentRoutes
    stocks: Stocks
    projects: Projects

    @cached_property
    def trades(self) -> tuple[Integers, tuple[tuple[int, int, int], ...]]:
        """For each ordinary link the trade that it belongs to, and the trades as (product, origin, destination); made once."""
        links, nodes = self.links, self.nodes
        seller, buyer = self.offers.producer[links.offer], self.needs.consumer[links.need]
        rows = np.stack([self.offers.product[links.offer], nodes.place[seller], nodes.place[buyer]], axis=1)
        distinct, position = np.unique(rows, axis=0, return_inverse=True)
        return position.reshape(-1), tuple((int(p), int(o), int(d)) for p, o, d in distinct)

    def link_label(self, link: int) -> str:
        """``seller > product > buyer`` of an ordinary link."""
        offer, need = self.links.offer[link], self.links.need[link]
        return (
            f"{self.nodes.labels[self.offers.producer[offer]]} > {self.products[self.offers.product[offer]]}"
            f" > {self.nodes.labels[self.needs.consumer[need]]}"
        )

    def need_label(self, need: int) -> str:
        """``consumer < product``."""
        return f"{self.nodes.labels[self.needs.consumer[need]]} < {self.products[self.needs.product[need]]}"

    def offer_label(self, offer: int) -> str:
        """``producer > product``."""
        return f"{self.nodes.labels[self.offers.producer[offer]]} > {self.products[self.offers.product[offer]]}"
