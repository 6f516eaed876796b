"""Commands of networks of firms: ``standoff run FOLDER --rules esri | inoue_todo | ...`` and ``standoff world from-firms``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

COMMANDS = ("esri", "standoff", "inoue_todo", "ario", "pichler")
"""Rule sets that run on a folder of firms or on a table."""


def run_peer(
    folder: Path, rules: str, *, changes: dict[str, str], out: Path | None, backend: str, as_json: bool
) -> None:
    """Run a peer's rule set on a folder and write its table."""
    where = out if out is not None else Path("out") / f"{folder.name}-{rules}"
    summary = (
        _run_esri(folder, changes, where, backend)
        if rules == "esri"
        else _run_firms(folder, rules, changes, where, backend)
    )
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, indent=2))
    else:
        for key, value in summary.items():
            typer.echo(f"{key.replace('_', ' ')}: {value}")
    raise typer.Exit(1 if summary["warnings"] else 0)


def from_firms(
    links: Annotated[Path, typer.Option("--links", help="CSV or Parquet: i (supplier), j (buyer), x (sales).")],
    firms: Annotated[Path, typer.Option("--firms", help="CSV or Parquet: firm, sector.")],
    folder: Annotated[Path, typer.Argument(help="Where to write the network.")] = Path("out/firms"),
    essentiality: Annotated[
        str,
        typer.Option(
            "--essentiality",
            help="CSV or Parquet: 0 negligible, 1 non-essential, 2 essential by input and buyer sector; or linear, leontief.",
        ),
    ] = "linear",
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="The same as FOLDER.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else.")] = False,
) -> None:
    """Make a network of firms from lists of firms and sales, for: standoff run FOLDER --rules esri."""
    from standoff.world.firms import PATTERNS, read_firms, write_firms

    network = read_firms(links, firms, essentiality=essentiality if essentiality in PATTERNS else Path(essentiality))
    where = out if out is not None else folder
    write_firms(network, where)
    summary = {
        "world": str(where),
        "firms": len(network.firms),
        "links": len(network.value),
        "sectors": len(network.sectors),
        "essentiality": essentiality,
    }
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False))
        return
    typer.echo(f"{where}: {len(network.firms)} firms, {len(network.value)} links, essentiality {essentiality}")
    typer.echo(f"next: standoff run {where} --rules esri")


def _run_esri(folder: Path, changes: dict[str, str], out: Path, backend: str) -> dict[str, Any]:
    from standoff.simulate.backend import backend_named
    from standoff.simulate.systemic_risk import risk_settings, systemic_risk
    from standoff.world.firms import read_firm_folder

    settings = risk_settings(changes)
    network = read_firm_folder(folder, essentiality=settings.essentiality)
    risk = systemic_risk(network, replace=settings.replace, eps=settings.eps, backend=backend_named(backend))
    worst = int(risk.both.argmax())
    return {
        "rules": "esri",
        "firms": len(network.firms),
        "largest": {"firm": risk.firms[worst], "ESRI": float(risk.both[worst])},
        "warnings": [],
        "files": [str(risk.to_csv(out / "esri.csv"))],
    }


def _run_firms(folder: Path, name: str, changes: dict[str, str], out: Path, backend: str) -> dict[str, Any]:
    from standoff.simulate.backend import backend_named
    from standoff.simulate.firm_run import firm_settings, losses_of_firms, run_firms, write_losses, write_totals
    from standoff.world.firm_folder import read_firm_files

    settings, rules = firm_settings(changes)
    firms = read_firm_files(folder)
    done = run_firms(firms, settings=settings, rules=rules, name=name, backend=backend_named(backend))
    run = done.run
    output = run["output"].sum(axis=1)
    files = [str(write_totals(run, out / "totals.csv"))]
    told: dict[str, Any] = {}
    if settings.losses:
        losses = losses_of_firms(firms, settings=settings, rules=rules, name=name)
        told["lost_output"] = losses.total()
        files.append(str(write_losses(losses, firms, out / "losses.csv")))
    return {
        "rules": name,
        "days": settings.steps,
        "smallest_output_share": float(output.min() / run.economy.output.sum()),
        **told,
        "notes": list(done.notes),
        "warnings": list(done.told),
        "files": files,
    }
