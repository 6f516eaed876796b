"""``standoff sensitivity``."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from standoff.cli.run import JsonOption, ScenarioArgument, SetOption, WorldOption

SCREENS = ("draws", "slopes")
LEAST_SHOWN = 20
"""Rows of a screening by slopes that are printed at least: they cost nothing."""


def sensitivity(
    scenario: ScenarioArgument,
    of: Annotated[
        str, typer.Option("--of", metavar="VARIABLE", help="unmet_use_usd, unmet:USE, stopped:USE or trade:CORRIDOR.")
    ] = "unmet_use_usd",
    draws: Annotated[int, typer.Option("--draws", min=32, help="Draws of the screening.")] = 512,
    leading: Annotated[int, typer.Option("--leading", min=1, max=40, help="Numbers whose indices are computed.")] = 6,
    design: Annotated[int, typer.Option("--design", min=8, help="Base points of the Saltelli design.")] = 64,
    screen: Annotated[
        str,
        typer.Option(
            "--screen",
            metavar="METHOD",
            help="draws: the full study; slopes: one reverse pass and no draws (extra [jax]).",
        ),
    ] = "draws",
    above: Annotated[float | None, typer.Option("--above", help="Threshold of the scenario discovery.")] = None,
    world: WorldOption = "",
    set_: SetOption = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the draws.")] = 0,
    processes: Annotated[int, typer.Option("--processes", min=1, help="Blocks at the same time.")] = 1,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Another end.")] = "",
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="Hide what was announced later.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Say which drawn numbers drive a result, and in which region it is high."""
    from standoff.cli.run import _day, _pairs
    from standoff.errors import nearest, refuse
    from standoff.simulate.api import scenario_world
    from standoff.simulate.scenario import read_scenario, scenario_from
    from standoff.studies.sensitivity.study import sensitivity as study

    asked = read_scenario(scenario, changes=dict(_pairs(set_ or [])))
    if until:
        asked = scenario_from({**asked.as_dict(), "until": until})
    if screen not in SCREENS:
        raise refuse("--screen", why="there is no such method", cure=nearest(screen, SCREENS), value=screen)
    known = _day(as_of, "--as-of") if as_of else None
    if screen == "slopes":
        from standoff.studies.sensitivity.slopes import screen_by_slopes

        slopes = screen_by_slopes(asked, scenario_world(asked, world or None), of=of, as_of=known).as_dict()
        _tell({"scenario": asked.name, **slopes}, plain_slopes(slopes, leading=leading), as_json=as_json)
        return
    total = draws + design * (leading + 2)

    def tell(done: int) -> None:
        if sys.stderr.isatty():
            typer.echo(f"{done:,} of {total:,} runs", err=True)

    found = study(
        asked,
        scenario_world(asked, world or None),
        of=of,
        draws=draws,
        leading=leading,
        design=design,
        above=above,
        seed=seed,
        processes=processes,
        as_of=known,
        progress=tell,
    ).as_dict()
    _tell({"scenario": asked.name, **found}, plain_sensitivity(found), as_json=as_json)


def _tell(content: dict[str, Any], lines: list[str], *, as_json: bool) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2) if as_json else "\n".join(lines))


def plain_slopes(found: dict[str, Any], *, leading: int) -> list[str]:
    """The leading swings as lines for a terminal."""
    lines = [f"what drives {found['of']} ({found['value']:.6g} {found['unit']})", found["method"], ""]
    lines.append(f"{'number':<52}{'low':>10}{'high':>10}{'slope':>12}{'swing':>12}")
    lines += [
        f"{row['number']:<52}{row['low']:>10.4g}{row['high']:>10.4g}{row['derivative']:>12.3g}{row['swing']:>12.3g}"
        for row in found["screening"][: max(leading, LEAST_SHOWN)]
    ]
    return lines


def plain_sensitivity(found: dict[str, Any]) -> list[str]:
    """The report as lines for a terminal."""
    lines = [f"what drives {found['of']}", found["method"], ""]
    lines.append(f"{'number':<52}{'first':>8}{'+-':>7}{'total':>8}{'+-':>7}")
    lines += [
        f"{row['number']:<52}{row['first']:>8.2f}{row['first_error']:>7.2f}{row['total']:>8.2f}{row['total_error']:>7.2f}"
        for row in found["indices"]
    ]
    lines.append("")
    box = found["box"]
    if box is None:
        return [*lines, f"above {found['above']:.4g}: always or never"]
    lines.append(
        f"above {found['above']:.4g} in {box['overall']:.0%} of draws; in {box['density']:.0%} of those"
        f" ({box['support']:.0%} of all, {box['coverage']:.0%} of the cases) where"
    )
    for edge in box["edges"]:
        low = f"{edge['low']:.4g} <= " if edge["low"] is not None else ""
        high = f" <= {edge['high']:.4g}" if edge["high"] is not None else ""
        lines.append(f"  {low}{edge['name']}{high}")
    return lines
