"""What NumPy and JAX do differently: changing rows of an array, and repeating a piece of a step.

Rules are written once over an array namespace, and most of what they do is the same in both. NumPy changes rows in place, JAX makes a new
array; NumPy repeats by a Python loop, JAX has to be told that it is a loop, or it compiles every pass for itself. A rule that does either
calls these functions and goes on with what they return.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def add_at(array: Any, index: Any, values: Any) -> Any:
    """The array with ``values`` added at ``index``, which names no place twice; the same array, changed, where it can be."""
    if hasattr(array, "at"):
        return array.at[index].add(values)
    array[index] += values
    return array


def put_at(array: Any, index: Any, values: Any) -> Any:
    """The array with ``values`` put at ``index``; the same array, changed, where it can be."""
    if hasattr(array, "at"):
        return array.at[index].set(values)
    array[index] = values
    return array


def repeat(count: int, once: Callable[[tuple[Any, ...]], tuple[Any, ...]], start: tuple[Any, ...]) -> tuple[Any, ...]:
    """``once`` applied ``count`` times, beginning with ``start``, a tuple of arrays."""
    if hasattr(start[0], "at"):
        from jax import lax

        result: tuple[Any, ...] = lax.fori_loop(0, count, lambda _, arrays: once(arrays), start)
        return result
    arrays = start
    for _ in range(count):
        arrays = once(arrays)
    return arrays
