"""Rule *ration*: who is served when a seller is short."""

from __future__ import annotations

from typing import Any

TIERS = ("home", "priority", "rest", "latent")
"""Order in which a short seller serves: home buyers, priority uses, the rest, then routes that open only under stress."""


def serve_by_tiers(*, stock: Any, demanded: Any, xp: Any) -> tuple[Any, Any]:
    """Ship from finished stock, tier by tier, in proportion to orders within a tier.

    Formula: ``shipped_t = min(d_t, [S - sum of earlier tiers' d]+)``, ``fill_t = shipped_t / d_t``

    Args:
        stock: S, finished stock, units, (offers, ...).
        demanded: d, what may be shipped now if there is enough, units, (tiers, offers, ...).
        xp: array namespace.

    Returns:
        (fill, shipped): share served, 1 where nothing is demanded, (tiers, offers, ...); units shipped, (tiers, offers, ...).

    Source: model.md section 3 step 5.
    """
    earlier = xp.concatenate([xp.zeros_like(demanded[:1]), xp.cumsum(demanded[:-1], axis=0)])
    shipped = xp.minimum(demanded, xp.maximum(stock - earlier, 0.0))
    asked = demanded > 0
    fill = xp.where(asked, shipped / xp.where(asked, demanded, 1.0), 1.0)
    return fill, shipped
