"""Rule *leak*: routes that carry nothing in peace and grow under denial.

One mechanism serves three routes, whatever country they pass: *grey* (evasion with a premium and a chance of seizure), *assembly*
(the same product inside a good that is not controlled) and *entrant* (a supplier that first has to be qualified).
"""

from __future__ import annotations

from typing import Any


def grow_routes(*, capacity: Any, pull: Any, adapt_steps: Any) -> Any:
    """Capacity of latent routes at the end of a step, units per step, (routes, ...).

    Formula: ``k' = k + (max_share u x - k) / tau``, with ``x`` the share of the buyer's usual use that was not shipped.

    Args:
        capacity: k, units per step, (routes, ...).
        pull: ``max_share u x``, units per step, (routes, ...).
        adapt_steps: tau, steps, (routes, ...).

    Source: model.md section 3 steps 3 and 6.
    """
    return capacity + (pull - capacity) / adapt_steps


def missing_share(*, ordered: Any, shipped: Any, usual: Any, xp: Any) -> Any:
    """Share of usual use that a need ordered on its ordinary links and that was not shipped, between 0 and 1, (needs, ...)."""
    missing = (xp.minimum(ordered, usual) - shipped) / xp.where(usual > 0, usual, 1.0)
    return xp.clip(missing, 0.0, 1.0)
