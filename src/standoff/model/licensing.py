"""Rule *license*: the gate at the border, the review queue, permits, refusals.

A licence regime is described by five numbers of the administration (review time, approval share, share of refusals that are
final, throughput, validity) and by where it applies. Nothing of the fall of shipments is put in by hand: it follows from the
review time, and so does the return.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from standoff.model.arrays import add_at, change_at, into, repeat

SPLIT_PER_STAGE = 12.0
"""A stage is passed with probability at most 1/12 in a sub-step, so that the spread of review times is that of the stages in
continuous time and results do not depend on the step (with 1/4, unmet use still moved by a tenth between 3.5 and 7 days)."""
MOST_SUBSTEPS = 32
LEAST_APPROVAL = 0.05
"""Approval share below which an office's throughput is no longer scaled up by 1/alpha (assumed)."""


class Review(NamedTuple):
    """What the review queue did in one step, every field (links, ...), units."""

    stages: Any
    approved: Any
    denied: Any
    returned: Any


def substeps(*, shortest_review_steps: float, stages: int) -> int:
    """Sub-steps of a step such that no stage is passed with probability above 1/12: ``ceil(12 k dt / T)``, at most 32."""
    return max(1, min(MOST_SUBSTEPS, math.ceil(SPLIT_PER_STAGE * stages / max(shortest_review_steps, 1.0))))


def stage_probability(*, review_steps: Any, stages: int, substeps: int, xp: Any) -> Any:
    """Probability of passing one stage in one sub-step: ``min(1, k / (n T))``.

    Applications join evenly over the sub-steps, so a review of ``J`` sub-steps is noticed ``J / n`` steps later on average, and the
    mean is exactly ``T`` (not below ``k / n`` steps).

    Args:
        review_steps: T in steps.
        stages: k.
        substeps: n.
        xp: array namespace.

    Source: model.md section 3 step 4.
    """
    return xp.minimum(stages / xp.maximum(substeps * review_steps, 1e-9), 1.0)


def review_queue(
    *, stages: Any, applied: Any, probability: Any, decisions: Any, approval: Any, denial: Any, substeps: int, xp: Any
) -> Review:
    """One step of the review queue, last stage first.

    Formula, in each sub-step: ``decided = min(p n_k, limit)``; of these ``alpha`` are approved, ``(1 - alpha) delta`` denied for
    good and the rest returned to stage one; every other stage passes ``p n_i`` on; then a share ``1 / n`` of new applications joins.

    Args:
        stages: n, applications in each stage, units, (stages, links, ...); **changed in place** where its array allows it.
        applied: new applications, units, (links, ...).
        probability: p from `stage_probability`, (links, ...).
        decisions: largest number of decisions in the step, units, (links, ...): the office's throughput.
        approval: alpha, share of decisions that grant, (links, ...).
        denial: delta, share of refusals that are final, (links, ...).
        substeps: n from `substeps`.
        xp: array namespace.

    Returns:
        Review with the new stages, and approved, denied and returned units of the step.

    Source: model.md section 3 step 4.
    """
    limit, joining = decisions / substeps, applied / substeps
    refused = 1.0 - approval
    returning = refused * (1.0 - denial)
    room, room_of_one = xp.empty_like(stages), xp.empty_like(applied)

    def once(before: tuple[Any, ...]) -> tuple[Any, ...]:
        stages, total = before
        moved = into(room, xp.multiply, stages, probability)
        moved = change_at(moved, -1, xp.minimum, limit)
        decided = moved[-1]
        stages = add_at(into(stages, xp.subtract, stages, moved), slice(1, None), moved[:-1])
        entering = into(room_of_one, xp.multiply, returning, decided)
        stages = add_at(stages, 0, into(entering, xp.add, entering, joining))
        return stages, into(total, xp.add, total, decided)

    stages, total = repeat(substeps, once, (stages, xp.zeros_like(applied)))
    return Review(
        stages=stages,
        approved=approval * total,
        denied=refused * denial * total,
        returned=returning * total,
    )


def expected_rounds(*, approval: Any, denial: Any, xp: Any) -> Any:
    """Mean number of times that an application is decided before it leaves: ``1 / (alpha + (1 - alpha) delta)``, (links, ...)."""
    return 1.0 / xp.maximum(approval + (1.0 - approval) * denial, LEAST_APPROVAL)


def expected_wait(*, usual: Any, licensed: Any, review_steps: Any, rounds: Any) -> Any:
    """What has to be in the queue for usual use to come through, units, (links, ...).

    Formula: ``u lambda T rounds``, with ``rounds`` from `expected_rounds`. Where no refusal is final this is ``u T / alpha``.
    """
    return usual * licensed * review_steps * rounds


def controlled_share(*, since_steps: Any, cleared: Any, cleared_steps: Any, hold: Any, ease_steps: Any, xp: Any) -> Any:
    """Share of orders on a link that has to go through the queue.

    Formula: ``h exp(-s / tau_h) (1 - c [1 - s / tau_c]+)`` where ``s`` is the time since the regime began. Controlled goods have
    ``h = 1`` and no easing; goods that merely look controlled have ``h < 1`` and ease. ``c`` is the share already cleared at the
    border on the first day, fading within ``tau_c`` (two weeks).

    Args:
        since_steps: s, steps since the regime began.
        cleared: c.
        cleared_steps: tau_c, steps.
        hold: h.
        ease_steps: tau_h, steps; infinite for controlled goods.
        xp: array namespace.

    Source: model.md section 3 step 4.
    """
    fading = 1.0 - cleared * xp.maximum(1.0 - since_steps / cleared_steps, 0.0)
    return hold * xp.exp(-since_steps / ease_steps) * fading


def remember_refusals(*, refused: Any, denied: Any, shortfall: Any, remembered: Any, xp: Any) -> Any:
    """What was denied and still stands against the stock gap, units, (needs, ...).

    A denied order leaves the queue. If that re-opened the stock gap it would be ordered again and counted twice, so it stays
    written off until it is borne as a shortfall of use, or forgotten when the regime ends.

    Formula: ``D' = [D + denied - shortfall]+ m``

    Args:
        refused: D, units, (needs, ...).
        denied: denied this step, units, (needs, ...).
        shortfall: planned use that was not met this step, units, (needs, ...).
        remembered: m, share not forgotten this step: 1 under a regime, 1 - dt / tau without one, (needs, ...).
        xp: array namespace.
    """
    return xp.maximum(refused + denied - shortfall, 0.0) * remembered
