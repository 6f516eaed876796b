"""A run of an economy under JAX: the rules and the step of the peers, traced once, compiled, and differentiated.

A run is split into what a program is compiled for (`EconomyProgram`: network, rules, number of steps, kinds of events) and its numbers, a
nest of arrays. One program serves all numbers of the same shapes. Where links are cut or opened it takes one loop after another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from standoff.errors import refuse
from standoff.model.economy import ARRAYS, Economy, EconomyFlows, EconomyState, RuleNumbers
from standoff.model.economy_step import ready, step
from standoff.model.home import Homes
from standoff.model.link_cuts import CutSupply, split_again
from standoff.model.rulesets import RuleSet
from standoff.model.supply import Supply
from standoff.simulate.damage import Schedule
from standoff.simulate.economy_run import AFTER, EconomyRun, resting
from standoff.simulate.traced import TracedMap, double_precision
from standoff.simulate.traced_events import TracedEvents, traced_events
from standoff.simulate.traced_network import NewArrays, network_arrays, traced_network

NUMBERS = tuple(each.name for each in fields(RuleNumbers) if each.name != "peer_compatible")

Emit = Callable[[EconomyState, EconomyFlows, Any], Any]
"""What to keep of the state after a step, of what moved in it, and of the capital that was not there."""


@dataclass(frozen=True)
class EconomyProgram:
    """All of a run but its numbers.

    Attributes:
        whole: the network, without cuts.
        homes: where its nodes are, if a rule asks for it.
        rules: one a slot.
        peer_compatible: whether to do what a peer does wrong.
        events: what strikes.
        stretches: first steps between which links stay as they are.
        steps: of the run.
        draws: how many, None for a run without draws.
    """

    whole: Supply
    homes: Homes | None
    rules: RuleSet
    peer_compatible: bool
    events: TracedEvents
    stretches: tuple[int, ...]
    steps: int
    draws: int | None

    def scan(self, numbers: Any, emit: Emit, *, recompute: bool = False) -> tuple[Any, list[Any]]:
        """All steps from rest. To be called while JAX traces.

        Args:
            numbers: of `program`; beside them ``stock``, by need, if stocks begin at another share of the resting ones.
            emit: what to keep of a step.
            recompute: whether a reverse pass computes each step again, but for products with a table, rather than remember it whole.

        Returns:
            What was kept, with the steps as a first axis; stocks after each stretch.
        """
        xp = NewArrays()
        rules = RuleNumbers(**numbers["rules"], peer_compatible=self.peer_compatible)
        draws = self.draws is not None
        uncut = traced_network(self.whole, numbers["network"], xp, draws=draws)
        economy = Economy(supply=uncut, homes=self.homes, **numbers["economy"])
        state = resting(economy, rules, draws=self.draws)
        if "stock" in numbers:
            begun: Any = state.stock
            held = jnp.isfinite(begun)
            begun = jnp.where(held, jnp.where(held, begun, 0.0) * numbers["stock"], jnp.inf)
            state = state._replace(stock=begun)
        _known_before_the_loop(economy)
        left: Any = self.events.start(numbers["events"])
        kept, stocks = [], []
        ends = (*self.stretches[1:], self.steps)
        for first, end, flows in zip(self.stretches, ends, numbers["flows"], strict=True):
            if flows is not None:
                before, cut = (
                    economy.supply,
                    {**numbers["network"], "flows": flows, "usual": numbers["network"]["flows"]},
                )
                economy = replace(economy, supply=traced_network(self.whole, cut, xp, draws=draws))
                _known_before_the_loop(economy)
                if self.rules.chosen["sourcing"] != "usual":
                    state = split_again(state, before, economy.supply)
                state = state._replace(book=None)
            state = ready(state, economy, self.rules, numbers=rules)
            (state, left), some = self._stretch(
                economy, rules, numbers, (state, left), jnp.arange(first, end), emit, recompute
            )
            kept.append(some)
            stocks.append(state.stock)
        return jax.tree.map(lambda *each: jnp.concatenate(each), *kept), stocks

    def _stretch(
        self,
        economy: Economy,
        rules: RuleNumbers,
        numbers: Any,
        start: Any,
        ahead: Any,
        emit: Emit,
        recompute: bool,
    ) -> tuple[Any, Any]:
        events, xp = self.events, economy.supply.xp

        def one(begin: Any, number: Any) -> tuple[Any, Any]:
            state, left = begin
            shocks, lost = events.begin(number, left, numbers["events"], economy.per_capital, xp)
            after, flows = step(state, economy, self.rules, numbers=rules, number=number, shocks=shocks)
            left = events.end(number, left, numbers["events"], flows.final_share, xp)
            same = jax.tree.map(lambda new, old: jnp.broadcast_to(new, old.shape), after, state)
            return (same, left), emit(after, flows, lost)

        if recompute:
            # Products with the network are remembered: without them a step is cheap to compute again, and they are little of what it keeps
            one = jax.checkpoint(one, policy=jax.checkpoint_policies.dots_saveable)
        return jax.lax.scan(one, start, ahead)


def _known_before_the_loop(economy: Economy) -> None:
    """Work out constants that an economy keeps once it was asked for them: what a loop asks first would be the loop's own."""
    for name in ("per_output", "per_capital", "other_final", "inputs", "base_book", "home_flows"):
        getattr(economy, name)
    for part in economy.parts:
        for name in ("group_critical", "group_important", "group_used", "goal", "group_goal", "group_binding"):
            getattr(part, name)


def program(
    economy: Economy,
    rules: RuleSet,
    schedules: Sequence[Schedule],
    *,
    steps: int,
    numbers: RuleNumbers,
    draws: int | None = None,
    stops: Sequence[int] = (),
) -> tuple[EconomyProgram, dict[str, Any]]:
    """A run as what is compiled and its numbers.

    Args:
        economy: at rest, with draws as the last axis of its arrays if there are any.
        rules, steps, numbers: as for `standoff.simulate.economy_run.run_economy`.
        schedules: one, or one for each draw; used up.
        draws: how many, None for a run without draws.
        stops: steps at which a stretch begins although links stay as they are.

    Raises:
        InputError: a network that runs in NumPy only; events that do not fit together.
    """
    changes = _network_by_stretch(economy.supply, schedules, steps=steps)
    firsts = tuple(sorted({0, *changes, *(each for each in stops if 0 < each < steps)}))
    whole: Any = economy.supply
    while isinstance(whole, CutSupply):
        whole = whole.whole
    if any(isinstance(each, CutSupply) and each.whole is not whole for each in changes.values()):
        raise refuse("backend jax", why="links are cut in a network that is cut already", cure="Run it in NumPy")
    events, strikes = traced_events(schedules, steps=steps, draws=draws)
    homes = economy.homes if rules.chosen["rationing"] == "tiers" else None
    made = EconomyProgram(whole, homes, rules, numbers.peer_compatible, events, firsts, steps, draws)
    given = {
        "economy": {name: _by_product(getattr(economy, name), whole, draws) for name in ARRAYS},
        "network": network_arrays(whole),
        "rules": {name: np.asarray(getattr(numbers, name), dtype=float) for name in NUMBERS},
        "events": strikes,
        "flows": tuple(network_arrays(changes[each])["flows"] if each in changes else None for each in firsts),
    }
    return made, given


def _by_product(values: Any, whole: Supply, draws: int | None) -> Any:
    """The same values, those by need with as many products as the network has, because a loop goes through them."""
    if draws is None or values.ndim <= whole.base.ndim or whole.base.ndim == 1:
        return values
    return np.broadcast_to(values, (len(whole.base), *values.shape[1:]))


def _network_by_stretch(whole: Supply, schedules: Sequence[Schedule], *, steps: int) -> dict[int, Supply]:
    """The network from each step on at which it changes."""
    supply_in = schedules[0].supply_in
    if supply_in is None:
        return {}
    changes: dict[int, Supply] = {}
    now = whole
    for number in range(steps):
        ahead = supply_in(number)
        if ahead is not now:
            changes[number] = now = ahead
    return changes


def run_traced(
    economy: Economy,
    rules: RuleSet,
    schedule: Any,
    *,
    steps: int,
    numbers: RuleNumbers,
    keep: Sequence[str],
    keep_stock: Sequence[int] = (),
    sums: Any = None,
    known: list[Any] | None = None,
) -> EconomyRun:
    """`standoff.simulate.economy_run.run_economy` under JAX; arguments as there, ``known`` for ``compiled``.

    Raises:
        InputError: as `program`.
    """
    if not isinstance(schedule, Schedule):
        raise refuse(
            "backend jax",
            why=f"a {type(schedule).__name__} cannot be laid out by step",
            cure="Give a Schedule, or use numpy",
        )
    stops = [each + 1 for each in keep_stock]
    made, given = program(economy, rules, [schedule], steps=steps, numbers=numbers, stops=stops)
    asked, known = (made, tuple(keep), sums), [] if known is None else known
    run = next((each for what, each in known if what == asked), None)
    if run is None:
        run = compiled(made, keep=keep, sums=sums)
        known.append((asked, run))
    values, stocks = run(given)
    ends = dict(zip((*(each - 1 for each in made.stretches[1:]), steps - 1), stocks, strict=True))
    return EconomyRun(economy, values, {each: made.whole.as_given(ends[each]) for each in keep_stock})


def compiled(made: EconomyProgram, *, keep: Sequence[str], sums: Any = None) -> Callable[[Any], tuple[Any, Any]]:
    """A compiled function from numbers to what was kept by name, (steps, nodes, ...), and stocks after each stretch, in NumPy.

    Args:
        made: from `program`.
        keep, sums: as for `standoff.simulate.economy_run.run_economy`.
    """
    emit = kept_of(keep, sums)
    run = jax.jit(lambda numbers: made.scan(numbers, emit))

    def call(numbers: Any) -> tuple[Any, Any]:
        with double_precision():
            kept, stocks = jax.tree.map(np.asarray, run(numbers))
        return kept, stocks

    return call


def kept_of(keep: Sequence[str], sums: Any) -> Emit:
    """What a run keeps of each step, by name; arguments as for `compiled`."""
    total = None if sums is None else TracedMap.of(sums)

    def emit(after: EconomyState, flows: EconomyFlows, lost: Any) -> dict[str, Any]:
        found = {}
        for name in keep:
            value = lost if name == "capital_lost" else getattr(after if name in AFTER else flows, name)
            value = jnp.broadcast_to(value, after.output.shape)
            found[name] = value if total is None else total(value)
        return found

    return emit


def differentiate_economy(
    made: EconomyProgram, given: Any, change: Callable[[Any, Any], Any], in_step: Callable[[EconomyFlows], Any]
) -> Callable[..., tuple[float, Any]]:
    """A compiled function from changes to a result and its derivatives by all of them, from one reverse pass.

    Another set of changes is compiled anew: what is left out costs nothing.

    Args:
        made, given: from `program`, of a run without draws.
        change: numbers with changes, arrays in any nest of tuples and mappings, put into them.
        in_step: what a step adds to the result.

    Returns:
        A function of the changes.
    """

    def total(changes: Any, numbers: Any) -> Any:
        added, _ = made.scan(change(numbers, changes), lambda after, flows, lost: in_step(flows), recompute=True)
        return added.sum()

    compiled_pass = jax.jit(jax.value_and_grad(total))

    def call(changes: Any) -> tuple[float, Any]:
        with double_precision():
            value, derivatives = compiled_pass(changes, given)
            return float(value), jax.tree.map(np.asarray, derivatives)

    return call
