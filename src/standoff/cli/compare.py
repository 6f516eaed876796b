"""``standoff compare``: two runs side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from standoff.results.result import Result

RunArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO|RESULT", help="A scenario (name or .yaml file), or a result.nc to do again.")
]


def compare(
    a: RunArgument,
    b: RunArgument,
    world: Annotated[str, typer.Option("--world", metavar="NAME|PATH", help="Another world for both.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where to write; out/A-against-B if not given.")
    ] = None,
    no_report: Annotated[bool, typer.Option("--no-report", help="Print only.")] = False,
    lang: Annotated[str, typer.Option("--lang", help="Language of the page: en or zh.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else.")] = False,
) -> None:
    """Run A and B and write DIR/comparison.html: every number twice, and the differences (B less A)."""
    from standoff.results.compare import compare_results, write_comparison

    first, second = _load(a, world), _load(b, world)
    comparison = compare_results(first, second)
    written = []
    if not no_report:
        folder = out if out is not None else Path("out") / f"{first.scenario.name}-against-{second.scenario.name}"
        written.append(str(write_comparison(comparison, folder / "comparison.html", lang=lang)))
    content = {**comparison.as_dict(), "files": written}
    if as_json:
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        for name, result in (("A", content["a"]), ("B", content["b"])):
            typer.echo(
                f"{name}: {result['scenario']} on {result['world']}: unmet use USD {result['unmet_use_usd']:,.0f}"
            )
        typer.echo(f"B less A: unmet use USD {content['difference']['unmet_use_usd']:+,.0f}")
        for path in written:
            typer.echo(f"written: {path}")
    sound = content["a"]["status"] == content["b"]["status"] == "done"
    raise typer.Exit(0 if sound else 1)


def _load(name: str, world: str) -> Result:
    """A result file done again, or a scenario run."""
    from standoff.simulate.api import rerun, run

    if name.endswith(".nc"):
        return rerun(name, world=world or None)
    return run(name, world=world or None)
