"""Rule *overproduce*: how far output can rise above the usual capacity when demand is not met."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.model.supply import ratio


def drift_of_overproduction(
    *,
    level: Any,
    demand: Any,
    output: Any,
    base: float,
    largest: float,
    steps: float,
    peer_compatible: bool,
    xp: Any = np,
) -> Any:
    """The factor on capacity, which rises with scarcity and falls back without it.

    Formula: ``zeta = (d - x) / d``, ``alpha <- max(1, alpha + (alpha_max - alpha) zeta / tau + (alpha_b - alpha) [zeta <= 0] / tau)``

    Args:
        level: alpha, (nodes,).
        demand: d, all demand on the node per step, (nodes,).
        output: x, of the last step, (nodes,).
        base: alpha_b.
        largest: alpha_max.
        steps: tau, steps.
        peer_compatible: as BoARIO 0.7.2 runs it: only ``zeta = 0`` exactly counts as no scarcity, and a negative one lowers alpha.
        xp: array namespace.

    Source: Hallegatte, Risk Analysis 34 (2014), doi:10.1111/risa.12090.
    """
    scarcity = ratio(demand - output, demand, xp)
    calm = scarcity == 0 if peer_compatible else scarcity <= 0
    pull = scarcity if peer_compatible else xp.maximum(scarcity, 0.0)
    change = (largest - level) * pull
    change += (base - level) * calm
    change /= steps
    change += level
    return xp.maximum(change, 1.0, out=change)
