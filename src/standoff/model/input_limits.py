"""Rule *produce* of the peers: the output that stocks of inputs allow.

Needs that stand in for each other count as one group. Every rule returns output, at most what is wanted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.model.production import input_limit
from standoff.model.supply import Supply, ratio


def scarce_inventory(*, wanted: Any, stock: Any, required: Any, counts: Any, supply: Supply) -> Any:
    """Output in proportion to the scarcest stock against what is required of it.

    Formula: ``x = wanted * min over groups of min(1, S / C)`` over the groups that count and of which something is required.

    Args:
        wanted: demand or capacity, whichever is less, (nodes,).
        stock: S, (groups).
        required: C, ``psi`` times the cover of wanted output, 0 where a stock has no bound, (groups).
        counts: whether the input is of any weight, (groups).
        supply: the network.

    Source: Hallegatte (2014), doi:10.1111/risa.12090.
    """
    binding = counts & (required != 0)
    share = np.where(binding, np.divide(stock, required, out=np.ones_like(required), where=binding), 1.0)
    return wanted * np.minimum(supply.smallest(share), 1.0)


def rated_inputs(*, stock: Any, coefficient: Any, usual: Any, critical: Any, important: Any) -> Any:
    """Limit of each group: critical in full, important by half, others not; the rule of the default set."""
    return input_limit(stock=stock, coefficient=coefficient, usual=usual, critical=critical, important=important, xp=np)


def pooled_limit(*, stock: Any, coefficient: Any, supply: Supply) -> Any:
    """Linear production: ``sum of stocks / sum of coefficients``; a producer without inputs is free, (nodes,)."""
    needed = supply.total(coefficient)
    return np.where(needed > 0, ratio(supply.total(stock), needed), np.inf)
