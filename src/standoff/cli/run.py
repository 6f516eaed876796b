"""``standoff run``, ``rerun`` and ``scenarios``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from standoff.results.result import Result
    from standoff.simulate.scenario import Scenario

MOST_USES_SHOWN = 20
SCENARIO_FILES = (".yaml", ".yml")
scenarios = typer.Typer(no_args_is_help=True, help="Scenarios: what is simulated.")

ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A shipped name or the path of a .yaml file.")
]
WorldOption = Annotated[str, typer.Option("--world", metavar="NAME|PATH", help="Another world than the scenario's.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a number: hoard_share=0.5, CN-2025-18.approval_share=0.9."),
]
OutOption = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Where to write; out/SCENARIO if not given.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else.")]
LangOption = Annotated[str, typer.Option("--lang", help="Language of the report: en or zh.")]
ExcelOption = Annotated[bool, typer.Option("--excel", help="Also write every table as a workbook (extra [excel]).")]
NoReportOption = Annotated[bool, typer.Option("--no-report", help="Write result.nc only.")]
BackendOption = Annotated[
    str,
    typer.Option("--backend", metavar="NAME", help="Array library that takes the steps: numpy or jax (extra [jax])."),
]


def run(
    scenario: ScenarioArgument,
    world: WorldOption = "",
    rules: Annotated[
        str,
        typer.Option(
            "--rules",
            help="Rule set: standoff, ario, pichler or inoue_todo; esri on a folder of firms.",
        ),
    ] = "",
    set_: SetOption = None,
    draws: Annotated[int, typer.Option("--draws", min=0, help="Also run so many draws of every ranged number.")] = 0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the draws.")] = 0,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Another end.")] = "",
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="Hide what was announced later.")] = "",
    out: OutOption = None,
    no_report: NoReportOption = False,
    excel: ExcelOption = False,
    lang: LangOption = "en",
    backend: BackendOption = "numpy",
    as_json: JsonOption = False,
) -> None:
    """Run a scenario; write DIR/result.nc and DIR/report.html."""
    from standoff.cli.peers import COMMANDS, run_peer
    from standoff.simulate.scenario import shipped_scenarios

    if asks_for_economy(scenario, rules=rules, world=world):
        from standoff.cli.mrio import run_economy_file

        settings: dict[str, Any] = dict(_pairs(set_ or []))
        if until:
            settings["until"] = until
        run_economy_file(
            Path(scenario),
            world=world,
            rules=rules,
            changes=settings,
            draws=draws,
            seed=seed,
            out=out,
            report=not no_report,
            excel=excel,
            lang=lang,
            backend=backend,
            as_json=as_json,
        )
        return
    is_file = Path(scenario).suffix in SCENARIO_FILES
    of_firms = rules in COMMANDS and scenario not in shipped_scenarios() and not is_file
    if of_firms and (rules != "standoff" or Path(scenario).is_dir()):
        run_peer(Path(scenario), rules, changes=dict(_pairs(set_ or [])), out=out, backend=backend, as_json=as_json)
        return
    from standoff.simulate.api import run as run_scenario
    from standoff.simulate.scenario import read_scenario, scenario_from

    changes: dict[str, Any] = dict(_pairs(set_ or []))
    if rules:
        changes["rules"] = rules
    asked = read_scenario(scenario, changes=changes)
    if until:
        asked = scenario_from({**asked.as_dict(), "until": until})
    known = _day(as_of, "--as-of") if as_of else None
    warnings = _warn_beforehand(asked)
    result = run_scenario(asked, world=world or None, as_of=known, backend=backend)
    summary = {**result.summary(), "warnings": warnings}
    folder = out if out is not None else Path("out") / asked.name
    written = [result.to_netcdf(folder / "result.nc")]
    if draws:
        summary["draws"] = _draw(result, draws=draws, seed=seed, folder=folder, backend=backend)
        written.append(folder / "ensemble.nc")
    if not no_report:
        written.append(_report(result, folder, lang=lang, draws=summary.get("draws")))
    if excel:
        from standoff.results.workbook import write_workbook

        written.append(write_workbook(result, folder / "tables.xlsx", lang=lang, draws=summary.get("draws")))
    _tell(summary, written, as_json=as_json)


def rerun(
    result: Annotated[Path, typer.Argument(help="A result.nc.")],
    world: WorldOption = "",
    out: OutOption = None,
    no_report: NoReportOption = False,
    lang: LangOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Do a result again, to the bit, from what its file says."""
    from standoff.simulate.api import rerun as do_again
    from standoff.simulate.economy_api import is_economy, rerun_economy

    if is_economy(result):
        from standoff.cli.mrio import write_and_tell

        done = rerun_economy(result, world=world or None)
        where = out if out is not None else Path("out") / f"{done.scenario.name}-again"
        write_and_tell(done, where, report=not no_report, excel=False, lang=lang, as_json=as_json)
        return

    again = do_again(result, world=world or None)
    folder = out if out is not None else Path("out") / f"{again.scenario.name}-again"
    written = [again.to_netcdf(folder / "result.nc")]
    if not no_report:
        written.append(_report(again, folder, lang=lang, draws=None))
    _tell(again.summary(), written, as_json=as_json)


@scenarios.command("list")
def list_scenarios(as_json: JsonOption = False, lang: LangOption = "en") -> None:
    """Print the scenarios that come with the package."""
    from standoff.simulate.scenario import read_scenario, shipped_scenarios

    found = [read_scenario(name) for name in shipped_scenarios()]
    if as_json:
        rows = [{"name": each.name, "title": each.title.model_dump(), "world": each.world} for each in found]
        typer.echo(json.dumps({"scenarios": rows}, ensure_ascii=False, indent=2))
        return
    for each in found:
        typer.echo(f"{each.name:<16} {each.title.zh if lang == 'zh' and each.title.zh else each.title.en}")


@scenarios.command("show")
def show_scenario(scenario: ScenarioArgument, as_json: JsonOption = False) -> None:
    """Print a scenario whole, with all that it takes from the ones it extends."""
    from standoff.simulate.scenario import read_scenario
    from standoff.yaml_files import dump_yaml

    content = read_scenario(scenario).model_dump(mode="json")
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2) if as_json else dump_yaml(content).rstrip())


def asks_for_economy(scenario: str, *, rules: str, world: str) -> bool:
    """Whether a run is one of an economy: a scenario file that names rules and has events or a table for its world."""
    from standoff.cli.peers import COMMANDS
    from standoff.model.rulesets import SETS
    from standoff.world.mrio.folder import is_mrio
    from standoff.yaml_files import read_yaml

    if Path(scenario).suffix not in SCENARIO_FILES or (rules and rules not in COMMANDS):
        return False
    content = read_yaml(Path(scenario))
    if not isinstance(content, dict) or (rules or content.get("rules")) not in {*SETS, *COMMANDS}:
        return False
    return "events" in content or is_mrio(world or str(content.get("world", "")))


def _report(result: Result, folder: Path, *, lang: str, draws: dict[str, Any] | None) -> Path:
    from standoff.results.report import write_report

    return write_report(result, folder / "report.html", lang=lang, draws=draws)


def _warn_beforehand(asked: Scenario) -> list[str]:
    """Say which settings of a scenario can make it swing or starve by its own dynamics."""
    from standoff.model.parameters import parameter_values
    from standoff.simulate.stability import warn_of_settings

    found = warn_of_settings(parameter_values(asked.parameters), step_days=asked.step_days)
    for warning in found:
        typer.echo(f"warning: {warning}", err=True)
    return list(found)


def _draw(result: Result, *, draws: int, seed: int, folder: Path, backend: str) -> dict[str, Any]:
    from os import cpu_count

    from standoff.simulate.backend import backend_named
    from standoff.simulate.ensemble import run_ensemble
    from standoff.simulate.ensemble_result import write_ensemble

    processes = min(cpu_count() or 1, max(draws // 64, 1))
    with progress_bar("draws", draws) as tick:
        ensemble = run_ensemble(
            result.scenario,
            result.world,
            draws=draws,
            seed=seed,
            processes=processes,
            as_of=result.as_of,
            progress=tick,
            backend=backend_named(backend),
        )
    write_ensemble(ensemble, folder / "ensemble.nc")
    return ensemble.summary()


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[int], None] | None]:
    """Progress on stderr, and only where a person looks at it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def _tell(summary: dict[str, Any], written: list[Path], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({**summary, "files": [str(path) for path in written]}, ensure_ascii=False, indent=2))
    else:
        for line in plain_summary(summary):
            typer.echo(line)
        for path in written:
            typer.echo(f"written: {path}")
    raise typer.Exit(0 if summary["status"] == "done" else 1)


def plain_summary(summary: dict[str, Any]) -> list[str]:
    """The summary as lines for a terminal: both sides' losses in one table."""
    lines = [
        f"{summary['scenario']} on {summary['world']}, {summary['start']} to {summary['until']}: {summary['status']}",
    ]
    other = other_rules(summary["rules"])
    if other:
        lines.append(f"rules: {other}")
    stop = summary["first_stop"]
    lines.append(
        f"first line stands still after {stop['days']:.0f} days: {stop['where']}" if stop else "no line stands still"
    )
    sides = summary["ledger_usd"]["by_side"]
    shown = ("unmet_use", "value_added_lost", "export_revenue_lost", "reserve_used")
    lines.append("")
    lines.append(f"{'million USD':<14}" + "".join(f"{name.replace('_', ' '):>22}" for name in shown))
    for side, row in sides.items():
        lines.append(f"{side:<14}" + "".join(f"{row[name] / 1e6 or 0.0:>22,.1f}" for name in shown))
    lines.append("(lines are not added up: a lost car contains a lost magnet; negative is a gain)")
    if "draws" in summary:
        spread = summary["draws"]["unmet_use_usd"]
        lines.append("")
        lines.append(
            f"over {summary['draws']['draws']} draws: unmet use {spread['median'] / 1e6:,.0f} million USD,"
            f" 80 % between {spread['low80'] / 1e6:,.0f} and {spread['high80'] / 1e6:,.0f}"
        )
        lines.append(f"{'80 % of draws':<14}" + "".join(f"{name.replace('_', ' '):>22}" for name in shown))
        for side, ranges in summary["draws"]["ledger_usd"].items():
            ends = (f"{ranges[name]['low80'] / 1e6:,.0f} to {ranges[name]['high80'] / 1e6:,.0f}" for name in shown)
            lines.append(f"{side:<14}" + "".join(f"{text:>22}" for text in ends))
        lines += _paralysis_lines(summary["draws"]["paralysis"])
    return lines


def other_rules(chosen: dict[str, str]) -> str:
    """The rules of a run that are not those of the default set."""
    from standoff.model.rulesets import SETS

    return ", ".join(f"{slot}={rule}" for slot, rule in chosen.items() if rule != SETS["standoff"][slot])


def _paralysis_lines(paralysis: dict[str, Any]) -> list[str]:
    """How soon which use is paralysed, and what must all hold for three months."""
    hit = sorted(
        (row for row in paralysis["uses"] if row["never_in_run"] < 1),
        key=lambda row: (-row["within_3_months"], -row["within_12_months"], row["never_in_run"]),
    )
    lines = ["", f"paralysis ({paralysis['definition']}), share of draws:"]
    if not hit:
        return [*lines, "  none in any draw"]
    lines.append(f"  {'use':<32}{'3 months':>10}{'12 months':>11}{'never':>8}")
    lines += [
        f"  {row['use']:<32}{row['within_3_months']:>10.0%}{row['within_12_months']:>11.0%}{row['never_in_run']:>8.0%}"
        for row in hit[:MOST_USES_SHOWN]
    ]
    for use, conditions in paralysis["for_three_months"].items():
        held = "; ".join(
            f"{each['name']} low (up to {each['high']:.3g})"
            if each["quantile"] < 0.5
            else f"{each['name']} high (from {each['low']:.3g})"
            for each in conditions[:4]
        )
        lines.append(f"  three months for {use} needs: {held or 'no single number decides'}")
    return lines


def _pairs(settings: list[str]) -> Iterator[tuple[str, str]]:
    from standoff.errors import refuse

    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key:
            raise refuse("--set", why="this is not KEY=VALUE", cure="Write --set hoard_share=0.5", value=setting)
        yield key.strip(), value.strip()


def _day(text: str, flag: str) -> Any:
    import datetime as dt

    from standoff.errors import refuse

    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise refuse(flag, why="this is not a date", cure="Write YYYY-MM-DD", value=text) from None
