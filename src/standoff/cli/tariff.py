"""``standoff tariff``: the layers that one place puts on goods of another, and their sum."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated

import typer


def tariff(
    importer: Annotated[str, typer.Option(help="Who collects: USA, CHN (two letters work too).")],
    exporter: Annotated[str, typer.Option(help="Where the goods are from.")],
    hs: Annotated[str, typer.Option("--hs", help="Customs heading, e.g. 850511.")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day.")],
    truce: Annotated[str | None, typer.Option(help="lapse, ext_2027_01_10 (default) or ext_1y.")] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="Leave a measure out, e.g. US-SCOTUS-2026. May be repeated.")
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SWITCH=CHOICE", help="A reading of an open text, e.g. S1=paused."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Print each duty layer with its legal base and dates, the general layer and the sum."""
    from standoff.measures.cases import settings_from
    from standoff.measures.register import load_register
    from standoff.measures.tariffs import tariff_layers

    register = load_register()
    if without:
        register = register.without(without)
    stack = tariff_layers(importer, exporter, hs, on.date(), register, settings_from(setting or (), truce))
    if as_json:
        typer.echo(json.dumps(stack.as_dict(), ensure_ascii=False, indent=2))
        return
    typer.echo(f"{stack.importer} on {stack.hs} from {stack.exporter}, {stack.on.isoformat()}")
    for layer in stack.layers:
        until = f" until {layer.until.isoformat()}" if layer.until else ""
        mark = "" if layer.status == "sourced" else f" [{layer.status}]"
        typer.echo(
            f"{layer.rate_percent:8.2f} %  {layer.name} ({layer.legal_basis}; from {layer.start.isoformat()}{until}; {layer.measure}){mark}"
        )
    for layer, printed in stack.suspended:
        typer.echo(
            f"  paused   {layer.rate_percent:g} % {layer.name} ({layer.legal_basis}), printed until {printed.isoformat()}"
        )
    typer.echo(f"{stack.general_layer_percent:8.2f} %  general layer")
    typer.echo(f"{stack.total_percent:8.2f} %  total")
    for note in stack.notes:
        typer.echo(f"note: {note}")
