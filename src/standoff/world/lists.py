"""Lists that a person brings, as text: the cells of a CSV or Parquet file, and columns found by one of several names."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from standoff.errors import refuse

Rows = list[dict[str, str]]


def read_cells(path: Path) -> list[list[str]]:
    """Cells of a CSV or Parquet file, the header first; empty lines are left out.

    Raises:
        InputError: no such file, no rows, or Parquet without pyarrow.
    """
    what = f"file {path.name}"
    if not path.is_file():
        raise refuse(what, why="there is no such file", cure="Check the path", file=str(path))
    if path.suffix.lower() in (".parquet", ".pq"):
        return _read_parquet(path)
    with path.open(newline="", encoding="utf-8-sig") as stream:
        cells = [[cell.strip() for cell in row] for row in csv.reader(stream)]
    return [row for row in cells if any(row)]


def read_rows(path: Path) -> Rows:
    """Rows of a file by the names in its header. Raises InputError as `read_cells` does."""
    header, *rows = read_cells(path) or [[]]
    if not rows:
        raise refuse(
            f"file {path.name}",
            why="the file has no rows",
            cure="Give a header and at least one row",
            file=path.name,
        )
    width = len(header)
    return [dict(zip(header, [*row, *[""] * (width - len(row))], strict=False)) for row in rows]


def column_named(header: Sequence[str], aliases: Sequence[str]) -> str | None:
    """The column that has one of some names, the first of them that is there; None without one."""
    known = {column.strip().lower(): column for column in header}
    return next((known[alias] for alias in aliases if alias in known), None)


def column(rows: Rows, aliases: Mapping[str, Sequence[str]], name: str, *, file: str) -> list[str]:
    """The cells of a column that has one of some names.

    Raises:
        InputError: no such column, with the names that it may have.
    """
    found = column_named(list(rows[0]), aliases[name])
    if found is None:
        raise refuse(
            f"file {file}",
            why=f"there is no column {name}",
            cure=f"Name it one of: {', '.join(aliases[name])}",
            file=file,
            column=name,
        )
    return [row[found] for row in rows]


def as_number(text: str) -> float:
    """A number, NaN where there is none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _read_parquet(path: Path) -> list[list[str]]:
    try:
        parquet = import_module("pyarrow.parquet")
    except ImportError:
        raise refuse(
            f"file {path.name}",
            why="reading Parquet needs pyarrow, which is not installed",
            cure="Install it with: pip install pyarrow, or give CSV",
            file=path.name,
        ) from None
    table = parquet.read_table(path)
    columns = [[str(value).strip() for value in each] for each in table.to_pydict().values()]
    return [[str(name) for name in table.column_names], *map(list, zip(*columns, strict=True))]
