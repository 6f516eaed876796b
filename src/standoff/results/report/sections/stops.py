"""When lines stop, beside what a spreadsheet would say."""

from __future__ import annotations

import numpy as np

from standoff.results.charts.bars import Pair, pair_dots
from standoff.results.charts.marks import LegendItem, Picture
from standoff.results.report.content import Column, Section, Table
from standoff.results.report.figures.stops import Stop, days_after, exposed_labels
from standoff.results.report.sections.use import use_labels
from standoff.results.report.source import Source

MOST_DOTS = 22


def stops_section(source: Source) -> Section:
    """Picture and table of stops."""
    say, numbers = source.say, source.numbers
    exposed = exposed_labels(source.result, source.controlled)
    listed = [stop for stop in source.stops if np.isfinite(stop.days) or stop.label in exposed]
    stopped = [stop for stop in listed if np.isfinite(stop.days)]
    whole = [stop for stop in stopped if stop.largest_share > 0.999]
    definition = say(
        "stops.define",
        share=numbers.percent(source.result.parameters["stop_share"]),
        step=numbers.days(source.result.scenario.step_days),
    )
    if not listed:
        return Section("stops", say("stops.title"), say("stops.rest"), definitions=(definition,))
    if stopped:
        gaps = [_since(source, stop.days) - stop.spreadsheet_days for stop in stopped]
        sentence = say(
            "stops.sentence",
            stopped=len(stopped),
            count=len(source.stops),
            whole=len(whole),
            gap=numbers.days(float(np.median(gaps))),
        )
    else:
        sentence = say("stops.none", count=len(listed))
    return Section(
        "stops",
        say("stops.title"),
        sentence,
        pictures=(_picture(source, listed),),
        tables=(_table(source, listed),),
        definitions=(definition, say("stops.define_spreadsheet")),
    )


def _since(source: Source, days: float) -> float:
    return days_after(source.result, days, source.effect)


def _shown(source: Source, listed: list[Stop]) -> list[Stop]:
    """The plants that stop first and the uses with most unmet value, in the order in which they stop."""
    value = dict(zip(use_labels(source), source.result.unmet_value.sum(axis=0), strict=True))
    uses = sorted((stop for stop in listed if stop.is_use), key=lambda stop: -value[stop.label])
    plants = [stop for stop in listed if not stop.is_use]
    room = max(MOST_DOTS - len(uses), MOST_DOTS // 2)
    return sorted([*uses[: MOST_DOTS - min(room, len(plants))], *plants[:room]], key=lambda stop: stop.days)


def _picture(source: Source, listed: list[Stop]) -> Picture:
    say, numbers = source.say, source.numbers
    shown = _shown(source, listed)
    pairs = [
        Pair(
            name=source.labels.consumers[stop.label],
            model=_since(source, stop.days),
            spreadsheet=stop.spreadsheet_days,
            tip=say(
                "stops.tip",
                name=source.labels.consumers[stop.label],
                model=numbers.days(_since(source, stop.days)),
                spreadsheet=numbers.days(stop.spreadsheet_days),
            ),
        )
        for stop in shown
    ]
    end = _since(source, len(source.dates) * source.result.scenario.step_days)
    longest = max(max(pair.model, pair.spreadsheet) for pair in pairs)
    last = min(end, longest * 1.1) if longest > 0 else end
    chart = pair_dots(pairs, last=last, write=numbers.days, never=say("stops.not_in_run"), description=say("stops.alt"))
    legend = (
        LegendItem(say("stops.model"), "solid", "dot"),
        LegendItem(say("stops.spreadsheet"), "hollow", "dot"),
    )
    return Picture((chart,), legend, say("stops.caption", shown=len(shown), count=len(listed)))


def _table(source: Source, listed: list[Stop]) -> Table:
    say = source.say
    rows = [
        (
            source.labels.consumers[stop.label],
            source.place(stop.place),
            say("stops.is_use" if stop.is_use else "stops.is_plant"),
            _since(source, stop.days),
            stop.day.isoformat() if stop.day else None,
            stop.spreadsheet_days,
            stop.first_share,
            stop.largest_share,
        )
        for stop in listed
    ]
    columns = (
        Column(say("column.line")),
        Column(say("column.place")),
        Column(say("column.line_kind")),
        Column(say("column.model_days"), "days"),
        Column(say("column.stop_week"), "date"),
        Column(say("column.spreadsheet_days"), "days"),
        Column(say("column.first_share"), "percent"),
        Column(say("column.largest_share"), "percent"),
    )
    return Table("stops", say("stops.table"), columns, rows)
