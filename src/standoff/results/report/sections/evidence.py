"""What the run rests on: parameters, numbers of administration, evidence of the world, sources, limits, how to do it again."""

from __future__ import annotations

import csv
from math import isfinite
from typing import Any

from standoff.model.parameters import default_parameters
from standoff.model.rulesets import NUMBERS_OF, SETS
from standoff.results.report.content import Column, Section, Table
from standoff.results.report.source import Source
from standoff.studies.evidence import kept_evidence
from standoff.world.facts import FACT_PREFIX, find_fact
from standoff.world.mirror import MIRRORED
from standoff.world.schema import STATUSES
from standoff.world.summary import count_statuses
from standoff.world.tables import WORLDS

TOTALS_FILE = "reconciliation/control_totals.csv"
LIMITS = ("motives", "prices", "substitutes", "value", "small_world", "single_run", "causes")


def assumptions_section(source: Source) -> Section:
    """Behavioural parameters, how regimes are run, and how well the world's numbers are known."""
    say, numbers = source.say, source.numbers
    counts = count_statuses(source.result.world)
    total = sum(counts.values())
    share = {status: counts[status] / total if total else 0.0 for status in STATUSES}
    sentence = say(
        "assumptions.sentence",
        numbers=numbers.plain(total),
        sourced=numbers.percent(share["sourced"]),
        claimed=numbers.percent(share["claimed"]),
        assumed=numbers.percent(share["assumed"]),
    )
    return Section(
        "assumptions",
        say("assumptions.title"),
        sentence,
        tables=(
            _rules(source),
            _parameters(source),
            _administration(source),
            _world(source),
            *_control_totals(source),
            *_drivers(source),
        ),
        definitions=(say("assumptions.define"),),
    )


def _rules(source: Source) -> Table:
    """What fills each slot of the step, in words, with the numbers that it uses."""
    say, scenario = source.say, source.result.scenario
    numbers = scenario.rule_numbers()
    rows = []
    for slot, rule in scenario.chosen.items():
        used = [name for name, place in NUMBERS_OF.items() if place == (slot, rule)]
        settings = [f"{slot}={rule}", *(f"{name}={getattr(numbers, name):g}" for name in used)]
        changed = rule != SETS["standoff"][slot] or any(name in scenario.numbers for name in used)
        rows.append(
            (
                source.words.family("slot_of", slot),
                source.words.family("rule_of", f"{slot}.{rule}"),
                ", ".join(settings),
                say("assumptions.changed") if changed else "",
            )
        )
    heads = (("slot", "text"), ("rule", "text"), ("setting", "text"), ("remark", "text"))
    return _evidence_table(source, "rules", say("assumptions.rules"), heads, rows)


def _parameters(source: Source) -> Table:
    say, used = source.say, source.result.parameters
    rows = [
        (
            parameter.description[source.words.lang] or parameter.description["en"],
            used[name],
            parameter.low,
            parameter.high,
            source.words.family("unit_of", parameter.unit),
            source.words.family("status_of", parameter.status),
            parameter.source,
            say("assumptions.changed") if used[name] != parameter.value else "",
        )
        for name, parameter in default_parameters().items()
    ]
    heads = (
        ("parameter", "text"),
        ("value", "number"),
        ("low", "number"),
        ("high", "number"),
        ("unit", "text"),
        ("status", "text"),
        ("source", "text"),
        ("remark", "text"),
    )
    return _evidence_table(source, "parameters", say("assumptions.parameters"), heads, rows)


def _administration(source: Source) -> Table:
    rows = [
        (
            regime.label.partition(":")[0],
            source.words.family("outcome", regime.outcome),
            source.words.family("administration", name),
            figure.value,
            figure.low,
            figure.high,
            source.words.family("status_of", figure.status),
            figure.source or figure.note,
        )
        for regime in source.result.regimes.regimes[1:]
        for name, figure in regime.administration.items()
        if isfinite(figure.value)
    ]
    heads = (
        ("measure", "text"),
        ("regime", "text"),
        ("parameter", "text"),
        ("value", "number"),
        ("low", "number"),
        ("high", "number"),
        ("status", "text"),
        ("source", "text"),
    )
    return _evidence_table(source, "administration", source.say("assumptions.administration"), heads, rows)


def _world(source: Source) -> Table:
    rows = []
    for name, table in source.result.world.tables.items():
        for column, known in table.evidence.items():
            counts = [sum(1 for status in known.status if status == each) for each in STATUSES]
            if sum(counts):
                rows.append((name, column, sum(counts), *(count / sum(counts) for count in counts)))
    heads = (
        ("table", "text"),
        ("table_column", "text"),
        ("count", "number"),
        ("sourced", "percent"),
        ("claimed", "percent"),
        ("assumed", "percent"),
    )
    return _evidence_table(source, "world_evidence", source.say("assumptions.world"), heads, rows)


def _control_totals(source: Source) -> list[Table]:
    """Published totals that a bundled world reproduces; other worlds have none."""
    path = WORLDS / source.result.world.name.removesuffix(MIRRORED) / TOTALS_FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [
            (
                row[f"title_{source.words.lang}"] or row["title_en"],
                *(float(row[name]) for name in ("achieved", "target", "low", "high")),
                row["unit"],
                source.words.family("status_of", row["status"]),
                row["source"],
            )
            for row in csv.DictReader(stream)
        ]
    numbers = tuple((name, "number") for name in ("achieved", "target", "low", "high"))
    heads = (("total", "text"), *numbers, ("unit", "text"), ("status", "text"), ("source", "text"))
    return [_evidence_table(source, "control_totals", source.say("assumptions.totals"), heads, rows)]


def _drivers(source: Source) -> list[Table]:
    """The assumptions that matter most, where a study of the world is kept."""
    say, kept = source.say, kept_evidence(source.result.world)
    if kept is None:
        return []
    rows = [
        (
            *(each[name] for name in ("name", "value", "low", "high", "weight")),
            say("assumptions.more_loss") if each["direction"] > 0 else say("assumptions.less_loss"),
        )
        for each in kept["assumptions"]
    ]
    numbers = tuple((name, "number") for name in ("value", "low", "high"))
    heads = (("parameter", "text"), *numbers, ("weight", "percent"), ("direction", "text"))
    title = say("assumptions.drivers", assumed=source.numbers.percent(kept["shares"]["assumed"]))
    return [_evidence_table(source, "drivers", title, heads, rows)]


def _evidence_table(
    source: Source, name: str, title: str, heads: tuple[tuple[str, str], ...], rows: list[tuple[Any, ...]]
) -> Table:
    columns = tuple(Column(source.say(f"column.{head}"), kind) for head, kind in heads)
    return Table(name, title, columns, rows)


def sources_section(source: Source) -> Section:
    """Sources, how to cite, limits, configuration and the command that does the run again."""
    say, result = source.say, source.result
    facts, titles = _facts(source), _titles(source)
    measures = tuple(dict.fromkeys(bar["measure"] for bar in result.regimes.timeline))
    return Section(
        "sources",
        say("sources.title"),
        say("sources.sentence", facts=len(facts.rows), sources=len(titles.rows), measures=len(measures)),
        tables=(facts, titles, _measure_sources(source, measures), _configuration(source)),
        paragraphs=(
            say(
                "sources.cite",
                version=result.config()["version"],
                scenario=result.scenario.name,
                world=result.world.name,
            ),
            say("sources.again"),
        ),
        definitions=(
            *(source.words.family("limit", limit) for limit in LIMITS),
            *(say("sources.not_represented", what=what) for what in result.scenario.not_represented),
        ),
    )


def _facts(source: Source) -> Table:
    labels: dict[str, int] = {}
    for table in source.result.world.tables.values():
        for known in table.evidence.values():
            for cell in known.source:
                for label in filter(None, (part.strip() for part in cell.split(";"))):
                    labels[label] = labels.get(label, 0) + 1
    rows = []
    for label, count in sorted(labels.items()):
        if label.startswith(FACT_PREFIX):
            fact = find_fact(label) or {}
            rows.append(
                (label.removeprefix(FACT_PREFIX), count, fact.get("source_title", ""), fact.get("source_url", ""))
            )
    return _evidence_table(
        source,
        "facts",
        source.say("sources.facts"),
        (("fact", "text"), ("count", "number"), ("title", "text"), ("address", "text")),
        rows,
    )


def _titles(source: Source) -> Table:
    table = source.result.world.tables["sources"]
    rows = list(zip(table["source"], table["title"], table["url"], table["terms"], strict=True))
    heads = (("source", "text"), ("title", "text"), ("address", "text"), ("terms", "text"))
    return _evidence_table(source, "world_sources", source.say("sources.world"), heads, rows)


def _measure_sources(source: Source, measures: tuple[str, ...]) -> Table:
    from standoff.measures.register import load_register

    register = load_register(ids=source.result.scenario.measures, extra_paths=source.result.scenario.measure_files)
    rows = [
        (measure.id, measure.authority, source.words.family("status_of", measure.status), address)
        for measure in register
        if measure.id in measures
        for address in (measure.sources or ("",))
    ]
    heads = (("measure", "text"), ("authority", "text"), ("status", "text"), ("address", "text"))
    return _evidence_table(source, "measure_sources", source.say("sources.measures"), heads, rows)


def _configuration(source: Source) -> Table:
    config = source.result.config()
    scenario = source.result.scenario
    rows = [
        (source.say("config.version"), config["version"]),
        (source.say("config.scenario"), scenario.name),
        (source.say("config.world"), config["world"]),
        (source.say("config.fingerprint"), config["world_fingerprint"]),
        (source.say("config.span"), f"{scenario.start.isoformat()} / {scenario.until.isoformat()}"),
        (source.say("config.as_of"), config["as_of"] or source.say("config.all_known")),
        (source.say("config.step"), source.numbers.days(scenario.step_days)),
        (source.say("config.random"), source.say("config.no_random")),
        (source.say("config.command"), command(source)),
    ]
    heads = (("setting", "text"), ("value", "text"))
    return _evidence_table(source, "configuration", source.say("sources.configuration"), heads, rows)


def command(source: Source) -> str:
    """The command that does the run again: by name where the scenario is a shipped one unchanged, else from its result file."""
    from standoff.simulate.scenario import read_scenario, shipped_scenarios

    scenario = source.result.scenario
    if scenario.name in shipped_scenarios():
        shipped = read_scenario(scenario.name)
        if shipped.model_copy(update={"world": scenario.world}) == scenario:
            known = f" --as-of {source.result.as_of}" if source.result.as_of else ""
            return f"standoff run {scenario.name} --world {source.result.world.name}{known}"
    return "standoff rerun result.nc"
