"""A network of firms from lists: who sells how much to whom, and how far a sector can do without another's goods.

A firm list has one row a firm (``firm``, ``sector``), a link list one row a sale (``i`` supplier, ``j`` buyer, ``x`` value per year;
also ``supplier``, ``buyer``, ``weight`` or ``value``). Essentiality says how an input of one sector limits another: 0 negligible, 1
non-essential, 2 essential (`standoff.world.essentiality`).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.errors import Problems, refuse
from standoff.world.essentiality import read_essentiality
from standoff.world.lists import as_number, column, read_rows

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

COLUMNS = {
    "supplier": ("i", "supplier", "seller", "from"),
    "buyer": ("j", "buyer", "customer", "to"),
    "value": ("x", "value", "weight", "w"),
    "firm": ("firm", "id", "name"),
    "sector": ("sector", "nace", "industry"),
}
FILES = ("firms.csv", "links.csv", "essentiality.csv")


@dataclass(frozen=True)
class FirmNetwork:
    """Firms and the sales between them."""

    firms: tuple[str, ...]
    sectors: tuple[str, ...]
    sector: Index
    """Sector of each firm, (firms,)."""
    supplier: Index
    buyer: Index
    value: Array
    """Sales of supplier to buyer, (links,); one row a pair."""
    essentiality: npt.NDArray[np.int8]
    """Of the input sector (row) for the buyer's sector (column): 0, 1 or 2."""


def read_firms(links: Path, firms: Path, *, essentiality: Path | str = "linear") -> FirmNetwork:
    """Read a firm network from CSV or Parquet lists.

    Args:
        links: link list.
        firms: firm list.
        essentiality: a file, or ``linear`` (every input non-essential) or ``leontief`` (every input essential).

    Raises:
        InputError: with everything that is wrong: missing columns, unknown or repeated firms, values that are no positive number.
    """
    problems = Problems(f"firm network {links.name}")
    firm_rows = read_rows(firms)
    names = column(firm_rows, COLUMNS, "firm", file=firms.name)
    sector_of = column(firm_rows, COLUMNS, "sector", file=firms.name)
    place = {name: number for number, name in enumerate(names)}
    if len(place) < len(names):
        for row, name in enumerate(names, start=2):
            if place[name] != row - 2:
                problems.add(
                    file=firms.name,
                    row=row,
                    column="firm",
                    value=name,
                    why="this firm stands twice",
                    cure="Keep one row",
                )
    sectors = tuple(dict.fromkeys(sector_of))
    supplier, buyer, value = _read_links(links, place, problems)
    number = {name: index for index, name in enumerate(sectors)}
    sector = np.array([number[name] for name in sector_of], dtype=np.int64)
    used = np.zeros((len(sectors), len(sectors)), dtype=bool)
    used[sector[supplier], sector[buyer]] = True
    matrix = read_essentiality(essentiality, sectors, used, problems)
    problems.raise_if_any()
    supplier, buyer, value = _merge(supplier, buyer, value, len(names))
    return FirmNetwork(
        firms=tuple(names),
        sectors=sectors,
        sector=sector,
        supplier=supplier,
        buyer=buyer,
        value=value,
        essentiality=matrix,
    )


def read_firm_folder(folder: Path, *, essentiality: str = "") -> FirmNetwork:
    """Read what `write_firms` wrote. A pattern name replaces the essentiality of the folder."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise refuse(
            f"firm network {folder.name}",
            why=f"the folder has no {', '.join(missing)}",
            cure="Make it with: standoff world from-firms FOLDER --links L.csv --firms F.csv",
        )
    links, firms, matrix = (folder / name for name in ("links.csv", "firms.csv", "essentiality.csv"))
    return read_firms(links, firms, essentiality=essentiality or matrix)


def write_firms(network: FirmNetwork, folder: Path) -> tuple[Path, ...]:
    """Write the three lists of a firm network; the files are read back to the bit."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, list[Sequence[Any]]] = {
        "firms.csv": [("firm", "sector")],
        "links.csv": [("supplier", "buyer", "value")],
        "essentiality.csv": [("input_sector", "buyer_sector", "essentiality")],
    }
    rows["firms.csv"] += [
        (name, network.sectors[sector]) for name, sector in zip(network.firms, network.sector, strict=True)
    ]
    rows["links.csv"] += [
        (network.firms[i], network.firms[j], repr(float(x)))
        for i, j, x in zip(network.supplier, network.buyer, network.value, strict=True)
    ]
    rows["essentiality.csv"] += [
        (k, m, int(network.essentiality[row, column]))
        for row, k in enumerate(network.sectors)
        for column, m in enumerate(network.sectors)
    ]
    for name, content in rows.items():
        with (folder / name).open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream, lineterminator="\n").writerows(content)
    return tuple(folder / name for name in rows)


def _read_links(path: Path, place: Mapping[str, int], problems: Problems) -> tuple[Index, Index, Array]:
    rows = read_rows(path)
    ends = {side: column(rows, COLUMNS, side, file=path.name) for side in ("supplier", "buyer")}
    numbers = {}
    for side, names in ends.items():
        for row, name in enumerate(names, start=2):
            if name not in place:
                problems.add(
                    file=path.name,
                    row=row,
                    column=side,
                    value=name,
                    why="the firm list has no such firm",
                    cure="Add it to the firm list or drop the link",
                )
        numbers[side] = np.array([place.get(name, 0) for name in names], dtype=np.int64)
    values = np.zeros(len(ends["supplier"]))
    for row, text in enumerate(column(rows, COLUMNS, "value", file=path.name)):
        number = as_number(text)
        if not (np.isfinite(number) and number >= 0):
            problems.add(
                file=path.name,
                row=row + 2,
                column="value",
                value=text,
                why="not a number of 0 or more",
                cure="Correct it",
            )
        values[row] = number
    return numbers["supplier"], numbers["buyer"], values


def _merge(supplier: Index, buyer: Index, value: Array, count: int) -> tuple[Index, Index, Array]:
    """One row a pair of firms, those without sales dropped."""
    pairs, place = np.unique(supplier * count + buyer, return_inverse=True)
    total: Array = np.bincount(place, value, len(pairs)).astype(float)
    kept = total > 0
    return pairs[kept] // count, pairs[kept] % count, total[kept]
