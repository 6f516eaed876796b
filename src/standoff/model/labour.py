"""Rule *labour*: workers are hired where inputs and demand allow more than they can make, and laid off where they allow less."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.model.supply import ratio


def hire_and_fire(
    *, labour: Any, base_output: Any, allowed: Any, capacity: Any, hire: float, fire: float, largest: Any, xp: Any = np
) -> Any:
    """Labour after a step, relative to usual.

    Formula: ``dl = (allowed - capacity) / x0``, ``l <- min(largest, l + gamma dl)``, gamma is ``hire`` where ``dl > 0``, else ``fire``

    Args:
        labour: l, relative to usual, (nodes,).
        base_output: x0, (nodes,).
        allowed: output that inputs and demand allow, (nodes,).
        capacity: output that labour allows, (nodes,).
        hire: gamma, share of the gap closed in a step.
        fire: the same downwards.
        largest: share that restrictions leave of the workforce, (nodes,).
        xp: array namespace.

    Source: Pichler et al., Journal of Economic Dynamics and Control 144 (2022), doi:10.1016/j.jedc.2022.104527.
    """
    gap = ratio(allowed - capacity, base_output, xp)
    return xp.maximum(xp.minimum(labour + xp.where(gap > 0, hire, fire) * gap, largest), 0.0)
