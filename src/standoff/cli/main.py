"""The command ``standoff``: parse, call, print. What a verb does is a function of the package; what a person reads is here."""

from __future__ import annotations

import json
import os
import sys
from typing import Annotated

import typer

from standoff import __version__
from standoff.cli import measures as measure_commands
from standoff.cli import mrio, peers
from standoff.cli import world as world_commands
from standoff.cli.audit import audit
from standoff.cli.backtest import backtest, calibrate
from standoff.cli.compare import compare
from standoff.cli.criticality import criticality
from standoff.cli.determine import determine
from standoff.cli.explain import explain
from standoff.cli.run import rerun, run, scenarios
from standoff.cli.sensitivity import sensitivity
from standoff.cli.serve import serve
from standoff.cli.sweep import sweep
from standoff.cli.tariff import tariff
from standoff.errors import InputError, StandoffError

DONE, WARNED, BAD_INPUT, OUR_FAULT = 0, 1, 2, 3

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="What runs out where and when, and what it costs each side: economic stand-offs over supply chains.",
)
app.command()(run)
app.command()(rerun)
app.command()(backtest)
app.command()(calibrate)
app.command()(sweep)
app.command()(sensitivity)
app.command()(criticality)
app.command()(audit)
app.command()(compare)
app.command()(explain)
app.command()(determine)
app.command()(tariff)
app.command()(serve)
app.add_typer(scenarios, name="scenarios")
world_commands.app.command("from-firms")(peers.from_firms)
world_commands.app.command("from-mrio")(mrio.from_mrio)
app.add_typer(world_commands.app, name="world")
app.add_typer(measure_commands.app, name="measures")


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    if show:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False) -> None:
    """Say what is installed and what is not, and what for."""
    from standoff.cli.doctor import examine

    findings = examine()
    if as_json:
        typer.echo(json.dumps({"version": __version__, "parts": findings}, indent=2))
    else:
        for part in findings:
            mark = "ok     " if part["version"] else ("MISSING" if part["needed"] else "absent ")
            typer.echo(f"{mark} {part['name']:<14} {part['version'] or '-':<14} {part['use']}")
    raise typer.Exit(BAD_INPUT if any(part["needed"] and not part["version"] for part in findings) else DONE)


def main() -> None:
    """Run the command; turn errors into one clear report and an exit code."""
    wants_json = "--json" in sys.argv
    try:
        app(standalone_mode=True)
    except InputError as error:
        if wants_json:
            typer.echo(json.dumps(error.as_dict(), ensure_ascii=False, indent=2))
        else:
            typer.echo(error.text(), err=True)
        raise SystemExit(BAD_INPUT) from None
    except StandoffError as error:
        typer.echo(f"A fault of ours: {error}\nPlease report it with the command that you ran.", err=True)
        raise SystemExit(OUR_FAULT) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader went away: nothing more to say
        raise SystemExit(DONE) from None
