"""``standoff sweep``."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from standoff.cli.run import JsonOption, ScenarioArgument, SetOption, WorldOption


def sweep(
    scenario: ScenarioArgument,
    draws: Annotated[int, typer.Option("--draws", min=1, help="How many.")] = 512,
    processes: Annotated[int, typer.Option("--processes", min=1, help="Blocks at the same time here.")] = 1,
    dask: Annotated[str, typer.Option("--dask", metavar="ADDRESS", help="Run on a Dask scheduler instead.")] = "",
    world: WorldOption = "",
    set_: SetOption = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the draws.")] = 0,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Another end.")] = "",
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="Hide what was announced later.")] = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder of the blocks.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Run many draws into a folder of blocks; start again to go on after a stop."""
    from standoff.cli.run import _day, _pairs
    from standoff.simulate.api import scenario_world
    from standoff.simulate.scenario import read_scenario, scenario_from
    from standoff.simulate.sweep import sweep as run_sweep

    asked = read_scenario(scenario, changes=dict(_pairs(set_ or [])))
    if until:
        asked = scenario_from({**asked.as_dict(), "until": until})
    done = run_sweep(
        asked,
        scenario_world(asked, world or None),
        draws=draws,
        folder=out if out is not None else Path("out") / f"{asked.name}-sweep",
        seed=seed,
        processes=processes,
        dask=dask,
        as_of=_day(as_of, "--as-of") if as_of else None,
        progress=rate_and_time_left(draws) if sys.stderr.isatty() else None,
    )
    summary = {**done.ensemble.summary(), "found_done": done.found, "files": [str(path) for path in done.files]}
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, indent=2))
        return
    for line in plain_sweep(summary):
        typer.echo(line)


def rate_and_time_left(total: int) -> Callable[[int], None]:
    """Prints draws done, draws a second and time left to stderr. The first call says what was found done."""
    started: list[tuple[float, int]] = []

    def tell(done: int) -> None:
        now = time.monotonic()
        if not started:
            started.append((now, done))
        begin, found = started[0]
        rate = (done - found) / max(now - begin, 1e-9)
        left = f", {(total - done) / rate:.0f} s left" if rate > 0 else ""
        typer.echo(f"\r{done:,} of {total:,} draws, {rate:.1f} a second{left}   ", err=True, nl=done >= total)

    return tell


def plain_sweep(summary: dict[str, Any]) -> list[str]:
    """The summary as lines for a terminal."""
    spread = summary["unmet_use_usd"]
    error = spread["monte_carlo_error"]
    million = 1e6
    return [
        f"{summary['scenario']} on {summary['world']}: {summary['draws']:,} draws, {summary['found_done']:,} found done",
        f"unmet use, million USD: median {spread['median'] / million:,.0f},"
        f" 80 % between {spread['low80'] / million:,.0f} and {spread['high80'] / million:,.0f}"
        " (spread of the drawn numbers)",
        f"error because draws are few: {error['median'] / million:,.0f} at the median,"
        f" {error['low80'] / million:,.0f} and {error['high80'] / million:,.0f} at the ends",
        *(f"written: {path}" for path in summary["files"]),
    ]
