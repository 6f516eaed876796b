"""Commands of economies of regions and sectors: ``standoff world from-mrio``, and ``standoff run SCENARIO.yaml --rules ario``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from standoff.results.economy.result import EconomyResult
    from standoff.world.mrio.table import Mrio

MOST_SHOWN = 12


def from_mrio(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A folder that pymrio saved, raw files, pymrio-test, or sanction-simulator (OECD ICIO 2022), its wheel or archive.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write the world.")],
    form: Annotated[
        str,
        typer.Option(
            "--format", help="pymrio, oecd, exiobase3, wiod, eora26, sanction-simulator; seen by itself where it shows."
        ),
    ] = "",
    year: Annotated[str, typer.Option("--year", help="For folders of raw files that hold several years.")] = "",
    unit: Annotated[
        str, typer.Option("--unit", help="Money unit, such as 'million USD', where the table does not say it.")
    ] = "",
    name: Annotated[str, typer.Option("--name", help="Another name than the table's own.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else.")] = False,
) -> None:
    """Read a multi-regional input-output table, say all that had to be changed, and write a world for: standoff run --rules ario."""
    from standoff.world.mrio.folder import write_mrio
    from standoff.world.mrio.read import read_mrio

    mrio = read_mrio(source, form=form, year=year, unit=unit, name=name)
    files = write_mrio(mrio, out)
    summary = {**describe(mrio), "world": str(out), "files": [str(path) for path in files]}
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, indent=2))
        return
    print_mrio(mrio)
    typer.echo(f"written: {out}")
    typer.echo(f"next: standoff run SCENARIO.yaml --world {out} --rules ario")


def describe(mrio: Mrio) -> dict[str, Any]:
    """A table in plain values."""
    from dataclasses import asdict

    return {
        "kind": "mrio",
        **asdict(mrio.about),
        "fingerprint": mrio.fingerprint,
        "regions": len(mrio.regions),
        "sectors": len(mrio.sectors),
        "output": float(mrio.output.sum()),
        "value_added": float(mrio.value_added.sum()),
        "adjustments": [asdict(each) for each in mrio.adjustments],
    }


def print_mrio(mrio: Mrio) -> None:
    """A table in a few lines, and everything that was changed in it."""
    about = mrio.about
    typer.echo(f"{about.name}: {about.title}")
    typer.echo(
        f"{len(mrio.regions)} regions x {len(mrio.sectors)} sectors, year {about.year or 'not said'}, {about.unit}"
    )
    typer.echo(
        f"output {mrio.output.sum():,.6g}, value added {mrio.value_added.sum():,.6g}, final demand "
        f"{mrio.households.sum() + mrio.other.sum():,.6g}"
    )
    typer.echo(f"source: {about.source}\nterms: {about.terms}\nfingerprint: {mrio.fingerprint[:16]}")
    for each in mrio.adjustments:
        parts = [each.what]
        if each.count:
            parts.append(f"{each.count} times")
        if each.total:
            parts.append(f"{each.total:,.6g} together ({each.share:.2e} of output)")
        if each.where:
            parts.append(f"largest {each.largest:,.6g} at {each.where}")
        typer.echo("  adjusted: " + "; ".join(parts))
    if not mrio.adjustments:
        typer.echo("  nothing had to be adjusted")


def check_mrio(folder: Path, *, as_json: bool) -> None:
    """Read a table whole; exit code 1 where it had to be adjusted when it was made."""
    from standoff.world.mrio.folder import read_mrio_folder

    mrio = read_mrio_folder(folder)
    if as_json:
        typer.echo(json.dumps({**describe(mrio), "problems": []}, ensure_ascii=False))
    else:
        typer.echo(f"world {mrio.about.name}: no problems in {len(mrio.regions)} regions x {len(mrio.sectors)} sectors")
        print_mrio(mrio)
    raise typer.Exit(1 if mrio.adjustments else 0)


def show_mrio(folder: Path, *, as_json: bool) -> None:
    """Print what a table holds."""
    from standoff.world.mrio.folder import read_mrio_folder

    mrio = read_mrio_folder(folder)
    if as_json:
        typer.echo(json.dumps(describe(mrio), ensure_ascii=False))
    else:
        print_mrio(mrio)


def run_economy_file(
    scenario: Path,
    *,
    world: str,
    rules: str,
    changes: dict[str, Any],
    draws: int,
    seed: int,
    out: Path | None,
    report: bool,
    excel: bool,
    lang: str,
    as_json: bool,
) -> None:
    """Run a scenario on a table and write result.nc and report.html."""
    from standoff.cli.run import progress_bar
    from standoff.simulate.economy_api import run_scenario, runs_of
    from standoff.simulate.economy_scenario import read_economy_scenario

    if rules:
        changes["rules"] = rules
    asked = read_economy_scenario(scenario, changes=changes)
    with progress_bar("running", runs_of(asked, draws) + (asked.days if asked.losses else 0)) as tick:
        result = run_scenario(asked, world=world or None, draws=draws, seed=seed, progress=tick)
    write_and_tell(result, out or Path("out") / asked.name, report=report, excel=excel, lang=lang, as_json=as_json)


def write_and_tell(result: EconomyResult, folder: Path, *, report: bool, excel: bool, lang: str, as_json: bool) -> None:
    """Write the files of a result and print its summary."""
    written = [result.to_netcdf(folder / "result.nc")]
    if report:
        from standoff.results.economy.page import write_economy_report

        written.append(write_economy_report(result, folder / "report.html", lang=lang))
    if excel:
        from standoff.results.economy.page import write_economy_workbook

        written.append(write_economy_workbook(result, folder / "tables.xlsx", lang=lang))
    summary = {**result.summary(), "files": [str(path) for path in written]}
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, indent=2))
    else:
        for line in plain_summary(summary):
            typer.echo(line)
    raise typer.Exit(0 if summary["status"] == "done" and not summary["warnings"] else 1)


def plain_summary(summary: dict[str, Any]) -> list[str]:
    """The summary as lines for a terminal: all sides in one table, then the regions that change most."""
    losses, currency = summary["losses"], summary["currency"]
    lines = [
        f"{summary['scenario']} on {summary['world']} ({summary['rules']}), {summary['start']} to {summary['until']}: {summary['status']}",
        "",
        f"{f'million {currency}':<20}{'value added lost':>20}{'share of usual':>16}{'output lost':>20}{'final use not met':>20}",
    ]
    regions = sorted(losses["by_region"].items(), key=lambda item: -abs(item[1]["value_added_lost"]))[:MOST_SHOWN]
    named = [*losses["by_side"].items(), ("world", losses["world"])]
    named += [("", None), *((name, row) for name, row in regions if name not in losses["by_side"])]
    for name, row in named:
        if row is None:
            lines.append("regions that change most")
            continue
        lines.append(
            f"{name:<20}{_millions(row['value_added_lost']):>20}{row['value_added_lost_share']:>16.3%}"
            f"{_millions(row['output_lost']):>20}{_millions(row['unmet_final_use']):>20}"
        )
    lines.append("(negative is a gain)")
    if summary["range"]:
        low, high = (end / 1e6 for end in summary["range"]["world"]["value_added_lost"])
        lines.append(
            f"value added lost, world, over {summary['range']['runs']} runs ({summary['range']['of']}): {low:,.1f} to {high:,.1f}"
        )
    lines += [text for text in (summary["diagnosis"], *summary["warnings"]) if text]
    return [*lines, *(f"written: {path}" for path in summary["files"])]


def _millions(value: float) -> str:
    """Millions with one decimal; rounding error is no loss below zero."""
    return f"{round(value / 1e6, 1) + 0.0:,.1f}"
