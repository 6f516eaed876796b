"""How far a sector can do without another's goods: read from a list, from a table, or as one level for all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from standoff.errors import Problems, refuse
from standoff.world.lists import as_number, column_named, read_cells

Levels = npt.NDArray[np.int8]
Entry = tuple[int, str, str, str]
"""Row of the file, input sector, buyer's sector, level."""

NEGLIGIBLE, NON_ESSENTIAL, ESSENTIAL = 0, 1, 2
PATTERNS = {"linear": NON_ESSENTIAL, "leontief": ESSENTIAL}
UNTOLD = -1
COUNTED = re.compile(r"[VX]\d+")
"""Name that R gives to a column without one, or to one whose name is a number."""
COLUMNS = {
    "input": ("input_sector", "supplier_sector", "seller_sector", "sector_in", "input", "supplier", "from", "i", "k"),
    "buyer": ("buyer_sector", "customer_sector", "output_sector", "sector_out", "buyer", "customer", "to", "j", "l"),
    "level": ("essentiality", "essential", "ess", "level", "rating", "value", "weight", "e", "x"),
}


def read_essentiality(
    source: Path | str, sectors: Sequence[str], used: npt.NDArray[np.bool_], problems: Problems
) -> Levels:
    """Essentiality by input and buyer's sector; it has to be told for pairs that trade, and is 0 for others left out.

    A file is a list or a table. A list has three columns: input sector, buyer's sector, level, found by name in any order, or by place if
    their names say nothing or there is no header. A table has one row an input sector and one column a buyer's sector, named, or in the
    order of the sectors where that is beyond doubt (numbers from 1, or listed in order).

    Args:
        source: a file, or ``linear`` (every input non-essential) or ``leontief`` (every input essential).
        sectors: their names.
        used: pairs that trade, (sectors, sectors).
        problems: takes what is wrong in the file.

    Raises:
        InputError: no such pattern or file, or a table without names whose order is in doubt.
    """
    if isinstance(source, str):
        if source not in PATTERNS:
            raise refuse(
                "essentiality",
                why="neither a file nor a pattern",
                cure=f"Give a file or one of {', '.join(PATTERNS)}",
                value=source,
            )
        return np.full((len(sectors), len(sectors)), PATTERNS[source], dtype=np.int8)
    place = {name: index for index, name in enumerate(sectors)}
    levels = np.full((len(sectors), len(sectors)), UNTOLD, dtype=np.int8)
    for row, input_sector, buyer_sector, text in _entries(source, sectors):
        level = as_number(text)
        if level not in (NEGLIGIBLE, NON_ESSENTIAL, ESSENTIAL):
            problems.add(
                file=source.name,
                row=row,
                value=text,
                column="essentiality",
                why="not 0, 1 or 2",
                cure="0 negligible, 1 non-essential, 2 essential",
            )
        elif input_sector in place and buyer_sector in place:
            levels[place[input_sector], place[buyer_sector]] = int(level)
    for k, m in np.argwhere((levels == UNTOLD) & used):
        problems.add(
            file=source.name,
            why=f"no essentiality of inputs from sector {sectors[k]} for sector {sectors[m]}",
            cure="Add the row or the cell",
        )
    return np.maximum(levels, NEGLIGIBLE)


def _entries(source: Path, sectors: Sequence[str]) -> list[Entry]:
    cells = read_cells(source)
    if not cells:
        raise refuse(f"file {source.name}", why="the file is empty", cure="Give a list or a table", file=source.name)
    header, known = cells[0], set(sectors)
    named = [column_named(header, COLUMNS[name]) for name in ("input", "buyer", "level")]
    if all(named):
        return _list(cells[1:], [header.index(str(name)) for name in named], first=2)
    if _is_square(cells, len(sectors)):
        names = _in_order(sectors, source)
        return _table(cells, names, names, first=1)
    if _is_entry(header, known):
        return _list(cells, [0, 1, 2], first=1)
    if len(header) == 3 and not set(header[1:]) <= known:
        return _list(cells[1:], [0, 1, 2], first=2)
    return _table_with_header(cells, sectors, source)


def _table_with_header(cells: list[list[str]], sectors: Sequence[str], source: Path) -> list[Entry]:
    """A table under a header, with a column of names before it or without."""
    header, body = cells[0], cells[1:]
    width = len(body[0]) if body else 0
    if width == len(header) + 1:  # as R writes it: no name above the names of the rows
        header = ["", *header]
    if len(header) == width == len(body) and (header[0] in sectors or COUNTED.fullmatch(header[0])):
        names = _sectors_meant(header, sectors, source)
        return _table(body, names, names, first=2)
    columns = _sectors_meant(header[1:], sectors, source)
    return _table([row[1:] for row in body], [row[0] for row in body], columns, first=2)


def _sectors_meant(names: Sequence[str], sectors: Sequence[str], source: Path) -> Sequence[str]:
    """Sectors that the names of columns stand for: themselves, or what R makes of them (X before a number; V1, V2, ...)."""
    if set(names) & set(sectors) or not all(COUNTED.fullmatch(name) for name in names):
        return names
    bare = [name[1:] for name in names]
    return bare if set(bare) >= set(sectors) else _in_order(sectors, source)


def _is_square(cells: list[list[str]], size: int) -> bool:
    """Whether a file is a table of levels and nothing else."""
    levels = {"0", "1", "2", "0.0", "1.0", "2.0"}
    return len(cells) == size and all(len(row) == size and set(row) <= levels for row in cells)


def _is_entry(row: Sequence[str], known: set[str]) -> bool:
    return len(row) == 3 and {row[0], row[1]} <= known and as_number(row[2]) in (NEGLIGIBLE, NON_ESSENTIAL, ESSENTIAL)


def _in_order(sectors: Sequence[str], source: Path) -> list[str]:
    """The sectors in the order that a table without names can only mean.

    Raises:
        InputError: they are neither numbers from 1 nor listed in order.
    """
    counted = [str(place) for place in range(1, len(sectors) + 1)]
    if set(sectors) == set(counted):
        return counted
    if list(sectors) == sorted(sectors):
        return list(sectors)
    raise refuse(
        f"file {source.name}",
        why="a table without names of sectors, which are neither numbers from 1 nor listed in order",
        cure="Write the sectors in a header and in the first column",
        file=source.name,
    )


def _list(rows: list[list[str]], places: Sequence[int], *, first: int) -> list[Entry]:
    entries = []
    for row, cells in enumerate(rows, start=first):
        input_sector, buyer_sector, level = (cells[place] if place < len(cells) else "" for place in places)
        entries.append((row, input_sector, buyer_sector, level))
    return entries


def _table(rows: list[list[str]], inputs: Sequence[str], buyers: Sequence[str], *, first: int) -> list[Entry]:
    return [
        (row, name, buyer, text)
        for row, (name, cells) in enumerate(zip(inputs, rows, strict=False), start=first)
        for buyer, text in zip(buyers, cells, strict=False)
    ]
