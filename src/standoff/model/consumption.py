"""Rule *consume*: what households want when some goods are out of reach."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.model.supply import ratio


def shifted_consumption(*, base: Any, shock: Any, saved: float, xp: Any = np) -> Any:
    """Demand of households for each good.

    Formula: ``theta_i = (1 - eps_i) theta0_i / sum``, ``c_i = theta_i C (1 - saved (1 - sum of (1 - eps) theta0))``: part of what is not
    spent on goods that are out of reach is spent on the others, the rest is saved.

    Args:
        base: c0, usual consumption by producer, (nodes,); C is its sum, theta0 its shares.
        shock: eps, share by which demand for each good falls, (nodes,).
        saved: share of unspent money that is saved.
        xp: array namespace.

    Source: Pichler et al., Journal of Economic Dynamics and Control 144 (2022), doi:10.1016/j.jedc.2022.104527.
    """
    total = base.sum()
    share = ratio(base, total, xp)
    kept = (1.0 - shock) * share
    spent = kept.sum(axis=0)
    return ratio(kept, spent, xp) * total * (1.0 - saved * (1.0 - spent))
