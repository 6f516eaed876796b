"""Rule *source*: how an order is spread over the links of a need."""

from __future__ import annotations

from typing import Any

LEAST_RELIABILITY = 0.01
"""Reliability never falls to zero, so that a link that reopens can be tried again (assumed)."""


def attraction(*, base_share: Any, cost: Any, cost_exponent: Any) -> Any:
    """What draws a buyer to a link beside its reliability, ``s0_e cost_e^(-sigma)``, (links, ...).

    Args:
        base_share: s0, (links, ...).
        cost: landed cost relative to the base year (tariffs included), (links, ...).
        cost_exponent: sigma, elasticity of substitution between suppliers (Armington).

    Source: model.md section 3 step 3; Armington, IMF Staff Papers 16 (1969).
    """
    return base_share * cost ** (-cost_exponent)


def preferred_shares(
    *,
    attraction: Any,
    reliability: Any,
    reliability_exponent: Any,
    sum_by_need: Any,
    need: Any,
) -> Any:
    """Shares that a buyer would choose if it could switch at once.

    Formula: ``s*_e ~ s0_e cost_e^(-sigma) reliability_e^rho``, scaled to add up to one over the links of a need.

    Args:
        attraction: ``s0_e cost_e^(-sigma)``, from `attraction`, (links, ...).
        reliability: smoothed share of orders that arrived, (links, ...).
        reliability_exponent: rho.
        sum_by_need: map from (links, ...) to sums by need, (needs with these links, ...).
        need: position of each link's need in the result of ``sum_by_need``.

    Returns:
        Shares, (links, ...).

    Source: model.md section 3 step 3; Armington, IMF Staff Papers 16 (1969).
    """
    weight = attraction * reliability**reliability_exponent
    return weight / sum_by_need(weight).take(need, axis=0)


def weighted_shares(*, base_share: Any, weight: Any, sum_by_need: Any, need: Any, xp: Any) -> Any:
    """Usual shares weighted anew, which keep their sum: ``s_e = s0_e w_e (sum of s0) / (sum of s0 w)``, s0 where nothing has weight.

    Args:
        base_share: s0, (links, ...).
        weight: w, not negative, (links, ...).
        sum_by_need: map from (links, ...) to sums by need, (needs with these links, ...).
        need: position of each link's need in the result of ``sum_by_need``.
        xp: array namespace.

    Source: Hallegatte (2014), doi:10.1111/risa.12090, as BoARIO 0.7.2 weighs suppliers by the capacity that is left to them.
    """
    weighted = base_share * weight
    total = sum_by_need(weighted)
    some = total > 0
    scale = xp.where(some, sum_by_need(base_share) / xp.where(some, total, 1.0), 0.0)
    return xp.where(some.take(need, axis=0), weighted * scale.take(need, axis=0), base_share)


def delivered_share(*, ordered: Any, shipped: Any, usual: Any, xp: Any) -> Any:
    """How well a link delivered this step: one less what was ordered and not shipped, (links, ...).

    Formula: ``1 - (ordered - shipped) / max(ordered, usual)``. Measured against at least usual flow, so that a tiny order that is not
    shipped counts for little and none at all for nothing.

    Args:
        ordered: units, (links, ...).
        shipped: units, not above ``ordered``, (links, ...).
        usual: usual flow, units, above 0, (links, ...).
        xp: array namespace.
    """
    return xp.clip(1.0 - (ordered - shipped) / xp.maximum(ordered, usual), LEAST_RELIABILITY, 1.0)
