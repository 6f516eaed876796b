"""Run an economy under the rules of a peer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from standoff.model.economy import Economy, EconomyState, RuleNumbers
from standoff.model.economy_step import step
from standoff.model.link_cuts import split_again
from standoff.model.rulesets import RuleSet
from standoff.simulate.damage import Schedule

Array = npt.NDArray[np.float64]

BY_NODE = (
    "capacity",
    "book",
    "final",
    "rebuilding",
    "output",
    "to_firms",
    "to_final",
    "final_share",
    "to_rebuilding",
    "unsold",
)
"""Flows by node that a run can keep."""
AFTER = ("overproduction", "labour", "capital_lost")


@dataclass(frozen=True)
class EconomyRun:
    """What a run kept: flows and states after each step, (steps, nodes), and stocks at chosen steps."""

    economy: Economy
    values: dict[str, Array]
    stock: dict[int, Array]

    def __getitem__(self, name: str) -> Array:
        return self.values[name]

    @property
    def value_added(self) -> Array:
        """At usual value added per output, (steps, nodes)."""
        usual = self.economy.output
        return self.values["output"] * np.divide(
            self.economy.value_added, usual, out=np.zeros_like(usual), where=usual > 0
        )


def resting(economy: Economy, numbers: RuleNumbers) -> EconomyState:
    """The state in which everything is as usual."""
    nodes = economy.supply.nodes
    return EconomyState(
        stock=economy.resting_stock,
        order_factor=np.ones_like(economy.supply.base),
        supplier_weight=np.ones(nodes),
        output=economy.output,
        overproduction=np.full(nodes, numbers.overproduction_base),
        labour=np.ones(nodes),
    )


def run_economy(
    economy: Economy,
    rules: RuleSet,
    schedule: Schedule,
    *,
    steps: int,
    numbers: RuleNumbers | None = None,
    keep: Sequence[str] = (*BY_NODE, *AFTER),
    keep_stock: Sequence[int] = (),
) -> EconomyRun:
    """Run some steps from rest.

    Args:
        economy: at rest.
        rules: from `standoff.model.rulesets.compose`.
        schedule: of this run alone.
        steps: how many.
        numbers: of the rules.
        keep: which flows and states, of `BY_NODE` and `AFTER`.
        keep_stock: steps after which stocks are kept.
    """
    numbers = numbers or RuleNumbers()
    state = resting(economy, numbers)
    values = {name: np.empty((steps, economy.supply.nodes)) for name in keep}
    stock: dict[int, Array] = {}
    whole = economy
    for number in range(steps):
        shocks = schedule.begin(number)
        supply = schedule.supply_in(number) if schedule.supply_in else whole.supply
        if supply is not economy.supply:
            if rules.chosen["sourcing"] != "usual":
                state = split_again(state, economy.supply, supply)
            economy = replace(whole, supply=supply)
        lost = schedule.capital_lost() if "capital_lost" in values else None
        state, flows = step(
            state,
            economy,
            rules,
            numbers=numbers,
            number=number,
            shocks=shocks,
        )
        schedule.end(flows.final_share)
        for name, path in values.items():
            if name == "capital_lost":
                path[number] = lost
            else:
                path[number] = getattr(state if name in AFTER else flows, name)
        if number in keep_stock:
            stock[number] = state.stock.copy()
    return EconomyRun(economy=whole, values=values, stock=stock)
