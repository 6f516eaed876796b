"""Read a network of firms in the five text files of Inoue and Todo's simulator.

``A`` (supplier, buyer, sales per day), ``C`` (firm, final demand per day), ``F`` (firm, sector, and what follows), ``P`` (firm, output; not
used: output is sales plus final demand) and ``delta`` (firm, share of capacity lost), each a text file of columns between blanks. A file
``firms.csv`` beside them, if there is one, says where firms are: columns ``firm`` and ``place`` (or ``region``, or ``country``).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from standoff.errors import Problems, nearest, refuse

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

PATTERNS = {
    "A": ("A.txt", "*ATable*.txt"),
    "C": ("C.txt", "*CVector*.txt"),
    "F": ("F.txt", "*Affiliation*.txt"),
    "delta": ("delta.txt", "*[Dd]elta*.txt"),
}
PLACES, PLACE_COLUMNS = "firms.csv", ("place", "region", "country")


@dataclass(frozen=True)
class FirmFolder:
    """Firms, sales, final demand and damage as the files have them."""

    firms: tuple[str, ...]
    sector: Index
    supplier: Index
    buyer: Index
    flow: Array
    final: Array
    capacity_lost: Array
    place: Index | None = None
    """Number of the place of each firm; None where it is not told."""


def read_firm_files(folder: Path) -> FirmFolder:
    """Read a folder with the files A, C, F and delta, or one that has them in its folder ``input``.

    Raises:
        InputError: with every missing file, unknown firm and wrong number.
    """
    problems = Problems(f"firm files {folder.name}")
    if not folder.is_dir():
        raise refuse(
            f"firm files {folder.name}", why="there is no such folder", cure="Check the path", file=str(folder)
        )
    if not (folder / "A.txt").exists() and (folder / "input").is_dir():
        folder = folder / "input"
    paths = {name: _find(folder, name, problems) for name in PATTERNS}
    problems.raise_if_any()
    rows = {name: _read(path, 3 if name == "A" else 2, problems) for name, path in paths.items()}
    problems.raise_if_any()
    firms = tuple(row[0] for row in rows["F"])
    place = {name: number for number, name in enumerate(firms)}
    sectors = {name: number for number, name in enumerate(dict.fromkeys(row[1] for row in rows["F"]))}
    for name in ("A", "C", "delta"):
        for line, row in enumerate(rows[name], start=1):
            for firm in row[:2] if name == "A" else row[:1]:
                if firm not in place:
                    problems.add(
                        file=paths[name].name,
                        row=line,
                        value=firm,
                        why="F has no such firm",
                        cure="Add it or drop the row",
                    )
    problems.raise_if_any()
    return FirmFolder(
        firms=firms,
        sector=np.array([sectors[row[1]] for row in rows["F"]], dtype=np.int64),
        supplier=np.array([place[row[0]] for row in rows["A"]], dtype=np.int64),
        buyer=np.array([place[row[1]] for row in rows["A"]], dtype=np.int64),
        flow=_numbers(rows["A"], 2, paths["A"].name, problems),
        final=_spread(rows["C"], place, paths["C"].name, problems),
        capacity_lost=_spread(rows["delta"], place, paths["delta"].name, problems, largest=1.0),
        place=_places(folder / PLACES, place),
    )


def _places(path: Path, firms: Mapping[str, int]) -> Index | None:
    """Where each firm is, if the file is there and has a column for it."""
    if not path.is_file():
        return None
    with path.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.DictReader(stream, restkey="", restval="")
        column = next((name for name in PLACE_COLUMNS if name in (reader.fieldnames or ())), None)
        rows = list(reader)
    if column is None:
        return None
    problems = Problems(f"places of firms {path.name}")
    found: dict[str, str] = {}
    for number, row in enumerate(rows, start=2):
        firm, where = row.get("firm", ""), row[column].strip()
        if firm not in firms:
            cure = nearest(firm, firms)
            problems.add(file=path.name, row=number, column="firm", value=firm, why="F has no such firm", cure=cure)
        elif not where:
            problems.add(file=path.name, row=number, column=column, why="no place is told", cure="Write where it is")
        found[firm] = where
    for firm in firms:
        if firm not in found:
            problems.add(file=path.name, value=firm, why="the firm has no row", cure="Add where it is")
    problems.raise_if_any()
    numbers = {name: number for number, name in enumerate(dict.fromkeys(found.values()))}
    return np.array([numbers[found[firm]] for firm in firms], dtype=np.int64)


def _find(folder: Path, name: str, problems: Problems) -> Path:
    for pattern in PATTERNS[name]:
        found = sorted(folder.glob(pattern))
        if found:
            return found[0]
    problems.add(file=f"{name}.txt", why="there is no such file", cure=f"Put {name}.txt into {folder.name}")
    return folder / f"{name}.txt"


def _read(path: Path, columns: int, problems: Problems) -> list[list[str]]:
    rows = [line.split() for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    for number, row in enumerate(rows, start=1):
        if len(row) < columns:
            problems.add(file=path.name, row=number, why=f"fewer than {columns} columns", cure="Complete the row")
    return rows


def _numbers(rows: list[list[str]], column: int, file: str, problems: Problems, *, largest: float = np.inf) -> Array:
    values = np.zeros(len(rows))
    for number, row in enumerate(rows):
        try:
            values[number] = float(row[column])
        except ValueError:
            values[number] = np.nan
        if not 0 <= values[number] <= largest:
            problems.add(
                file=file,
                row=number + 1,
                value=row[column],
                why=f"not a number from 0 to {largest:g}",
                cure="Correct it",
            )
    problems.raise_if_any()
    return values


def _spread(
    rows: list[list[str]], place: dict[str, int], file: str, problems: Problems, *, largest: float = np.inf
) -> Array:
    values = np.zeros(len(place))
    values[[place[row[0]] for row in rows]] = _numbers(rows, 1, file, problems, largest=largest)
    return values
