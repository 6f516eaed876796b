"""The range, status and sources of every ranged number: what a row says, and what follows from what it leaves out.

A number without a status is assumed, and so is one that the schema's default filled in, whatever the rest of its row
is. A number without a range is exact where it is sourced; otherwise it may be half or double
(``ASSUMED_RANGE_FACTOR``), within the limits of its column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.world.cells import BoolArray, FloatArray, Reader, choose, read_numbers
from standoff.world.schema import ASSUMED_RANGE_FACTOR, COMPANIONS, STATUSES, Column


@dataclass(frozen=True)
class Evidence:
    """How well the numbers of one column are known: low <= value <= high, a status and the sources, one a row."""

    low: FloatArray
    high: FloatArray
    status: tuple[str, ...]
    source: tuple[str, ...]


def read_evidence(reader: Reader, values: Mapping[str, Any]) -> dict[str, Evidence]:
    """The evidence of every ranged column of a table. Notes bad ranges, bad statuses and missing sources."""
    declared = "status" in reader.schema.row_columns
    row_status = choose(reader, "status", STATUSES) if declared else ("",) * len(reader.raw.rows)
    row_source = reader.texts("source") if declared else row_status
    evidence = {}
    for column in reader.schema.ranged:
        status, source = resolve(reader, column, row_status, row_source)
        low, high = read_range(reader, column, values[column.name], np.array([word == "sourced" for word in status]))
        evidence[column.name] = Evidence(low, high, status, source)
    note_missing_sources(reader, row_status, row_source, evidence)
    return evidence


def resolve(
    reader: Reader, column: Column, row_status: tuple[str, ...], row_source: Any
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Status and source of each number of a column: its own, else its row's, else assumed."""
    given = reader.texts(column.name)
    own_status = choose(reader, f"{column.name}_status", STATUSES)
    own_source = reader.texts(f"{column.name}_source")
    note_evidence_of_nothing(reader, column)
    status = tuple(
        own or (of_row if cell and of_row else "assumed")
        for cell, own, of_row in zip(given, own_status, row_status, strict=True)
    )
    source = tuple(
        own or (of_row if cell and own_word != "assumed" else "")
        for cell, own, own_word, of_row in zip(given, own_source, own_status, row_source, strict=True)
    )
    return status, source


def note_evidence_of_nothing(reader: Reader, column: Column) -> None:
    """Notes a range, status or source beside an empty cell: it would speak of a default that nobody looked at."""
    given = reader.texts(column.name)
    for companion in COMPANIONS:
        name = f"{column.name}_{companion}"
        if name not in reader.raw.columns:
            continue
        for index, text in enumerate(reader.texts(name)):
            if text and not given[index]:
                why, cure = f"there is no {column.name} that this belongs to", f"Give {column.name} too"
                reader.note(index, name, text, why, cure)


def read_range(reader: Reader, column: Column, values: FloatArray, sourced: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Low and high as given, else as they follow from the status. Notes a range that its value lies outside of."""
    least, most = implied_range(column, values, sourced)
    names = f"{column.name}_low", f"{column.name}_high"
    for name, bound in zip(names, (least, most), strict=True):
        if name in reader.raw.columns:
            given = read_numbers(reader, column, name)
            np.copyto(bound, given, where=np.isfinite(given))
    for index in np.flatnonzero((least > values) | (values > most)).tolist():
        text = f"{least[index]:g}, {values[index]:g}, {most[index]:g}"
        cure = "Order them low, value, high"
        reader.note(index, column.name, text, "the value does not lie between low and high", cure)
    return least, most


def implied_range(column: Column, values: FloatArray, sourced: BoolArray) -> tuple[FloatArray, FloatArray]:
    """The range of numbers that state none."""
    ends = np.sort([values / ASSUMED_RANGE_FACTOR, values * ASSUMED_RANGE_FACTOR], axis=0)
    least, most = np.clip(ends, column.minimum, column.maximum) if has_limits(column) else ends
    return np.where(sourced, values, least), np.where(sourced, values, most)


def has_limits(column: Column) -> bool:
    return column.minimum is not None or column.maximum is not None


def note_missing_sources(
    reader: Reader, row_status: tuple[str, ...], row_source: Any, evidence: Mapping[str, Evidence]
) -> None:
    """Notes sourced and claimed numbers that cite nothing; once a row where the row as a whole says so."""
    cure = "Cite a row of sources.csv or of the fact tables, or call it assumed"
    for index, (status, source) in enumerate(zip(row_status, row_source, strict=True)):
        if status in ("sourced", "claimed") and not source:
            bare = [known.source[index] == "" and known.status[index] == status for known in evidence.values()]
            if any(bare) or not evidence:
                reader.note(index, "source", "", f"the row is {status} but cites no source", cure)
    for name, known in evidence.items():
        own_status = reader.texts(f"{name}_status")
        for index, status in enumerate(own_status):
            if status in ("sourced", "claimed") and not known.source[index]:
                reader.note(index, f"{name}_source", "", f"the number is {status} but cites no source", cure)
