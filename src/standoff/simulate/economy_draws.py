"""Many draws of an economy at once: the same steps with the draws on the last axis, so that they share each read of the network.

Draws may differ in their shocks, in the numbers of the rules, in cover and in the time to restock; the network is the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.errors import Problems
from standoff.model.economy import ARRAYS, Economy, RuleNumbers, Shocks
from standoff.model.rulesets import LINK_BY_LINK, RuleSet
from standoff.model.share_matrix import sum_map
from standoff.simulate.backend import NUMPY, Backend
from standoff.simulate.damage import Schedule
from standoff.simulate.economy_run import run_economy

Array = npt.NDArray[np.float64]

TOGETHER = 48
"""Draws in a block: more save little, and take memory (measured on 4,000 producers)."""


class Schedules:
    """Schedules of several draws side by side, each of one draw alone; none of them cuts links."""

    supply_in = None

    def __init__(self, schedules: Sequence[Schedule]) -> None:
        self.schedules = tuple(schedules)

    def begin(self, number: int) -> Shocks:
        """What comes from outside in a step, each (nodes, draws)."""
        begun = [schedule.begin(number) for schedule in self.schedules]
        return Shocks(*(_stack([getattr(each, name) for each in begun]) for name in Shocks._fields))

    def capital_lost(self) -> Array:
        """Capital that is not there, (nodes, draws)."""
        return np.stack([schedule.capital_lost() for schedule in self.schedules], axis=-1)

    def end(self, served: Array) -> None:
        """Let every schedule know what was served, (nodes, draws)."""
        for schedule, share in zip(self.schedules, served.T, strict=True):
            schedule.end(share)


def run_draws(
    economy: Economy,
    rules: RuleSet,
    schedule: Callable[[int], Schedule],
    *,
    draws: int,
    steps: int,
    numbers: RuleNumbers | Sequence[RuleNumbers] | None = None,
    cover: Array | None = None,
    restock: Array | None = None,
    keep: Sequence[str] = ("output",),
    sum_by: npt.NDArray[np.integer[Any]] | None = None,
    together: int = TOGETHER,
    backend: Backend = NUMPY,
) -> dict[str, Array]:
    """Run many draws from rest. A draw is what `run_economy` makes of it alone, to rounding.

    Draws whose rationing looks at single links, that do what a peer does wrong, or whose links are cut run one after another.

    Args:
        economy: at rest.
        rules: of all draws.
        schedule: number of a draw to its schedule; a new one at every call.
        draws: how many.
        steps: how many.
        numbers: of the rules, for all draws or one a draw.
        cover: steps of use in stock, (draws,) or (needs, draws); that of the economy if not given.
        restock: steps to close a gap of the stock, likewise.
        keep: which flows and states, of `standoff.simulate.economy_run.BY_NODE` and ``AFTER``.
        sum_by: group of each node, (nodes,); only sums of groups are kept.
        together: draws in a block.
        backend: array library that takes the steps. JAX compiles once for all blocks of the same length.

    Returns:
        What was kept by name, (steps, nodes or groups, draws).

    Raises:
        InputError: numbers, cover or restock for another number of draws; what JAX does not run.
    """
    each = [numbers or RuleNumbers()] * draws if numbers is None or isinstance(numbers, RuleNumbers) else list(numbers)
    given: dict[str, Any] = {
        name: values for name, values in {"cover": cover, "restock": restock}.items() if values is not None
    }
    _check(draws, {"numbers": len(each), **{name: values.shape[-1] for name, values in given.items()}})
    sums = None if sum_by is None else sum_map(sum_by, int(sum_by.max(initial=-1)) + 1)
    apart = rules.chosen["rationing"] in LINK_BY_LINK or any(one.peer_compatible for one in each)
    its: dict[str, Any]
    blocks: list[dict[str, Array]] = []
    compiled: Any = None
    for first in range(0, draws, together):
        chosen = range(first, min(first + together, draws))
        events = [schedule(draw) for draw in chosen]
        alone = apart or any(one.supply_in for one in events)
        if backend.name == "jax":
            from standoff.simulate.traced_draws import run_block

            values, compiled = run_block(
                economy,
                rules,
                events,
                steps=steps,
                numbers=[each[draw] for draw in chosen],
                by_need={name: values[..., first : chosen.stop] for name, values in given.items()},
                keep=keep,
                sums=sums,
                apart=alone,
                before=compiled,
            )
            blocks.append(values)
            continue
        if alone:
            for draw, event in zip(chosen, events, strict=True):
                its = {name: _by_need(values, economy)[..., draw] for name, values in given.items()}
                one = replace(economy, **its)
                run = run_economy(one, rules, event, steps=steps, numbers=each[draw], keep=keep, sums=sums)
                blocks.append({name: path[..., None] for name, path in run.values.items()})
            continue
        its = {name: _by_need(values[..., first : chosen.stop], economy) for name, values in given.items()}
        run = run_economy(
            replace(with_draws(economy, its), supply=economy.supply.for_draws(len(chosen))),
            rules,
            Schedules(events),
            steps=steps,
            numbers=side_by_side([each[draw] for draw in chosen]),
            keep=keep,
            sums=sums,
            draws=len(chosen),
        )
        blocks.append(run.values)
    return {name: np.concatenate([block[name] for block in blocks], axis=-1) for name in keep}


def _check(draws: int, counts: dict[str, int]) -> None:
    problems = Problems("draws of an economy")
    for name, count in counts.items():
        if count != draws:
            problems.add(
                column=name, value=count, why=f"not one for each of {draws} draws", cure="Give one a draw, or none"
            )
    problems.raise_if_any()


def _by_need(values: Array, economy: Economy) -> Array:
    """(draws,) or (needs, draws) to (needs, draws), written out nowhere."""
    return np.broadcast_to(values, (*economy.supply.base.shape, values.shape[-1]))


def with_draws(economy: Economy, changes: dict[str, Any]) -> Economy:
    """The economy with draws as the last axis of every array."""
    constants: dict[str, Any] = {name: getattr(economy, name)[..., None] for name in ARRAYS if name not in changes}
    return replace(economy, **constants, **changes)


def side_by_side(numbers: Sequence[RuleNumbers]) -> RuleNumbers:
    """Numbers of several draws, an array of (draws,) where they differ."""
    columns = {each.name: [getattr(number, each.name) for number in numbers] for each in fields(RuleNumbers)}
    differing: dict[str, Any] = {name: np.array(values) for name, values in columns.items() if len(set(values)) > 1}
    return replace(numbers[0], **differing)


def _stack(values: Sequence[Any]) -> Any:
    """Shocks of several draws, (nodes, draws); one column where they are the same object, None where nobody has any."""
    if all(each is values[0] for each in values):
        return None if values[0] is None else values[0][:, None]
    some = next(each for each in values if each is not None)
    return np.stack([np.zeros_like(some) if each is None else each for each in values], axis=-1)
