"""Control totals: published sums that a world must reproduce, and how to read them from a file.

A file of control totals has the columns ``total, title_en, title_zh, measure, product, recipe, kind, place, to_place,
factor, target, low, high, unit, status, source, note`` and may have ``achieved``, which is not read. The measure says
what is added up:

- ``activity``: activity of producers (``recipe``, ``place``);
- ``output``: yield x activity of offers (``product``, ``recipe``, ``place``);
- ``flow``: flows of ordinary links (``product``, ``recipe`` and ``place`` of the seller, ``to_place`` of the buyer,
  ``kind``: its recipe, or the kind of use);
- ``use``: quantity of uses (``kind``, ``place``);
- ``need``: coefficient x activity of needs (``product``, ``kind``: recipe or kind of use, ``place``).

An empty filter means everything; labels are separated by semicolons; one that begins with ``!`` means all but these.
The sum is multiplied by ``factor`` before it is compared with ``target``, ``low`` and ``high``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from standoff.errors import Problems, nearest

MEASURES = ("activity", "output", "flow", "use", "need")
NUMBERS = ("factor", "target", "low", "high")


@dataclass(frozen=True)
class Filter:
    """Which labels count: those named, or all but those named."""

    labels: frozenset[str]
    all_but: bool

    @classmethod
    def parse(cls, text: str) -> Filter:
        """``CHN;USA``, ``!CHN`` or nothing."""
        all_but = text.startswith("!") or not text.strip()
        return cls(frozenset(part.strip() for part in text.lstrip("!").split(";") if part.strip()), all_but)

    def admits(self, label: str) -> bool:
        """Whether a label counts."""
        return (label in self.labels) != self.all_but


@dataclass(frozen=True)
class ControlTotal:
    """One published sum: what is added up, and the range that it must lie in."""

    total: str
    title_en: str
    title_zh: str
    measure: str
    filters: Mapping[str, Filter]
    factor: float
    target: float
    low: float
    high: float
    unit: str
    status: str
    source: str
    note: str

    def admits(self, **labels: str) -> bool:
        """Whether something with these labels is part of the sum."""
        return all(self.filters[name].admits(label) for name, label in labels.items())


FILTERS = ("product", "recipe", "kind", "place", "to_place")
TEXTS = ("title_en", "title_zh", "unit", "status", "source", "note")
COLUMNS = ("total", "measure", *TEXTS, *FILTERS, *NUMBERS, "achieved")


def read_control_totals(path: Path) -> tuple[ControlTotal, ...]:
    """The control totals in a CSV file. Raises InputError with every problem in it."""
    problems = Problems(f"control totals {path.name}")
    totals: list[ControlTotal] = []
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        for name in reader.fieldnames or ():
            if name not in COLUMNS:
                problems.add(file=path.name, column=name, why="no such column", cure=nearest(name, COLUMNS))
        for number, row in enumerate(reader, start=2):
            total = read_total(row, number, path.name, problems)
            if total is not None:
                totals.append(total)
    problems.raise_if_any()
    return tuple(totals)


def read_total(row: Mapping[str, str], number: int, file: str, problems: Problems) -> ControlTotal | None:
    """One row, or None with the problems noted."""
    values: dict[str, float] = {}
    for name in NUMBERS:
        cell = row.get(name) or ("1" if name == "factor" else "")
        try:
            values[name] = float(cell)
        except ValueError:
            problems.add(file=file, row=number, column=name, value=cell, why="not a number", cure="Give a number")
    measure = row.get("measure", "")
    if measure not in MEASURES:
        problems.add(
            file=file,
            row=number,
            column="measure",
            value=measure,
            why="no such measure",
            cure=nearest(measure, MEASURES),
        )
        return None
    if len(values) < len(NUMBERS):
        return None
    if not values["low"] <= values["target"] <= values["high"]:
        problems.add(
            file=file,
            row=number,
            column="target",
            value=row["target"],
            why="the target does not lie between low and high",
            cure="Order them low, target, high",
        )
        return None
    text = {name: row.get(name) or "" for name in ("total", *TEXTS)}
    return ControlTotal(
        total=text["total"],
        title_en=text["title_en"],
        title_zh=text["title_zh"],
        measure=measure,
        filters={name: Filter.parse(row.get(name) or "") for name in FILTERS},
        factor=values["factor"],
        target=values["target"],
        low=values["low"],
        high=values["high"],
        unit=text["unit"],
        status=text["status"],
        source=text["source"],
        note=text["note"],
    )
