"""What a run means, as pure functions from its records: unmet use, stops, trade, cover, time to stop.

Class nodes are added up to the rows that people wrote. Every function takes records with time first and, in an ensemble, draws last.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.model.share_matrix import sum_map
from standoff.simulate.setup import Setup
from standoff.world.network import Network


def by_group(values: Any, groups: Any, count: int) -> Any:
    """Sum of the second axis by group: (steps, rows, ...) to (steps, count, ...)."""
    add = sum_map(groups, count)
    if values.ndim == 2 and len(values):
        return np.ascontiguousarray(
            add(np.ascontiguousarray(values.T)).T
        )  # one product for all steps is several times faster
    return np.stack([add(step) for step in values]) if len(values) else np.zeros((0, count))


def use_groups(network: Network) -> tuple[Any, int]:
    """For each use node, the row of the table ``uses`` that it is a class of, and the number of rows."""
    nodes = network.nodes
    first = int(nodes.parent[nodes.producers]) if len(nodes) > nodes.producers else 0
    return nodes.parent[nodes.producers :] - first, len(nodes.parent_labels) - first


def demand_and_unmet(network: Network, records: Any) -> tuple[Any, Any]:
    """Demand and unmet final use by row of ``uses``, units of use per step, (steps, uses, ...)."""
    first = network.nodes.producers
    groups, count = use_groups(network)
    demand = records["plan"][:, first:]
    return by_group(demand, groups, count), by_group(demand - records["activity"][:, first:], groups, count)


def use_values(network: Network) -> Any:
    """Value of one unit of each final use, USD, (uses,)."""
    groups, count = use_groups(network)
    values = np.zeros(count)
    values[groups] = network.nodes.value[network.nodes.producers :]
    return values


def stopped_share(network: Network, records: Any, *, stop_share: float) -> Any:
    """Share of each producer and use that stands still, (steps, consumers, ...).

    A class stands still in a step in which its activity is below ``stop_share`` of its plan.
    """
    nodes = network.nodes
    stopped = (records["activity"] < stop_share * records["plan"]) & (records["plan"] > 0)
    weight = nodes.weight.reshape(-1, *([1] * (stopped.ndim - 2)))
    return by_group(stopped * weight, nodes.parent, len(nodes.parent_labels))


def first_stop_days(share: Any, *, step_days: float) -> Any:
    """Days from the start until the end of the first step in which any part stood still; infinite if none did, (consumers, ...)."""
    ever = share > 1e-9
    first = np.argmax(ever, axis=0)
    return np.where(ever.any(axis=0), (first + 1) * step_days, np.inf)


def spreadsheet_days(network: Network) -> Any:
    """Stock over use of the scarcest critical input of the leanest class: what a spreadsheet says, days, (consumers,)."""
    needs, nodes = network.needs, network.nodes
    days = np.full(len(nodes.parent_labels), np.inf)
    critical = (needs.kind == 0) & (needs.use > 0)
    np.minimum.at(days, nodes.parent[needs.consumer[critical]], needs.cover_days[critical])
    return days


LINK_RECORDS = ("ordered", "fill", "link_fill", "link_shipped")
"""Records that shipments on links follow from; ``link_fill`` is there where rationing looks at links one by one."""


def slot_fill(records: Any) -> Any:
    """Share shipped by slot, (steps, slots, ...): see `standoff.simulate.turns.Slots`."""
    if "link_fill" in records:
        return records["link_fill"]
    fill = records["fill"]
    return fill.reshape(len(fill), -1, *fill.shape[3:])


def link_flows(setup: Setup, records: Any) -> Any:
    """Shipments on every ordinary link, units per step, (steps, links, ...)."""
    ordered = np.moveaxis(records["ordered"], 0, 1)  # rows of links are copied whole, which is several times faster
    fill = np.moveaxis(slot_fill(records), 0, 1)
    flows = np.ascontiguousarray(ordered)[setup.network.links.need]
    flows *= setup.share.reshape(-1, *([1] * (flows.ndim - 1)))
    flows *= np.ascontiguousarray(fill)[setup.slots.of_link]
    flows[setup.tracked] = np.moveaxis(records["link_shipped"], 0, 1)
    return np.moveaxis(flows, 1, 0)


def trade_groups(network: Network) -> tuple[Any, list[tuple[int, int, int]]]:
    """For each ordinary link the trade that it belongs to, and the trades as (product, origin, destination)."""
    position, trades = network.trades
    return position, list(trades)


def cover_days(setup: Setup, records: Any) -> Any:
    """Input stock as days of usual use, (steps, needs, ...)."""
    use = setup.constants.use
    return records["inventory"] / np.where(use > 0, use, 1.0) * setup.clock.step_days
