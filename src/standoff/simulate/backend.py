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


class MapPerDraw:
    """A `LinearMap` for each draw, where its values differ between draws."""

    def __init__(self, rows: Any, columns: Any, values: Any, *, shape: tuple[int, int]) -> None:
        self.maps = [LinearMap(rows, columns, values[:, draw], shape=shape) for draw in range(values.shape[1])]

    def __call__(self, x: Any) -> Any:
        return np.stack([each(x[:, draw]) for draw, each in enumerate(self.maps)], axis=1)


def _numpy_map(rows: Any, columns: Any, values: Any, *, shape: tuple[int, int]) -> LinearMap | MapPerDraw:
    """A map of values that are the same for all draws, (entries,), or not, (entries, draws)."""
    if values.ndim == 1 or (values == values[:, :1]).all():
        return LinearMap(rows, columns, values if values.ndim == 1 else values[:, 0], shape=shape)
    return MapPerDraw(rows, columns, values, shape=shape)


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
