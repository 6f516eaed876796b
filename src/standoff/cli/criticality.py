"""``standoff criticality``."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from standoff.cli.run import JsonOption, ScenarioArgument, SetOption, WorldOption

WIDTH = 66


def criticality(
    scenario: ScenarioArgument,
    of: Annotated[
        str,
        typer.Option(
            "--of",
            metavar="VARIABLE",
            help="unmet_use_usd, value_added_lost_usd (both with :SIDE), unmet:USE or trade:CORRIDOR.",
        ),
    ] = "unmet_use_usd",
    by: Annotated[
        str, typer.Option("--by", metavar="MEASURE", help="loss: without the thing; marginal: with 1 % less of it.")
    ] = "loss",
    top: Annotated[int, typer.Option("--top", min=0, help="How many of each kind are re-run.")] = 20,
    world: WorldOption = "",
    set_: SetOption = None,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Another end.")] = "",
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="Hide what was announced later.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Say what every producer, link and stock is worth to a result: by one reverse pass, and by re-runs of the leading ones."""
    from standoff.cli.run import _day, _pairs
    from standoff.simulate.scenario import read_scenario, scenario_from
    from standoff.studies.gradients.criticality import criticality as study

    asked = read_scenario(scenario, changes=dict(_pairs(set_ or [])))
    if until:
        asked = scenario_from({**asked.as_dict(), "until": until})
    known = _day(as_of, "--as-of") if as_of else None
    found = study(asked, of=of, by=by, top=top, world=world or None, as_of=known).as_dict()
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for line in plain_criticality(found, top=top):
        typer.echo(line)


def plain_criticality(found: dict[str, Any], *, top: int) -> list[str]:
    """The leading things of each kind as lines for a terminal."""
    lines = [
        f"{found['of']} of {found['scenario']} on {found['world']}: {found['value']:,.6g} {found['unit']}",
        "change of it without the thing (re-run), with 1 % less of it (re-run), and with 1 % less to first order (reverse pass)",
    ]
    for kind in ("producer", "link", "stock"):
        items = [item for item in found["items"] if item["kind"] == kind]
        lines += ["", f"{kind + f' ({len(items)})':<{WIDTH}}{'without':>12}{'1 % less':>12}{'first order':>12}"]
        lines += [
            f"{item['name'][: WIDTH - 1]:<{WIDTH}}{_short(item['loss_exact'])}{_short(item['marginal_exact'])}{_short(item['marginal'])}"
            for item in items[: top or 10]
        ]
    return lines


def _short(value: float | None) -> str:
    return f"{'-' if value is None else f'{value or 0.0:.3g}':>12}"
