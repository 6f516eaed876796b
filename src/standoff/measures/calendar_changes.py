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
        pauses: all its pauses, each from the first paused day to the first day on which it runs again; empty: never paused. They
            are pauses of the parts that its text pauses (of 34 points, the 24 that a truce holds back), of all parts if it pauses none.
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
    parts: tuple[Limb | TariffLayer, ...] = (*measure.limbs, *measure.layers)
    some = any(part.suspensions for part in parts)
    starts = {layer.start for layer in measure.layers}

    def kept(part: Limb | TariffLayer) -> tuple[Suspension, ...]:
        return part.suspensions if some and not part.suspensions else _pauses(part.suspensions, dates)

    moved = replace(
        measure,
        announced=_moved(measure.announced, shift),
        known=_moved(measure.known, shift),
        limbs=tuple(replace(limb, effective=limb.effective + shift, suspensions=kept(limb)) for limb in measure.limbs),
        layers=tuple(
            replace(_layer(layer, shift, dates.end, followed=layer.until in starts), suspensions=kept(layer))
            for layer in measure.layers
        ),
    )
    return replace(moved, ended=dates.end, ended_by=BY_THE_SCENARIO, ended_known=None) if dates.end else moved


def first_day(measure: Measure) -> dt.date | None:
    """The day on which the first part of a measure takes effect."""
    return min([*(limb.effective for limb in measure.limbs), *(layer.start for layer in measure.layers)], default=None)


def _layer(layer: TariffLayer, shift: dt.timedelta, end: dt.date | None, *, followed: bool) -> TariffLayer:
    """A layer moved. Where the next rate of the same measure takes over, it ends as much later as that begins."""
    until = _moved(layer.until, shift) if followed else layer.until
    return replace(layer, start=layer.start + shift, until=min(until or end, end) if end else until)


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
