"""``standoff world``: check a world, look at one, start one of your own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from standoff.world.tables import World

app = typer.Typer(no_args_is_help=True, help="Worlds: the tables of who makes, sells, buys and uses what.")

WorldArgument = Annotated[
    str, typer.Argument(metavar="NAME|PATH", help="A bundled world, a folder or an .xlsx workbook.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else.")]

PIPE_WIDTH = 160
HEADINGS = {
    "en": ("row", "column", "value", "low", "high", "unit", "status", "source"),
    "zh": ("行", "列", "数值", "下限", "上限", "单位", "依据", "来源"),
}


@app.command()
def check(world: WorldArgument, as_json: JsonOption = False) -> None:
    """Check every table and report everything that is wrong at once; push the world a little and say if it does not come to rest.

    Exit code 0: all in order. 1: in order, but something is odd. 2: at least one problem.
    """
    from dataclasses import asdict

    from standoff.simulate.stability import ring
    from standoff.world.build import build_network
    from standoff.world.mrio.folder import is_mrio
    from standoff.world.tables import read_world

    if is_mrio(world):
        from standoff.cli.mrio import check_mrio

        check_mrio(Path(world), as_json=as_json)
    checked = read_world(world)
    restless = ring(build_network(checked)).warnings()
    if as_json:
        content = {
            "world": checked.name,
            "fingerprint": checked.fingerprint,
            "problems": [],
            "warnings": [asdict(warning) for warning in checked.warnings],
            "dynamics": list(restless),
        }
        print_json(content)
    else:
        rows = ", ".join(f"{len(table)} {name}" for name, table in checked.tables.items() if len(table))
        typer.echo(f"world {checked.name}: no problems in {rows}")
        print_warnings(checked)
        for warning in restless:
            typer.echo(f"warning: {warning}")
    raise typer.Exit(1 if checked.warnings or restless else 0)


@app.command()
def show(
    world: WorldArgument,
    table: Annotated[str, typer.Option(help="Print the rows of this table with range, status and source.")] = "",
    as_json: JsonOption = False,
    lang: Annotated[Literal["en", "zh"], typer.Option(help="Language of titles and headings.")] = "en",
) -> None:
    """Print what a world holds and how much of it is sourced, or the rows of one table."""
    from standoff.world.mrio.folder import is_mrio

    if is_mrio(world):
        from standoff.cli.mrio import show_mrio

        show_mrio(Path(world), as_json=as_json)
        return
    from standoff.studies.evidence import kept_evidence
    from standoff.world.summary import describe_world, find_table, table_entries, table_lines
    from standoff.world.tables import read_world

    shown = read_world(world)
    if table:
        chosen = find_table(shown, table)
        if as_json:
            print_json({"world": shown.name, "table": table, "rows": table_entries(shown, chosen)})
        else:
            print_grid(HEADINGS[lang], table_lines(shown, chosen))
        return
    content = {**describe_world(shown, language=lang), "evidence": kept_evidence(shown)}
    if as_json:
        print_json(content)
        return
    print_description(content, lang)
    if content["evidence"]:
        print_evidence(content["evidence"], lang)
    print_warnings(shown)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Where to write it; nothing of that name may be there.")],
    excel: Annotated[
        bool, typer.Option("--excel", help="Write one workbook instead of a folder of CSV files.")
    ] = False,
) -> None:
    """Write a tiny made-up world that passes the check and runs, to start your own from."""
    from standoff.world.template import new_workbook, new_world

    path = new_workbook(folder) if excel else new_world(folder)
    typer.echo(f"{path}: a made-up world. Change it, then: standoff world check {path}")


def print_json(content: dict[str, Any]) -> None:
    import json

    typer.echo(json.dumps(content, ensure_ascii=False))


def print_warnings(world: World) -> None:
    for warning in world.warnings:
        typer.echo(f"  odd: {warning}")


def print_description(content: dict[str, Any], language: str) -> None:
    """Title, dates, rows by table and the shares of evidence."""
    words = {
        "en": ("base year {base_year}, from {start}, dollars of {usd_year}", "scenarios", "table", "rows", "numbers"),
        "zh": ("基年 {base_year}，起始 {start}，{usd_year} 年美元", "情景", "表", "行数", "个数值"),
    }[language]
    statuses = {"en": ("sourced", "claimed", "assumed"), "zh": ("有出处", "待核实", "假设")}[language]
    typer.echo(f"{content['world']}: {content['title']}")
    typer.echo(content["summary"])
    typer.echo(words[0].format(**content))
    typer.echo(f"{words[1]}: {', '.join(content['scenarios']) or '-'}")
    shares = ", ".join(f"{share:.1%} {word}" for word, share in zip(statuses, content["shares"].values(), strict=True))
    typer.echo(f"{content['numbers']} {words[4]}: {shares}")
    print_grid((words[2], words[3]), [(name, str(count)) for name, count in content["rows"].items()])


def print_evidence(evidence: dict[str, Any], language: str) -> None:
    """What the loss of the main scenario rests on, and the assumptions that matter most."""
    words = {
        "en": (
            "unmet use in {scenario}: median {median:,.0f} million USD, 80 % between {low:,.0f} and {high:,.0f} over {draws} draws",
            "of how it moves, {sourced:.0%} rests on sourced, {claimed:.0%} on claimed and {assumed:.0%} on assumed numbers",
            ("assumption", "value", "low", "high", "weight", "more of it means"),
            ("less loss", "more loss"),
        ),
        "zh": (
            "{scenario} 未满足使用：中位数 {median:,.0f} 百万美元，{draws} 次抽样的 80% 区间 {low:,.0f} 至 {high:,.0f}",
            "其变动的 {sourced:.0%} 取决于有出处的数值，{claimed:.0%} 取决于待核实的数值，{assumed:.0%} 取决于假设",
            ("假设", "数值", "下限", "上限", "权重", "增大时"),
            ("损失减少", "损失增加"),
        ),
    }[language]
    loss = {
        key: evidence["loss_usd"][name] / 1e6
        for key, name in (("median", "median"), ("low", "low80"), ("high", "high80"))
    }
    typer.echo(words[0].format(scenario=evidence["scenario"], draws=evidence["draws"], **loss))
    typer.echo(words[1].format(**evidence["shares"]))
    lines = [
        (
            row["name"],
            f"{row['value']:,.4g}",
            f"{row['low']:,.4g}",
            f"{row['high']:,.4g}",
            f"{row['weight']:.0%}",
            words[3][row["direction"] > 0],
        )
        for row in evidence["assumptions"]
    ]
    print_grid(words[2], lines)


def print_grid(headings: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> None:
    """Lines under headings, as wide as the terminal, or as a wide page into a pipe."""
    import sys

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        grid.add_column(heading, overflow="fold")
    for line in lines:
        grid.add_row(*map(Text, line))
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False).print(grid)
