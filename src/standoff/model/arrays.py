"""What NumPy and JAX do differently: changing rows of an array, using room again, and repeating a piece of a step.

Rules are written once over an array namespace, and most of what they do is the same in both. NumPy changes rows in place and can write over
an array that is no longer needed, JAX makes a new one; NumPy repeats by a Python loop, JAX has to be told that it is a loop, or it compiles
every pass for itself. A rule that does any of this calls these functions and goes on with what they return.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


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
