"""The rest of a back-test: stops by class of firms, what the data moved, and what was frozen when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.results.charts.forecasts import Amount, amount_bars
from standoff.results.charts.marks import Chart, LegendItem, Picture
from standoff.results.charts.series import Series, TimeAxis, line_panel
from standoff.results.report.content import Column, Section, Table

if TYPE_CHECKING:
    from standoff.results.report.sections.backtest import Held

TOLD = 0.75
"""Spread left under which a number counts as moved, as `standoff.studies.backtest.frozen.identifiability` has it."""
WEEKS_SHOWN = 4
NAMED = "named firms"
"""What a check of firms is of, behind their number."""


def stops_section(held: Held) -> Section:
    """Hits, misses and false alarms by class of firms, and the probability of a stop week by week."""
    say, stops = held.say, held.found["stops"]
    total = {
        key: sum(row[key] for row in stops.values()) for key in ("hits", "misses", "false_alarms", "correct_no_stop")
    }
    columns = (
        Column(say("column.firm_class")),
        *(Column(say(f"stop_score.{name}"), "number") for name in total),
        Column(say("stop_score.brier"), "number"),
    )
    rows = [
        (held.words.family("firms", name), *(row[key] for key in total), row["brier"]) for name, row in stops.items()
    ]
    legend = (
        LegendItem(say("stop_score.any"), "main"),
        LegendItem(say("stop_score.share"), "second"),
    )
    return Section(
        "stops_held",
        say("backtest.stops"),
        say("backtest.stops_finding", **total, count=sum(total.values())),
        pictures=(
            Picture(
                tuple(_stop_panel(held, name, row["weeks"]) for name, row in stops.items()),
                legend,
                say("backtest.by_week"),
            ),
        ),
        tables=(
            Table("backtest_stops", say("backtest.stop_table"), columns, rows, open=True),
            _week_table(held, stops),
        ),
        definitions=(say("stop_score.define"), say("stop_score.define_brier")),
    )


def _stop_panel(held: Held, name: str, weeks: list[Mapping[str, Any]]) -> Chart:
    days = [date.fromisoformat(row["week"]) for row in weeks]
    highest = max((row["probability_of_any"] for row in weeks), default=0.0)
    title = held.words.family("firms", name)
    return line_panel(
        title,
        [
            Series(np.array([row["share_of_firms"] for row in weeks]), "second"),
            Series(np.array([row["probability_of_any"] for row in weeks]), "main"),
        ],
        TimeAxis(days, held.axis.event, ""),
        write=held.numbers.percent,
        description=held.say("stop_score.alt", name=title, highest=held.numbers.percent(highest)),
        high=1.0,
    )


def _week_table(held: Held, stops: Mapping[str, Any]) -> Table:
    names = list(stops)
    columns = (
        Column(held.say("column.week"), "date"),
        *(Column(held.words.family("firms", name), "percent") for name in names),
    )
    weeks = stops[names[0]]["weeks"] if names else []
    rows = [
        (row["week"], *(stops[name]["weeks"][position]["probability_of_any"] for name in names))
        for position, row in enumerate(weeks)
    ]
    return Table("backtest_stop_weeks", held.say("backtest.week_table"), columns, rows, every=WEEKS_SHOWN)


def posterior_section(held: Held) -> Section:
    """How far the open data moved each number, and what they cannot tell."""
    say, record = held.say, held.found["frozen"]
    numbers = record["numbers"]
    moved = [held.words.family("moved", name) for name, row in numbers.items() if row["moved"]]
    still = [held.words.family("moved", name) for name, row in numbers.items() if not row["moved"]]
    amounts = [
        Amount(
            held.words.family("moved", name),
            min(float(row["spread_left"]), 1.1),
            "main" if row["moved"] else "other",
            held.numbers.percent(row["spread_left"]),
        )
        for name, row in sorted(numbers.items(), key=lambda item: float(item[1]["spread_left"]))
    ]
    columns = (
        Column(say("column.parameter")),
        Column(say("column.forecast_median"), "number"),
        Column(say("column.forecast_low"), "number"),
        Column(say("column.forecast_high"), "number"),
        Column(say("column.spread_left"), "percent"),
        Column(say("column.told")),
    )
    rows = [
        (
            held.words.family("moved", name),
            row["median"],
            row["lo80"],
            row["hi80"],
            row["spread_left"],
            say("told.moved" if row["moved"] else "told.not"),
        )
        for name, row in numbers.items()
    ]
    return Section(
        "told",
        say("backtest.told"),
        say(
            "backtest.told_finding",
            moved=held.words.join(moved) if moved else say("amount.none"),
            still=held.words.join(still) if still else say("amount.none"),
        ),
        pictures=(
            Picture(
                (amount_bars(amounts, write=held.numbers.percent, description=say("told.alt"), reference=TOLD),),
                (LegendItem(say("told.limit"), "reference"),),
                say("backtest.spread"),
            ),
        ),
        tables=(Table("backtest_numbers", say("backtest.number_table"), columns, rows), _structure_table(held)),
        definitions=(say("told.define"),),
    )


def check_section(held: Held) -> tuple[Section, ...]:
    """Posterior predictive checks: the open rows beside what the fitted model would have had them be; none where none were frozen."""
    say, checks = held.say, held.found["frozen"].get("checks", ())
    if not checks:
        return ()
    failed = [_check_name(held, row) for row in checks if row["failed"]]
    amounts = [
        Amount(
            _check_name(held, row),
            float(row["probability"]),
            "main" if row["failed"] else "other",
            held.numbers.percent(row["probability"]),
        )
        for row in checks
    ]
    columns = (
        Column(say("column.check")),
        Column(say("column.forecast_observed"), "number"),
        Column(say("column.replicated_median"), "number"),
        Column(say("column.forecast_low"), "number"),
        Column(say("column.forecast_high"), "number"),
        Column(say("column.probability_above"), "percent"),
        Column(say("column.check_result")),
    )
    rows = [
        (
            _check_name(held, row),
            *(row[name] for name in ("observed", "median", "lo80", "hi80", "probability")),
            say("check_result.failed" if row["failed"] else "check_result.passed"),
        )
        for row in checks
    ]
    chart = amount_bars(amounts, write=held.numbers.percent, description=say("backtest.check_alt"))
    return (
        Section(
            "checks",
            say("backtest.checks"),
            say(
                "backtest.check_finding",
                count=len(checks),
                failed=len(failed),
                names=held.words.join(failed) if failed else say("amount.none"),
            ),
            pictures=(Picture((chart,), (), say("backtest.check_picture")),),
            tables=(Table("backtest_checks", say("backtest.check_table"), columns, rows),),
            definitions=(say("check_result.define"),),
        ),
    )


def _check_name(held: Held, row: Mapping[str, Any]) -> str:
    statistic = held.words.family("check", row["statistic"])
    count, _, what = row["of"].partition(" ")
    of = held.say("backtest.named_firms", count=count) if what == NAMED else held.words.family("destination", row["of"])
    return held.say("backtest.check_of", statistic=statistic, of=of)


def _structure_table(held: Held) -> Table:
    structure = held.found["frozen"]["structure"]
    columns = (
        Column(held.words.family("moved", structure["parameter"])),
        Column(held.say("column.probability"), "percent"),
    )
    rows = [(value, float(share)) for value, share in structure["probability"].items()]
    return Table("backtest_structure", held.say("backtest.structure_table"), columns, rows)


def known_section(held: Held) -> Section:
    """When, with which code and from which data the forecasts were frozen, and what that does not promise."""
    say, record = held.say, held.found["frozen"]
    rows = [
        (say("frozen.information_date"), record["information_date"]),
        (say("frozen.version"), str(record["version"])),
        (say("frozen.code"), record["code_fingerprint"][:16]),
        (say("frozen.code_now"), say("frozen.same" if held.code_is_the_same else "frozen.other")),
        (say("frozen.data"), record["data_fingerprint"][:16]),
        (say("frozen.world"), record["world_fingerprint"][:16]),
        (say("frozen.draws"), held.numbers.plain(record["draws"])),
        (say("frozen.effective"), held.numbers.plain(record["effective_draws"])),
        (say("frozen.seed"), str(record["seed"])),
    ]
    columns = (Column(say("column.setting")), Column(say("column.value")))
    return Section(
        "frozen",
        say("backtest.frozen"),
        say("backtest.frozen_finding", command=f"standoff backtest {held.found['episode']}"),
        tables=(Table("backtest_frozen", say("backtest.frozen_table"), columns, rows, open=True),),
        definitions=tuple(say(f"frozen_limit.{name}") for name in ("method", "stops", "blind")),
    )
