"""The chain from mine to use in the base year and around the worst week, and the stage at which the shortage begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from standoff.results import indicators
from standoff.world.network import DAYS_PER_YEAR

if TYPE_CHECKING:
    from standoff.results.report.figures.controls import Controlled
    from standoff.results.result import Result

STAGES = ("mine", "separation", "metal", "magnet", "material", "component", "part", "assembly", "sector")
USE = "use"
WINDOW_DAYS = 28.0
"""The picture shows the mean of the four weeks that end with the worst one: single weeks carry the rhythm of reorders."""


@dataclass(frozen=True)
class Stretch:
    """Goods of one stage going from one place to another place of a later stage, USD per year at base prices."""

    stage: str
    next_stage: str
    origin: int
    destination: int
    usual: float
    worst: float


@dataclass(frozen=True)
class Chain:
    """The flow picture.

    Attributes:
        stages: names from mine to use, those that the world has.
        stretches: flows between stages, places as positions in ``Network.places``.
        begins: part of unmet use in the worst week that begins at each stage (0 everywhere without unmet use).
        step: the worst week.
        reason: ``unmet`` (most unmet use), ``shipments`` (least controlled trade) or ``none`` (the last week).
    """

    stages: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    begins: dict[str, float]
    step: int
    reason: str

    @property
    def binding(self) -> str | None:
        """The stage at which most of the shortage begins."""
        return max(self.begins, key=lambda stage: self.begins[stage]) if any(self.begins.values()) else None

    def usual(self, stage: str) -> float:
        """What a stage ships in the base year (what arrives, for final use), USD per year."""
        return sum(s.usual for s in self.stretches if stage == (s.next_stage if stage == USE else s.stage))

    def worst(self, stage: str) -> float:
        return sum(s.worst for s in self.stretches if stage == (s.next_stage if stage == USE else s.stage))


def worst_step(result: Result, controlled: Controlled) -> tuple[int, str]:
    """The week with most unmet use; without any, the one with the least trade in controlled goods; else the last."""
    unmet = result.unmet_value.sum(axis=1)
    if unmet.max(initial=0.0) > rounding_floor(result):
        return int(np.argmax(unmet)), "unmet"
    if len(controlled.links):
        return int(np.argmin(controlled.share_served())), "shipments"
    return result.setup.clock.steps - 1, "none"


def rounding_floor(result: Result) -> float:
    """Unmet use below this is rounding error, USD per step."""
    return 1e-9 * float((result.demand * indicators.use_values(result.network)).sum(axis=1).max(initial=0.0))


def stage_of_nodes(result: Result) -> list[str]:
    """Stage of each node: that of the driving product that earns it most (not of by-products), or final use."""
    network = result.network
    offers = network.offers
    stages = [USE] * len(network.nodes)
    earned = offers.sales * network.product_price[offers.product]
    for offer in np.lexsort((earned, offers.driver)):
        stages[offers.producer[offer]] = network.product_stage[offers.product[offer]]
    return stages


def build_chain(result: Result, controlled: Controlled) -> Chain:
    """The flow picture of a run."""
    step, reason = worst_step(result, controlled)
    of_node = stage_of_nodes(result)
    stages = tuple(stage for stage in (*STAGES, USE) if stage in of_node)
    begins = shortage_begins(result, step) if reason == "unmet" else dict.fromkeys(stages, 0.0)
    return Chain(
        stages=stages,
        stretches=_stretches(result, step, of_node, stages),
        begins={stage: begins.get(stage, 0.0) for stage in stages},
        step=step,
        reason=reason,
    )


def _window(result: Result, step: int) -> slice:
    count = max(round(WINDOW_DAYS / result.setup.clock.step_days), 1)
    return slice(max(step - count + 1, 0), step + 1)


def _stretches(result: Result, step: int, of_node: list[str], stages: tuple[str, ...]) -> tuple[Stretch, ...]:
    network, setup = result.network, result.setup
    nodes, needs, offers = network.nodes, network.needs, network.offers
    window = _window(result, step)
    cut = {name: result.records[name][window] for name in indicators.LINK_RECORDS if name in result.records}
    per_year = DAYS_PER_YEAR / setup.clock.step_days
    shipped = indicators.link_flows(setup, cut).mean(axis=0) * per_year
    latent = result.records["route_shipped"][window].mean(axis=0) * per_year
    offer = np.concatenate([network.links.offer, network.latent.offer])
    need = np.concatenate([network.links.need, network.latent.need])
    price = network.product_price[offers.product[offer]]
    usual = np.concatenate([network.links.flow, np.zeros(len(latent))]) * price
    worst = np.concatenate([shipped, latent]) * price
    stage = np.array([stages.index(name) for name in of_node], dtype=np.int64)
    seller, buyer = offers.producer[offer], needs.consumer[need]
    rows = np.stack([stage[seller], stage[buyer], nodes.place[seller], nodes.place[buyer]], axis=1)
    distinct, group = np.unique(rows, axis=0, return_inverse=True)
    sums = [np.bincount(group.reshape(-1), weights=values, minlength=len(distinct)) for values in (usual, worst)]
    return tuple(
        Stretch(stages[s], stages[t], int(o), int(d), float(u), float(w))
        for (s, t, o, d), u, w in zip(distinct, *sums, strict=True)
    )


def shortage_begins(result: Result, step: int) -> dict[str, float]:
    """At which stage the unmet use of one week begins, shares that add up to one: the stage of the product that was kept back.

    What is due to demand begins at the use itself. See `standoff.results.attribution`.
    """
    losses, network = result.losses, result.network
    value = losses.values[step, losses.use >= 0].sum(axis=0)
    ends: dict[str, float] = {}
    for (_, _, product, _, _), part in zip(losses.keys, value, strict=True):
        stage = network.product_stage[product] if product >= 0 else USE
        ends[stage] = ends.get(stage, 0.0) + float(part)
    total = sum(ends.values())
    return {stage: part / total for stage, part in ends.items()} if total > 0 else {}
