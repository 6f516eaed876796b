"""``standoff criticality``."""

from __future__ import annotations

import json
from pathlib import Path
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
            help="unmet_use_usd, value_added_lost_usd (both with :SIDE), unmet:USE or trade:CORRIDOR; of an economy"
            " value_added_lost, output_lost or final_use_unmet (all with :REGION, :SIDE or :SECTOR).",
        ),
    ] = "",
    by: Annotated[
        str, typer.Option("--by", metavar="MEASURE", help="loss: without the thing; marginal: with 1 % less of it.")
    ] = "loss",
    top: Annotated[int, typer.Option("--top", min=0, help="How many of each kind are re-run.")] = 20,
    world: WorldOption = "",
    rules: Annotated[str, typer.Option("--rules", help="Rule set: standoff, ario, pichler or inoue_todo.")] = "",
    set_: SetOption = None,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Another end.")] = "",
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="Hide what was announced later.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Say what every producer, link and stock is worth to a result: by one reverse pass, and by re-runs of the leading ones."""
    from standoff.cli.run import _day, _pairs, asks_for_economy, progress_bar
    from standoff.simulate.scenario import read_scenario, scenario_from
    from standoff.studies.gradients.criticality import criticality as study

    if Path(scenario).is_dir() or asks_for_economy(scenario, rules=rules, world=world):
        from standoff.studies.gradients.economy import LOST, economy_criticality

        changes = dict(_pairs(set_ or [])) | ({"until": until} if until else {})
        with progress_bar("re-runs", 6 * top) as tick:
            ranked = economy_criticality(
                scenario, of=of or LOST, by=by, top=top, world=world, rules=rules, changes=changes, progress=tick
            )
        _tell(ranked.as_dict(), top=top, as_json=as_json)
        return
    asked = read_scenario(scenario, changes={**dict(_pairs(set_ or [])), **({"rules": rules} if rules else {})})
    if until:
        asked = scenario_from({**asked.as_dict(), "until": until})
    known = _day(as_of, "--as-of") if as_of else None
    found = study(asked, of=of or "unmet_use_usd", by=by, top=top, world=world or None, as_of=known).as_dict()
    _tell(found, top=top, as_json=as_json)


def _tell(found: dict[str, Any], *, top: int, as_json: bool) -> None:
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
        if not items:
            continue
        heading = f"{kind} ({found['counts'][kind]:,})"
        lines += ["", f"{heading:<{WIDTH}}{'without':>12}{'1 % less':>12}{'first order':>12}"]
        lines += [
            f"{item['name'][: WIDTH - 1]:<{WIDTH}}{_short(item['loss_exact'])}{_short(item['marginal_exact'])}{_short(item['marginal'])}"
            for item in items[: top or 10]
        ]
        same = found["agreement"][kind]
        if top:
            lines.append(
                f"rank correlation with the {min(top, len(items))} re-runs: {_rank(same['marginal'])} of the reverse pass (1 % less),"
                f" {_rank(same['loss'])} of the {found['ranked_by'][kind]} (without)"
            )
    return lines


def _rank(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


def _short(value: float | None) -> str:
    return f"{'-' if value is None else f'{value or 0.0:.3g}':>12}"
