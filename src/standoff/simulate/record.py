"""Which numbers of a run are kept. Recording is apart from stepping: the same steps fill a full record or a short one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

import numpy as np

from standoff.model.share_matrix import sum_map
from standoff.model.state import Flows, State
from standoff.results.indicators import trade_groups, use_groups
from standoff.simulate.setup import Setup
from standoff.simulate.side_ledger import SideLedger

STATE_FIELDS = (
    "stock",
    "inventory",
    "refused",
    "review_wait",
    "permits",
    "share",
    "reliability",
    "route_capacity",
    "reserve",
)
"""Kept at the *end* of each step."""
DRIFTING_FIELDS = ("overproduction", "labour")
"""Kept likewise, where the rules of the run have them."""
REGULATED_FIELDS = frozenset(
    {
        "review_wait",
        "permits",
        "in_review",
        "rights_held",
        "link_applied",
        "link_approved",
        "link_denied",
        "link_returned",
        "link_expired",
    }
)
"""Written by tracked link in a full record, with zeros where no regime ever holds, so that one link has one column everywhere."""


class Recorder(Protocol):
    """Keeps what it wants of each step."""

    def keep(self, number: int, *, state: State, flows: Flows) -> None:
        """Called once a step with the state at its end and what moved in it."""

    def records(self) -> Mapping[str, Any]:
        """Everything kept, by name, (steps, ...)."""


class FullRecorder:
    """Keeps every flow and state, so that each number of a run can be explained and every unit accounted for.

    Args:
        setup: of the run.
        initial: the state before its first step.
        only: names of the flows and states that are kept; all if not given.
    """

    def __init__(self, setup: Setup, initial: State, *, only: Collection[str] | None = None) -> None:
        self.steps, self.only = setup.clock.steps, only
        self.kept: dict[str, Any] = {}
        self.regulated, self.links = setup.regulated, setup.link_count
        self.first = {name: np.array(getattr(initial, name)) for name in STATE_FIELDS}
        self.drifting = [name for name in DRIFTING_FIELDS if getattr(initial, name) is not None]
        self.first.update({name: np.array(getattr(initial, name)) for name in self.drifting})
        self.first["in_making"] = initial.in_making.sum(axis=0)
        self.first["in_transit"] = initial.arriving.sum(axis=0)
        self.first["in_review"] = initial.stages.sum(axis=0)
        for name in REGULATED_FIELDS & self.first.keys():
            self.first[name] = self._by_link(self.first[name][None])[0]

    def keep(self, number: int, *, state: State, flows: Flows) -> None:
        for name in (*STATE_FIELDS, *self.drifting):
            self._put(number, name, getattr(state, name))
        self._put(number, "in_making", state.in_making.sum(axis=0))
        self._put(number, "in_transit", state.arriving.sum(axis=0))
        self._put(number, "in_review", state.stages.sum(axis=0))
        for name, value in zip(flows._fields, flows, strict=True):
            if value is not None:
                self._put(number, name, value)

    def _put(self, number: int, name: str, value: Any) -> None:
        if self.only is not None and name not in self.only:
            return
        kept = self.kept.get(name)
        if kept is None:
            kept = self.kept[name] = np.empty((self.steps, *value.shape))
        kept[number] = value

    def records(self) -> Mapping[str, Any]:
        """Everything kept, by name, (steps, ...)."""
        return {
            name: self._by_link(values) if name in REGULATED_FIELDS else values for name, values in self.kept.items()
        }

    def _by_link(self, values: Any) -> Any:
        padded = np.zeros((len(values), self.links, *values.shape[2:]))
        padded[:, self.regulated] = values
        return padded


class SummaryRecorder:
    """Keeps what an ensemble is asked for: unmet use, stops and trade under regimes by step, in single precision. Draws are last.

    Args:
        setup: of the run.
        stop_share: share of its plan below which a use stands still.
        ledger: of the whole run by side, kept too if given.
    """

    def __init__(self, setup: Setup, *, stop_share: float, ledger: SideLedger | None = None) -> None:
        self.stop_share, self.ledger = stop_share, ledger
        network = setup.network
        nodes = network.nodes
        groups, uses = use_groups(network)
        corridor, corridors = trade_groups(network)
        regulated = setup.tracked[setup.regime_table.position >= 0]
        self.corridors = np.unique(corridor[regulated])
        self.first = nodes.producers
        self.add_uses = sum_map(groups, uses)
        self.weight = nodes.weight[self.first :, None]
        chosen = np.isin(corridor[setup.tracked], self.corridors)
        self.chosen = np.flatnonzero(chosen)
        self.add_corridors = sum_map(
            np.searchsorted(self.corridors, corridor[setup.tracked][chosen]), len(self.corridors)
        )
        shape = (setup.clock.steps, setup.draws)
        self.kept = {
            "unmet": np.empty((shape[0], uses, shape[1]), dtype=np.float32),
            "stopped_share": np.empty((shape[0], uses, shape[1]), dtype=np.float32),
            "trade": np.empty((shape[0], len(self.corridors), shape[1]), dtype=np.float32),
        }
        self.corridor_labels = [corridors[index] for index in self.corridors]

    def keep(self, number: int, *, state: State, flows: Flows) -> None:
        plan, activity = flows.plan[self.first :], flows.activity[self.first :]
        unmet = self.add_uses(plan - activity)
        self.kept["unmet"][number] = unmet
        if self.ledger is not None:
            self.ledger.keep(number, flows=flows, unmet=unmet)
        stopped = (activity < self.stop_share * plan) & (plan > 0)
        self.kept["stopped_share"][number] = self.add_uses(stopped * self.weight)
        self.kept["trade"][number] = self.add_corridors(flows.link_shipped.take(self.chosen, axis=0))

    def records(self) -> Mapping[str, Any]:
        return self.kept if self.ledger is None else {**self.kept, "ledger": self.ledger.total()}
