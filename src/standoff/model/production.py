"""Rule *produce*: what inputs allow, what is used, what joint production discards."""

from __future__ import annotations

from typing import Any


def input_limit(*, stock: Any, coefficient: Any, usual: Any, critical: Any, important: Any, xp: Any) -> Any:
    """Activity that the stock of each input allows, (needs, ...).

    Formula: critical ``V / c``; important ``(V / c + a0) / 2``, so that a line without it runs at half; optional: no limit.

    Args:
        stock: V, units, (needs, ...).
        coefficient: c, units per activity, (needs, ...).
        usual: a0, usual activity of the consumer per step, (needs, ...).
        critical: 1.0 where the input is critical, (needs, ...).
        important: 1.0 where it is important, (needs, ...).
        xp: array namespace.

    Source: Pichler et al., Journal of Economic Dynamics and Control 144 (2022), doi:10.1016/j.jedc.2022.104527.
    """
    bound = coefficient > 0
    allowed = stock / xp.where(bound, coefficient, 1.0)
    halved = 0.5 * (allowed + usual)
    limit = xp.where(critical > 0, allowed, xp.where(important > 0, halved, xp.inf))
    return xp.where(bound, limit, xp.inf)


def output_of_scarce_stock(*, usual: Any, share: Any, psi: float) -> Any:
    """Output that a stock allows which is cut long before it is used up: ``x0 (S / S*) / psi``.

    Args:
        usual: x0, usual output.
        share: S / S*, the stock relative to its goal.
        psi: share of the goal under which output falls below usual.

    Source: Hallegatte (2014), doi:10.1111/risa.12090; BoARIO 0.7.2.
    """
    return usual * (share / psi)


def scarce_limit(*, stock: Any, coefficient: Any, use: Any, cover_steps: Any, usual: Any, psi: float, xp: Any) -> Any:
    """Activity that each input allows before it is scarce, on a chain, (needs, ...).

    Formula: ``min(V / c, a0 V / (psi (s + 1) u0))``: stock is counted after the step's arrivals, so that the goal ``s u0`` has one step of
    usual use on top. No more is made than inputs suffice for.

    Args:
        stock: V, units, (needs, ...).
        coefficient: c, units per activity, (needs, ...).
        use: u0, usual use, units per step, (needs, ...).
        cover_steps: s, cover in steps of usual use, (needs, ...).
        usual: a0, usual activity of the consumer per step, (needs, ...).
        psi: share of the goal under which activity falls below usual.
        xp: array namespace.

    Source: as `output_of_scarce_stock`.
    """
    goal = use * (cover_steps + 1.0)
    there, used = goal > 0, coefficient > 0
    whole = xp.where(used, stock / xp.where(used, coefficient, 1.0), xp.inf)
    limit = output_of_scarce_stock(usual=usual, share=stock / xp.where(there, goal, 1.0), psi=psi)
    return xp.where(there, xp.minimum(limit, whole), whole)


def pooled_limit(*, stocks: Any, needed: Any, xp: Any) -> Any:
    """Activity that all inputs together allow, where one stands in for another: ``sum of p V / sum of p c``, infinite without inputs.

    Args:
        stocks: sum of p V, stocks of a consumer at the prices p, money, (nodes, ...).
        needed: sum of p c, inputs per unit of activity at the same prices, money, (nodes, ...).
        xp: array namespace.

    Source: the linear production function that Pichler et al. (2022), doi:10.1016/j.jedc.2022.104527, compare theirs with.
    """
    some = needed > 0
    return xp.where(some, stocks / xp.where(some, needed, 1.0), xp.inf)


def inputs_used(*, coefficient: Any, activity: Any, stock: Any, xp: Any) -> Any:
    """Units of each input used: ``min(c a, V)``; optional and important inputs may be short, (needs, ...)."""
    return xp.minimum(coefficient * activity, stock)


def discard_surplus(*, stock: Any, ceiling: Any, xp: Any) -> tuple[Any, Any]:
    """Throw away what joint production made beyond what can be stored: ``[S - ceiling]+``.

    Args:
        stock: S after production, units, (offers, ...).
        ceiling: largest stock that is kept, infinite for driver offers, units, (offers, ...).
        xp: array namespace.

    Returns:
        (stock kept, discarded), units, (offers, ...). What is discarded is counted in the mass balance.
    """
    discarded = xp.maximum(stock - ceiling, 0.0)
    return stock - discarded, discarded
