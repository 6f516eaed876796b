"""Changing some rows of an array: in place where the array allows it, by a new array under JAX.

Rules are written once over an array namespace. Most of what they do is the same in NumPy and JAX; changing rows is not. A rule that
does so calls these two and goes on with what they return.
"""

from __future__ import annotations

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
