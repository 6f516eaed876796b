"""Measures in force, and the licence queue."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.results.charts.bars import Bar, time_bars
from standoff.results.charts.marks import LegendItem, Picture
from standoff.results.charts.series import HALF, Series, line_panel
from standoff.results.report.content import Column, Section, Table
from standoff.results.report.figures.controls import Queue
from standoff.results.report.source import Source

STATES = {"in force": "in_force", "suspended": "suspended"}
MOST_BARS = 40


def measures_section(source: Source) -> Section:
    """Bars on a time line and the same as a table."""
    regimes = source.result.regimes
    say, bars = source.say, (*regimes.timeline, *regimes.tariffs)
    if not bars:
        return Section("measures", say("measures.title"), say("measures.rest"))
    names = list(dict.fromkeys(bar["measure"] for bar in bars))
    touching = {regime.measure for regime in regimes.regimes if regime.measure}
    sentence = say(
        "measures.sentence",
        count=len(names),
        issuers=source.words.join(sorted({bar["issuer"] for bar in bars})),
        suspended=sum(1 for name in names if any(b["measure"] == name and b["state"] == "suspended" for b in bars)),
        regimes=len(touching),
    )
    shown = names[:MOST_BARS]
    drawn = [
        Bar(shown.index(bar["measure"]), bar["from"], bar["until"], STATES[bar["state"]], _text(source, bar))
        for bar in bars
        if bar["measure"] in shown
    ]
    legend = tuple(
        LegendItem(source.words.family("state", state), state, "area")
        for state in STATES.values()
        if any(bar.style == state for bar in drawn)
    )
    return Section(
        "measures",
        say("measures.title"),
        sentence,
        pictures=(Picture((time_bars(shown, drawn, source.dates, description=say("measures.alt")),), legend),),
        tables=(_measures_table(source, bars),),
        definitions=(say("measures.define"),),
    )


def _measures_table(source: Source, bars: tuple[dict[str, Any], ...]) -> Table:
    say = source.say
    rows = [
        (
            bar["measure"],
            bar["issuer"],
            _title(source, bar),
            source.words.family("state", STATES[bar["state"]]),
            _rates(source, bar),
            bar["from"].isoformat(),
            bar["until"].isoformat(),
        )
        for bar in bars
    ]
    columns = tuple(
        Column(say(f"column.{name}"), kind)
        for name, kind in (
            ("measure", "text"),
            ("issuer", "text"),
            ("title", "text"),
            ("state", "text"),
            ("rate", "text"),
            ("from", "date"),
            ("until", "date"),
        )
    )
    return Table("measures", say("measures.table"), columns, rows, open=True)


def _text(source: Source, bar: dict[str, Any]) -> str:
    rates = _rates(source, bar)
    return source.say("measures.with_rates", title=_title(source, bar), rates=rates) if rates else _title(source, bar)


def _rates(source: Source, bar: dict[str, Any]) -> str:
    """Rates that are collected and rates that are paused, in words; empty for a measure that is no tariff."""

    def span(ends: tuple[float, float]) -> str:
        low, high = (source.numbers.percent(rate / 100.0) for rate in ends)
        return low if low == high else source.say("measures.span", low=low, high=high)

    collected, paused = bar.get("rates"), bar.get("paused_rates")
    parts = [span(collected)] if collected else []
    if paused:
        parts.append(source.say("measures.paused_rate", rates=span(paused)))
    return source.words.join(parts)


def _title(source: Source, bar: dict[str, Any]) -> str:
    chinese = bar.get("title_zh") if source.words.lang == "zh" else ""
    return chinese or bar["title"]


def queue_section(source: Source) -> Section:
    """Applications, permits, waiting time and grants over filings."""
    say, numbers, queue = source.say, source.numbers, source.queue
    if queue is None:
        return Section("queue", say("queue.title"), say("queue.nothing"))
    granted = queue.granted_share
    sentence = say(
        "queue.sentence",
        peak=numbers.usd(float(queue.in_review.max())),
        day=numbers.day(source.dates[int(np.argmax(queue.in_review))]),
        wait=numbers.days(float(queue.wait_days.max())),
        granted=numbers.percent(float(granted[-1])),
        final=numbers.percent(decided_share(queue)),
    )
    return Section(
        "queue",
        say("queue.title"),
        sentence,
        pictures=(_panels(source, queue),),
        tables=(_table(source, queue),),
        definitions=(say("queue.define_granted"), say("queue.define_wait"), say("queue.define_value")),
    )


def decided_share(queue: Queue) -> float:
    """Grants over all decisions of the whole run; a return is a decision too."""
    decided = float(queue.approved.sum() + queue.denied.sum() + queue.returned.sum())
    return float(queue.approved.sum()) / decided if decided > 0 else float("nan")


def _panels(source: Source, queue: Queue) -> Picture:
    say, numbers, usual = source.say, source.numbers, queue.usual if queue.usual > 0 else 1.0
    weeks = source.result.scenario.step_days / 7

    def panel(title: str, series: list[Series], write: Any, names: tuple[str, ...] = (), **kwargs: Any) -> Any:
        legend = tuple(LegendItem(say(f"column.{name}"), each.style) for name, each in zip(names, series, strict=False))
        return line_panel(
            say(title), series, source.axis, write=write, description=say(title), legend=legend, size=HALF, **kwargs
        )

    decisions = {"approved": "main", "applied": "third", "denied": "second", "returned": "fourth"}
    charts = (
        panel(
            "queue.panel_waiting",
            [Series(queue.in_review / usual * weeks, "main"), Series(queue.permits / usual * weeks, "second")],
            numbers.plain,
            ("in_review", "permits"),
        ),
        panel(
            "queue.panel_decisions",
            [Series(getattr(queue, name) / usual, style) for name, style in decisions.items()],
            numbers.percent,
            tuple(decisions),
        ),
        panel("queue.panel_wait", [Series(queue.wait_days, "main")], numbers.plain),
        panel("queue.panel_granted", [Series(queue.granted_share, "main")], numbers.percent, high=1.0),
    )
    return Picture(charts)


def _table(source: Source, queue: Queue) -> Table:
    names = ("in_review", "permits", "applied", "approved", "denied", "returned", "expired")
    headings = [(source.say(f"column.{name}"), "usd") for name in names]
    headings += [(source.say("column.wait"), "days"), (source.say("column.granted_share"), "percent")]
    columns = [*(getattr(queue, name) for name in names), queue.wait_days, queue.granted_share]
    return source.time_table("licence_queue", source.say("queue.table"), headings, columns)
