"""Rule *move*: shipments arrive after the lag of their link.

Lags are classes. Goods on the way are one array of (steps ahead, needs), used as a ring: the row for step ``t`` is ``t`` modulo its
length, so nothing is shifted and no link has a queue of its own. A lag that is not a whole number of steps is split over the two
steps beside it, which keeps the mean lag exact for every step length.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from standoff.model.arrays import add_at, put_at


def split_lag(lag_steps: float) -> list[tuple[int, float]]:
    """A lag in steps as whole lags with weights that keep its mean: ``[(1, 0.6), (2, 0.4)]`` for 1.4."""
    whole = math.floor(lag_steps + 1e-12)
    rest = lag_steps - whole
    if rest < 1e-9:
        return [(whole, 1.0)]
    return [(whole, 1.0 - rest), (whole + 1, rest)]


def delay(*, ring: Any, entering: Any, lags: tuple[tuple[int, float], ...], step: int) -> tuple[Any, Any]:
    """Put something into a ring and take out what is due in this step, such as goods in the making.

    Args:
        ring: what is on its way to later steps, (ring, rows, ...); **changed in place** where its array allows it.
        entering: what enters in this step, (rows, ...).
        lags: whole steps until it is due, with weights that add up to 1.
        step: number of this step.

    Returns:
        (what is due, the ring).
    """
    for whole, weight in lags:
        ring = add_at(ring, (step + whole) % ring.shape[0], weight * entering)
    return receive(arriving=ring, step=step)


def places_in_ring(*, ring: int, needs: int, cell_need: Any, cell_lag: Any) -> Any:
    """Where shipments arrive in the ring, laid flat, for each row in which a step can begin, (ring, cells).

    Args:
        ring: its length.
        needs: of the run.
        cell_need: need of each cell. A cell is one pair of whole lag and need.
        cell_lag: whole lag of each cell, in steps, below the length of the ring.
    """
    return (np.arange(ring)[:, None] + cell_lag) % ring * needs + cell_need


def dispatch(*, arriving: Any, shipped: Any, places: Any, step: int) -> Any:
    """Put this step's shipments on the way.

    Args:
        arriving: ring of goods on the way, units, (ring, needs, ...); **changed in place** where its array allows it.
        shipped: shipments by cell, units, (cells, ...).
        places: from `places_in_ring`, (ring, cells).
        step: number of this step.

    Returns:
        The ring.
    """
    ring, needs = arriving.shape[:2]
    flat = arriving.reshape(ring * needs, *arriving.shape[2:])  # a view in NumPy: the ring is contiguous
    place = places[step % ring]
    return put_at(flat, place, flat.take(place, axis=0) + shipped).reshape(arriving.shape)


def receive(*, arriving: Any, step: int) -> tuple[Any, Any]:
    """Take what arrives in this step off the way, units, (needs, ...). Clears the ring's row.

    Returns:
        (what arrives, the ring, **changed in place** where its array allows it).
    """
    row = step % arriving.shape[0]
    arrived = arriving[row].copy()
    return arrived, put_at(arriving, row, 0.0)
