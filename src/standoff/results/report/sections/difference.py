"""Two runs side by side: every number twice, in the same words, and the second less the first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.results.charts.marks import Chart, LegendItem, Picture
from standoff.results.charts.series import HALF, Series, TimeAxis, line_panel
from standoff.results.report.content import BigNumber, Column, FirstScreen, Section, Table
from standoff.results.report.sections.ledger import LINE_NAMES
from standoff.results.report.sections.overview import first_screen
from standoff.results.report.source import Source
from standoff.results.words import Words

if TYPE_CHECKING:
    from standoff.results.compare import Comparison

NAMES = ("A", "B")
STYLES = ("second", "main")
Trade = tuple[str, str, str]


def difference_screen(comparison: Comparison, words: Words) -> FirstScreen:
    """The first screens of both runs as one."""
    sources = _sources(comparison, words)
    screens = [first_screen(source) for source in sources]
    titles = scenario_titles(comparison, words)
    numbers = []
    for first, second in zip(screens[0].numbers, screens[1].numbers, strict=True):
        values = [_total(source) for source in sources] if first.rows else [first.value, second.value]
        numbers.append(BigNumber("", first.label, "", tuple(zip(NAMES, values, strict=True))))
    return FirstScreen(
        title=words.say("compare.heading", a=titles[0], b=titles[1]),
        summary=words.say("compare.same_world" if comparison.same_world else "compare.other_world"),
        finding="\n".join(
            words.say("compare.finding", name=name, title=title, finding=screen.finding)
            for name, title, screen in zip(NAMES, titles, screens, strict=True)
        ),
        numbers=tuple(numbers),
        status=tuple(
            words.say("compare.status", name=name, status=screen.status[0])
            for name, screen in zip(NAMES, screens, strict=True)
        ),
    )


def difference_sections(comparison: Comparison, words: Words) -> tuple[Section, ...]:
    """Differences as sections of a page."""
    a, b = _sources(comparison, words)
    return (
        _over_time(a, b, scenario_titles(comparison, words)),
        _ledger(comparison, a),
        _uses(comparison, a, b),
        _stops(comparison, a, b),
    )


def _sources(comparison: Comparison, words: Words) -> tuple[Source, Source]:
    return Source(comparison.a, words), Source(comparison.b, words)


def scenario_titles(comparison: Comparison, words: Words) -> tuple[str, str]:
    """Titles of the two scenarios; where they are the same, the second is marked."""
    a, b = (
        (words.lang == "zh" and result.scenario.title.zh) or result.scenario.title.en
        for result in (comparison.a, comparison.b)
    )
    return a, b if a != b else words.say("compare.second", title=b)


def _total(source: Source) -> str:
    return source.numbers.usd(float(source.result.unmet_value.sum()))


def _over_time(a: Source, b: Source, titles: tuple[str, str]) -> Section:
    """Unmet use and controlled trade of both runs on one axis of time."""
    say, numbers = a.say, a.numbers
    dates = _common_dates(a, b)
    trades = controlled_trades(a) | controlled_trades(b)
    unmet = [_on(dates, source, unmet_by_week(source)) for source in (a, b)]
    share = [_on(dates, source, share_of_trades(source, trades)) for source in (a, b)]
    effects = [source.effect for source in (a, b) if source.effect is not None]
    axis = TimeAxis(dates, min(effects, default=None), say("chart.first_effect"))

    def panel(title: str, pair: list[Any], write: Callable[[float], str], reference: float | None) -> Chart:
        lines = [Series(values, style) for values, style in zip(pair, STYLES, strict=True)]
        return line_panel(title, lines, axis, write=write, description=title, reference=reference, size=HALF)

    charts = [panel(say("compare.unmet_panel"), unmet, numbers.plain, None)]
    if trades:
        charts.append(panel(say("compare.trade_panel"), share, numbers.percent, 1.0))
    legend = tuple(
        LegendItem(say("compare.run", name=name, title=title), style)
        for name, title, style in zip(NAMES, titles, STYLES, strict=True)
    )
    heads = (
        Column(say("column.week"), "date"),
        *(Column(say("compare.unmet_of", name=name), "usd") for name in NAMES),
        *(Column(say("compare.trade_of", name=name), "percent") for name in NAMES),
    )
    rows = [(day.isoformat(), *(float(series[step]) for series in (*unmet, *share))) for step, day in enumerate(dates)]
    totals = [numbers.money(float(source.result.unmet_value.sum())) for source in (a, b)]
    return Section(
        "over-time",
        say("compare.time_title"),
        say("compare.over_time", a_unmet=totals[0], b_unmet=totals[1]),
        (Picture(tuple(charts), legend),),
        (Table("compare_by_week", say("compare.week_table"), heads, rows, every=4),),
        (say("compare.define_trade"),),
    )


def unmet_by_week(source: Source) -> Any:
    """Value of unmet use, USD per week whatever the step, (steps,)."""
    return source.result.unmet_value.sum(axis=1) * (7.0 / source.result.scenario.step_days)


def _common_dates(a: Source, b: Source) -> list[date]:
    """Days from the earlier start to the later end, in the steps of the first run."""
    start, end = min(a.dates[0], b.dates[0]), max(a.dates[-1], b.dates[-1])
    step = timedelta(days=a.result.scenario.step_days)
    return [start + index * step for index in range(int((end - start) / step) + 1)]


def _on(dates: list[date], source: Source, values: Any) -> Any:
    """A series at other days, not a number outside its own run."""
    own = [day.toordinal() for day in source.dates]
    return np.interp([day.toordinal() for day in dates], own, values, left=np.nan, right=np.nan)


def controlled_trades(source: Source) -> set[Trade]:
    """Trades (product, origin, destination) with a controlled link."""
    network, controlled = source.result.network, source.controlled
    return {
        (network.products[product], network.places[origin], network.places[destination])
        for product, origin, destination in zip(
            controlled.product, controlled.origin, controlled.destination, strict=True
        )
    }


def share_of_trades(source: Source, trades: set[Trade]) -> Any:
    """Flow of some trades as a share of the base year, at base prices, (steps,)."""
    result = source.result
    price = dict(zip(result.network.products, result.network.product_price, strict=True))
    weight = np.array([price[trade[0]] if trade in trades else 0.0 for trade in result.trades])
    usual = float(result.trade_usual @ weight)
    return result.trade @ weight / usual if usual > 0 else np.full(len(result.trade), np.nan)


def _difference_columns(source: Source) -> tuple[Column, ...]:
    return (*(Column(name, "usd") for name in NAMES), Column(source.say("compare.difference"), "usd"))


def _ledger(comparison: Comparison, a: Source) -> Section:
    say = a.say
    pairs = comparison.ledger_by_side()
    order = sorted(pairs, key=lambda key: LINE_NAMES.index(key[1]))
    rows = [
        (a.words.family("line", line), a.labels.side(side), first, second, second - first)
        for side, line in order
        for first, second in [pairs[side, line]]
        if any(abs(value) >= 1 for sides, name in pairs if name == line for value in pairs[sides, name])
    ]
    largest = max(rows, key=lambda row: abs(row[4]), default=("", "", 0.0, 0.0, 0.0))
    sentence = (
        say("compare.ledger_same")
        if abs(largest[4]) < 1
        else say("compare.ledger", line=largest[0], side=largest[1], amount=signed(a, largest[4]))
    )
    columns = (
        Column(say("column.ledger_line")),
        Column(say("column.side")),
        *_difference_columns(a),
    )
    table = Table("compare_ledger", say("compare.ledger_table"), columns, rows, open=True, note=say("ledger.not_added"))
    return Section("compare-ledger", say("compare.ledger_title"), sentence, tables=(table,))


def signed(source: Source, value: float) -> str:
    """An amount with its sign in words."""
    key = "compare.more" if value > 0 else "compare.less"
    return source.say(key, amount=source.numbers.usd(abs(value)))


def _uses(comparison: Comparison, a: Source, b: Source) -> Section:
    say, labels = a.say, {**b.labels.consumers, **a.labels.consumers}
    pairs = comparison.unmet_by_use()
    rows = [
        (labels[use], first, second, second - first)
        for use, (first, second) in sorted(pairs.items(), key=lambda item: -abs(item[1][1] - item[1][0]))
        if abs(first) >= 1 or abs(second) >= 1
    ]
    more = sum(1 for row in rows if row[3] >= 1)
    less = sum(1 for row in rows if row[3] <= -1)
    columns = (Column(say("column.use")), *_difference_columns(a))
    table = Table("compare_unmet_use", say("compare.use_table"), columns, rows, open=True)
    sentence = say("compare.uses", more=more, less=less, count=len(pairs))
    return Section("compare-use", say("compare.use_title"), sentence, tables=(table,))


def _stops(comparison: Comparison, a: Source, b: Source) -> Section:
    say, labels = a.say, {**b.labels.consumers, **a.labels.consumers}
    rows = [
        (labels[label], first, second)
        for label, (first, second) in comparison.stops().items()
        if np.isfinite(first) or np.isfinite(second)
    ]
    rows.sort(key=lambda row: (min(row[1:]), row[0]))
    sentence = say(
        "compare.stops",
        a_count=sum(1 for row in rows if np.isfinite(row[1])),
        b_count=sum(1 for row in rows if np.isfinite(row[2])),
    )
    columns = (Column(say("column.line")), *(Column(name, "days") for name in NAMES))
    table = Table("compare_stops", say("compare.stop_table"), columns, rows, open=True)
    return Section("compare-stops", say("compare.stop_title"), sentence, tables=(table,))
