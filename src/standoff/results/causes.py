"""Why final use was not met: every dollar of unmet use is given to a cause, and the parts add up to the whole.

The method follows the binding input upstream. A use that is short lacks the input that allowed least. That input's shortage is split
by what kept its deliveries back over the last weeks: a closed gate, applications in review, refusals, a customs hold, or a seller who
was short himself; the seller's part is passed on to what bound the seller, stage by stage, down to the mine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.model.share_matrix import sum_map
from standoff.results import indicators
from standoff.world.network import DAYS_PER_YEAR

if TYPE_CHECKING:
    from standoff.results.result import Result

CAUSES = ("gate_closed", "waiting_for_licence", "licence_denied", "customs_hold", "supplier_capacity")
SUPPLY = CAUSES.index("supplier_capacity")
MEMORY_DAYS = 91.0
"""How far back deliveries that were kept back still explain a shortage: a sea passage and a quarter's stock (assumed)."""


def unmet_by_cause(result: Result) -> Any:
    """Value of unmet final use by cause, USD per step, (steps, uses, causes); sums over causes are `Result.unmet_value`."""
    network = result.network
    first = network.nodes.producers
    nodes = node_causes(result)[:, first:]
    short = (result.records["plan"] - result.records["activity"])[:, first:] * network.nodes.value[first:]
    groups, count = indicators.use_groups(network)
    return indicators.by_group(short[..., None] * nodes, groups, count)


def node_causes(result: Result) -> Any:
    """What keeps each node from its plan, shares that add up to one, (steps, nodes, causes)."""
    network = result.network
    binding = binding_needs(result)
    steps, nodes = binding.shape
    causes = np.zeros((steps, nodes, len(CAUSES)))
    causes[..., SUPPLY] = 1.0
    bound = binding >= 0
    asked = np.unique(binding[bound])  # only needs that bind somebody are worth following
    if not len(asked):
        return causes
    own, short, links = _kept_back(result, asked)
    seller = network.offers.producer[network.links.offer[links]]
    to_asked = sum_map(np.searchsorted(asked, network.links.need[links]), len(asked))
    column = np.searchsorted(asked, np.maximum(binding, asked[0]))
    rows = np.arange(steps)[:, None]
    for _ in range(len(set(network.product_stage)) + 1):
        passed = np.moveaxis(short[..., None] * causes[:, seller], 0, 1)
        by_need = own + np.moveaxis(
            to_asked(passed.reshape(len(links), steps * len(CAUSES))).reshape(len(asked), steps, -1), 0, 1
        )
        total = by_need.sum(axis=-1, keepdims=True)
        by_need = np.where(total > 0, by_need / np.where(total > 0, total, 1.0), np.eye(len(CAUSES))[SUPPLY])
        causes[bound] = by_need[rows, column][bound]
    return causes


def binding_needs(result: Result) -> Any:
    """The need that allowed each node least in each step, -1 where its plan or capacity bound it, (steps, nodes)."""
    network, records = result.network, result.records
    needs = network.needs
    coefficient = np.where(needs.coefficient > 0, needs.coefficient, np.inf)
    allowed = (records["inventory"] + records["used"]) / coefficient
    usual = network.nodes.activity[needs.consumer] * result.setup.clock.step_days / DAYS_PER_YEAR
    allowed = np.where(needs.kind == 0, allowed, np.where(needs.kind == 1, 0.5 * (allowed + usual), np.inf))
    best = np.full(records["activity"].shape, np.inf)
    binding = np.full(records["activity"].shape, -1, dtype=np.int64)
    for positions in result.setup.need_minimum.positions:
        there = positions >= 0
        candidate = np.where(there, allowed[:, np.maximum(positions, 0)], np.inf)
        better = candidate < best
        best = np.where(better, candidate, best)
        binding = np.where(better, positions, binding)
    short = records["activity"] < records["plan"] * (1 - 1e-12)
    return np.where(short, binding, -1)


def _kept_back(result: Result, asked: Any) -> tuple[Any, Any, Any]:
    """Deliveries to some needs that were kept back in recent weeks.

    Returns:
        (by need and cause, (steps, asked, causes); what sellers lacked by link, (steps, links); those links).
    """
    network, setup, records = result.network, result.setup, result.records
    steps = len(records["ordered"])
    links = np.flatnonzero(np.isin(network.links.need, asked))
    need = network.links.need[links]
    fill = records["fill"].reshape(steps, -1)[:, setup.slot[links]]
    short = records["ordered"][:, need] * setup.share[links] * (1.0 - fill)
    own = np.zeros((steps, len(asked), len(CAUSES)))
    here = np.flatnonzero(np.isin(setup.tracked, links))
    if len(here):
        column = np.searchsorted(links, setup.tracked[here])
        kept, short[:, column] = _kept_back_on_tracked(result, here, fill[:, column])
        add = sum_map(np.searchsorted(asked, need[column]), len(asked))
        own = np.moveaxis(
            add(np.moveaxis(kept, 0, 1).reshape(len(here), steps * len(CAUSES))).reshape(len(asked), steps, -1), 0, 1
        )
    remember = np.exp(-setup.clock.step_days / MEMORY_DAYS)
    for step in range(1, steps):
        own[step] += remember * own[step - 1]
        short[step] += remember * short[step - 1]
    used = short.any(axis=0)
    return own, short[:, used], links[used]


def _kept_back_on_tracked(result: Result, here: Any, fill: Any) -> tuple[Any, Any]:
    """The same for some of the links whose regime can change: (steps, links, causes) and what sellers lacked, (steps, links)."""
    setup, records, table = result.setup, result.records, result.setup.regime_table
    usual = result.network.links.flow[setup.tracked[here]] * setup.clock.step_days / DAYS_PER_YEAR
    position = table.position[here]
    regulated = position >= 0
    held = np.array([regime.outcome == "HOLD" for regime in table.regimes.regimes])
    index, gate = np.zeros(fill.shape, dtype=np.int64), np.ones(fill.shape)
    if regulated.any():
        index[:, regulated] = table.regimes.index[:, position[regulated]]
        gate[:, regulated] = table.regimes.gate[:, position[regulated]]
    placed = records["link_ordered"][:, here]
    ordered = np.minimum(placed, usual)
    missing = np.maximum(ordered * gate - records["link_shipped"][:, here], 0.0)
    shortage = np.minimum(missing, placed * gate * (1.0 - fill))
    denied = np.minimum(records["link_denied"][:, here], missing - shortage)
    waiting = missing - shortage - denied
    kept = np.zeros((*fill.shape, len(CAUSES)))
    kept[..., CAUSES.index("gate_closed")] = ordered * (1.0 - gate)
    kept[..., CAUSES.index("licence_denied")] = denied
    kept[..., CAUSES.index("customs_hold")] = np.where(held[index], waiting, 0.0)
    kept[..., CAUSES.index("waiting_for_licence")] = np.where(held[index], 0.0, waiting)
    return kept, shortage
