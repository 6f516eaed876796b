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
