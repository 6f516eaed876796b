"""Rule *recover*: how damage fades with the steps since recovery began.

Every curve is 1 at the beginning and has one parameter, ``steps``.
"""

from __future__ import annotations

import math
from collections.abc import Callable

Curve = Callable[[float, float], float]

S_SHAPE_SCALE = 1e-6
"""sigma of the S-shaped curve, as BoARIO 0.7.2 has it."""


def linear(elapsed: float, steps: float) -> float:
    """``1 - e / tau``, 0 from then on."""
    return max(0.0, 1.0 - elapsed / steps)


def convex(elapsed: float, steps: float) -> float:
    """``(1 - 1 / tau)^(4 e)``: fast at first, 2 per cent left after tau steps."""
    return float((1.0 - 1.0 / steps) ** (4.0 * elapsed))


def geometric(elapsed: float, steps: float) -> float:
    """``(1 - 1 / tau)^e``: the same share of what is left in every step."""
    return float((1.0 - 1.0 / steps) ** elapsed)


def s_shaped(elapsed: float, steps: float) -> float:
    """``tau / (tau + sigma e^kappa)`` with ``kappa = (ln tau - ln sigma) / (ln tau - ln 2)``: slow at first, half left at ``tau / 2``."""
    if elapsed <= 0:
        return 1.0
    power = (math.log(steps) - math.log(S_SHAPE_SCALE)) / (math.log(steps) - math.log(2.0))
    return float(steps / (steps + S_SHAPE_SCALE * elapsed**power))


def sudden(elapsed: float, steps: float) -> float:
    """All at once after tau steps."""
    return 1.0 if elapsed < steps else 0.0


CURVES: dict[str, Curve] = {
    "linear": linear,
    "convex": convex,
    "geometric": geometric,
    "s_shaped": s_shaped,
    "sudden": sudden,
}
