"""The chain as a picture: who delivers to whom, stage by stage, in the base year and in each quarter of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

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
    found, pair_of = np.unique(seller * len(groups) + buyer, return_inverse=True)
    pairs = np.stack(np.divmod(found, len(groups)), axis=1)
    value = network.product_price[network.needs.product[network.links.need]]
    usual = np.bincount(pair_of, weights=network.links.flow * value, minlength=len(pairs))
    quarters = quarter_of_step(result)
    lengths = np.bincount(quarters) * result.scenario.step_days / DAYS_PER_YEAR
    shipped = (result.link_flows[quarters == quarter].sum(axis=0) for quarter in range(len(lengths)))
    moved = np.stack([np.bincount(pair_of, weights=each * value, minlength=len(pairs)) for each in shipped])
    ratio = moved / np.where(usual > 0, usual, 1.0) / lengths[:, None]
    stage_of = np.array([STAGES.index(stage) for stage, _ in groups])[pairs[:, 0]]
    drawn = usual > SMALLEST_SHARE * np.bincount(stage_of, weights=usual, minlength=len(STAGES))[stage_of]
    return {
        "nodes": [list(each) for each in groups],
        "links": [
            [int(source), int(target), float(f"{usual[index]:.4g}"), np.round(ratio[:, index], 3).tolist()]
            for index, (source, target) in enumerate(pairs)
            if drawn[index]
        ],
        "low": lowest_stages(moved, usual, stage_of, lengths),
    }


def node_groups(network: Network) -> tuple[Any, list[tuple[str, str]]]:
    """Group of each node and the groups as (stage, place). A producer stands in the stage of what it sells most of, by value."""
    sales = network.offers.sales * network.product_price[network.offers.product]
    order = np.argsort(sales)
    stage = np.full(len(network.nodes), STAGES.index("use"))
    stage_of_product = np.array([STAGES.index(each) for each in network.product_stage])
    stage[network.offers.producer[order]] = stage_of_product[network.offers.product[order]]  # the last one stays
    rows, group = np.unique(stage * len(network.places) + network.nodes.place, return_inverse=True)
    return group, [(STAGES[row // len(network.places)], network.places[row % len(network.places)]) for row in rows]


def quarter_of_step(result: Result) -> Any:
    """Quarter of the run that each step lies in; a rest shorter than a quarter belongs to the one before."""
    days = result.scenario.step_days
    steps = result.setup.clock.steps
    last = max(int(steps * days // QUARTER_DAYS) - 1, 0)
    return np.minimum((np.arange(steps) * days // QUARTER_DAYS).astype(np.int64), last)


def lowest_stages(moved: Any, usual: Any, stage_of: Any, lengths: Any) -> list[list[Any] | None]:
    """For each quarter the stage with the largest shortfall and the share that is missing; None where less than 1 % is."""
    stages = np.unique(stage_of)
    normal = np.array([usual[stage_of == stage].sum() for stage in stages])
    arrived = np.array([moved[:, stage_of == stage].sum(axis=1) for stage in stages])
    missing = 1.0 - arrived / (normal[:, None] * lengths)
    return [
        [STAGES[stages[worst]], round(float(share), 3)] if share >= 0.01 else None
        for worst, share in zip(missing.argmax(axis=0), missing.max(axis=0), strict=True)
    ]
