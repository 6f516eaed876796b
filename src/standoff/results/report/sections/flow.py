"""The chain from mine to use, with the stage at which the shortage begins."""

from __future__ import annotations

from standoff.results.charts.flow import Column as FlowColumn
from standoff.results.charts.flow import Ribbon, flow_chart
from standoff.results.charts.marks import LegendItem, Picture
from standoff.results.report.content import Column, Section, Table
from standoff.results.report.figures.chain import WINDOW_DAYS, Stretch
from standoff.results.report.figures.controls import first_day
from standoff.results.report.source import Source

MOST_PLACES = 8
"""A world with more places is drawn by side."""
LAST_STYLE = 5


def flow_section(source: Source) -> Section:
    """Picture, sentence and tables of the chain."""
    say, numbers, chain = source.say, source.numbers, source.chain
    day = numbers.day(first_day(source.result, chain.step))
    binding = chain.binding
    if chain.reason == "none":
        sentence = say("flow.rest")
    elif binding is None:
        sentence = say("flow.shipments", day=day)
    else:
        sentence = say(
            "flow.binding",
            stage=source.labels.stage(binding),
            share=numbers.percent(chain.begins[binding]),
            day=day,
            others=_other_stages(source),
        )
    return Section(
        "flow",
        say("flow.title"),
        sentence,
        pictures=(_picture(source),),
        tables=(_stage_table(source), _stretch_table(source)),
        definitions=(say("flow.define_picture", days=numbers.days(WINDOW_DAYS)), say("flow.define_binding")),
    )


def _other_stages(source: Source) -> str:
    chain = source.chain
    others = [stage for stage in chain.stages if stage != chain.binding and chain.begins[stage] >= 0.0005]
    if not others:
        return ""
    parts = source.words.join(
        source.say("flow.part", stage=source.labels.stage(stage), share=source.numbers.percent(chain.begins[stage]))
        for stage in sorted(others, key=lambda stage: -chain.begins[stage])
    )
    return source.say("flow.others", parts=parts)


def _picture(source: Source) -> Picture:
    say, chain = source.say, source.chain
    groups, names, styles = _groups(source)
    sums: dict[tuple[int, int, int, int], list[float]] = {}
    for stretch in chain.stretches:
        column, next_column = chain.stages.index(stretch.stage), chain.stages.index(stretch.next_stage)
        if column < next_column:
            key = (column, next_column, groups[stretch.origin], groups[stretch.destination])
            pair = sums.setdefault(key, [0.0, 0.0])
            pair[0] += stretch.usual
            pair[1] += stretch.worst
    ribbons = [Ribbon(*key, usual=usual, worst=worst) for key, (usual, worst) in sums.items()]
    chart = flow_chart(
        [_column(source, stage) for stage in chain.stages],
        names,
        styles,
        ribbons,
        tip=lambda ribbon: say(
            "flow.tip",
            origin=names[ribbon.origin],
            stage=source.labels.stage(chain.stages[ribbon.column]),
            destination=names[ribbon.destination],
            next_stage=source.labels.stage(chain.stages[ribbon.next_column]),
            usual=source.numbers.usd(ribbon.usual),
            share=source.numbers.percent(ribbon.worst / ribbon.usual if ribbon.usual else 0.0),
        ),
        description=say("flow.alt"),
    )
    legend = [
        LegendItem(source.labels.side(side), f"side-{min(index, LAST_STYLE)}", "area")
        for index, side in enumerate(source.sides)
    ]
    legend += [LegendItem(say("flow.home"), "home side-other", "area")]
    legend += [LegendItem(say("flow.missing"), "missing", "area")]
    return Picture((chart,), tuple(legend), say("flow.caption"))


def _groups(source: Source) -> tuple[list[int], list[str], list[str]]:
    """What the picture draws as one bar: places of a small world, sides of a large one, in the order of sides.

    Returns:
        For each place of the network its bar, and for each bar its name and its style.
    """
    network, sides = source.result.network, list(source.sides)
    side_of = [sides.index(side) for side in network.place_side]
    styles = [f"side-{min(index, LAST_STYLE)}" for index in range(len(sides))]
    if len(network.places) > MOST_PLACES:
        return side_of, [source.labels.side(side) for side in sides], styles
    order = sorted(range(len(network.places)), key=lambda place: (side_of[place], place))
    groups = [order.index(place) for place in range(len(order))]
    return groups, [source.place(place) for place in order], [styles[side_of[place]] for place in order]


def _column(source: Source, stage: str) -> FlowColumn:
    chain, percent = source.chain, source.numbers.percent
    usual = chain.usual(stage)
    begins = (source.say("flow.begins"), percent(chain.begins[stage])) if stage == chain.binding else ()
    return FlowColumn(source.labels.stage(stage), percent(chain.worst(stage) / usual if usual else 0.0), begins)


def _stage_table(source: Source) -> Table:
    say, chain = source.say, source.chain
    rows = [
        (
            source.labels.stage(stage),
            chain.usual(stage),
            chain.worst(stage) / chain.usual(stage) if chain.usual(stage) else None,
            float(chain.begins[stage]),
        )
        for stage in chain.stages
    ]
    columns = (
        Column(say("column.stage")),
        Column(say("column.base_year_value"), "usd"),
        Column(say("column.worst_share"), "percent"),
        Column(say("column.shortage_begins"), "percent"),
    )
    return Table("stages", say("flow.stage_table"), columns, rows, open=True)


def _stretch_table(source: Source) -> Table:
    say = source.say

    def row(stretch: Stretch) -> tuple[object, ...]:
        return (
            source.labels.stage(stretch.stage),
            source.place(stretch.origin),
            source.labels.stage(stretch.next_stage),
            source.place(stretch.destination),
            stretch.usual,
            stretch.worst,
        )

    columns = (
        Column(say("column.from_stage")),
        Column(say("column.origin")),
        Column(say("column.to_stage")),
        Column(say("column.destination")),
        Column(say("column.base_year_value"), "usd"),
        Column(say("column.worst_value"), "usd"),
    )
    stretches = sorted(source.chain.stretches, key=lambda s: -abs(s.usual - s.worst))
    return Table("flows", say("flow.stretch_table"), columns, [row(stretch) for stretch in stretches])
