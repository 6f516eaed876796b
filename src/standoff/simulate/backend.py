"""The one place that knows which array library a run uses: NumPy, or JAX for derivatives, compiled loops and GPUs.

Rules and setup are written once over an array namespace. What differs is here and in `standoff.simulate.traced`, which is JAX's part and
imported only when it is asked for: the products with constant matrices, the smallest entry of each group, and the loop over steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.errors import nearest, refuse
from standoff.model.share_matrix import LinearMap

BACKENDS = ("numpy", "jax")


@dataclass(frozen=True)
class Backend:
    """An array library.

    Attributes:
        name: one of `BACKENDS`.
        xp: its array namespace.
        linear_map: makes ``y = A x`` from rows, columns, values and ``shape``.
    """

    name: str
    xp: Any
    linear_map: Callable[..., Any]


def _numpy_map(rows: Any, columns: Any, values: Any, *, shape: tuple[int, int]) -> LinearMap:
    """A `LinearMap`; values may have an axis of one draw."""
    return LinearMap(rows, columns, np.reshape(values, len(rows)), shape=shape)


NUMPY = Backend(name="numpy", xp=np, linear_map=_numpy_map)


def backend_named(name: str) -> Backend:
    """The array library of that name.

    Raises:
        InputError: there is none of that name, or it is not installed.
    """
    if name not in BACKENDS:
        raise refuse("backend", why="there is no such array library", cure=nearest(name, BACKENDS), value=name)
    if name == "numpy":
        return NUMPY
    try:
        from standoff.simulate import traced
    except ModuleNotFoundError as error:
        if error.name not in ("jax", "jaxlib"):
            raise
        raise refuse("backend jax", why="JAX is not installed", cure="pip install 'standoff[jax]'") from None
    return traced.JAX
