"""What a person takes away: a table with its metadata and sources, the whole result, the scenario file, or the report."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from standoff import __version__
from standoff.results.ledgers import LINES
from standoff.results.report.pages import render_report
from standoff.results.result import Result
from standoff.results.words import read_words
from standoff.simulate.scenario import Scenario
from standoff.web.payload import run_id
from standoff.yaml_files import dump_yaml

CSV_COLUMNS = ("series", "date", "label", "place", "unit", "value")


def result_csv(result: Result) -> str:
    """Unmet use, trade and both ledgers of a run, one number a line, after comment lines that say what it is and where from."""
    stream = io.StringIO()
    for line in _head(result):
        stream.write(f"# {line}\n")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    dates = [str(date) for date in result.dates]
    uses = result.world.tables["uses"]
    for column, (use, place) in enumerate(zip(uses["use"], uses["place"], strict=True)):
        for series, values, unit in (
            ("demand", result.demand, "units per step"),
            ("unmet", result.unmet, "units per step"),
            ("unmet_value", result.unmet_value, "USD per step"),
        ):
            writer.writerows(
                (series, date, use, place, unit, f"{value:.6g}")
                for date, value in zip(dates, values[:, column], strict=True)
            )
    for column, (product, origin, destination) in enumerate(result.trades):
        writer.writerows(
            ("trade", date, product, f"{origin} > {destination}", "units per step", f"{value:.6g}")
            for date, value in zip(dates, result.trade[:, column], strict=True)
        )
    for place, row in result.ledger.by_place().items():
        writer.writerows(("ledger", "", line, place, "USD over the run", f"{value:.6g}") for line, value in row.items())
    return stream.getvalue()


def report_html(result: Result, language: str) -> str:
    """The report of a run, as ``standoff run`` writes it."""
    return render_report(result, words=read_words(language))


def scenario_yaml(scenario: Scenario) -> str:
    """The scenario file that the command line reads: `standoff run FILE`."""
    content = scenario.as_dict()
    content.pop("measure_files", None)
    return dump_yaml(content)


def _head(result: Result) -> Iterator[str]:
    scenario, world = result.scenario, result.world
    yield f"standoff {__version__}, run {run_id(scenario, world)}"
    yield f"scenario: {scenario.title.en} ({scenario.name}), {scenario.start} to {scenario.until}, steps of {scenario.step_days:g} days"
    yield f"world: {world.meta.title.en} ({world.name}), fingerprint {world.fingerprint}"
    yield "A what-if calculation with stated assumptions, not a forecast. Lines of the ledger are not added up."
    for name, meaning in LINES:
        yield f"ledger line {name}: {meaning}"
    for regime in result.regimes.regimes[1:]:
        for name, number in regime.administration.items():
            if number.source:
                yield f"{regime.label} {name} = {number.value:g} [{number.low:g}, {number.high:g}] {number.status}: {number.source}"
    for name, value in sorted(result.parameters.items()):
        yield f"parameter {name} = {value:g}"
    yield from _sources(world.tables.get("sources"))


def _sources(table: Any) -> Iterator[str]:
    if table is None:
        return
    for row in range(len(table)):
        yield "source " + "; ".join(str(table[name][row]) for name in table.names if str(table[name][row]))
