"""One frozen table of a world: typed columns, and for every ranged number its range, status and sources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.errors import Problems
from standoff.world.cells import FloatArray, Reader, read_column
from standoff.world.ranges import Evidence, implied_range, read_evidence
from standoff.world.raw import RawTable, cell_text, number_text
from standoff.world.schema import COMPANIONS, Column, TableSchema, read_schema

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of one table by column.

    ``table["flow"]`` is a float array for numbers and shares, an integer array for counts, a boolean array for flags,
    and a tuple of str (labels, choices, text), of tuples of str (lists of labels) or of ``date | None`` (dates).
    ``rows`` are the row numbers in ``file``, where 1 is the header.
    """

    name: str
    file: str
    rows: tuple[int, ...]
    columns: Mapping[str, Any]
    evidence: Mapping[str, Evidence]
    remarks: Mapping[str, tuple[str, ...]]
    """The row-level ``status``, ``source`` and ``note`` as they were given."""

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, column: str) -> Any:
        return self.columns[column]

    @property
    def schema(self) -> TableSchema:
        return read_schema()[self.name]

    @property
    def names(self) -> tuple[str, ...]:
        """The declared columns, in the order of the schema; every one is there, given or filled in."""
        return tuple(self.columns)

    def range(self, column: str) -> tuple[FloatArray, FloatArray]:
        """Low and high of a ranged column, in its unit."""
        return self.evidence[column].low, self.evidence[column].high

    def status(self, column: str) -> list[str]:
        """``sourced``, ``claimed`` or ``assumed`` for each number of a ranged column."""
        return list(self.evidence[column].status)

    def source(self, column: str) -> list[str]:
        """The sources cited for each number of a ranged column, separated by semicolons; empty where there is none."""
        return list(self.evidence[column].source)

    def keys(self) -> list[tuple[str, ...]]:
        """The labels that together name each row."""
        return list(zip(*(self.columns[column] for column in self.schema.key), strict=True))

    def cells(self) -> dict[str, list[str]]:
        """The table as text, as short as it can be said: what its file holds and what ``World.from_tables`` takes."""
        return table_cells(self)

    def to_frame(self) -> pd.DataFrame:
        """The typed columns, and low, high, status and source of the ranged ones, as a pandas frame."""
        import pandas as pd

        columns: dict[str, Any] = {}
        for name, values in self.columns.items():
            columns[name] = list(values) if isinstance(values, tuple) else values
            if name in self.evidence:
                known = self.evidence[name]
                columns[f"{name}_low"], columns[f"{name}_high"] = known.low, known.high
                columns[f"{name}_status"], columns[f"{name}_source"] = list(known.status), list(known.source)
        return pd.DataFrame(columns)

    def digest(self) -> bytes:
        """A hash of everything that the table says, however it was said."""
        total = sha256(f"{self.name}\x1d{len(self)}".encode())
        for name, values in self.columns.items():
            total.update(f"\x1d{name}\x1d".encode())
            total.update(as_bytes(values))
        for name, known in self.evidence.items():
            total.update(f"\x1d{name}\x1d".encode())
            for part in (known.low, known.high, known.status, known.source):
                total.update(as_bytes(part))
        unsaid = ("note",) if self.evidence else ("status", "source", "note")
        for name in unsaid:
            total.update(as_bytes(self.remarks.get(name, ())))
        return total.digest()

    def __getstate__(self) -> dict[str, Any]:
        return {name: dict(part) if isinstance(part, MappingProxyType) else part for name, part in vars(self).items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(frozen_parts(state))


def frozen_parts(state: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields with mappings that cannot be written to and arrays that cannot either."""
    parts = {name: MappingProxyType(part) if isinstance(part, dict) else part for name, part in state.items()}
    for values in parts["columns"].values():
        lock(values)
    for known in parts["evidence"].values():
        lock(known.low)
        lock(known.high)
    return parts


def lock(values: Any) -> None:
    if isinstance(values, np.ndarray):
        values.setflags(write=False)


def as_bytes(values: Any) -> bytes:
    """A column as bytes that are equal if and only if its values are."""
    if isinstance(values, np.ndarray):
        return values.astype(values.dtype.newbyteorder("<")).tobytes()
    return json.dumps(values, default=str).encode()


def build_table(raw: RawTable, schema: TableSchema, problems: Problems) -> Table:
    """Typed columns, defaults and evidence of a table of text. Notes every bad cell."""
    reader = Reader(raw, schema, problems)
    columns = {column.name: read_column(reader, column) for column in schema.columns}
    evidence = read_evidence(reader, columns)
    remarks = {name: tuple(reader.texts(name)) for name in schema.row_columns if any(reader.texts(name))}
    fields = {"columns": columns, "evidence": evidence, "remarks": remarks}
    return Table(name=schema.name, file=raw.file, rows=tuple(raw.rows), **frozen_parts(fields))


def table_cells(table: Table) -> dict[str, list[str]]:
    """Columns of text in which nothing stands that reading would fill in by itself."""
    cells: dict[str, list[str]] = {}
    for column in table.schema.columns:
        if column.ranged:
            cells.update(ranged_cells(table, column))
            continue
        texts = [plain_text(value) for value in table[column.name]]
        if column.default and not column.required:
            texts = ["" if text == default_text(column) else text for text in texts]
        cells[column.name] = texts
    cells.update({name: list(texts) for name, texts in table.remarks.items()})
    required = {column.name for column in table.schema.columns if column.required}
    return {name: texts for name, texts in cells.items() if name in required or any(texts)}


def ranged_cells(table: Table, column: Column) -> dict[str, list[str]]:
    """A ranged column and its companions, each cell empty where it follows from the rest of its row."""
    known, values = table.evidence[column.name], table[column.name]
    implied = implied_range(column, values, np.array([word == "sourced" for word in known.status], dtype=np.bool_))
    row_status = table.remarks.get("status") or ("",) * len(table)
    row_source = table.remarks.get("source") or ("",) * len(table)
    name = column.name
    cells: dict[str, list[str]] = {key: [] for key in (name, *(f"{name}_{companion}" for companion in COMPANIONS))}
    for index, (status, source) in enumerate(zip(known.status, known.source, strict=True)):
        text = plain_text(values[index])
        low = "" if known.low[index] == implied[0][index] else number_text(float(known.low[index]))
        high = "" if known.high[index] == implied[1][index] else number_text(float(known.high[index]))
        bare = (status, source, low, high) == ("assumed", "", "", "")
        if bare and text == default_text(column) and not column.required:
            row = ["", "", "", "", ""]
        else:
            says_nothing = status == (row_status[index] or "assumed") and (source or not row_source[index])
            own_status = "" if says_nothing else status
            implied_source = "" if own_status == "assumed" else row_source[index]
            row = [text, low, high, own_status, "" if source == implied_source else source]
        for key, cell in zip(cells, row, strict=True):
            cells[key].append(cell)
    return cells


def plain_text(value: object) -> str:
    text = cell_text(value)
    return "" if text == "nan" else text


def default_text(column: Column) -> str:
    """The default of a column as ``plain_text`` would write it."""
    return number_text(float(column.default)) if column.default and column.is_number else column.default
