"""The rule of charging, and goods on their way with what their deviations go back to.

A deviation is charged to the parts that push the same way, in proportion to them; what pushes the other way relieves all alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np

ROUNDING = 1e-12
"""Relative differences below this are rounding error."""
MOST_ROWS = 0.7
"""Share of rows from which whole arrays are worked on instead of the rows that count (measured)."""


def deviation(values: Any, usual: Any) -> Any:
    """``values - usual``, 0 where the difference is rounding error."""
    difference = values - usual
    return np.where(np.abs(difference) <= ROUNDING * np.abs(usual), 0.0, difference)


def charge(target: Any, *parts: tuple[Any, Any, Any]) -> Any:
    """Amounts by root of a deviation, (rows, roots): its parts of the same sign, scaled to its size.

    Args:
        target: the deviation, (rows,).
        parts: (deviation or its sign, (rows,) or a number; weight, (rows,) or a number; amounts by root, (rows, roots)).
    """
    amounts = np.zeros(parts[0][2].shape)
    touched = np.zeros(len(amounts), dtype=bool)
    for deviation, weight, tags in parts:
        factor = np.where(deviation * target > 0, weight, 0.0)
        rows = np.flatnonzero(factor)
        if len(rows) > MOST_ROWS * len(factor):
            amounts += factor[:, None] * tags
            touched[:] = True
        elif len(rows):
            amounts[rows] += factor[rows, None] * tags[rows]
            touched[rows] = True
    some = slice(None) if touched.all() else np.flatnonzero(touched)
    total = amounts[some].sum(axis=1)
    amounts[some] *= np.divide(np.abs(target[some]), total, out=np.zeros_like(total), where=total > 0)[:, None]
    return amounts


def explained(amounts: Any, size: Any) -> Any:
    """The same amounts, with what no root explains given to the first root (``rounding``), so that rows add up to ``size``."""
    whole = amounts.copy()
    whole[:, 0] += np.where(amounts.any(axis=1), 0.0, size)
    return whole


class Ring:
    """Amounts by root of goods on their way, kept until they arrive: what is missing and what is more than usual.

    Attributes:
        missing, extra: all that is on its way, (rows, roots).
    """

    def __init__(self, steps: int, rows: int, roots: int) -> None:
        self.due = {below: np.zeros((steps, rows, roots)) for below in (True, False)}
        self.missing, self.extra = np.zeros((rows, roots)), np.zeros((rows, roots))

    def send(self, step: int, lag: Any, row: Any, amounts: Any, *, below: bool) -> None:
        """Put amounts on the way that are missing (``below``) or extra; a pair of lag and row comes once."""
        ring, total = self.due[below], self.missing if below else self.extra
        for one in np.unique(lag):
            here = np.flatnonzero(lag == one)
            at, some = row[here], amounts[here]
            ring[(step + int(one)) % len(ring)][at] += some
            total[at] += some

    def take(self, step: int) -> tuple[Any, Any]:
        """(missing, extra) of what is due in a step, (rows, roots) each."""
        due = []
        for below, total in ((True, self.missing), (False, self.extra)):
            ring = self.due[below]
            now = ring[step % len(ring)].copy()
            ring[step % len(ring)] = 0.0
            total -= now
            np.maximum(total, 0.0, out=total)  # rounding of a sum that is kept from step to step
            due.append(now)
        return due[0], due[1]
