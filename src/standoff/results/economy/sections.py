"""The parts of an economy's report, each a pure function from a source to a section."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from standoff.results.charts.marks import Picture
from standoff.results.charts.series import HALF, Series, line_panel
from standoff.results.economy.source import EconomySource
from standoff.results.report.content import Column, Section, Table
from standoff.simulate.economy_scenario import DRAWN, AnyEvent, ExportCut, Struck, unknowns

LIMITS = ("value", "final", "prices", "links", "capacity", "days")


def losses_section(source: EconomySource) -> Section:
    """Losses of every side in one table, and value added over time beside each other."""
    say, result = source.say, source.result
    sides = list(result.sides)
    worst = max(sides, key=lambda side: source.lost("value_added_lost", side))
    rows = [(source.side(side), *_row(source, list(result.sides[side]))) for side in sides]
    rows.append((say("economy.world"), *_row(source, list(range(len(result.mrio.regions))))))
    ranged = result.spread is not None
    return Section(
        "losses",
        say("economy.losses"),
        say("economy.losses_none")
        if source.lost("value_added_lost", worst) <= 0
        else say(
            "economy.losses_sentence",
            side=source.side(worst),
            amount=source.money(source.lost("value_added_lost", worst)),
            share=source.percent(source.share_lost(worst)),
        ),
        pictures=(_added_over_time(source), _unmet_over_time(source)),
        tables=(source.loss_table("losses_by_side", say("economy.by_side"), "column.side", rows, ranged=ranged),),
        definitions=tuple(say(f"economy_define.{name}") for name in ("added", "output", "unmet")),
    )


def _row(source: EconomySource, regions: list[int]) -> tuple[Any, ...]:
    """Value added lost (with its range), share of usual, output lost, unmet final use of some regions."""
    added, output, unmet = (float(values[0][regions].sum()) for values in source.totals.values())
    usual = float(source.usual[regions].sum())
    return (added, *_range(source, 0, regions), 100.0 * added / usual if usual > 0 else 0.0, output, unmet)


def _range(source: EconomySource, axis: int, places: list[int]) -> tuple[float, ...]:
    """Lower and upper end of value added lost over the runs, of the sum over some places."""
    spread = source.result.spread
    if spread is None:
        return ()
    runs = spread.each["value_added_lost"][axis][:, places].sum(axis=1) * source.scale
    low, high = np.percentile(runs, spread.percentiles)
    return float(low), float(high)


def _side_paths(source: EconomySource, path: Any, usual: Any) -> list[tuple[str, Any]]:
    """A path of regions as shares of usual, by side."""
    found = []
    for side, regions in source.result.sides.items():
        at = list(regions)
        found.append((source.side(side), path[:, at].sum(axis=1) / max(float(usual[at].sum()), 1e-300)))
    return found


def _panels(source: EconomySource, paths: list[tuple[str, Any]], caption: str) -> Picture:
    high = max(float(values.max()) for _, values in paths)
    low = min(float(values.min()) for _, values in paths)
    charts = tuple(
        line_panel(
            name,
            (Series(np.where(np.abs(values) < 1e-9, 0.0, values), "main"),),
            source.axis,
            write=source.percent,
            description=source.say("economy.alt", what=caption, side=name),
            high=max(high, 1e-4),
            low=min(low, 0.0),
            size=HALF,
        )
        for name, values in paths
    )
    return Picture(charts, caption=caption)


def _added_over_time(source: EconomySource) -> Picture:
    losses = source.result.losses
    lost = losses.usual_added - losses.value_added_path
    return _panels(source, _side_paths(source, lost, losses.usual_added), source.say("economy.added_over_time"))


def _unmet_over_time(source: EconomySource) -> Picture:
    losses = source.result.losses
    wanted = losses.wanted / losses.steps
    return _panels(source, _side_paths(source, losses.unmet_path, wanted), source.say("economy.unmet_over_time"))


def _size(row: tuple[Any, ...]) -> float:
    """Largest change of value added first."""
    return -abs(float(row[1]))


def places_section(source: EconomySource) -> Section:
    """Losses of every region and every sector."""
    say, result = source.say, source.result
    mrio, ranged = result.mrio, result.spread is not None
    by_region: list[tuple[Any, ...]] = [(name, *_row(source, [at])) for at, name in enumerate(mrio.regions)]
    by_region.sort(key=_size)
    usual = result.losses.by_sector(result.losses.usual_output * result.losses.added_share)
    usual = usual * result.scenario.days * source.scale
    by_sector: list[tuple[Any, ...]] = []
    for at, name in enumerate(mrio.sectors):
        added, output, unmet = (float(values[1][at]) for values in source.totals.values())
        share = 100.0 * added / float(usual[at]) if usual[at] > 0 else 0.0
        by_sector.append((name, added, *_range(source, 1, [at]), share, output, unmet))
    by_sector.sort(key=_size)
    return Section(
        "places",
        say("economy.places"),
        say("economy.places_sentence", region=by_region[0][0], sector=by_sector[0][0]),
        tables=(
            source.loss_table("losses_by_region", say("economy.by_region"), "economy.region", by_region, ranged=ranged),
            source.loss_table("losses_by_sector", say("economy.by_sector"), "economy.sector", by_sector, ranged=ranged),
        ),
    )


def events_section(source: EconomySource) -> Section:
    """What strikes, with its numbers, and what each range does."""
    say, result = source.say, source.result
    rows = []
    for event in result.scenario.events:
        heals = isinstance(event, Struck) and event.recovery
        for field in (name for name in DRAWN if hasattr(event, name) and (heals or name != "recovery_days")):
            number = getattr(event, field)
            days = (event.start.isoformat(), _end(source, event))
            rows.append((event.name, _scope(event), field, number.value, number.low, number.high, *days))
    heads = ("event", "scope", "number", "value", "low", "high", "start", "end")
    kinds = ("text", "text", "text", "number", "number", "number", "date", "date")
    columns = tuple(Column(say(f"economy_head.{head}"), kind) for head, kind in zip(heads, kinds, strict=True))
    tables = [Table("events", say("economy.events"), columns, rows, open=True)]
    sentence = say("economy.no_range")
    if result.spread is not None:
        tables.append(_runs_table(source))
        low, high = (end * source.scale for end in result.spread.world_range("value_added_lost"))
        sentence = say(
            "economy.range_drawn" if result.spread.drawn else "economy.range_ends",
            runs=len(result.spread.cases),
            numbers=len(unknowns(result.scenario)),
            low=source.money(low),
            high=source.money(high),
        )
    return Section("events", say("economy.events"), sentence, tables=tuple(tables))


def _scope(event: AnyEvent) -> str:
    """Kind of an event, and whom it strikes."""
    who = [*event.exporters, ">", *event.destinations] if isinstance(event, ExportCut) else [*event.regions]
    return " ".join([f"{event.kind}:", *who, *(f"[{name}]" for name in event.sectors)])


def _end(source: EconomySource, event: AnyEvent) -> str:
    """Day on which an event is no longer there in full."""
    if isinstance(event, Struck):
        return (event.start + timedelta(days=event.duration_days)).isoformat()
    return (event.until or source.result.scenario.until).isoformat()


def _runs_table(source: EconomySource) -> Table:
    """One row a run at other values."""
    say, spread = source.say, source.result.spread
    labels = [each.label for each in unknowns(source.result.scenario)]
    stated = {each.label: each.value for each in unknowns(source.result.scenario)}
    columns = (*(Column(label, "number") for label in labels), source.money_column("economy.value_added_lost"))
    rows = []
    if spread is not None:
        for case, lost in zip(spread.cases, spread.world["value_added_lost"], strict=True):
            rows.append((*(case.get(label, stated[label]) for label in labels), float(lost) * source.scale))
    return Table("runs", say("economy.runs"), columns, rows)


def evidence_section(source: EconomySource) -> Section:
    """The table, what was changed in it, rules and numbers, limits, and how to do it again."""
    say, result = source.say, source.result
    about, config = result.mrio.about, result.config()
    changes = [
        (
            each.what,
            each.count or None,
            each.largest * source.scale or None,
            each.where,
            each.total * source.scale or None,
            each.share or None,
        )
        for each in result.mrio.adjustments
    ]
    heads = ("what", "count", "largest", "where", "total", "share")
    kinds = ("text", "number", "number", "text", "number", "percent")
    columns = tuple(Column(say(f"economy_head.{head}"), kind) for head, kind in zip(heads, kinds, strict=True))
    settings = [
        ("rules", result.scenario.rules),
        *((f"rule: {slot}", rule) for slot, rule in config["rules"].items()),
        *((f"number: {name}", f"{value:g}") for name, value in result.scenario.numbers.items()),
        *((f"cover, days: {name}", f"{value:g}") for name, value in result.scenario.cover.items()),
        *((f"restock, days: {name}", f"{value:g}") for name, value in result.scenario.restock.items()),
        ("fingerprint", config["world_fingerprint"]),
        ("version", config["version"]),
    ]
    pair = (Column(say("column.setting")), Column(say("column.value")))
    return Section(
        "evidence",
        say("economy.evidence"),
        say(
            "economy.evidence_sentence",
            title=about.title,
            year=about.year or "?",
            source=about.source,
            terms=about.terms,
        ),
        tables=(
            Table("adjustments", say("economy.adjustments"), columns, changes, open=True),
            Table("settings", say("economy.settings"), pair, settings),
        ),
        paragraphs=(say("sources.again"),),
        definitions=tuple(say(f"economy_limit.{limit}") for limit in LIMITS),
    )
