"""What was observed later: read last, and every row that is not used is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from standoff.errors import refuse
from standoff.studies.backtest.baseline import Total
from standoff.studies.backtest.episode import Episode
from standoff.studies.backtest.months import Month
from standoff.studies.backtest.rows import (
    LONGEST_SPLIT,
    STOP_COLUMNS,
    TONNES_COLUMNS,
    LeftOut,
    StopRow,
    by_month,
    read_header,
    read_rows,
    read_stops,
    tonnes_of,
)


@dataclass(frozen=True)
class Observed:
    """Rows of a file about an episode's later months, or about its firms.

    Attributes:
        file: name of the file.
        tonnes: by destination and month, in predicted months.
        stops: firms that stopped or did not.
        rows, left_out: how many rows there are, and those that are not used.
    """

    file: str
    tonnes: dict[str, dict[Month, float]]
    stops: list[StopRow]
    rows: int
    left_out: tuple[LeftOut, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, rows that are left out for the same reason together."""
        grouped: dict[tuple[str, str], list[int]] = {}
        for left in sorted(self.left_out):
            grouped.setdefault((left.why, left.value), []).append(left.row)
        return {
            "file": self.file,
            "rows": self.rows,
            "used": self.rows - len(self.left_out),
            "left_out": [{"why": why, "value": value, "rows": rows} for (why, value), rows in grouped.items()],
        }


def read_observed(path: Path, episode: Episode, *, known: Mapping[str, Sequence[Total]]) -> Observed:
    """Tonnes by destination and month, or firms that stopped, from a file of either kind.

    Args:
        path: a CSV file with the columns of the episode's own tonnes or stops; it may have more.
        episode: whose predicted months and firms are looked for.
        known: the episode's open totals: a sum that reaches back into them counts for what they leave.

    Raises:
        InputError: the columns are of neither kind, or with every row whose month or value cannot be read.
    """
    header = read_header(path)
    if set(STOP_COLUMNS) <= set(header):
        stops, left = read_stops(path, episode)
        return Observed(path.name, {}, stops, len(stops) + len(left), tuple(left))
    missing = [column for column in TONNES_COLUMNS if column not in header]
    if missing:
        raise refuse(
            f"file {path.name}",
            why=f"columns are missing: {', '.join(missing)} (or, for firms, "
            f"{', '.join(column for column in STOP_COLUMNS if column not in header)})",
            cure="Give the columns of the episode's own tonnes or of its stops, with commas between them",
            file=path.name,
            value=",".join(header)[:80],
        )
    rows = read_rows(path, TONNES_COLUMNS)
    read = tonnes_of(rows, episode, file=path.name)
    left_out = list(read.left_out)
    tonnes = {}
    for name, totals in read.totals.items():
        single = {each.months[0]: each.value for each in (*known.get(name, ()), *totals) if len(each.months) == 1}
        used = []
        for total in totals:
            why = _outside(total, name, episode, single=single)
            if why:
                left_out.append(LeftOut(read.row[name, total.months], why, name))
            else:
                used.append(total)
        months = by_month((*known.get(name, ()), *used))
        tonnes[name] = {month: value for month, value in months.items() if month in episode.predicted}
    return Observed(path.name, tonnes, [], len(rows), tuple(left_out))


def _outside(total: Total, destination: str, episode: Episode, *, single: Mapping[Month, float]) -> str:
    """Why a total says nothing about a predicted month; nothing where it does."""
    if destination not in episode.destinations:
        return f"of a destination that the episode does not predict, which are {', '.join(episode.destinations)}"
    if total.months[-1] <= episode.open_months[-1]:
        return "not later than the information date: the episode's own rows stand"
    if total.months[0] > episode.predicted[-1]:
        return "later than the predicted months"
    if len(total.months) > LONGEST_SPLIT:
        return f"a sum of more than {LONGEST_SPLIT} months"
    if len(total.months) > 1 and set(total.months) <= single.keys():
        return "a sum of months that have rows of their own"
    if len(total.months) > 1 and total.value < sum(single.get(month, 0.0) for month in total.months):
        return "a sum that is less than the month in it that has a row of its own"
    return ""
