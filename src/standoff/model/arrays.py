"""What NumPy and JAX do differently: changing rows of an array, using room again, and repeating a piece of a step.

Rules are written once over an array namespace, and most of what they do is the same in both. NumPy changes rows in place and can write over
an array that is no longer needed, JAX makes a new one; NumPy repeats by a Python loop, JAX has to be told that it is a loop, or it compiles
every pass for itself. A rule that does any of this calls these functions and goes on with what they return.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt


def add_at(array: Any, index: Any, values: Any) -> Any:
    """The array with ``values`` added at ``index``, which names no place twice; the same array, changed, where it can be."""
    if isinstance(array, np.ndarray):
        array[index] += values
        return array
    return array.at[index].add(values)


def put_at(array: Any, index: Any, values: Any) -> Any:
    """The array with ``values`` put at ``index``; the same array, changed, where it can be."""
    if isinstance(array, np.ndarray):
        array[index] = values
        return array
    return array.at[index].set(values)


def change_at(array: Any, index: Any, function: Callable[..., Any], *others: Any) -> Any:
    """The array with ``function(row, *others)`` in the place of its row ``index``; the same array, changed, where it can be."""
    if isinstance(array, np.ndarray):
        row = array[index]
        function(row, *others, out=row)
        return array
    return array.at[index].set(function(array[index], *others))


def into(room: Any, function: Callable[..., Any], *arguments: Any) -> Any:
    """``function(*arguments)``, written over ``room`` where it can be: what the cache holds is not driven out by a new array."""
    return function(*arguments, out=room) if isinstance(room, np.ndarray) else function(*arguments)


def repeat(count: int, once: Callable[[tuple[Any, ...]], tuple[Any, ...]], start: tuple[Any, ...]) -> tuple[Any, ...]:
    """``once`` applied ``count`` times, beginning with ``start``, a tuple of arrays."""
    if not isinstance(start[0], np.ndarray):
        from jax import lax

        result: tuple[Any, ...] = lax.fori_loop(0, count, lambda _, arrays: once(arrays), start)
        return result
    arrays = start
    for _ in range(count):
        arrays = once(arrays)
    return arrays


def choose(condition: Any, chosen: Any, other: Any) -> Any:
    """``chosen`` if the condition holds, else ``other``; the condition is one truth, known or to be known when a trace is run."""
    if hasattr(condition, "at"):
        import jax.numpy as jnp

        return jnp.where(condition, chosen, other)
    return chosen if condition else other


def truth(value: Any) -> Any:
    """A bool, or a value that JAX will know when it runs."""
    return value if hasattr(value, "at") else bool(value)


def every(truths: Iterable[Any]) -> Any:
    """Whether all hold; the first that is known not to hold ends it."""
    held: Any = True
    for each in truths:
        if each is False:
            return False
        held = held & each
    return held


def run_totals(values: Any, starts: npt.NDArray[np.integer[Any]]) -> Any:
    """Sum of each run of entries that stand side by side along the first axis; ``starts`` is where each run begins, the first at 0."""
    if not isinstance(values, np.ndarray):
        from jax.ops import segment_sum

        run = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(values))))
        return segment_sum(values, run, num_segments=len(starts), indices_are_sorted=True)
    return np.add.reduceat(values, starts, axis=0)


def first_of_each(chosen: Any, group: npt.NDArray[np.integer[Any]], groups: int) -> Any:
    """Position of the first chosen entry of each group, their number where none is chosen; groups stand side by side.

    Along the first axis; what is chosen may differ between draws.
    """
    if not isinstance(chosen, np.ndarray):
        import jax.numpy as jnp
        from jax.ops import segment_min

        places = jnp.arange(len(group)).reshape(-1, *(1 for _ in chosen.shape[1:]))
        place = jnp.where(chosen, places, len(group))
        return jnp.minimum(segment_min(place, group, num_segments=groups, indices_are_sorted=True), len(group))
    first = np.full((groups, *chosen.shape[1:]), len(group))
    row, *draw = np.nonzero(chosen)
    np.minimum.at(first, (group[row], *draw), row)
    return first


def order_within(values: Any, group: npt.NDArray[np.integer[Any]]) -> Any:
    """Positions along the first axis that sort by group, and by value within a group; equal values stand in any order."""
    if not isinstance(values, np.ndarray):
        import jax.numpy as jnp

        groups = group.reshape(-1, *(1 for _ in values.shape[1:]))
        return jnp.lexsort((values, jnp.broadcast_to(groups, values.shape)), axis=0)
    order = np.argsort(values, axis=0)
    # Two bytes at a time NumPy counts instead of comparing, in an eighth of the time of `lexsort`
    for shift in range(0, max(int(group.max(initial=0)).bit_length(), 1), 16):
        digit = (group[order] >> shift).astype(np.uint16)
        order = np.take_along_axis(order, np.argsort(digit, axis=0, kind="stable"), axis=0)
    return order


def rows_where(chosen: Any) -> Any:
    """Positions at which a condition holds; all of them where that is only known when a trace is run."""
    return np.flatnonzero(chosen) if isinstance(chosen, np.ndarray) else np.arange(len(chosen))
