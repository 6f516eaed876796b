"""Cover classes: a consumer whose stock cover is a spread is split into parts that live in the same run.

Each part has the cover of its part of the distribution. That is how some lines stop and most do not.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from standoff.world.network import Floats

EARLIEST_CLASS_WEIGHT = 0.05
"""Weight of the first cover class: the earliest few per cent of firms are thin (assumed; most firms did not stop in 2025)."""


def class_weights(classes: int) -> Floats:
    """Weights of the cover classes of a consumer: the first is thin, the others share the rest equally.

    Args:
        classes: number of classes, at least 1.

    Returns:
        Weights that add up to 1, shape (classes,).
    """
    if classes == 1:
        return np.ones(1)
    if classes == 2:
        return np.array([EARLIEST_CLASS_WEIGHT, 1 - EARLIEST_CLASS_WEIGHT])
    return np.concatenate([[EARLIEST_CLASS_WEIGHT], np.full(classes - 1, (1 - EARLIEST_CLASS_WEIGHT) / (classes - 1))])


def class_cover_factors(classes: int, sigma: Floats) -> Floats:
    """Cover of each class relative to the median firm.

    Formula: ``exp(sigma * z_k)`` with ``z_k`` the standard normal quantile in the middle of class k's share of firms; the
    cover is lognormal with the stated median.

    Args:
        classes: number of classes.
        sigma: standard deviation of the logarithm of cover, shape (needs,).

    Returns:
        Factors, shape (classes, needs).
    """
    weights = class_weights(classes)
    middles = np.cumsum(weights) - weights / 2
    quantiles = np.array([NormalDist().inv_cdf(float(middle)) for middle in middles])
    factors: Floats = np.exp(np.outer(quantiles, sigma))
    return factors


def match_classes(sellers: list[int], buyers: list[int], weight: Floats) -> list[tuple[int, int, float]]:
    """Which class of a seller serves which class of a buyer, and with what share of their trade.

    Classes are matched from the leanest up, by overlap of their shares: a part is made by one plant for one line, and lean lines
    sit with lean suppliers (assumed). Even mixing would give every line a little from every plant and so hide the tail.
    """
    ends = [np.cumsum(weight[nodes]) for nodes in (sellers, buyers)]
    starts = [end - weight[nodes] for end, nodes in zip(ends, (sellers, buyers), strict=True)]
    pairs = []
    for i, seller in enumerate(sellers):
        for j, buyer in enumerate(buyers):
            overlap = min(ends[0][i], ends[1][j]) - max(starts[0][i], starts[1][j])
            if overlap > 1e-12:
                pairs.append((seller, buyer, float(overlap)))
    return pairs
