"""Other dates for measures: begin later, end, pause. What a scenario changes in the calendar, and nothing else of a measure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from standoff.errors import Problems, nearest
from standoff.measures.measure import Limb, Measure, Suspension, TariffLayer

if TYPE_CHECKING:
    from standoff.measures.register import Register

BY_THE_SCENARIO = "the scenario"


@dataclass(frozen=True)
class Dates:
    """Other dates for one measure; None leaves what the text says.

    Attributes:
        start: day on which its first part takes effect; all its parts and its announcement move along.
        end: first day on which nothing of it is in force.
        pauses: all its pauses, each from the first paused day to the first day on which it runs again; empty: never paused.
    """

    start: dt.date | None = None
    end: dt.date | None = None
    pauses: Sequence[tuple[dt.date, dt.date]] | None = None


def with_dates(register: Register, changes: Mapping[str, Dates]) -> Register:
    """The register with other dates for some measures.

    Raises:
        InputError: a measure that is not in the register, a pause or an end that lies before its beginning; all of them at once.
    """
    from standoff.measures.register import Register

    problems = Problems("calendar")
    for identifier, dates in changes.items():
        if identifier not in register:
            problems.add(
                why="the scenario has no such measure",
                cure=nearest(identifier, register.ids),
                value=identifier,
                column="calendar",
            )
        _check(identifier, dates, problems)
    problems.raise_if_any()
    return Register(
        tuple(redated(measure, changes[measure.id]) if measure.id in changes else measure for measure in register),
        register.defaults,
    )


def redated(measure: Measure, dates: Dates) -> Measure:
    """One measure with other dates."""
    begins = first_day(measure)
    shift = dates.start - begins if dates.start is not None and begins is not None else dt.timedelta(0)
    moved = replace(
        measure,
        announced=_moved(measure.announced, shift),
        known=_moved(measure.known, shift),
        limbs=tuple(_limb(limb, shift, dates) for limb in measure.limbs),
        layers=tuple(_layer(layer, shift, dates) for layer in measure.layers),
    )
    return replace(moved, ended=dates.end, ended_by=BY_THE_SCENARIO, ended_known=None) if dates.end else moved


def first_day(measure: Measure) -> dt.date | None:
    """The day on which the first part of a measure takes effect."""
    return min([*(limb.effective for limb in measure.limbs), *(layer.start for layer in measure.layers)], default=None)


def _limb(limb: Limb, shift: dt.timedelta, dates: Dates) -> Limb:
    return replace(limb, effective=limb.effective + shift, suspensions=_pauses(limb.suspensions, dates))


def _layer(layer: TariffLayer, shift: dt.timedelta, dates: Dates) -> TariffLayer:
    until = min(layer.until or dates.end, dates.end) if dates.end else layer.until
    return replace(layer, start=layer.start + shift, until=until, suspensions=_pauses(layer.suspensions, dates))


def _pauses(pauses: tuple[Suspension, ...], dates: Dates) -> tuple[Suspension, ...]:
    if dates.pauses is None:
        return pauses
    return tuple(
        Suspension(start, printed=until, by=BY_THE_SCENARIO, status="assumed") for start, until in dates.pauses
    )


def _moved(day: dt.date | None, shift: dt.timedelta) -> dt.date | None:
    return None if day is None else day + shift


def _check(identifier: str, dates: Dates, problems: Problems) -> None:
    for start, until in dates.pauses or ():
        if until <= start:
            problems.add(why="a pause ends before it begins", cure="Swap the dates", column=identifier, value=until)
    if dates.start and dates.end and dates.end <= dates.start:
        problems.add(why="the measure ends before it begins", cure="Swap the dates", column=identifier, value=dates.end)
