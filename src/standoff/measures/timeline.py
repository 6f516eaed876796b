"""Bars for a time line: when each measure is in force or paused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from standoff.measures.calendar import change_dates, pause_on, runs_on
from standoff.measures.trades import intervals_of

if TYPE_CHECKING:
    from standoff.measures.register import Register
    from standoff.measures.settings import Settings
    from standoff.simulate.draws import Clock


def timeline(register: Register, settings: Settings, clock: Clock) -> tuple[dict[str, Any], ...]:
    """Bars for a time line: for each measure, the stretches of the run in which it is in force or paused."""
    bars: list[dict[str, Any]] = []
    intervals = intervals_of(change_dates(register, settings), clock)
    for measure in register.rulebook(settings).measures:
        for interval in intervals:
            running = [limb for limb in measure.limbs if runs_on(measure, limb, interval.start)]
            if not running:
                continue
            paused = all(pause_on(limb.suspensions, interval.start, settings) for limb in running)
            state = "suspended" if paused else "in force"
            last = bars[-1] if bars else None
            if last and (last["measure"], last["state"], last["until"]) == (measure.id, state, interval.start):
                last["until"] = interval.end
            else:
                bars.append(
                    {
                        "measure": measure.id,
                        "issuer": measure.issuer,
                        "title": measure.title,
                        "title_zh": measure.title_zh,
                        "from": interval.start,
                        "until": interval.end,
                        "state": state,
                    }
                )
    return tuple(bars)
