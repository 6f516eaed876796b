"""``standoff audit``."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from standoff.cli.run import JsonOption


def audit(
    claim: Annotated[str, typer.Option("--claim", metavar="ID", help="One claim only.")] = "",
    world: Annotated[str, typer.Option("--world", metavar="NAME|PATH", help="The world that answers.")] = "rare-earths",
    draws: Annotated[int, typer.Option("--draws", min=16, help="Of the ensembles.")] = 128,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the draws.")] = 0,
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="Hide what was announced later.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List claims with the model's verdict where it has the mechanism, beside what research found."""
    from standoff.cli.run import _day
    from standoff.studies.claims.audit import audit as compute

    found = compute(
        world=world, draws=draws, seed=seed, as_of=_day(as_of, "--as-of") if as_of else None, only=claim.upper()
    )
    if not found:
        from standoff.errors import refuse

        raise refuse("--claim", why="there is no such claim", cure="See `standoff audit` for all of them", value=claim)
    if as_json:
        typer.echo(json.dumps({"world": world, "draws": draws, "claims": found}, ensure_ascii=False, indent=2))
        return
    for row in found:
        for line in plain_claim(row):
            typer.echo(line)


def plain_claim(row: dict[str, Any]) -> list[str]:
    """A claim as lines for a terminal."""
    lines = [f"{row['id']} ({row['date']}, {row['speaker']}) {row['paraphrase']}"]
    answer = row["answer"]
    lines.append(f"  model: {row['computed_verdict']}")
    if answer:
        lines.append(
            f"    {answer['measured']}: {answer['median']:.3g} {answer['unit']}, {answer['low']:.3g} to {answer['high']:.3g}"
        )
        lines += [f"    where {each}" for each in answer["region"]]
    cited = f"; cites {row['cites']}, found: {row['researched']['document_found']}" if row["cites"] else ""
    lines.append(f"  research: {row['researched']['verdict'] or '-'}{cited}")
    return lines
