"""The chain as a picture: who delivers to whom, stage by stage, in the base year and in each quarter of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.results import indicators
from standoff.world.network import DAYS_PER_YEAR, Network

if TYPE_CHECKING:
    from standoff.results.result import Result

STAGES = ("mine", "separation", "metal", "material", "magnet", "component", "part", "assembly", "sector", "use")
QUARTER_DAYS = 91.0
SMALLEST_SHARE = 0.004
"""A flow below this share of its stage's trade is not drawn: it would be thinner than a hair."""


def flow_picture(result: Result) -> dict[str, Any]:
    """Flows between groups (stage, place): usual USD a year, and the share of it that arrived in each quarter.

    Ordinary links only. ``low`` is, for each quarter, the stage whose deliveries lie furthest below the base year.
    """
    network = result.network
    group, groups = node_groups(network)
    seller = group[network.offers.producer[network.links.offer]]
    buyer = group[network.needs.consumer[network.links.need]]
    pairs, pair_of = np.unique(np.stack([seller, buyer], axis=1), axis=0, return_inverse=True)
    pair_of = pair_of.reshape(-1)
    value = network.product_price[network.needs.product[network.links.need]]
    usual = np.bincount(pair_of, weights=network.links.flow * value, minlength=len(pairs))
    quarters = quarter_of_step(result)
    lengths = np.bincount(quarters) * result.scenario.step_days / DAYS_PER_YEAR
    shipped = np.add.reduceat(
        indicators.link_flows(result.setup, result.records), np.flatnonzero(np.diff(quarters, prepend=-1)), axis=0
    )
    moved = np.stack([np.bincount(pair_of, weights=quarter * value, minlength=len(pairs)) for quarter in shipped])
    ratio = moved / np.where(usual > 0, usual, 1.0) / lengths[:, None]
    stage_of = np.array([STAGES.index(groups[source][0]) for source in pairs[:, 0]])
    return {
        "nodes": [list(each) for each in groups],
        "links": [
            [int(source), int(target), float(f"{usual[index]:.4g}"), np.round(ratio[:, index], 3).tolist()]
            for index, (source, target) in enumerate(pairs)
            if usual[index] > SMALLEST_SHARE * usual[stage_of == stage_of[index]].sum()
        ],
        "low": lowest_stages(moved, usual, stage_of, lengths),
    }


def node_groups(network: Network) -> tuple[Any, list[tuple[str, str]]]:
    """Group of each node and the groups as (stage, place). A producer stands in the stage of what it sells most of, by value."""
    sales = network.offers.sales * network.product_price[network.offers.product]
    stage = np.full(len(network.nodes), STAGES.index("use"))
    for offer in np.argsort(sales):
        stage[network.offers.producer[offer]] = STAGES.index(network.product_stage[network.offers.product[offer]])
    rows, group = np.unique(np.stack([stage, network.nodes.place], axis=1), axis=0, return_inverse=True)
    return group.reshape(-1), [(STAGES[stage_], network.places[place]) for stage_, place in rows]


def quarter_of_step(result: Result) -> Any:
    """Quarter of the run that each step lies in; a rest shorter than a quarter belongs to the one before."""
    days = result.scenario.step_days
    steps = result.setup.clock.steps
    last = max(int(steps * days // QUARTER_DAYS) - 1, 0)
    return np.minimum((np.arange(steps) * days // QUARTER_DAYS).astype(np.int64), last)


def lowest_stages(moved: Any, usual: Any, stage_of: Any, lengths: Any) -> list[list[Any] | None]:
    """For each quarter the stage with the largest shortfall and the share that is missing; None where less than 1 % is."""
    found: list[list[Any] | None] = []
    for quarter, length in zip(moved, lengths, strict=True):
        missing = {
            stage: 1.0 - quarter[stage_of == stage].sum() / (usual[stage_of == stage].sum() * length)
            for stage in np.unique(stage_of)
        }
        worst = max(missing, key=lambda stage: missing[stage])
        found.append([STAGES[worst], round(float(missing[worst]), 3)] if missing[worst] >= 0.01 else None)
    return found
