"""What NumPy and JAX do differently: changing rows of an array, using room again, and repeating a piece of a step.

Rules are written once over an array namespace, and most of what they do is the same in both. NumPy changes rows in place and can write over
an array that is no longer needed, JAX makes a new one; NumPy repeats by a Python loop, JAX has to be told that it is a loop, or it compiles
every pass for itself. A rule that does any of this calls these functions and goes on with what they return.
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


def change_at(array: Any, index: Any, function: Callable[..., Any], *others: Any) -> Any:
    """The array with ``function(row, *others)`` in the place of its row ``index``; the same array, changed, where it can be."""
    if hasattr(array, "at"):
        return array.at[index].set(function(array[index], *others))
    function(array[index], *others, out=array[index])
    return array


def into(room: Any, function: Callable[..., Any], *arguments: Any) -> Any:
    """``function(*arguments)``, written over ``room`` where it can be: what the cache holds is not driven out by a new array."""
    if hasattr(room, "at"):
        return function(*arguments)
    return function(*arguments, out=room)


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
