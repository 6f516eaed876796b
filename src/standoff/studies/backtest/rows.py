"""Rows of observations: read, checked, and turned into totals of months and firms that stopped or did not."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from standoff.errors import Problems, refuse
from standoff.studies.backtest.baseline import Total
from standoff.studies.backtest.episode import Episode
from standoff.studies.backtest.months import Month, first_day, month_of, split_by_days

TONNES_COLUMNS = ("month", "period_end", "product", "destination", "value", "unit")
STOP_COLUMNS = ("episode", "trigger_date", "firm", "country", "product", "outcome", "stop_date")
LONGEST_SPLIT = 2
"""Months of a sum that is split by days when it is scored; longer sums are left alone."""
KINDS = ("reported", "derived", "estimate", "claim")
CONFIDENCE = ("high", "medium", "low")
"""Of two rows about the same months the one that comes first in these counts (optional columns ``kind`` and ``confidence``)."""
NOT_TONNES = "not in tonnes"
OTHER_PRODUCT = "of another product"

Rows = Mapping[int, Mapping[str, str]]
"""Cells by column, by line of the file."""


class LeftOut(NamedTuple):
    """A row that says nothing about what is asked, and why."""

    row: int
    why: str
    value: str


@dataclass(frozen=True)
class Tonnes:
    """Totals of an episode's product.

    Attributes:
        totals: by destination.
        row: line of each total, by destination and months.
        left_out: rows about anything else.
    """

    totals: dict[str, list[Total]] = field(default_factory=dict)
    row: dict[tuple[str, tuple[Month, ...]], int] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)


@dataclass(frozen=True)
class StopRow:
    """A firm that stopped, or did not.

    Attributes:
        firm, firm_class: name and class of firms.
        stopped: whether it stopped.
        by: the day of the stop, or until when it had not; None where the row does not say.
    """

    firm: str
    firm_class: str
    stopped: bool
    by: dt.date | None


def read_header(path: Path) -> tuple[str, ...]:
    """Columns of a CSV file; empty for an empty file.

    Raises:
        InputError: there is no such file, or it is not text.
    """
    return tuple(_reader(path).fieldnames or ())


def read_rows(path: Path, columns: Sequence[str]) -> dict[int, dict[str, str]]:
    """Rows of a CSV file that has at least these columns, by line.

    Raises:
        InputError: there is no such file, columns are missing, or with every row that has more or fewer cells than its file has columns.
    """
    reader = _reader(path)
    header = list(reader.fieldnames or ())
    problems = Problems(f"file {path.name}")
    missing = [column for column in columns if column not in header]
    if missing:
        raise refuse(
            problems.what,
            why=f"columns are missing: {', '.join(missing)}",
            cure="Keep the columns of the episode's own file, with commas between them",
            file=path.name,
            value=",".join(header)[:80],
        )
    found = {}
    for cells in reader:
        if None in cells or any(cells[column] is None for column in columns):
            problems.add(
                file=path.name,
                row=reader.line_num,
                why="the row has more or fewer cells than the file has columns",
                cure="Put quotation marks around a cell that holds a comma, write 1000 and not 1,000",
            )
        else:
            found[reader.line_num] = {name: (cell or "").strip() for name, cell in cells.items()}
    problems.raise_if_any()
    return found


def _reader(path: Path) -> csv.DictReader[str]:
    if not path.is_file():
        raise refuse(f"file {path.name}", why="there is no such file", cure="Check the path", value=path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise refuse(f"file {path.name}", why="this is not UTF-8 text", cure="Save it as CSV in UTF-8") from None
    return csv.DictReader(io.StringIO(text, newline=""))


def tonnes_of(rows: Rows, episode: Episode, *, file: str) -> Tonnes:
    """Totals of the episode's product by destination, in tonnes.

    Raises:
        InputError: months or numbers that are none, with every row that is wrong.
    """
    problems = Problems(f"file {file}")
    found = Tonnes()
    for row, cells in rows.items():
        if cells["product"] != episode.product:
            found.left_out.append(LeftOut(row, OTHER_PRODUCT, cells["product"]))
        elif cells["unit"] != "t":
            found.left_out.append(LeftOut(row, NOT_TONNES, cells["unit"]))
        elif not cells["value"]:
            found.left_out.append(LeftOut(row, "without a value", cells["month"]))
        else:
            total = _total(row, cells, problems, file=file)
            if total is not None:
                _add(found, total, row, rows)
    problems.raise_if_any()
    return found


def _total(row: int, cells: Mapping[str, str], problems: Problems, *, file: str) -> Total | None:
    """The sum that a row gives; None, and a problem, where it gives none."""
    months: list[Month] = []
    for column in ("month", "period_end") if cells["period_end"] else ("month",):
        try:
            months.append(month_of(cells[column]))
        except ValueError:
            problems.add(
                file=file, row=row, column=column, why="this is not a month", cure="Write 2025-07", value=cells[column]
            )
            return None
    try:
        value = float(cells["value"])
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        problems.add(
            file=file,
            row=row,
            column="value",
            why="this is not a number of tonnes",
            cure="Write 5280",
            value=cells["value"],
        )
        return None
    if months[-1] < months[0]:
        problems.add(
            file=file,
            row=row,
            column="period_end",
            why=f"the period ends before it begins ({cells['month']})",
            cure="Give the last month of the sum, or nothing for a single month",
            value=cells["period_end"],
        )
        return None
    return Total(tuple(range(months[0], months[-1] + 1)), value)


def _add(found: Tonnes, total: Total, row: int, rows: Rows) -> None:
    """Enter a total; where another row speaks of the same months, the one on the better evidence counts, else the later one."""
    destination = rows[row]["destination"]
    totals = found.totals.setdefault(destination, [])
    before = found.row.get((destination, total.months))
    if before is not None:
        worse = before if _evidence(rows[row]) <= _evidence(rows[before]) else row
        better = row if worse == before else before
        found.left_out.append(
            LeftOut(worse, f"another row speaks of the same months: row {better} counts", destination)
        )
        if worse == row:
            return
        totals[:] = [each for each in totals if each.months != total.months]
    totals.append(total)
    found.row[destination, total.months] = row


def _evidence(cells: Mapping[str, str]) -> tuple[int, int]:
    """Places of a row's kind and confidence in their orders; behind all others where it has none."""
    return _place(cells.get("kind", ""), KINDS), _place(cells.get("confidence", ""), CONFIDENCE)


def _place(word: str, order: Sequence[str]) -> int:
    return order.index(word.lower()) if word.lower() in order else len(order)


def open_tonnes(episode: Episode) -> dict[str, list[Total]]:
    """The episode's own totals that end no later than its information date.

    Raises:
        InputError: with every row that is wrong.
    """
    read = tonnes_of(read_rows(episode.folder / episode.tonnes, TONNES_COLUMNS), episode, file=episode.tonnes)
    problems = Problems(f"file {episode.tonnes}")
    for left in read.left_out:
        if left.why == NOT_TONNES:
            problems.add(file=episode.tonnes, row=left.row, why=left.why, cure="Give tonnes", value=left.value)
    problems.raise_if_any()
    last = month_of(episode.information_date.isoformat())
    return {name: [total for total in totals if total.months[-1] <= last] for name, totals in read.totals.items()}


def disjoint(totals: Iterable[Total]) -> list[Total]:
    """Totals without overlap: what shorter totals say is taken off longer ones, and what is left is spread over the other months."""
    kept: list[Total] = []
    for total in sorted(totals, key=lambda each: (len(each.months), each.months)):
        inside = [each for each in kept if set(each.months) <= set(total.months)]
        known = {month for each in inside for month in each.months}
        rest = tuple(month for month in total.months if month not in known)
        left = total.value - sum(each.value for each in inside)
        overlapping = any(set(rest) & set(each.months) for each in kept)
        if rest and left > 0 and not overlapping:
            kept.append(Total(rest, left))
    return sorted(kept, key=lambda each: each.months)


def by_month(totals: Iterable[Total]) -> dict[Month, float]:
    """Tonnes by month: single months as they stand; of a sum of two months, what a single month leaves, split by days."""
    short = sorted((total for total in totals if len(total.months) <= LONGEST_SPLIT), key=lambda each: len(each.months))
    found: dict[Month, float] = {}
    single = {total.months[0]: total.value for total in short if len(total.months) == 1}
    for total in short:
        rest = [month for month in total.months if month not in single or len(total.months) == 1]
        left = total.value - sum(single[month] for month in total.months if month not in rest)
        if rest and left >= 0:
            found = {**split_by_days(left, rest), **found}
    return found


def read_stops(path: Path, episode: Episode) -> tuple[list[StopRow], list[LeftOut]]:
    """Firms of the episode that stopped and that did not, and the rows about anything else."""
    found: list[StopRow] = []
    left_out: list[LeftOut] = []
    for row, cells in read_rows(path, STOP_COLUMNS).items():
        outcome = cells["outcome"].lower()
        firm_class = _class_of(cells["product"], episode)
        if cells["episode"] != episode.stop_episode:
            left_out.append(LeftOut(row, "of another episode", cells["episode"]))
        elif outcome not in ("stop", "no stop"):
            left_out.append(LeftOut(row, "the outcome is neither stop nor no stop", cells["outcome"]))
        elif firm_class is None:
            left_out.append(LeftOut(row, "the product is of none of the episode's firm classes", cells["product"]))
        else:
            found.append(StopRow(cells["firm"], firm_class, outcome == "stop", _day(cells["stop_date"])))
    return found, left_out


def _class_of(product: str, episode: Episode) -> str | None:
    for name, firms in episode.firm_classes.items():
        if any(word in product.lower() for word in firms.words):
            return name
    return None


def _day(text: str) -> dt.date | None:
    """The day that a cell begins with (``2025-06-04 (by)``), the end of the month (``2025-06``), or None."""
    written = re.match(r"(\d{4}-\d{2})(-\d{2})?", text)
    if written is None:
        return None
    try:
        return dt.date.fromisoformat(written[0]) if written[2] else first_day(month_of(written[1]) + 1)
    except ValueError:
        return None
