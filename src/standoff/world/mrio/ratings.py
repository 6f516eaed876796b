"""How critical each input is to each sector: 1 it stops without, 0.5 it is halved, 0 it goes on (the ratings of Pichler et al. 2022)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from standoff.errors import Problems, nearest, refuse

LEVELS = (0.0, 0.5, 1.0)


def read_ratings(path: str | Path, sectors: Sequence[str]) -> npt.NDArray[np.float64]:
    """Read a CSV with input sectors down and buying sectors across.

    Returns:
        Ratings, (sectors, sectors), in the order of the table.

    Raises:
        InputError: with every sector that is missing or unknown and every cell that is no rating.
    """
    path = Path(path)
    problems = Problems(f"ratings {path.name}")
    if not path.is_file():
        raise refuse(problems.what, why="there is no such file", cure="Check the path", value=path)
    with path.open(newline="", encoding="utf-8-sig") as stream:
        head, *rows = csv.reader(stream)
    buyers, inputs = [name.strip() for name in head[1:]], [row[0].strip() for row in rows]
    for kind, found in {"column": buyers, "row": inputs}.items():
        for name in sorted(set(found) - set(sectors)):
            problems.add(
                file=path.name, why=f"{kind} of a sector that the table lacks", cure=nearest(name, sectors), value=name
            )
        for name in sorted(set(sectors) - set(found)):
            problems.add(file=path.name, why=f"there is no {kind} for this sector", cure="Add it", value=name)
    problems.raise_if_any()
    matrix = np.zeros((len(sectors), len(sectors)))
    for number, row in enumerate(rows, start=2):
        for buyer, text in zip(buyers, row[1:], strict=True):
            level = _level(text)
            if level is None:
                problems.add(
                    file=path.name, row=number, column=buyer, value=text, why="not 0, 0.5 or 1", cure="Correct it"
                )
            else:
                matrix[sectors.index(row[0].strip()), sectors.index(buyer)] = level
    problems.raise_if_any()
    return matrix


def _level(text: str) -> float | None:
    try:
        level = float(text or 0)
    except ValueError:
        return None
    return level if level in LEVELS else None
