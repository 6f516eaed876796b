"""Figures: a number with its range, its status and the fact rows it rests on."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path

COMPUTED = ("DERIVED", "MY ARITHMETIC")
"""How the note of a fact begins that its collector computed: a world calls such a number assumed."""
QUANTITY_COLUMNS = ("quantity", "price", "value_usd", "value")


@dataclass(frozen=True)
class Citation:
    """A fact row on which a figure rests: figure = quantity of the row x ``factor`` (a conversion of units)."""

    fact_id: str
    factor: float
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A number of a world: value and range in the unit of its column, status and source."""

    value: float
    low: float
    high: float
    status: str
    source: str = ""
    note: str = ""
    citations: tuple[Citation, ...] = ()

    def scaled(self, factor: float) -> Figure:
        """The same figure in another unit; the conversion is kept in its citations."""
        cited = tuple(replace(citation, factor=citation.factor * factor) for citation in self.citations)
        return replace(self, value=self.value * factor, low=self.low * factor, high=self.high * factor, citations=cited)


class Facts:
    """The fact tables of one folder, by identifier."""

    def __init__(self, folder: Path) -> None:
        self._rows: dict[str, dict[str, str]] = {}
        for path in sorted(folder.glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as stream:
                for row in csv.DictReader(stream):
                    self._rows[row["fact_id"]] = {"table": path.stem, **row}

    def row(self, fact_id: str) -> dict[str, str]:
        """The row of a fact, with the name of its table under ``table``."""
        return self._rows[fact_id]

    def label(self, fact_id: str) -> str:
        """The source label under which a world cites the fact."""
        return f"facts/{self._rows[fact_id]['table']}:{fact_id}"

    def quantity(self, fact_id: str) -> float:
        """The quantity of a fact in its own unit."""
        row = self._rows[fact_id]
        return float(next(row[name] for name in QUANTITY_COLUMNS if row.get(name)))

    def sourced(
        self,
        fact_id: str,
        *,
        factor: float = 1.0,
        low: float | None = None,
        high: float | None = None,
        also: tuple[str, ...] = (),
        status: str = "sourced",
        note: str = "",
    ) -> Figure:
        """The figure that a fact gives, in the unit of the world.

        The range is that of the row; ``also`` names rows that contradict it and widens the range to them;
        ``low`` and ``high`` (in the unit of the world) widen it where the row says "about".
        """
        rows = [self._rows[name] for name in (fact_id, *also)]
        value = self.quantity(fact_id) * factor
        ends = [self.quantity(name) * factor for name in (fact_id, *also)]
        ends += [float(row[end]) * factor for row in rows for end in ("low", "high") if row.get(end)]
        ends += [end for end in (low, high) if end is not None]
        cited = tuple(Citation(name, factor, note) for name in (fact_id, *also))
        if status == "sourced" and rows[0]["note"].startswith(COMPUTED):
            status = "assumed"
        return Figure(value, min(ends), max(ends), status, self.label(fact_id), note, cited)


def assumed(
    value: float, low: float | None = None, high: float | None = None, *, note: str = "", source: str = ""
) -> Figure:
    """A number that no source gives; without a range it may be half or double. A source may have helped to guess it."""
    return Figure(
        value, value / 2 if low is None else low, value * 2 if high is None else high, "assumed", source, note
    )


def derived(value: float, low: float, high: float, *, source: str, note: str) -> Figure:
    """A number computed from a published one: still *assumed*, with the arithmetic as its note."""
    return Figure(value, low, high, "assumed", source, note)


def claimed(value: float, low: float, high: float, *, source: str, note: str) -> Figure:
    """A number that somebody states and whose basis nobody found."""
    return Figure(value, low, high, "claimed", source, note)
