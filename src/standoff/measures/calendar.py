"""The calendar of rules: when a limb runs, when it is paused, and every date on which an answer can change.

Intervals are half-open: a rule runs from its effective date until the day it ends, without that day. Truces are scenarios,
never facts: a pause that exists only in one scenario is looked at only there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from standoff.measures.measure import Limb, Measure, Suspension
from standoff.measures.settings import DEFAULT_SETTINGS, Settings

if TYPE_CHECKING:
    from standoff.measures.register import Register


def runs_on(measure: Measure, limb: Limb, on: date) -> bool:
    """Whether the limb is in the texts on that day: effective and not ended, paused or not."""
    if on < limb.effective:
        return False
    return not any(end is not None and on >= end for end in (limb.ended, measure.ended))


def pauses_under(suspensions: Iterable[Suspension], settings: Settings) -> tuple[Suspension, ...]:
    return tuple(each for each in suspensions if not each.truces or settings.truce in each.truces)


def pause_on(suspensions: Iterable[Suspension], on: date, settings: Settings) -> Suspension | None:
    """The pause that holds on that day; of several, the one that lasts longest."""
    holding = [each for each in pauses_under(suspensions, settings) if each.start <= on < each.end(settings.last_day)]
    return max(holding, key=lambda each: each.printed, default=None)


def without_absent_pauses(measures: Iterable[Measure]) -> Iterable[Measure]:
    """The measures without the pauses, ends and layers that were made by a measure that is not among them.

    A pause is an act of its own: a list of measures that leaves No. 70 out asks what the paused notices do without it, and a
    tariff struck down by a court lives on where the ruling is left out. A pause of a truce scenario hangs on the scenario alone,
    and a pause whose maker is no id of a measure stays.
    """
    present = list(measures)
    ids = {measure.id for measure in present}

    def stays(maker: str) -> bool:
        return not maker or maker in ids or not looks_like_id(maker)

    def kept(suspensions: tuple[Suspension, ...]) -> tuple[Suspension, ...]:
        return tuple(each for each in suspensions if each.truces or stays(each.by))

    for measure in present:
        layers = tuple(
            replace(layer, suspensions=kept(layer.suspensions), until=layer.until if stays(layer.until_by) else None)
            for layer in measure.layers
            if stays(layer.needs)
        )
        limbs = tuple(replace(limb, suspensions=kept(limb.suspensions)) for limb in measure.limbs)
        yield replace(measure, ended=measure.ended if stays(measure.ended_by) else None, limbs=limbs, layers=layers)


def makers(measure: Measure) -> set[str]:
    """Ids of the measures that pause or end this one or parts of it."""
    found = {measure.ended_by}
    found |= {each.by for limb in measure.limbs for each in limb.suspensions}
    for layer in measure.layers:
        found |= {layer.until_by, layer.needs} | {each.by for each in layer.suspensions}
    return {maker for maker in found if maker}


def looks_like_id(maker: str) -> bool:
    """Ids are single words such as ``CN-2025-70``; anything else is a description."""
    return " " not in maker and "-" in maker


def change_dates_of(measures: Iterable[Measure], settings: Settings) -> tuple[date, ...]:
    found: set[date] = set()
    for measure in measures:
        if measure.ended:
            found.add(measure.ended)
        if measure.party_list:
            found |= {party.start for party in measure.party_list.parties if party.start}
        for limb in measure.limbs:
            found.add(limb.effective)
            if limb.ended:
                found.add(limb.ended)
            found |= _pause_dates(limb.suspensions, settings)
        for layer in measure.layers:
            found.add(layer.start)
            if layer.until:
                found.add(layer.until)
            found |= _pause_dates(layer.suspensions, settings)
    return tuple(sorted(found))


def _pause_dates(suspensions: Iterable[Suspension], settings: Settings) -> set[date]:
    return {day for each in pauses_under(suspensions, settings) for day in (each.start, each.end(settings.last_day))}


def change_dates(register: Register, settings: Settings = DEFAULT_SETTINGS) -> tuple[date, ...]:
    """Every date on which some answer of this register can change, in order: between two of them all answers stand still."""
    return register.rulebook(settings).change_dates
