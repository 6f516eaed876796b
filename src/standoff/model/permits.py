"""Rule *permit* for licences that are a right to ship while they are valid, not a quantity.

A right is a flow: so many units a step may leave until it expires. Rights that were granted together expire together, so that a first
wave of licences is followed by a wave of renewals one validity later. Who does not file for renewal early enough ships less for a while.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from standoff.model.arrays import add_at
from standoff.model.licensing import review_queue
from standoff.model.transport import receive


class Rights(NamedTuple):
    """What buyers hold and have filed for, units per step."""

    valid: Any
    """Rights by the step in which they expire, a ring, (ring, links, ...)."""
    stages: Any
    """Rights under review, (stages, links, ...)."""
    barred: Any
    """Rights that were denied for good, (links, ...)."""


def use_rights(
    *,
    rights: Rights,
    wanted: Any,
    active: Any,
    probability: Any,
    decisions: Any,
    approval: Any,
    denial: Any,
    substeps: int,
    validity: Any,
    renewal: int,
    step: int,
    xp: Any,
) -> tuple[Rights, Any, Any]:
    """Ship under the rights held, file for those that lack or soon expire, and review what was filed.

    Formula: ``passed = min(wanted, held)``; ``filed = [wanted - (held - expiring soon) - under review - barred]+``; a right approved in
    step t is valid until step ``t + validity``.

    Args:
        rights: at the start of the step; the row of ``valid`` that expires now is cleared in place where its array allows it.
        wanted: orders that need a right, units per step, (links, ...).
        active: 1 while the regime holds; without it rights and applications lapse, (links, ...).
        probability, decisions, approval, denial, substeps: as in `standoff.model.licensing.review_queue`.
        validity: steps for which a right is valid, below the length of the ring, (links,).
        renewal: steps before expiry in which renewal is filed.
        step: number of this step.
        xp: array namespace.

    Returns:
        (rights at the end of the step, what may ship, what is held), the last two (links, ...).

    Source: model.md section 3 step 4 ("a permit is a quantity or a right to ship: say which"); S03 of systems.md (renewal wave).
    """
    valid = receive(arriving=rights.valid, step=step)[1] * active  # without the rights that expire now
    held = valid.sum(axis=0)
    ring = valid.shape[0]
    soon = valid[(step + 1 + xp.arange(min(renewal, ring - 1))) % ring].sum(axis=0)
    passed = xp.minimum(wanted, held)
    pending = rights.stages * active
    barred = rights.barred * active
    filed = xp.maximum(wanted - (held - soon) - pending.sum(axis=0) - barred, 0.0) * active
    review = review_queue(
        stages=pending,
        applied=filed,
        probability=probability,
        decisions=decisions,
        approval=approval,
        denial=denial,
        substeps=substeps,
        xp=xp,
    )
    valid = add_at(valid, ((step + validity) % ring, xp.arange(len(validity))), review.approved)
    return Rights(valid=valid, stages=review.stages, barred=barred + review.denied), passed, held
