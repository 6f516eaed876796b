"""The rule of charging, and goods on their way with what their deviations go back to.

    A deviation is charged to the parts that push the same way, in proportion to them; what pushes the other way relieves all alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def charge(target: Any, *parts: tuple[Any, Any, Any]) -> Any:
    """Amounts by root of a deviation, (rows, roots): its parts of the same sign, scaled to its size.

    Args:
        target: the deviation, (rows,).
        parts: (deviation or its sign, (rows,) or a number; weight, (rows,) or a number; amounts by root, (rows, roots)).
    """
    amounts = np.zeros_like(parts[0][2])
    for deviation, weight, tags in parts:
        factor = np.where(deviation * target > 0, weight, 0.0)
        rows = np.flatnonzero(factor)
        amounts[rows] += factor[rows, None] * tags[rows]
    total = amounts.sum(axis=1)
    amounts *= np.divide(np.abs(target), total, out=np.zeros_like(total), where=total > 0)[:, None]
    return amounts


class Ring:
    """Amounts by root of goods on their way, kept until they arrive: what is missing and what is more than usual."""

    def __init__(self, rows: int, needs: int, roots: int) -> None:
        self.missing, self.extra = np.zeros((rows, needs, roots)), np.zeros((rows, needs, roots))

    def send(self, step: int, lag: Any, row: Any, *, missing: Any, extra: Any) -> None:
        """Put amounts on the way; a pair of lag and row comes once."""
        at = (step + lag) % len(self.missing)
        for ring, amounts in ((self.missing, missing), (self.extra, extra)):
            some = np.flatnonzero(amounts.any(axis=1))
            ring[at[some], row[some]] += amounts[some]

    def take(self, step: int) -> tuple[Any, Any]:
        """(missing, extra) of what is due in a step, (needs, roots) each."""
        at = step % len(self.missing)
        due = self.missing[at].copy(), self.extra[at].copy()
        self.missing[at] = self.extra[at] = 0.0
        return due
