"""Run an economy under the rules of a peer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from standoff.model.economy import Buffers, Economy, EconomyFlows, EconomyState, RuleNumbers, Shocks
from standoff.model.economy_step import step
from standoff.model.link_cuts import split_again
from standoff.model.rulesets import RuleSet
from standoff.model.share_matrix import LinearMap
from standoff.model.supply import Supply
from standoff.simulate.allocator import keep_memory_of_blocks
from standoff.simulate.backend import NUMPY, Backend

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


class Events(Protocol):
    """What strikes an economy in a run: a `standoff.simulate.damage.Schedule`, or one for each draw."""

    @property
    def supply_in(self) -> Callable[[int], Supply] | None:
        """The network in a step, the same object as long as it stays the same; None for that of the economy."""

    def begin(self, number: int) -> Shocks:
        """What comes from outside in a step."""

    def capital_lost(self) -> Array:
        """Capital that is not there, (nodes, ...)."""

    def end(self, served: Array) -> None:
        """Take the share of rebuilding that was served, (nodes, ...), and let damage recover."""


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


def resting(economy: Economy, numbers: RuleNumbers, *, draws: int | None = None) -> EconomyState:
    """The state in which everything is as usual.

    Args:
        economy: at rest.
        numbers: of the rules.
        draws: how many, for an economy with draws.
    """
    stock, xp = economy.resting_stock, economy.supply.xp
    ones = xp.ones(economy.supply.nodes)
    if draws is not None:
        stock = xp.broadcast_to(stock, (*stock.shape[:-1], draws)).copy()
        ones = xp.ones((economy.supply.nodes, draws))
    return EconomyState(
        stock=stock,
        order_factor=xp.ones_like(stock),
        supplier_weight=ones,
        output=economy.output * ones,
        overproduction=numbers.overproduction_base * ones,
        labour=ones,
    )


class Taken(NamedTuple):
    """One step of a run."""

    number: int
    economy: Economy
    """On the network of the step."""
    before: EconomyState
    flows: EconomyFlows
    after: EconomyState


def take_steps(
    economy: Economy,
    rules: RuleSet,
    schedule: Events,
    *,
    steps: int,
    numbers: RuleNumbers,
    state: EconomyState,
    buffers: Buffers | None = None,
) -> Iterator[Taken]:
    """Take steps one by one; damage recovers when the next one is asked for.

    Args:
        economy, rules, schedule, steps, numbers: as for `run_economy`.
        state: to begin with.
        buffers: as for `standoff.model.economy_step.step`: with them, what was there before a step is used up.
    """
    keep_memory_of_blocks()
    whole = economy
    for number in range(steps):
        shocks = schedule.begin(number)
        supply = schedule.supply_in(number) if schedule.supply_in else whole.supply
        if supply is not economy.supply:
            if rules.chosen["sourcing"] != "usual":
                state = split_again(state, economy.supply, supply)
            economy, state = replace(whole, supply=supply), state._replace(book=None)
        after, flows = step(state, economy, rules, numbers=numbers, number=number, shocks=shocks, buffers=buffers)
        yield Taken(number, economy, state, flows, after)
        schedule.end(flows.final_share)
        state = after
        del flows, after  # a million firms need the room for those of the next step


def run_economy(
    economy: Economy,
    rules: RuleSet,
    schedule: Events,
    *,
    steps: int,
    numbers: RuleNumbers | None = None,
    keep: Sequence[str] = (*BY_NODE, *AFTER),
    keep_stock: Sequence[int] = (),
    sums: LinearMap | None = None,
    draws: int | None = None,
    backend: Backend = NUMPY,
    compiled: list[Any] | None = None,
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
        sums: of nodes by group, to be kept in the place of nodes.
        draws: how many, for an economy with draws (`standoff.simulate.economy_draws`).
        backend: array library that takes the steps; JAX one run alone, whose schedule is a `standoff.simulate.damage.Schedule`.
        compiled: what JAX compiled in earlier runs that were given the same list, to be used again where only numbers differ.

    Raises:
        InputError: more capital is destroyed than there is; what JAX does not run.
    """
    numbers = numbers or RuleNumbers()
    if backend.name == "jax":
        from standoff.simulate.traced_economy import run_traced

        return run_traced(
            economy,
            rules,
            schedule,
            steps=steps,
            numbers=numbers,
            keep=keep,
            keep_stock=keep_stock,
            sums=sums,
            known=compiled,
        )
    state = resting(economy, numbers, draws=draws)
    buffers = Buffers(stock=state.stock, order_factor=state.order_factor, arrived=None, used=None)
    rows = economy.supply.nodes if sums is None else sums.shape[0]
    values = {name: np.empty((steps, rows, *state.output.shape[1:])) for name in keep}
    stock: dict[int, Array] = {}
    taken = take_steps(economy, rules, schedule, steps=steps, numbers=numbers, state=state, buffers=buffers)
    for number, now, before, flows, after in taken:
        for name, path in values.items():
            if name == "capital_lost":
                value: Any = schedule.capital_lost()
            else:
                value = getattr(after if name in AFTER else flows, name)
            path[number] = value if sums is None else sums(np.broadcast_to(value, after.output.shape))
        if number in keep_stock:
            stock[number] = now.supply.as_given(after.stock).copy()
        del before, flows, after  # a million firms need the room for those of the next step
    return EconomyRun(economy=economy, values=values, stock=stock)
