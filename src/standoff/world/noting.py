"""What the checks of a world share: their shape, how a problem at one row is noted, and hints at the nearest name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from standoff.errors import Problems, nearest
from standoff.world.meta import WorldMeta
from standoff.world.table import Table

Tables = Mapping[str, Table]
Check = Callable[[Tables, WorldMeta, Problems], None]

MOST_HINTS = 20
"""Looking for the nearest name is slow in long tables: after so many unknown names the fault is not a slip of the pen."""


def note(problems: Problems, table: Table, index: int, column: str, *, why: str, cure: str, value: object = "") -> None:
    """One problem at one row of a table."""
    problems.add(file=table.file, row=table.rows[index], column=column, value=value, why=why, cure=cure)


class Hints:
    """The nearest known name for each unknown one, looked up once and for the first ``MOST_HINTS`` only."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = known
        self._found: dict[str, str] = {}

    def for_name(self, name: str) -> str:
        if name not in self._found:
            if len(self._found) >= MOST_HINTS:
                return "Correct the name, or add it"
            self._found[name] = nearest(name, self._known)
        return self._found[name]
