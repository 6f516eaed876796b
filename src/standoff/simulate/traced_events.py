"""What strikes an economy, under JAX: a `Schedule` laid out as arrays by step, and what is left to rebuild as state of the run.

Damage that heals by a curve, restrictions of labour and falls of demand are known beforehand for every step. Only what is rebuilt depends
on what the run delivers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from standoff.errors import refuse
from standoff.model.economy import Shocks
from standoff.model.rebuilding import after_rebuilding
from standoff.model.recovery import CURVES
from standoff.simulate.damage import PEER_SHARE_DECIMALS, Damage, Schedule

Array = npt.NDArray[np.float64]
PATHS = ("labour_left", "household_shock", "final_shock", "final_at_home")


@dataclass(frozen=True)
class Strike:
    """One event, without its numbers.

    Attributes:
        destroys_capital: or takes a share of capacity.
        column_node: of what is rebuilt, see `standoff.simulate.damage.Rebuilding`; None where nothing is.
    """

    destroys_capital: bool
    column_node: tuple[int, ...] | None


@dataclass(frozen=True)
class TracedEvents:
    """The events of a run without their numbers, which are in the nest of arrays that `traced_events` makes beside it.

    Attributes:
        strikes: events.
        nodes: how many.
        decimals: to which BoARIO rounds money; None where nothing is done as a peer does it wrong.
        draws: how many, None for a run without draws.
    """

    strikes: tuple[Strike, ...]
    nodes: int
    decimals: int | None
    draws: int | None

    def start(self, arrays: Any) -> tuple[Any, ...]:
        """What is left to rebuild before the first step."""
        needs = tuple(each["needs"] * each["size"] if "needs" in each else None for each in arrays["strikes"])
        if self.draws is None:
            return needs
        return tuple(None if each is None else jnp.broadcast_to(each, (*each.shape[:-1], self.draws)) for each in needs)

    def begin(self, number: Any, needs: tuple[Any, ...], arrays: Any, per_capital: Any, xp: Any) -> tuple[Shocks, Any]:
        """(what comes from outside in a step, capital that is not there)."""
        nothing = xp.zeros((self.nodes,) if self.draws is None else (self.nodes, 1))
        lost = rebuilt = nothing
        share = nothing
        for strike, left, numbers in zip(self.strikes, needs, arrays["strikes"], strict=True):
            if not strike.destroys_capital:
                late = numbers["late"] if self.decimals is not None else numbers["left"]
                share = xp.maximum(share, self._left(strike, number, left, numbers, late, xp))
                continue
            lost = lost + self._left(strike, number, left, numbers, numbers["left"], xp)
            if strike.column_node is not None:
                rebuilt = rebuilt + numbers["over"][number] * left.sum(axis=1) / numbers["steps"]
        loss = xp.maximum(lost * per_capital, share)
        if "capacity" in arrays:
            loss = 1.0 - arrays["capacity"] * (1.0 - loss)
        paths = {name: _row(arrays[name], number) for name in PATHS}
        return Shocks(capacity_loss=loss, rebuilding=rebuilt, **paths), lost

    def end(self, number: Any, needs: tuple[Any, ...], arrays: Any, served: Any, xp: Any) -> tuple[Any, ...]:
        """What is left to rebuild when the share ``served`` of the step's orders came."""
        left = []
        for strike, before, numbers in zip(self.strikes, needs, arrays["strikes"], strict=True):
            after = before
            if strike.column_node is not None:
                after = after_rebuilding(
                    needs=before, served=served, steps=numbers["steps"], decimals=self.decimals, xp=xp
                )
                after = xp.where(numbers["over"][number] > 0, after, before)
            left.append(after)
        return tuple(left)

    def _left(self, strike: Strike, number: Any, needs: Any, numbers: Any, curve: Any, xp: Any) -> Any:
        """Capital or share of capacity that an event takes in a step, (nodes, ...)."""
        impact = numbers["impact"] * numbers["size"]
        if strike.column_node is not None:
            node = np.array(strike.column_node)
            missing = needs.sum(axis=0)[node >= 0] / numbers["factor"]
            built = xp.zeros((self.nodes, *missing.shape[1:])).at[node[node >= 0]].add(missing)
            left = xp.where(numbers["healing"][number] > 0, built, impact)
            return left * curve[number]
        left = impact * curve[number]
        if self.decimals is None:
            return left
        rounded = xp.round(left, self.decimals if strike.destroys_capital else PEER_SHARE_DECIMALS)
        return xp.where(numbers["healing" if curve is numbers["left"] else "late_healing"][number] > 0, rounded, left)


def traced_events(
    schedules: Sequence[Schedule], *, steps: int, draws: int | None
) -> tuple[TracedEvents, dict[str, Any]]:
    """The events of a run, and their numbers as arrays.

    Args:
        schedules: of one run, or of each draw; used up.
        steps: of the run.
        draws: how many, None for a run without draws.

    Raises:
        InputError: draws whose events differ in more than their numbers; more capital destroyed than there is.
    """
    first = schedules[0]
    kinds = [[(each.destroys_capital, each.rebuilding is not None) for each in one.damages] for one in schedules]
    if any(each != kinds[0] for each in kinds):
        raise refuse(
            "backend jax",
            why="draws have events of different kinds",
            cure="Give every draw the same events, some of size 0",
        )
    nodes = len(first.zeros)
    usual = {name: first.ones if name in ("labour_left", "final_at_home") else first.zeros for name in PATHS}
    paths = {
        name: _path([getattr(one, name) for one in schedules], steps, draws, usual=values)
        for name, values in usual.items()
    }
    if paths["labour_left"] is None:
        paths["labour_left"] = _path([lambda _: first.ones], steps, None if draws is None else 1, usual=first.ones)
    strikes, numbers = [], []
    for place in range(len(first.damages)):
        damages = [one.damages[place] for one in schedules]
        rebuilding = damages[0].rebuilding
        strikes.append(
            Strike(damages[0].destroys_capital, None if rebuilding is None else tuple(rebuilding.column_node.tolist()))
        )
        numbers.append(_numbers(damages, steps, draws))
    decimals = first.decimals if first.peer_compatible else None
    _check_capital(schedules, steps)
    return TracedEvents(tuple(strikes), nodes, decimals, draws), {"strikes": tuple(numbers), **paths}


def _numbers(damages: Sequence[Damage], steps: int, draws: int | None) -> dict[str, Any]:
    """Numbers of an event: impact, and by step how much of it is left, whether it heals or is being rebuilt."""
    number = np.arange(steps, dtype=np.int64)
    over = [number - (each.occurrence + each.duration) for each in damages]
    curves = [_curve(each, number) for each in damages]
    found = {
        "impact": _side_by_side([each.impact.astype(float) for each in damages], draws),
        "size": np.ones(() if draws is None else (1,)),
        "left": _side_by_side(curves, draws),
        "late": _side_by_side([np.append(0.0, each[:-1]) for each in curves], draws),
        "healing": _side_by_side([(each > 0).astype(float) for each in over], draws),
        "late_healing": _side_by_side([(each > 1).astype(float) for each in over], draws),
    }
    first = damages[0].rebuilding
    if first is None:
        return found
    rebuildings = [each.rebuilding for each in damages if each.rebuilding is not None]
    if any(not np.array_equal(each.column_node, first.column_node) for each in rebuildings):
        raise refuse(
            "backend jax", why="draws rebuild different places", cure="Give every draw the same places, some of size 0"
        )
    return {
        **found,
        "over": _side_by_side([(each >= 0).astype(float) for each in over], draws),
        "needs": _side_by_side([each.needs for each in rebuildings], draws),
        "factor": _side_by_side([np.asarray(each.factor) for each in rebuildings], draws),
        "steps": _side_by_side([np.asarray(each.steps) for each in rebuildings], draws),
    }


def _curve(damage: Damage, number: npt.NDArray[np.int64]) -> Array:
    """Share of the impact that is left in each step, as `Schedule` lets it recover at the end of the step before."""
    curve = np.ones(len(number))
    if damage.recovery is not None and damage.rebuilding is None:
        since = number - 1 - (damage.occurrence + damage.duration)
        curve[since >= 0] = [CURVES[damage.recovery](float(each), damage.recovery_steps) for each in since[since >= 0]]
    return np.where(number >= damage.occurrence, curve, 0.0)


def _path(
    paths: Sequence[Callable[[int], Array] | None], steps: int, draws: int | None, *, usual: Array
) -> dict[str, Any] | None:
    """A path by step as its different rows, and which row each step has; None where nobody has any."""
    if all(each is None for each in paths):
        return None
    rows: dict[bytes, int] = {}
    kept: list[Any] = []
    row = np.zeros(steps, dtype=int)
    for number in range(steps):
        values = _side_by_side([usual if each is None else each(number) for each in paths], draws)
        key = values.tobytes()
        if key not in rows:
            rows[key] = len(kept)
            kept.append(values)
        row[number] = rows[key]
    return {"rows": np.stack(np.broadcast_arrays(*kept)), "row": row}


def _row(path: Any, number: Any) -> Any:
    return None if path is None else path["rows"][path["row"][number]]


def _side_by_side(values: Sequence[Any], draws: int | None) -> Any:
    """Values of each draw with draws as the last axis, of length 1 where they are the same."""
    if draws is None:
        return values[0]
    if all(np.array_equal(each, values[0]) for each in values[1:]):
        return values[0][..., None]
    return np.stack(values, axis=-1)


def _check_capital(schedules: Sequence[Schedule], steps: int) -> None:
    """Raise where more capital is destroyed than there is, as a run in NumPy does at that step."""
    for schedule in schedules:
        if any(each.destroys_capital for each in schedule.damages):
            for number in range(steps):
                schedule.begin(number)
                schedule.end(schedule.ones)
