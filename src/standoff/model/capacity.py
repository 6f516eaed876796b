"""Rule *adapt*: capacity that projects add. Known before a run starts, so it is computed for all steps at once."""

from __future__ import annotations

from typing import Any


def project_capacity(*, days: Any, start_day: Any, ramp_days: Any, slip_days: Any, added: Any, xp: Any) -> Any:
    """Capacity that each project adds, averaged over nothing: the value in the middle of each step.

    Formula: ``K clip((t - start - slip) / ramp, 0, 1)``

    Args:
        days: middle of each step, days since the start of the run, (steps, 1).
        start_day: announced first production, days since the start of the run, (projects,).
        ramp_days: time to full capacity, days, (projects,).
        slip_days: delay beyond the announcement, days, (projects,).
        added: K, activity per year, (projects,).
        xp: array namespace.

    Returns:
        Activity per year, (steps, projects).
    """
    return added * xp.clip((days - start_day - slip_days) / ramp_days, 0.0, 1.0)
