"""What a report is made of, before it becomes a page or a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from standoff.results.charts.marks import Picture

MOST_ROWS = 40
"""Rows of a table on the page; the workbook has all of them."""
LEAD_ROWS = 12
"""Rows of an open table that are seen at once; the others are folded."""


@dataclass(frozen=True)
class Column:
    """Heading and kind: ``text``, ``date``, ``usd``, ``percent`` (a share), ``days``, ``number`` or ``written`` (a number as text)."""

    heading: str
    kind: str = "text"


@dataclass(frozen=True)
class Table:
    """Rows with full values.

    Attributes:
        name: short and stable, names the sheet of the workbook.
        title: over the table.
        open: whether it is shown at once or folded under its title.
        every: show every so many rows on the page (long time series).
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Any]]
    open: bool = False
    every: int = 1
    note: str = ""

    @property
    def shown(self) -> Sequence[Sequence[Any]]:
        """The rows on the page."""
        return self.rows[:: self.every][:MOST_ROWS]

    @property
    def lead(self) -> Sequence[Sequence[Any]]:
        """The rows seen at once."""
        return self.shown[: LEAD_ROWS if len(self.shown) > LEAD_ROWS + 3 else MOST_ROWS]

    @property
    def rest(self) -> Sequence[Sequence[Any]]:
        """The other rows on the page."""
        return self.shown[len(self.lead) :]

    @property
    def hidden(self) -> int:
        """How many rows only the workbook has."""
        return len(self.rows) - len(self.shown)


@dataclass(frozen=True)
class Section:
    """A heading, a sentence that says the finding, pictures, tables and the definitions they use."""

    name: str
    title: str
    sentence: str
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()
    definitions: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class BigNumber:
    """One of the numbers of the first screen."""

    value: str
    label: str
    detail: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    """Name and value side by side, instead of one value: what is said of one side is said of all."""


@dataclass(frozen=True)
class FirstScreen:
    """Title, finding, numbers and status."""

    title: str
    summary: str
    finding: str
    numbers: tuple[BigNumber, ...]
    status: tuple[str, ...]
    warnings: tuple[str, ...] = ()
