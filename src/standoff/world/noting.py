"""What the checks of a world share: their shape, and how a problem at one row is noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from standoff.errors import Problems
from standoff.world.meta import WorldMeta
from standoff.world.table import Table

Tables = Mapping[str, Table]
Check = Callable[[Tables, WorldMeta, Problems], None]


def note(problems: Problems, table: Table, index: int, column: str, *, why: str, cure: str, value: object = "") -> None:
    """One problem at one row of a table."""
    problems.add(file=table.file, row=table.rows[index], column=column, value=value, why=why, cure=cure)
