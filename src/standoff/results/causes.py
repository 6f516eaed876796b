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
    own, from_seller, seller = _kept_back(result)
    binding = binding_needs(result)
    steps, nodes = len(own), len(network.nodes)
    causes = np.zeros((steps, nodes, len(CAUSES)))
    causes[..., SUPPLY] = 1.0
    add_links = sum_map(network.links.need, len(network.needs.use))
    rows = np.arange(steps)[:, None]
    bound = binding >= 0
    for _ in range(len(set(network.product_stage)) + 1):
        by_need = own.copy()
        passed = from_seller[..., None] * causes[:, seller]
        for step in range(steps):
            by_need[step] += add_links(passed[step])
        total = by_need.sum(axis=-1, keepdims=True)
        by_need = np.where(total > 0, by_need / np.where(total > 0, total, 1.0), causes[:, :1] * 0 + _only(SUPPLY))
        causes = np.where(bound[..., None], by_need[rows, np.maximum(binding, 0)], _only(SUPPLY))
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


def _only(cause: int) -> Any:
    return np.eye(len(CAUSES))[cause]


def _kept_back(result: Result) -> tuple[Any, Any, Any]:
    """Deliveries kept back in recent weeks: by need and cause, by link where the seller was short, and each link's seller."""
    network, setup, records = result.network, result.setup, result.records
    steps, causes = len(records["ordered"]), len(CAUSES)
    own = np.zeros((steps, len(network.needs.use), causes))
    asked = records["ordered"][:, network.links.need] * setup.share
    fill = records["fill"].reshape(steps, -1)[:, setup.slot]
    short = asked * (1.0 - fill)
    if len(setup.tracked):
        kept, shortage = _kept_back_on_tracked(result, fill[:, setup.tracked])
        short[:, setup.tracked] = shortage
        add = sum_map(setup.link_need, len(network.needs.use))
        for step in range(steps):
            own[step] += add(kept[step])
    remember = np.exp(-setup.clock.step_days / MEMORY_DAYS)
    for step in range(1, steps):
        own[step] += remember * own[step - 1]
        short[step] += remember * short[step - 1]
    return own, short, network.offers.producer[network.links.offer]


def _kept_back_on_tracked(result: Result, fill: Any) -> tuple[Any, Any]:
    """The same for links whose regime can change: (steps, links, causes) and what the seller lacked, (steps, links)."""
    setup, records, table = result.setup, result.records, result.setup.regime_table
    kept = np.zeros((*records["link_ordered"].shape, len(CAUSES)))
    held = np.array([regime.outcome == "HOLD" for regime in table.regimes.regimes])
    usual = result.network.links.flow[setup.tracked] * setup.clock.step_days / DAYS_PER_YEAR
    shortage = np.zeros(records["link_ordered"].shape)
    for step in range(len(kept)):
        regime = table.at(step)
        ordered = np.minimum(records["link_ordered"][step], usual)
        kept[step, :, CAUSES.index("gate_closed")] = ordered * (1.0 - regime.gate)
        missing = np.maximum(ordered * regime.gate - records["link_shipped"][step], 0.0)
        shortage[step] = np.minimum(missing, records["link_ordered"][step] * regime.gate * (1.0 - fill[step]))
        denied = np.minimum(records["link_denied"][step], missing - shortage[step])
        position = np.maximum(table.position, 0)
        index = table.regimes.index[step][position] if len(table.regimes.links) else np.zeros(len(position), dtype=int)
        is_held = held[index] & (table.position >= 0)
        waiting = missing - shortage[step] - denied
        kept[step, :, CAUSES.index("licence_denied")] = denied
        kept[step, :, CAUSES.index("customs_hold")] = np.where(is_held, waiting, 0.0)
        kept[step, :, CAUSES.index("waiting_for_licence")] = np.where(is_held, 0.0, waiting)
    return kept, shortage
