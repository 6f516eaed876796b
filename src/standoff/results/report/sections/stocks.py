"""Stock cover of buyers over time."""

from __future__ import annotations

from standoff.results.charts.marks import Chart, LegendItem, Picture
from standoff.results.charts.series import Series, line_panel
from standoff.results.report.content import Column, Section, Table
from standoff.results.report.figures.cover import Cover
from standoff.results.report.source import Source

MOST_PANELS = 9
FALL = 0.05
"""A cover that falls by less than this share of its base year is not drawn."""


def stocks_section(source: Source) -> Section:
    """Pictures and table of stock cover."""
    say, numbers = source.say, source.numbers
    fallen = [cover for cover in source.covers if cover.drop > FALL]
    empty = sum(1 for cover in fallen if cover.lowest < 0.5)
    if not fallen:
        sentence = say("stocks.rest", count=len(source.covers))
    else:
        first = fallen[0]
        sentence = say(
            "stocks.sentence",
            fallen=len(fallen),
            count=len(source.covers),
            empty=empty,
            product=source.product(first.product),
            place=source.place(first.place),
            start=numbers.days(first.leanest_start),
            lowest=numbers.days(first.lowest),
        )
    tables = [_table(source)]
    pictures: tuple[Picture, ...] = ()
    if fallen:
        shown = _spread(fallen)
        legend = (
            LegendItem(say("stocks.leanest"), "main"),
            LegendItem(say("stocks.median"), "second"),
            LegendItem(say("stocks.reference"), "reference"),
        )
        pictures = (Picture(tuple(_panel(source, cover) for cover in shown), legend, say("stocks.caption")),)
        tables.append(
            source.time_table(
                "cover_by_week",
                say("stocks.series_table"),
                [(_name(source, cover), "days") for cover in shown],
                [cover.leanest for cover in shown],
            )
        )
    return Section(
        "stocks",
        say("stocks.title"),
        sentence,
        pictures=pictures,
        tables=tuple(tables),
        definitions=(say("stocks.define"),),
    )


def _spread(covers: list[Cover]) -> list[Cover]:
    """The deepest falls, one of each product before the second of any, so that several stages are seen."""
    turn: dict[int, int] = {}
    rounds = []
    for cover in covers:
        turn[cover.product] = turn.get(cover.product, 0) + 1
        rounds.append(turn[cover.product])
    order = sorted(range(len(covers)), key=lambda index: (rounds[index], index))
    return [covers[index] for index in order[:MOST_PANELS]]


def _name(source: Source, cover: Cover) -> str:
    return source.say("stocks.panel", product=source.product(cover.product), place=source.place(cover.place))


def _panel(source: Source, cover: Cover) -> Chart:
    say, numbers = source.say, source.numbers
    return line_panel(
        _name(source, cover),
        [Series(cover.median, "second"), Series(cover.leanest, "main")],
        source.axis,
        write=numbers.plain,
        description=say("stocks.alt", name=_name(source, cover), lowest=numbers.days(cover.lowest)),
        reference=cover.leanest_start,
        note=say("stocks.note", start=numbers.days(cover.leanest_start), lowest=numbers.days(cover.lowest)),
    )


def _table(source: Source) -> Table:
    say = source.say
    rows = [
        (
            source.product(cover.product),
            source.place(cover.place),
            cover.leanest_start,
            cover.lowest,
            source.dates[int(cover.leanest.argmin())].isoformat() if cover.drop > 1e-6 else None,
            cover.median_start,
            float(cover.median.min()),
        )
        for cover in source.covers
    ]
    columns = (
        Column(say("column.product")),
        Column(say("column.buyers_in")),
        Column(say("column.leanest_base"), "days"),
        Column(say("column.leanest_lowest"), "days"),
        Column(say("column.lowest_week"), "date"),
        Column(say("column.median_base"), "days"),
        Column(say("column.median_lowest"), "days"),
    )
    return Table("stock_cover", say("stocks.table"), columns, rows)
