"""The declared columns of every table of a world, read from ``schema.csv``.

The schema drives defaults, checks, the template, the workbook and the documentation: a column that is not declared
there does not exist.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

SCHEMA_FILE = Path(__file__).with_name("schema.csv")

ColumnType = Literal["label", "text", "number", "share", "count", "flag", "date", "choice", "labels"]
NUMBER_TYPES = ("number", "share", "count")

STATUSES = ("sourced", "claimed", "assumed")
"""Sourced: it stands in a source. Claimed: the source cites a document that nobody found. The rest is assumed."""

ASSUMED_RANGE_FACTOR = 2.0
"""A number that is not sourced and states no range may be half or double: an assumption, the same everywhere."""

ROW_COLUMNS = ("status", "source", "note")
"""Columns that every table may have; status and source hold for each number of the row that has none of its own."""

EVIDENCE_TABLES = ("sources", "citations")
"""Tables about evidence, whose rows do not cite evidence themselves."""

COMPANIONS = ("low", "high", "status", "source")
"""A ranged column ``x`` may be followed by ``x_low``, ``x_high``, ``x_status`` and ``x_source``."""

OPTIONAL_TABLES = ("stocks", "projects", "sources", "citations")

KEYS = {
    "places": ("place",),
    "products": ("product",),
    "producers": ("producer",),
    "needs": ("consumer", "product"),
    "offers": ("producer", "product"),
    "links": ("producer", "product", "consumer", "route", "via"),
    "uses": ("use",),
    "stocks": ("stock",),
    "projects": ("project",),
    "sources": ("source",),
    "citations": ("table", "row", "column", "fact_id"),
}
"""The columns whose values together name a row and may not occur twice."""


@dataclass(frozen=True)
class Words:
    """One text in English and Chinese."""

    en: str
    zh: str = ""

    def say(self, language: str) -> str:
        """The text in ``en`` or ``zh``; English where there is no Chinese."""
        return (self.zh if language == "zh" else self.en) or self.en


@dataclass(frozen=True)
class Column:
    """One declared column. ``refers_to`` holds (table, column) pairs: the value must be a label of one of them."""

    table: str
    name: str
    type: ColumnType
    unit: str
    required: bool
    default: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    refers_to: tuple[tuple[str, str], ...]
    ranged: bool
    description: Words

    @property
    def is_number(self) -> bool:
        return self.type in NUMBER_TYPES


@dataclass(frozen=True)
class TableSchema:
    """The declared columns of one table, in order, and the columns that name a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def ranged(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.ranged)

    @cached_property
    def row_columns(self) -> tuple[str, ...]:
        """Which of ``status``, ``source`` and ``note`` the table may have beside its declared columns."""
        return () if self.name in EVIDENCE_TABLES else ROW_COLUMNS

    @cached_property
    def allowed(self) -> tuple[str, ...]:
        """Every header that a file of this table may have."""
        names = []
        for column in self.columns:
            names.append(column.name)
            if column.ranged:
                names += [f"{column.name}_{companion}" for companion in COMPANIONS]
        return (*names, *self.row_columns)


@cache
def read_schema() -> dict[str, TableSchema]:
    """The schema of every table by its name, in the order of ``schema.csv``."""
    columns: dict[str, list[Column]] = {}
    with SCHEMA_FILE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            columns.setdefault(row["table"], []).append(_column(row))
    return {name: TableSchema(name, tuple(declared), KEYS[name]) for name, declared in columns.items()}


def _column(row: dict[str, str]) -> Column:
    kind: ColumnType = row["type"]  # type: ignore[assignment]
    references = [part.partition(".") for part in row["refers_to"].split("|") if part]
    return Column(
        table=row["table"],
        name=row["column"],
        type=kind,
        unit=row["unit"],
        required=row["required"] == "yes",
        default=row["default"],
        minimum=float(row["minimum"]) if row["minimum"] else None,
        maximum=float(row["maximum"]) if row["maximum"] else None,
        choices=tuple(choice for choice in row["choices"].split(";") if choice),
        refers_to=tuple((table, column) for table, _, column in references),
        ranged=row["ranged"] == "yes",
        description=Words(row["description_en"], row["description_zh"]),
    )
