"""Results that are one number: a sum over the steps of a run, smooth enough to have a derivative."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.errors import nearest, refuse
from standoff.model.state import Flows, State
from standoff.results.indicators import trade_groups, use_groups
from standoff.simulate.setup import Setup
from standoff.world.network import DAYS_PER_YEAR, Network

TOTAL = "unmet_use_usd"
VALUE_ADDED = "value_added_lost_usd"


@dataclass(frozen=True)
class Scalar:
    """A result that adds up over the steps.

    Attributes:
        of: its name.
        unit: of the sum.
        in_step: what a step adds, (draws,), from its flows; works on the arrays of any library.
    """

    of: str
    unit: str
    in_step: Callable[[Setup, Flows], Any]


class SumRecorder:
    """Keeps the sum of a scalar over the steps of a run, (draws,)."""

    def __init__(self, scalar: Scalar, setup: Setup) -> None:
        self.scalar, self.setup = scalar, setup
        self.total = np.zeros(setup.draws)

    def keep(self, number: int, *, state: State, flows: Flows) -> None:
        self.total = self.total + self.scalar.in_step(self.setup, flows)

    def records(self) -> Mapping[str, Any]:
        return {self.scalar.of: self.total}


def scalar_named(network: Network, of: str) -> Scalar:
    """A result by its name.

    Args:
        network: what exists.
        of: ``unmet_use_usd`` or ``value_added_lost_usd``, both with ``:SIDE`` where only one side counts, ``unmet:USE`` in units of the
            use, or ``trade:PRODUCT: ORIGIN > DESTINATION`` in units of the product (of links under a regime).

    Raises:
        InputError: there is no such result, or it has no derivative.
    """
    kind, _, label = (part.strip() for part in of.partition(":"))
    makers: dict[str, tuple[Callable[[Network, str, str], Scalar], Sequence[str]]] = {
        TOTAL: (_unmet_value, ["", *network.place_side]),
        VALUE_ADDED: (_value_added_lost, ["", *network.place_side]),
        "unmet": (_unmet, network.nodes.parent_labels[-use_groups(network)[1] :]),
        "trade": (_trade, [_corridor(network, trade) for trade in trade_groups(network)[1]]),
    }
    if kind == "stopped":
        raise refuse(
            "of",
            why="what stands still is counted, and a count has no derivative",
            cure="Ask for unmet:USE, or for stopped:USE without gradients",
            value=of,
        )
    if kind not in makers or label not in makers[kind][1]:
        known = [f"{kind}:{name}" if name else kind for name in makers[kind][1]] if kind in makers else list(makers)
        raise refuse("of", why="there is no such result", cure=nearest(of, known), value=of)
    return makers[kind][0](network, of, label)


def _of_side(network: Network, nodes: Any, side: str) -> Any:
    """1.0 where a node belongs to the side; everywhere if no side is asked for."""
    sides = np.array(network.place_side)[network.nodes.place[nodes]]
    return np.ones(len(sides)) if not side else (sides == side).astype(float)


def _unmet_value(network: Network, of: str, side: str) -> Scalar:
    uses = slice(network.nodes.producers, None)
    weight = (network.nodes.value[uses] * _of_side(network, uses, side))[:, None]
    return Scalar(of, "USD", lambda _, flows: ((flows.plan - flows.activity)[uses] * weight).sum(axis=0))


def _value_added_lost(network: Network, of: str, side: str) -> Scalar:
    nodes, makers = network.nodes, slice(0, network.nodes.producers)
    weight = (nodes.value[makers] * _of_side(network, makers, side))[:, None]
    usual = nodes.activity[makers, None] / DAYS_PER_YEAR

    def in_step(setup: Setup, flows: Flows) -> Any:
        return ((usual * setup.clock.step_days - flows.activity[makers]) * weight).sum(axis=0)

    return Scalar(of, "USD", in_step)


def _unmet(network: Network, of: str, use: str) -> Scalar:
    nodes = network.nodes
    row = nodes.parent_labels.index(use, nodes.parent[nodes.producers])
    members = np.flatnonzero(nodes.parent == row)
    return Scalar(of, "units of use", lambda _, flows: (flows.plan - flows.activity)[members].sum(axis=0))


def _trade(network: Network, of: str, corridor: str) -> Scalar:
    groups, trades = trade_groups(network)
    links = groups == [_corridor(network, trade) for trade in trades].index(corridor)

    def in_step(setup: Setup, flows: Flows) -> Any:
        tracked = np.flatnonzero(links[setup.tracked])
        if len(tracked) < links.sum():
            raise refuse(
                "of",
                why="no measure touches this trade, so that a run does not follow its links one by one",
                cure="Ask for a trade under a regime",
                value=of,
            )
        return flows.link_shipped[tracked].sum(axis=0)

    return Scalar(of, "units of the product", in_step)


def _corridor(network: Network, trade: tuple[int, int, int]) -> str:
    product, origin, destination = trade
    return f"{network.products[product]}: {network.places[origin]} > {network.places[destination]}"
