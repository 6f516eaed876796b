"""``standoff backtest`` and ``standoff calibrate``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from standoff.studies.backtest.episode import Episode
    from standoff.studies.backtest.frozen import Frozen

EpisodeArgument = Annotated[
    str, typer.Argument(metavar="EPISODE", help="A shipped name or a folder with episode.yaml.")
]
OutOption = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where to write.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else.")]
DrawsOption = Annotated[int, typer.Option("--draws", min=64, help="Draws of a calibration round.")]
RoundsOption = Annotated[int, typer.Option("--rounds", min=2, help="Calibration rounds in each structure.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Of the draws.")]


def calibrate(
    episode: EpisodeArgument,
    draws: DrawsOption = 512,
    rounds: RoundsOption = 6,
    seed: SeedOption = 0,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Calibrate an episode on its open rows; write posterior, forecasts and what the data cannot tell."""
    from standoff.studies.backtest.episode import read_episode
    from standoff.studies.backtest.frozen import write_frozen

    asked = read_episode(episode)
    frozen = _make(asked, draws=draws, rounds=rounds, seed=seed)
    written = write_frozen(frozen, out if out is not None else Path("out") / asked.name)
    if as_json:
        typer.echo(json.dumps({**frozen.record, "files": [str(path) for path in written]}, indent=2))
        return
    for line in _numbers(frozen.record):
        typer.echo(line)
    for path in written:
        typer.echo(f"written: {path}")


def backtest(
    episode: EpisodeArgument,
    observed: Annotated[
        Path | None,
        typer.Option("--observed", metavar="FILE", help="Later rows, read after the forecasts are written."),
    ] = None,
    freeze: Annotated[bool, typer.Option("--freeze", help="Calibrate anew and keep it beside the episode.")] = False,
    draws: DrawsOption = 512,
    rounds: RoundsOption = 6,
    seed: SeedOption = 0,
    out: OutOption = None,
    lang: Annotated[str, typer.Option("--lang", help="Of the report: en or zh.")] = "en",
    as_json: JsonOption = False,
) -> None:
    """Print an episode's forecasts beside what was observed, naive forecasts and the run without the measure."""
    from standoff.errors import refuse
    from standoff.results.report.backtests import write_backtest_report
    from standoff.studies.backtest.episode import read_episode
    from standoff.studies.backtest.frozen import FILES, FOLDER, read_frozen, write_frozen
    from standoff.studies.backtest.study import backtest as hold_against
    from standoff.studies.backtest.study import is_current

    asked = read_episode(episode)
    folder = out if out is not None else Path("out") / asked.name
    if observed is not None and not observed.is_file():
        raise refuse("--observed", why="there is no such file", cure="Check the path", value=observed)
    if observed is not None and observed.resolve() in {(folder / name).resolve() for name in FILES}:
        raise refuse("--out", why="the observed file would be written over", cure="Give another folder", value=folder)
    kept = asked.folder / FOLDER
    shipped = read_frozen(kept) if (kept / "frozen.json").is_file() and not freeze else None
    if shipped is not None and is_current(shipped, asked):
        frozen = shipped
    else:
        frozen = _make(asked, draws=draws, rounds=rounds, seed=seed)
        if freeze:
            write_frozen(frozen, kept)
    written = write_frozen(frozen, folder)
    found = hold_against(asked, frozen, observed=observed)
    written.append(write_backtest_report(asked, frozen, found, written[0].parent / "backtest.html", lang=lang))
    if as_json:
        typer.echo(json.dumps({**found, "files": [str(path) for path in written]}, indent=2))
        return
    for line in plain_backtest(found):
        typer.echo(line)
    for path in written:
        typer.echo(f"written: {path}")


def _make(episode: Episode, *, draws: int, rounds: int, seed: int) -> Frozen:
    from standoff.studies.backtest.study import make_frozen

    total = draws * rounds * len(episode.structure.values)

    def tell(done: int) -> None:
        if sys.stderr.isatty():
            typer.echo(f"calibration: {done:,} of {total:,} draws", err=True)

    return make_frozen(episode, draws=draws, rounds=rounds, seed=seed, progress=tell)[2]


def _numbers(record: dict[str, Any]) -> list[str]:
    lines = [f"{record['draws']:,} draws, {record['effective_draws']:.0f} effective", ""]
    lines.append(f"{'number':<22}{'median':>12}{'80 % from':>12}{'to':>12}{'spread left':>14}")
    for name, row in record["numbers"].items():
        told = "" if row["moved"] else "  not told by the data"
        lines.append(
            f"{name:<22}{row['median']:>12.3g}{row['lo80']:>12.3g}{row['hi80']:>12.3g}{row['spread_left']:>14.0%}{told}"
        )
    return [*lines, *_checks(record)]


def _checks(record: dict[str, Any]) -> list[str]:
    """Posterior predictive checks, in the same words as the record has them; a record of an earlier version has none."""
    if "checks" not in record:
        return []
    lines = ["", "what the fitted model would have had the open rows be, beside what they were"]
    lines.append(f"{'statistic':<40}{'of':<18}{'observed':>10}{'median':>10}{'80 % from':>11}{'to':>10}{'p above':>9}")
    for row in record["checks"]:
        lines.append(
            f"{row['statistic']:<40}{row['of']:<18}{row['observed']:>10.4g}{row['median']:>10.4g}{row['lo80']:>11.4g}"
            f"{row['hi80']:>10.4g}{row['probability']:>9.3f}{'  fails' if row['failed'] else ''}"
        )
    return lines


def plain_backtest(found: dict[str, Any]) -> list[str]:
    """A back-test as lines for a terminal."""
    lines = [
        f"{found['episode']}, what was known on {found['information_date']}"
        f" (code {found['frozen']['version']}, data {found['frozen']['data_fingerprint'][:12]})",
        "",
        f"{'destination':<14}{'month':<9}{'forecast':<17}{'median':>9}{'80 % from':>11}{'to':>9}{'observed':>10}{'error':>9}",
    ]
    for row in (*found["open_months"], *found["series"]):
        seen = row["observed"]
        tail = f"{seen:>10,.0f}{row['median'] - seen:>+9,.0f}" if seen is not None else f"{'-':>10}{'':>9}"
        lines.append(
            f"{row['destination']:<14}{row['month']:<9}{row['forecast']:<17}"
            f"{row['median']:>9,.0f}{row['lo80']:>11,.0f}{row['hi80']:>9,.0f}{tail}"
        )
    for title, summary in (("open months", found["summary_open"]), ("later months", found["summary"])):
        for name, row in summary.items():
            lines.append("")
            lines.append(f"{name}, {title}: n = {row['n']}")
            if row["n"]:
                lines += [f"  {key:<20}{_plain(value)}" for key, value in row.items() if key != "n"]
    lines.append("")
    lines.append(f"{'firm class':<16}{'hits':>6}{'misses':>8}{'false alarms':>14}{'rightly none':>14}")
    for name, row in found["stops"].items():
        lines.append(
            f"{name:<16}{row['hits']:>6}{row['misses']:>8}{row['false_alarms']:>14}{row['correct_no_stop']:>14}"
        )
    return [*lines, *_checks(found["frozen"]), *_observed_lines(found["observed"])]


def _observed_lines(observed: dict[str, Any] | None) -> list[str]:
    """Which rows of the observed file count, and why the others do not."""
    if observed is None:
        return []
    lines = ["", f"{observed['file']}: {observed['used']} of {observed['rows']} rows used"]
    for left in observed["left_out"]:
        value = f" ({left['value']})" if left["value"] else ""
        lines.append(f"  left out, {left['why']}{value}: row {', '.join(str(row) for row in left['rows'])}")
    return lines


def _plain(value: Any) -> str:
    return "-" if value is None else value if isinstance(value, str) else f"{value:,.2f}"
