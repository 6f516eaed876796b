"""``standoff measures``: the register, and what is in force on a day."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    no_args_is_help=True, help="The register of measures: what governments did, when, and what is in force."
)

Issuer = Annotated[str | None, typer.Option(help="Only this issuer: CN, US, EU ...")]
Extra = Annotated[
    list[Path] | None, typer.Option("--file", help="A measure file or folder of your own. May be repeated.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@app.command("list")
def list_measures(issuer: Issuer = None, file: Extra = None, as_json: Json = False) -> None:
    """List every measure with its dates and how sure it is."""
    from standoff.measures.register import load_register
    from standoff.measures.summary import short

    register = load_register(extra_paths=file or ())
    rows = [short(measure) for measure in register if issuer is None or measure.issuer == issuer]
    if as_json:
        typer.echo(json.dumps({"measures": rows}, ensure_ascii=False, indent=2))
        return
    for row in rows:
        typer.echo(
            f"{row['id']:<22} {row['effective'] or row['announced'] or '-':<11} {row['status']:<18} {row['title']}"
        )


@app.command()
def show(
    measure: Annotated[str, typer.Argument(help="A measure's id, e.g. CN-2025-18.")],
    file: Extra = None,
    as_json: Json = False,
) -> None:
    """Show one measure: limbs with dates, pauses, documents, sources."""
    from standoff.measures.register import load_register
    from standoff.measures.summary import full

    content = full(load_register(extra_paths=file or ()).get(measure))
    if as_json:
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    _print(content)


@app.command()
def on(
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], metavar="DATE", help="The day.")],
    truce: Annotated[str | None, typer.Option(help="lapse, ext_2027_01_10 (default) or ext_1y.")] = None,
    days: Annotated[int, typer.Option(min=0, max=3660, help="How far ahead changes are listed.")] = 90,
    issuer: Issuer = None,
    as_json: Json = False,
) -> None:
    """What is in force on a day, what is paused, and what changes in the days after it."""
    from standoff.measures.cases import settings_from
    from standoff.measures.register import load_register
    from standoff.measures.summary import state_on

    content = state_on(load_register(), day.date(), settings_from((), truce), days=days, issuer=issuer)
    if as_json:
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    for heading in ("in_force", "suspended"):
        typer.echo(f"{heading.replace('_', ' ')} on {content['on']}:")
        for row in content[heading]:
            until = f" (printed until {row['until']})" if row.get("until") else ""
            typer.echo(f"  {row['rule']:<32} {row['outcome']:<14}{until} {row['title']}")
    typer.echo(f"changes in the {days} days after it:")
    for row in content["changes"]:
        typer.echo(f"  {row['date']} {row['rule']:<32} {row['what']}")


def _print(content: dict[str, Any]) -> None:
    for key, value in content.items():
        if isinstance(value, list):
            typer.echo(f"{key}:")
            for each in value:
                line = (
                    "; ".join(f"{k}: {v}" for k, v in each.items() if v not in (None, "", []))
                    if isinstance(each, dict)
                    else each
                )
                typer.echo(f"  - {line}")
        elif value not in (None, ""):
            typer.echo(f"{key}: {value}")
