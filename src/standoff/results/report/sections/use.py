"""Final use that was not met, by use and by cause."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.results.causes import CAUSES
from standoff.results.charts.marks import LegendItem, Picture
from standoff.results.charts.series import Series, stack_chart
from standoff.results.report.content import Column, Section, Table
from standoff.results.report.figures.chain import rounding_floor
from standoff.results.report.source import Source

MOST_LAYERS = 7


def use_section(source: Source) -> Section:
    """Pictures and tables of unmet use."""
    say, numbers, result = source.say, source.numbers, source.result
    value = result.unmet_value
    if not value.sum(axis=1).max(initial=0.0) > rounding_floor(result):
        return Section("use", say("use.title"), say("use.rest"), definitions=(say("use.define"),))
    names = use_names(source)
    total, causes = value.sum(axis=0), result.unmet_by_cause.sum(axis=(0, 1))
    order = np.argsort(-total, kind="stable")
    cause = int(np.argmax(causes))
    sentence = say(
        "use.sentence",
        total=numbers.usd(float(total.sum())),
        share=numbers.percent(float(total.sum() / _usual(source))),
        use=names[int(order[0])],
        largest=numbers.usd(float(total[order[0]])),
        cause=source.words.family("cause", CAUSES[cause]),
        part=numbers.percent(float(causes[cause] / causes.sum())),
    )
    return Section(
        "use",
        say("use.title"),
        sentence,
        pictures=(_by_use(source, value, order, names), _by_cause(source)),
        tables=(
            _table(source, order, names),
            roots_table(source, "loss_roots", producers=False),
            roots_table(source, "output_roots", producers=True),
            *_series(source, value, order, names),
        ),
        definitions=(say("use.define"), say("use.define_cause"), say("use.define_roots")),
    )


def use_labels(source: Source) -> tuple[str, ...]:
    """Rows of the table ``uses`` in the order of `Result.unmet`."""
    labels = source.result.network.nodes.parent_labels
    return labels[len(labels) - source.result.unmet.shape[1] :]


def use_names(source: Source) -> list[str]:
    """The same as names for people."""
    return [source.labels.consumers[label] for label in use_labels(source)]


def _usual(source: Source) -> float:
    from standoff.results.indicators import use_values

    return float((source.result.demand * use_values(source.result.network)).sum())


def _layers(value: Any, order: Any) -> tuple[list[Any], Any]:
    """The largest uses one by one, and all others together."""
    shown = [int(use) for use in order[:MOST_LAYERS] if value[:, use].sum() > 0]
    rest = value.sum(axis=1) - value[:, shown].sum(axis=1)
    return shown, np.maximum(rest, 0.0)


def _by_use(source: Source, value: Any, order: Any, names: list[str]) -> Picture:
    say = source.say
    shown, rest = _layers(value, order)
    layers = [Series(value[:, use], f"layer-{index}") for index, use in enumerate(shown)]
    legend = [LegendItem(names[use], f"layer-{index}", "area") for index, use in enumerate(shown)]
    if rest.sum() > 1e-9 * value.sum():
        layers.append(Series(rest, "layer-rest"))
        legend.append(LegendItem(say("use.others"), "layer-rest", "area"))
    chart = stack_chart(layers, source.axis, write=source.numbers.plain, description=say("use.alt_by_use"))
    return Picture((chart,), tuple(legend), say("use.by_use"))


def _by_cause(source: Source) -> Picture:
    by_cause = source.result.unmet_by_cause.sum(axis=1)
    found = causes_found(source)
    layers = [Series(by_cause[:, index], f"cause-{index}") for index in found]
    legend = tuple(LegendItem(source.words.family("cause", CAUSES[index]), f"cause-{index}", "area") for index in found)
    chart = stack_chart(layers, source.axis, write=source.numbers.plain, description=source.say("use.alt_by_cause"))
    return Picture((chart,), legend, source.say("use.by_cause"))


def causes_found(source: Source) -> list[int]:
    """Causes that count for anything, as positions among all."""
    return [int(index) for index in np.flatnonzero(source.result.unmet_by_cause.sum(axis=(0, 1)) > 0)]


def roots_table(source: Source, name: str, *, producers: bool) -> Table:
    """What all unmet use, or all lost output, goes back to: cause, measure, product and border."""
    say, labels = source.say, source.labels
    rows = [
        (
            source.words.family("cause", part.cause),
            part.measure,
            labels.products.get(part.product, ""),
            labels.places.get(part.origin, ""),
            labels.places.get(part.destination, ""),
            part.usd,
            part.share,
        )
        for part in source.result.attribution.parts(producers=producers)
    ]
    columns = (
        Column(say("column.cause")),
        Column(say("column.measure")),
        Column(say("column.product")),
        Column(say("column.origin")),
        Column(say("column.destination")),
        Column(say("column.lost_value"), "usd"),
        Column(say("column.lost_share"), "percent"),
    )
    return Table(name, say(f"use.{name}"), columns, rows, open=not producers)


def _table(source: Source, order: Any, names: list[str]) -> Table:
    say, result = source.say, source.result
    value = result.unmet_value.sum(axis=0)
    found = causes_found(source)
    causes = result.unmet_by_cause.sum(axis=0)[:, found]
    demand, unmet = result.demand.sum(axis=0), result.unmet.sum(axis=0)
    rows = [
        (
            names[use],
            float(unmet[use]),
            float(unmet[use] / demand[use]) if demand[use] > 0 else 0.0,
            float(value[use]),
            *(float(part) for part in causes[use]),
        )
        for use in map(int, order)
        if value[use] > 0
    ]
    columns = (
        Column(say("column.use")),
        Column(say("column.unmet_units"), "number"),
        Column(say("column.unmet_share"), "percent"),
        Column(say("column.unmet_value"), "usd"),
        *(Column(source.words.family("cause", CAUSES[index]), "usd") for index in found),
    )
    return Table("unmet_use", say("use.table"), columns, rows, open=True)


def _series(source: Source, value: Any, order: Any, names: list[str]) -> tuple[Table, Table]:
    say = source.say
    shown, rest = _layers(value, order)
    by_cause = source.result.unmet_by_cause.sum(axis=1)
    by_use = source.time_table(
        "unmet_use_by_week",
        say("use.week_table"),
        [*((names[use], "usd") for use in shown), (say("use.others"), "usd")],
        [*(value[:, use] for use in shown), rest],
    )
    causes = source.time_table(
        "unmet_cause_by_week",
        say("use.cause_table"),
        [(source.words.family("cause", CAUSES[index]), "usd") for index in causes_found(source)],
        [by_cause[:, index] for index in causes_found(source)],
    )
    return by_use, causes
