"""Keeps of a run what an episode is held against: exports by part, what offices decided, who stood still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.errors import refuse
from standoff.model.share_matrix import sum_map
from standoff.model.state import Flows, State
from standoff.simulate.setup import Setup
from standoff.world.network import DAYS_PER_YEAR, Network
from standoff.world.tables import World

PARTS = ("controlled", "lookalike")
"""Goods of a heading that a control names, and goods that only look like them."""


@dataclass(frozen=True)
class FirmClass:
    """Firms that are alike: uses of some kinds or makers by some recipes, in some places.

    Attributes:
        name: short name.
        kinds: kinds of final use, or recipes of producers.
        places: places, everywhere but the origin if empty.
    """

    name: str
    kinds: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True)
class Watch:
    """What to keep of a run, as positions in its network.

    Attributes:
        links: links that carry the episode's goods out of their origin.
        cell: part x destination of each of them, ``part * destinations + destination``; a link may belong to several destinations.
        cells: number of parts x destinations.
        base: flow of each cell in the base year, units a day, (cells,).
        offices: links whose applications count for the granted share.
        members: class nodes of each firm class.
    """

    links: Any
    cell: tuple[Any, ...]
    cells: int
    base: Any
    offices: Any
    members: tuple[Any, ...]


def watch_network(
    world: World,
    network: Network,
    *,
    goods: Sequence[str],
    origin: str,
    destinations: Mapping[str, Sequence[str]],
    granted_places: Sequence[str],
    firm_classes: Sequence[FirmClass],
) -> Watch:
    """Find an episode's goods, offices and firms in a network.

    Args:
        world, network: the same world as tables and as arrays.
        goods: products that the observations count.
        origin: place that they come from.
        destinations: places of each destination by its name; every place but the origin where the list is empty.
        granted_places: places of the applicants of the granted shares.
        firm_classes: whose stops are watched.
    """
    links, nodes = network.links, network.nodes
    counted = np.isin(network.products, list(goods))
    alike = np.array([bool(look) for look in world.tables["products"]["lookalike"]])
    product = network.offers.product[links.offer]
    seller = nodes.place[network.offers.producer[links.offer]]
    buyer = nodes.place[network.needs.consumer[links.need]]
    home = network.places.index(origin)
    chosen = np.flatnonzero(counted[product] & (seller == home) & (buyer != home))
    part = alike[product[chosen]].astype(np.int64)
    cell = []
    base = np.zeros(len(PARTS) * len(destinations))
    for number, (name, places) in enumerate(destinations.items()):
        known = [network.places.index(place) for place in places if place in network.places]
        inside = np.isin(buyer[chosen], known) if places else np.ones(len(chosen), dtype=bool)
        position = np.where(inside, part * len(destinations) + number, len(base))
        cell.append(position)
        np.add.at(base, position[inside], links.flow[chosen[inside]] / DAYS_PER_YEAR)
        if not inside.any():
            raise refuse(
                f"destination {name}",
                why=f"the world {world.name} ships nothing there",
                cure="Name places of the world",
            )
    offices = np.isin(buyer[chosen], [network.places.index(place) for place in granted_places]) & (part == 0)
    return Watch(
        links=chosen,
        cell=tuple(cell),
        cells=len(base),
        base=base,
        offices=chosen[offices],
        members=tuple(_members(world, network, firms, home) for firms in firm_classes),
    )


def _members(world: World, network: Network, firms: FirmClass, home: int) -> Any:
    """Class nodes of a firm class, in the order of nodes."""
    nodes = network.nodes
    kinds = [*world.tables["producers"]["recipe"], *world.tables["uses"]["kind"]]
    rows = np.isin(np.array(kinds)[nodes.parent], firms.kinds)
    named = [network.places.index(place) for place in firms.places]
    inside = np.isin(nodes.place, named) if named else nodes.place != home
    found = np.flatnonzero(rows & inside)
    if not len(found):
        raise refuse(f"firm class {firms.name}", why="no node of the world is one", cure="Check kinds and places")
    return found


class EpisodeRecorder:
    """Keeps ``exports`` (steps, parts x destinations, draws) as shares of the base year, ``granted`` and ``filed`` (steps, draws) as sums
    so far, and ``stopped`` (steps, firm classes, draws), the share of each class that has stood still so far."""

    def __init__(self, setup: Setup, *, watch: Watch, stop_share: float) -> None:
        self.setup, self.watch, self.stop_share = setup, watch, stop_share
        self.corridor_labels: list[tuple[int, int, int]] = []
        steps, draws = setup.clock.steps, setup.draws
        position = {int(link): index for index, link in enumerate(setup.tracked)}
        missing = [link for link in watch.links if int(link) not in position]
        if missing:
            raise refuse(
                "episode",
                why="its measures leave some of the goods untouched",
                cure="Name measures that cover them all",
            )
        self.tracked = np.array([position[int(link)] for link in watch.links])
        offices = np.array([position[int(link)] for link in watch.offices])
        self.offices = np.flatnonzero(np.isin(setup.regulated, offices))
        self.add = [sum_map(cell, watch.cells + 1) for cell in watch.cell]
        self.weight = [setup.network.nodes.weight[members] for members in watch.members]
        self.kept = {
            "exports": np.zeros((steps, watch.cells, draws)),
            "granted": np.zeros((steps, draws)),
            "filed": np.zeros((steps, draws)),
            "stopped": np.zeros((steps, len(watch.members), draws)),
        }

    def keep(self, number: int, *, state: State, flows: Flows) -> None:
        shipped = flows.link_shipped[self.tracked]
        whole = self.watch.base[:, None] * self.setup.clock.step_days
        total = sum(add(shipped)[:-1] for add in self.add)
        self.kept["exports"][number] = total / np.where(whole > 0, whole, 1.0)
        for name, flow in (("granted", flows.link_approved), ("filed", flows.link_applied)):
            before = self.kept[name][number - 1] if number else 0.0
            self.kept[name][number] = before + flow[self.offices].sum(axis=0)
        for index, (members, weight) in enumerate(zip(self.watch.members, self.weight, strict=True)):
            plan, activity = flows.plan[members], flows.activity[members]
            still = ((activity < self.stop_share * plan) & (plan > 0)).astype(float)
            share = weight @ still / weight.sum()
            before = self.kept["stopped"][number - 1, index] if number else 0.0
            self.kept["stopped"][number, index] = np.maximum(before, share)

    def records(self) -> Mapping[str, Any]:
        return self.kept
