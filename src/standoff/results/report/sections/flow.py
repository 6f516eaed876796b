"""The chain from mine to use, with the stage at which the shortage begins."""

from __future__ import annotations

from standoff.results.report.charts.flow import Column as FlowColumn
from standoff.results.report.charts.flow import Ribbon, flow_chart
from standoff.results.report.charts.marks import LegendItem, Picture
from standoff.results.report.content import Column, Section, Table
from standoff.results.report.figures.chain import WINDOW_DAYS, Stretch
from standoff.results.report.figures.controls import first_day
from standoff.results.report.source import Source

MOST_PLACES = 7


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
        source.say(
            "flow.part", stage=source.labels.stage(stage), share=source.numbers.percent(chain.begins[stage])
        )
        for stage in sorted(others, key=lambda stage: -chain.begins[stage])
    )
    return source.say("flow.others", parts=parts)


def _picture(source: Source) -> Picture:
    chain, network = source.chain, source.result.network
    shown = _places_shown(source)
    position = {place: index for index, place in enumerate(shown)}
    sums: dict[tuple[int, int, int, int], list[float]] = {}
    for stretch in chain.stretches:
        key = (
            chain.stages.index(stretch.stage),
            chain.stages.index(stretch.next_stage),
            position.get(stretch.origin, len(shown)),
            position.get(stretch.destination, len(shown)),
        )
        if key[0] < key[1]:
            pair = sums.setdefault(key, [0.0, 0.0])
            pair[0] += stretch.usual
            pair[1] += stretch.worst
    ribbons = [Ribbon(*key, *pair) for key, pair in sums.items()]
    names = [*(source.place(place) for place in shown), source.say("flow.other_places")]
    sides = list(source.sides)
    styles = [f"side-{min(sides.index(network.place_side[place]), 5)}" for place in shown] + ["side-other"]
    chart = flow_chart(
        [_column(source, stage) for stage in chain.stages],
        names,
        styles,
        ribbons,
        tip=lambda ribbon: source.say(
            "flow.tip",
            origin=names[ribbon.origin],
            stage=source.labels.stage(chain.stages[ribbon.column]),
            destination=names[ribbon.destination],
            next_stage=source.labels.stage(chain.stages[ribbon.next_column]),
            usual=source.numbers.usd(ribbon.usual),
            share=source.numbers.percent(ribbon.worst / ribbon.usual if ribbon.usual else 0.0),
        ),
        description=source.say("flow.alt"),
    )
    legend = [
        LegendItem(source.labels.side(side), f"side-{min(index, 5)}", "area")
        for index, side in enumerate(sides)
        if any(network.place_side[place] == side for place in shown)
    ]
    legend += [LegendItem(source.say("flow.pale"), "pale side-other", "area")]
    legend += [LegendItem(source.say("flow.core"), "core side-other", "area")]
    return Picture((chart,), tuple(legend))


def _column(source: Source, stage: str) -> FlowColumn:
    chain = source.chain
    usual = chain.usual(stage)
    share = chain.worst(stage) / usual if usual else 0.0
    begins = source.say("flow.begins", share=source.numbers.percent(chain.begins[stage]))
    return FlowColumn(
        source.labels.stage(stage),
        source.say("flow.of_base", share=source.numbers.percent(share)),
        begins if stage == chain.binding else "",
    )


def _places_shown(source: Source) -> list[int]:
    """The places with the largest part of any stage, kept in the order of the world."""
    chain = source.chain
    part: dict[int, float] = {}
    for stretch in chain.stretches:
        for place, total in (
            (stretch.origin, chain.usual(stretch.stage)),
            (stretch.destination, chain.usual("use") if stretch.next_stage == "use" else 0.0),
        ):
            part[place] = part.get(place, 0.0) + (stretch.usual / total if total else 0.0)
    largest = sorted(part, key=lambda place: -part[place])[:MOST_PLACES]
    return sorted(largest, key=lambda place: (source.sides.index(source.result.network.place_side[place]), place))


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
