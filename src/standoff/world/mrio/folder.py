"""A table kept in a folder: numbers in one binary file, everything that a person reads in small text files beside it.

``mrio.yaml`` says name, year, unit, source, terms, labels and fingerprint; ``nodes.csv`` is one row a producer; ``adjustments.csv``
what the reader changed; ``table.npz`` holds flows and final demand.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from standoff.errors import Problems, refuse
from standoff.world.mrio.table import About, Adjustment, Array, Mrio
from standoff.yaml_files import dump_yaml, read_yaml

DESCRIPTION, NUMBERS, NODES, CHANGES = "mrio.yaml", "table.npz", "nodes.csv", "adjustments.csv"
KIND = "multi-regional input-output table"
ARRAYS = ("flows", "households", "other")


def is_mrio(path: str | Path) -> bool:
    """Whether a folder holds a table."""
    return (Path(path) / DESCRIPTION).is_file()


def write_mrio(mrio: Mrio, folder: str | Path) -> tuple[Path, ...]:
    """Write a table; `read_mrio_folder` reads it back to the bit."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "kind": KIND,
        **asdict(mrio.about),
        "fingerprint": mrio.fingerprint,
        "regions": list(mrio.regions),
        "sectors": list(mrio.sectors),
    }
    (folder / DESCRIPTION).write_text(dump_yaml(content), encoding="utf-8")
    np.savez(folder / NUMBERS, flows=mrio.flows, households=mrio.households, other=mrio.other)
    nodes = zip(mrio.region_of, mrio.sector_of, mrio.output, mrio.value_added, _final(mrio), strict=True)
    _write_csv(
        folder / NODES,
        ("region", "sector", "output", "value_added", "final_demand"),
        [(mrio.regions[r], mrio.sectors[s], *map(repr, map(float, values))) for r, s, *values in nodes],
    )
    heads = tuple(each.name for each in fields(Adjustment))
    _write_csv(folder / CHANGES, heads, [tuple(asdict(each).values()) for each in mrio.adjustments])
    return tuple(folder / name for name in (DESCRIPTION, NUMBERS, NODES, CHANGES))


def read_mrio_folder(folder: str | Path) -> Mrio:
    """Read what `write_mrio` wrote, and hold it against its fingerprint.

    Raises:
        InputError: with everything that is wrong: files missing, keys missing, shapes, numbers, a changed table.
    """
    folder = Path(folder)
    problems = Problems(f"table {folder.name}")
    if not is_mrio(folder):
        raise refuse(
            problems.what,
            why=f"the folder has no {DESCRIPTION}",
            cure="Make it with: standoff world from-mrio SOURCE --out FOLDER",
            value=folder,
        )
    content = _description(folder, problems)
    arrays = _numbers(folder, problems)
    changes = _changes(folder / CHANGES, problems)
    problems.raise_if_any()
    mrio = Mrio(
        About(**{each.name: str(content[each.name]) for each in fields(About)}),
        tuple(map(str, content["regions"])),
        tuple(map(str, content["sectors"])),
        arrays["flows"],
        arrays["households"],
        arrays["other"],
        changes,
    )
    _check(mrio, str(content["fingerprint"]), problems)
    problems.raise_if_any()
    return mrio


def _final(mrio: Mrio) -> Array:
    total: Array = mrio.households.sum(axis=1) + mrio.other.sum(axis=1)
    return total


def _write_csv(path: Path, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(heads)
        writer.writerows(rows)


def _description(folder: Path, problems: Problems) -> dict[str, Any]:
    content = read_yaml(folder / DESCRIPTION)
    if not isinstance(content, dict):
        raise refuse(problems.what, why="no keys and values", cure="Make the folder again", file=DESCRIPTION)
    for key in (*(each.name for each in fields(About)), "fingerprint", "regions", "sectors"):
        if key not in content:
            problems.add(file=DESCRIPTION, column=key, why="this key is missing", cure="Make the folder again")
        elif key in ("regions", "sectors") and not isinstance(content[key], list):
            problems.add(file=DESCRIPTION, column=key, why="this is no list of labels", cure="Make the folder again")
    return content


def _numbers(folder: Path, problems: Problems) -> dict[str, Array]:
    path = folder / NUMBERS
    if not path.is_file():
        problems.add(file=NUMBERS, why="there is no such file", cure="Make the folder again")
        return {}
    try:
        with np.load(path) as held:
            arrays = {name: held[name].astype(np.float64, copy=False) for name in ARRAYS if name in held.files}
    except (ValueError, OSError, zipfile.BadZipFile):
        problems.add(file=NUMBERS, why="this is no NumPy archive of numbers", cure="Make the folder again")
        return {}
    for name in ARRAYS:
        if name not in arrays:
            problems.add(file=NUMBERS, column=name, why="these numbers are missing", cure="Make the folder again")
        elif not np.isfinite(arrays[name]).all() or (arrays[name] < 0).any():
            problems.add(
                file=NUMBERS, column=name, why="numbers that are negative or not finite", cure="Make the folder again"
            )
    return arrays


def _changes(path: Path, problems: Problems) -> tuple[Adjustment, ...]:
    if not path.is_file():
        problems.add(file=path.name, why="there is no such file", cure="Make the folder again")
        return ()
    found = []
    with path.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            try:
                found.append(
                    Adjustment(
                        row["what"],
                        int(row["count"]),
                        float(row["largest"]),
                        row["where"],
                        float(row["total"]),
                        float(row["share"]),
                    )
                )
            except (KeyError, TypeError, ValueError):
                problems.add(file=path.name, row=len(found) + 2, why="not as written", cure="Make the folder again")
                break
    return tuple(found)


def _check(mrio: Mrio, fingerprint: str, problems: Problems) -> None:
    nodes, regions = len(mrio.regions) * len(mrio.sectors), len(mrio.regions)
    wanted = {"flows": (nodes, nodes), "households": (nodes, regions), "other": (nodes, regions)}
    wrong = {name: shape for name, shape in wanted.items() if mrio.arrays[name].shape != shape}
    for name, shape in wrong.items():
        problems.add(
            file=NUMBERS,
            column=name,
            why=f"shape {mrio.arrays[name].shape}, the labels ask for {shape}",
            cure="Make the folder again",
        )
    if not wrong and mrio.fingerprint != fingerprint:
        problems.add(
            file=DESCRIPTION,
            column="fingerprint",
            why="the numbers or labels are not those that were written",
            cure="Make the folder again",
            value=fingerprint[:12],
        )
