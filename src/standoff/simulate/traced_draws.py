"""Many draws of an economy under JAX: draws on the last axis, or, where a rule looks at single links, one run that is repeated for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import jax
import numpy as np
import numpy.typing as npt

from standoff.errors import refuse
from standoff.model.economy import Economy, RuleNumbers
from standoff.model.rulesets import RuleSet
from standoff.simulate.damage import Schedule
from standoff.simulate.economy_draws import side_by_side, with_draws
from standoff.simulate.traced import double_precision
from standoff.simulate.traced_economy import EconomyProgram, compiled, kept_of, program

Array = npt.NDArray[np.float64]


def run_block(
    economy: Economy,
    rules: RuleSet,
    schedules: Sequence[Schedule],
    *,
    steps: int,
    numbers: Sequence[RuleNumbers],
    by_need: dict[str, Array],
    keep: Sequence[str],
    sums: Any,
    apart: bool,
    before: tuple[EconomyProgram, Any] | None,
) -> tuple[dict[str, Array], tuple[EconomyProgram, Any]]:
    """Some draws at once.

    Args:
        economy, rules, steps, keep: as for `standoff.simulate.economy_draws.run_draws`.
        schedules, numbers: one a draw.
        by_need: fields of the economy that differ, (draws,) or (needs, draws).
        sums: of nodes by group, or None.
        apart: whether draws share no product with the network.
        before: program and compiled function of the draws before, used again where it is the same.

    Returns:
        (what was kept by name, (steps, nodes, draws); program and compiled function).
    """
    count = len(schedules)
    if not apart and count > 1:
        shape = (1,) * economy.supply.base.ndim
        wide: dict[str, Any] = {
            name: values.reshape(*shape, -1) if values.ndim == 1 else values for name, values in by_need.items()
        }
        made, given = program(
            with_draws(economy, wide), rules, schedules, steps=steps, numbers=side_by_side(numbers), draws=count
        )
        run = before[1] if before and before[0] == made else compiled(made, keep=keep, sums=sums)
        return run(given)[0], (made, run)
    programs = []
    for draw in range(count):
        its: dict[str, Any] = {
            name: np.broadcast_to(values, (*economy.supply.base.shape, count))[..., draw]
            for name, values in by_need.items()
        }
        programs.append(
            program(replace(economy, **its), rules, schedules[draw : draw + 1], steps=steps, numbers=numbers[draw])
        )
    made = programs[0][0]
    if any(each != made for each, _ in programs):
        raise refuse(
            "backend jax",
            why="draws differ in when links are cut or in what their events are",
            cure="Give every draw the same dates, some of size 0, or run them in NumPy",
        )
    run = before[1] if before and before[0] == made else _repeated(made, keep=keep, sums=sums)
    return run([given for _, given in programs]), (made, run)


def _repeated(made: EconomyProgram, *, keep: Sequence[str], sums: Any) -> Callable[[list[Any]], dict[str, Array]]:
    """A compiled function from the numbers of each draw to what was kept by name, (steps, nodes, draws)."""
    emit = kept_of(keep, sums)
    functions: dict[tuple[int | None, ...], Any] = {}

    def one(numbers: Any) -> Any:
        return made.scan(numbers, emit)[0]

    def call(each: list[Any]) -> dict[str, Array]:
        leaves = [jax.tree.leaves(one) for one in each]
        tree = jax.tree.structure(each[0])
        together = [_stacked(values) for values in zip(*leaves, strict=True)]
        axes = tuple(axis for _, axis in together)
        same = all(axis is None for axis in axes)
        if axes not in functions:
            its_axes = (jax.tree.unflatten(tree, axes),)
            functions[axes] = jax.jit(one if same else jax.vmap(one, in_axes=its_axes, out_axes=-1))
        with double_precision():
            numbers = jax.tree.unflatten(tree, [values for values, _ in together])
            found: dict[str, Array] = jax.tree.map(np.asarray, functions[axes](numbers))
        return {name: np.repeat(path[..., None], len(each), axis=-1) for name, path in found.items()} if same else found

    return call


def _stacked(values: Sequence[Any]) -> tuple[Any, int | None]:
    """(values of all draws, the axis that they differ along); rows of a path are filled up with the last."""
    first = values[0]
    if all(each is first or np.array_equal(each, first) for each in values):
        return first, None
    rows = max(len(np.atleast_1d(each)) for each in values)
    filled = [
        each if np.ndim(each) == 0 else np.concatenate([each, *[each[-1:]] * (rows - len(each))]) for each in values
    ]
    return np.stack(filled, axis=-1), -1
