"""What still ships of the controlled goods, by destination and by product."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from standoff.results.charts.marks import Chart, LegendItem, Picture
from standoff.results.charts.series import Series, line_panel
from standoff.results.report.content import Column, Section, Table
from standoff.results.report.figures.controls import lowest_served
from standoff.results.report.source import Source
from standoff.world.network import DAYS_PER_YEAR

MOST_PANELS = 8
NOTHING_SHIPS = 1e-6
"""Shipments up to this share of the base year in every week are said in words, not drawn."""


def supply_section(source: Source) -> Section:
    """Pictures and table of controlled shipments."""
    say, controlled = source.say, source.controlled
    if not float(controlled.usual_value.sum()) > 0:
        return Section("supply", say("supply.title"), say("supply.nothing"))
    lowest = lowest_served(source.result, controlled)
    assert lowest is not None
    share = controlled.share_served()
    after = share[lowest.step :]
    back = np.flatnonzero(after >= 0.9)
    numbers = source.numbers
    recovery = (
        say("supply.nothing_ships")
        if not float(share.max()) > NOTHING_SHIPS
        else say("supply.back", day=numbers.day(source.dates[lowest.step + int(back[0])]))
        if len(back)
        else say("supply.not_back", share=numbers.percent(float(after.max())))
    )
    senders = source.words.join(source.place(place) for place, _ in _split(source, controlled.origin, least=0.02))
    sentence = say(
        "supply.sentence",
        senders=senders,
        share=numbers.percent(lowest.share),
        day=numbers.day(lowest.day),
        recovery=recovery,
    )
    by_place, by_product = _split(source, controlled.destination), _split(source, controlled.product)
    return Section(
        "supply",
        say("supply.title"),
        sentence,
        pictures=()
        if not float(share.max()) > NOTHING_SHIPS
        else (
            _panels(source, by_place, source.place, say("supply.by_destination")),
            _panels(source, by_product, source.product, say("supply.by_product")),
        ),
        tables=(
            _pair_table(source),
            _series_table(source, "supply_by_destination", by_place, source.place, say("supply.by_destination")),
            _series_table(source, "supply_by_product", by_product, source.product, say("supply.by_product")),
        ),
        definitions=(say("supply.define_controlled"), say("supply.define_value")),
    )


def _split(source: Source, key: Any, *, least: float = 0.0) -> list[tuple[int, Any]]:
    """Positions of links by key, the largest trade first, without trades up to a least share of the base year."""
    controlled = source.controlled
    groups = [(int(value), key == value) for value in np.unique(key)]
    size = {value: float(controlled.usual_value[chosen].sum()) for value, chosen in groups}
    floor = least * sum(size.values())
    return sorted(((v, c) for v, c in groups if size[v] > floor), key=lambda group: -size[group[0]])


def _panels(source: Source, groups: Sequence[tuple[int, Any]], name: Callable[[int], str], caption: str) -> Picture:
    say, numbers, controlled = source.say, source.numbers, source.controlled
    shown = groups[:MOST_PANELS]
    shares = [controlled.share_served(chosen) for _, chosen in shown]
    high = min(max(float(share.max()) for share in shares), 2.5)
    per_year = DAYS_PER_YEAR / source.result.scenario.step_days
    charts: list[Chart] = []
    for (value, chosen), share in zip(shown, shares, strict=True):
        usual = numbers.usd(float(controlled.usual_value[chosen].sum()) * per_year)
        low = numbers.percent(float(share.min()))
        charts.append(
            line_panel(
                name(value),
                [Series(share, "main")],
                source.axis,
                write=numbers.percent,
                description=say("supply.alt", name=name(value), low=low),
                high=max(high, 1.0),
                reference=1.0,
                note=say("supply.base", usual=usual, low=low),
            )
        )
    legend = (LegendItem(say("supply.line"), "main"), LegendItem(say("supply.reference"), "reference"))
    return Picture(tuple(charts), legend, caption)


def _series_table(
    source: Source, key: str, groups: Sequence[tuple[int, Any]], name: Callable[[int], str], title: str
) -> Table:
    return source.time_table(
        key,
        source.say("supply.series_table", what=title),
        [(name(value), "percent") for value, _ in groups],
        [source.controlled.share_served(chosen) for _, chosen in groups],
    )


def _pair_table(source: Source) -> Table:
    say, controlled, network = source.say, source.controlled, source.result.network
    rows = []
    per_year = DAYS_PER_YEAR / source.result.scenario.step_days
    for product, of_product in _split(source, controlled.product):
        for place, to_place in _split(source, controlled.destination):
            chosen = of_product & to_place
            lowest = lowest_served(source.result, controlled, chosen)
            if lowest is None:
                continue
            usual, shipped = controlled.usual[chosen].sum(), controlled.shipped[:, chosen].sum()
            rows.append(
                (
                    source.product(product),
                    source.place(place),
                    source.words.family("unit_of", network.product_unit[product]),
                    float(usual * per_year),
                    lowest.share,
                    lowest.day.isoformat(),
                    float(shipped / (usual * len(source.dates))),
                )
            )
    columns = (
        Column(say("column.product")),
        Column(say("column.destination")),
        Column(say("column.unit")),
        Column(say("column.base_year_flow"), "number"),
        Column(say("column.lowest_share"), "percent"),
        Column(say("column.lowest_week"), "date"),
        Column(say("column.whole_run_share"), "percent"),
    )
    return Table("controlled_shipments", say("supply.pair_table"), columns, rows)
