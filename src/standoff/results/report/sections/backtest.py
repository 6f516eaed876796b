"""A back-test as sections: forecasts beside what came, scores, stops, and what the data told."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from standoff.results.charts.forecasts import Amount, Band, Dots, amount_bars, forecast_panel
from standoff.results.charts.marks import Chart, LegendItem, Picture
from standoff.results.charts.series import HALF, PANEL, Series, TimeAxis
from standoff.results.numbers import Spoken
from standoff.results.report.content import Column, Section, Table
from standoff.results.words import Words

AHEAD, STRICT, LATER_LAW, OFF = "one_month_ahead", "strict", "policy_known", "measure_off"
NAIVE = {"no_change": "third", "last_year": "second", "mean_2024": "fourth", "mean_12_months": "fifth"}
"""The naive forecasts and the line that each is drawn as."""
NOTHING = float("nan")
FIRST = (820.0, 280.0)
"""Size of the panel of the first destination, which holds all others."""


@dataclass(frozen=True)
class Held(Spoken):
    """What the sections read.

    Attributes:
        found: what `standoff.studies.backtest.study.backtest` returned.
        off: quantiles ``(low, median, high)`` without the measure, by destination and month.
        naive: forecasts by name, destination and month; a name is missing where the history does not reach.
        code_is_the_same: whether the code that froze the forecasts is the code that runs.
        words: of the reader.
    """

    found: Mapping[str, Any]
    off: Mapping[tuple[str, str], tuple[float, float, float]]
    naive: Mapping[str, Mapping[tuple[str, str], float]]
    code_is_the_same: bool
    words: Words

    def tonnes(self, value: float) -> str:
        return self.say("backtest.tonnes", number=self.numbers.plain(value))

    @cached_property
    def rows(self) -> dict[tuple[str, str, str], Mapping[str, Any]]:
        """Forecasts by name, destination and month."""
        rows = (*self.found["open_months"], *self.found["series"])
        return {(row["forecast"], row["destination"], row["month"]): row for row in rows}

    @cached_property
    def destinations(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(destination for _, destination, _ in self.rows))

    @cached_property
    def months(self) -> tuple[str, ...]:
        return tuple(sorted({month for _, _, month in self.rows}))

    @cached_property
    def axis(self) -> TimeAxis:
        """Months at their middle, and the day up to which anything was known."""
        days = [date(int(month[:4]), int(month[5:7]), 15) for month in self.months]
        return TimeAxis(days, date.fromisoformat(self.found["information_date"]), self.say("backtest.known_until"))

    def value(self, forecast: str, destination: str, month: str, name: str = "median") -> float:
        row = self.rows.get((forecast, destination, month))
        return NOTHING if row is None or row[name] is None else float(row[name])

    def first(self, destination: str, month: str, name: str = "median") -> float:
        """Of the forecast of a month that is scored: from the months before it while they are open, frozen later."""
        ahead = self.value(AHEAD, destination, month, name)
        return ahead if math.isfinite(ahead) else self.value(STRICT, destination, month, name)

    def place(self, destination: str) -> str:
        return self.words.family("destination", destination)


def backtest_sections(held: Held) -> tuple[Section, ...]:
    """Every section, in the order of the page."""
    from standoff.results.report.sections.backtest_known import (
        check_section,
        known_section,
        posterior_section,
        stops_section,
    )

    return (
        forecast_section(held),
        score_section(held),
        stops_section(held),
        posterior_section(held),
        *check_section(held),
        known_section(held),
    )


def forecast_section(held: Held) -> Section:
    """Medians and intervals by destination beside what was measured, and the naive forecasts beside both."""
    say, found = held.say, held.found
    legend = (
        LegendItem(say("forecast.median"), "main"),
        LegendItem(say("forecast.interval"), "band", "area"),
        LegendItem(say("forecast.policy_known"), "second"),
        LegendItem(say("forecast.measure_off"), "third"),
        LegendItem(say("forecast.observed"), "observed", "dot"),
    )
    naive_legend = (
        LegendItem(say("forecast.median"), "main"),
        *(LegendItem(held.words.family("naive", name), style) for name, style in NAIVE.items()),
        LegendItem(say("forecast.observed"), "observed", "dot"),
    )
    scored = [name for name in found["summary_open"] if name in held.destinations]
    return Section(
        "forecasts",
        say("backtest.forecasts"),
        finding_of(held),
        pictures=(
            Picture((_panel(held, held.destinations[0], first=True),), legend, say("backtest.by_destination")),
            Picture(tuple(_panel(held, name) for name in held.destinations[1:])),
            Picture(tuple(_naive_panel(held, name) for name in scored), naive_legend, say("backtest.naive")),
        ),
        tables=(_forecast_table(held), _naive_table(held, scored)),
        definitions=tuple(say(f"backtest_define.{name}") for name in ("forecasts", "open", "naive")),
    )


def finding_of(held: Held) -> str:
    """What the open months say, and what later months say, where a file has brought any."""
    later = held.found["summary"].get("World", {"n": 0})
    day = held.numbers.day(date.fromisoformat(held.found["information_date"]))
    after = (
        _finding(held, "backtest.later_finding", later) if later["n"] else held.say("backtest.nothing_later", day=day)
    )
    first = _finding(held, "backtest.open_finding", held.found["summary_open"].get("World", {"n": 0}))
    return held.say("backtest.two", first=first, second=after)


def _finding(held: Held, key: str, summary: Mapping[str, Any]) -> str:
    if not summary["n"]:
        return held.say("backtest.nothing_open")
    known = {name: summary[f"mae_{name}"] for name in NAIVE if summary.get(f"mae_{name}") is not None}
    best = min(known, key=lambda name: float(known[name]))
    return held.say(
        key,
        error=held.tonnes(summary["mae"]),
        naive=held.words.family("naive", best),
        naive_error=held.tonnes(known[best]),
        off=held.tonnes(summary["mae_measure_off"]),
        inside=round(summary["coverage80"] * summary["n"]),
        count=summary["n"],
    )


def _panel(held: Held, destination: str, *, first: bool = False) -> Chart:
    months = held.months
    frozen = [held.value(STRICT, destination, month) for month in months]
    last = next((value for value in reversed(frozen) if math.isfinite(value)), NOTHING)
    bands = tuple(
        Band(*([held.value(forecast, destination, month, side) for month in months] for side in ("lo80", "hi80")))
        for forecast in (AHEAD, STRICT)
    )
    lines = [
        Series([held.off.get((destination, month), (NOTHING,) * 3)[1] for month in months], "third"),
        Series([held.value(AHEAD, destination, month) for month in months], "main"),
        Series(frozen, "main"),
        Series([held.value(LATER_LAW, destination, month) for month in months], "second"),
    ]
    return forecast_panel(
        held.place(destination),
        held.axis if first else replace(held.axis, word=""),
        bands=bands,
        lines=lines,
        dots=_observed(held, destination),
        write=held.numbers.plain,
        description=held.say("backtest.alt", name=held.place(destination), last=held.tonnes(last)),
        size=FIRST if first else PANEL,
    )


def _observed(held: Held, destination: str) -> Dots:
    values = [held.first(destination, month, "observed") for month in held.months]
    tips = [
        held.say("backtest.tip", month=month, value=held.tonnes(value)) if math.isfinite(value) else ""
        for month, value in zip(held.months, values, strict=True)
    ]
    return Dots(values, "observed", tips)


def _naive_panel(held: Held, destination: str) -> Chart:
    lines = [
        Series([held.naive[name].get((destination, month), NOTHING) for month in held.months], style)
        for name, style in NAIVE.items()
    ]
    lines.append(Series([held.first(destination, month) for month in held.months], "main"))
    return forecast_panel(
        held.place(destination),
        held.axis,
        bands=(),
        lines=lines,
        dots=_observed(held, destination),
        write=held.numbers.plain,
        description=held.say("backtest.naive_alt", name=held.place(destination)),
        size=HALF,
    )


def _forecast_table(held: Held) -> Table:
    say = held.say
    heads = (
        "forecast_median",
        "forecast_low",
        "forecast_high",
        "forecast_later_law",
        "forecast_off",
        "forecast_observed",
    )
    columns = (
        Column(say("column.destination")),
        Column(say("column.month"), "date"),
        *(Column(say(f"column.{name}"), "number") for name in heads),
    )
    rows = [
        (
            held.place(destination),
            month,
            *(_cell(held.first(destination, month, name)) for name in ("median", "lo80", "hi80")),
            _cell(held.value(LATER_LAW, destination, month)),
            _cell(held.off.get((destination, month), (NOTHING,) * 3)[1]),
            _cell(held.first(destination, month, "observed")),
        )
        for destination in held.destinations
        for month in held.months
    ]
    return Table("backtest_forecasts", say("backtest.forecast_table"), columns, rows)


def _naive_table(held: Held, scored: Sequence[str]) -> Table:
    columns = (
        Column(held.say("column.destination")),
        Column(held.say("column.month"), "date"),
        *(Column(held.words.family("naive", name), "number") for name in NAIVE),
    )
    rows = [
        (
            held.place(destination),
            month,
            *(_cell(held.naive[name].get((destination, month), NOTHING)) for name in NAIVE),
        )
        for destination in scored
        for month in held.months
    ]
    return Table("backtest_naive", held.say("backtest.naive"), columns, rows)


def _cell(value: float) -> float | None:
    return value if math.isfinite(value) else None


SCORES = (
    "mae",
    "mae_measure_off",
    *(f"mae_{name}" for name in NAIVE),
    "crps",
    "crps_measure_off",
    "crps_best_naive",
    "coverage80",
)


def score_section(held: Held) -> Section:
    """Errors, scores and coverage of the forecast, of the naive ones and of the model without the measure."""
    say, found = held.say, held.found
    columns = [(title, name) for title in ("summary_open", "summary") for name in found[title]]
    columns = [(title, name) for title, name in columns if found[title][name]["n"]]
    world = found["summary_open"].get("World", {"n": 0})
    pictures = (Picture((_error_bars(held, world),), (), say("backtest.error_bars")),) if world["n"] else ()
    rows = [
        (say(f"score.{key}"), *(_score(held, found[title][name], key) for title, name in columns)) for key in SCORES
    ]
    counted = (say("score.n"), *(str(found[title][name]["n"]) for title, name in columns))
    heads = [say(f"score.{title}", name=held.place(name)) for title, name in columns]
    return Section(
        "scores",
        say("backtest.scores"),
        _score_finding(held, world),
        pictures=pictures,
        tables=(
            Table(
                "backtest_scores",
                say("backtest.score_table"),
                (Column(say("column.score")), *(Column(head, "written") for head in heads)),
                [counted, *rows],
                open=True,
            ),
        ),
        definitions=tuple(say(f"score.define_{name}") for name in ("mae", "crps", "coverage")),
    )


def _score_finding(held: Held, world: Mapping[str, Any]) -> str:
    if not world["n"]:
        return held.say("backtest.nothing_open")
    return held.say(
        "backtest.score_finding",
        score=held.tonnes(world["crps"]),
        naive=held.tonnes(world["crps_best_naive"]),
        off=held.tonnes(world["crps_measure_off"]),
        inside=held.numbers.percent(world["coverage80"]),
    )


def _score(held: Held, summary: Mapping[str, Any], key: str) -> str:
    value = summary.get(key)
    if value is None:
        return ""
    return held.numbers.percent(value) if key == "coverage80" else held.numbers.plain(float(value))


def _error_bars(held: Held, world: Mapping[str, Any]) -> Chart:
    keys = [key for key in SCORES if key.startswith("mae") and world.get(key) is not None]
    amounts = [
        Amount(
            held.say(f"error_of.{key}"), float(world[key]), "main" if key == "mae" else "other", held.tonnes(world[key])
        )
        for key in keys
    ]
    return amount_bars(amounts, write=held.numbers.plain, description=held.say("backtest.error_bars"))
