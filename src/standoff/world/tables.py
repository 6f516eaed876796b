"""A world in memory, and the one way to read it.

``read_world`` reads a folder of CSV files, an Excel workbook, or a world that ships with the package. It refuses with
every problem of every table in one report. ``World.from_tables`` builds a world from plain lists through the same
checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from standoff.errors import InputError, Problem, Problems, nearest, refuse
from standoff.world.checks import ALL_CHECKS, run_checks
from standoff.world.meta import META_FILE, WorldMeta, plain_meta, read_meta
from standoff.world.noting import Check
from standoff.world.oddities import find_oddities
from standoff.world.raw import RawTable, from_memory, read_csv
from standoff.world.schema import OPTIONAL_TABLES, read_schema
from standoff.world.table import Table, as_bytes, build_table
from standoff.yaml_files import read_yaml

__all__ = ["Table", "World", "WorldMeta", "bundled_worlds", "read_world"]

WORLDS = Path(__file__).parents[1] / "data" / "worlds"
WORKBOOK_SUFFIX = ".xlsx"


@dataclass(frozen=True, eq=False)
class World:
    """What exists: places, products, producers, needs, offers, links, uses, stocks, projects, and what the numbers rest on."""

    meta: WorldMeta
    tables: Mapping[str, Table]
    warnings: tuple[Problem, ...] = ()
    """What is allowed but odd, for a person to look at."""

    @property
    def name(self) -> str:
        return self.meta.name

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of everything the world says: equal however it was written, different when any of it changes."""
        total = sha256(as_bytes(tuple(map(str, plain_meta(self.meta).items()))))
        for table in self.tables.values():
            total.update(table.digest())
        return total.hexdigest()

    @classmethod
    def from_tables(
        cls,
        meta: WorldMeta,
        tables: Mapping[str, Mapping[str, Sequence[object]]],
        *,
        checks: Iterable[Check] = ALL_CHECKS,
    ) -> World:
        """A world from plain lists, ``{"links": {"producer": [...], "flow": [...]}}``.

        Cells may be text or plain values; None is an empty cell. ``Table.cells`` of an existing world gives the same
        form, so that a changed copy is ``World.from_tables(world.meta, {name: table.cells() for ...})``.

        Raises:
            InputError: with every problem in the tables.
        """
        problems = Problems(f"world {meta.name}")
        read_meta(plain_meta(meta), problems, file=META_FILE)
        schema = read_schema()
        for name in tables:
            if name not in schema:
                problems.add(file=name, why="a world has no such table", cure=nearest(name, schema))
        raw = {
            name: from_memory(tables[name], schema[name], problems, file=f"{name}.csv")
            for name in schema
            if name in tables
        }
        return assemble(meta, raw, problems, checks=checks, files="{}.csv")

    def __getstate__(self) -> dict[str, Any]:
        return {"meta": self.meta, "tables": dict(self.tables), "warnings": self.warnings}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, tables=MappingProxyType(state["tables"]))


def bundled_worlds() -> tuple[str, ...]:
    """The names of the worlds that ship with the package."""
    return tuple(sorted(folder.parent.name for folder in WORLDS.glob(f"*/{META_FILE}")))


def read_world(path_or_name: str | Path, *, checks: Iterable[Check] = ALL_CHECKS) -> World:
    """The world in a folder, in a workbook (.xlsx), or of a name among ``bundled_worlds``.

    A bare name means the bundled world of that name where there is one; write ``./name`` for a folder. Pass
    ``checks=STRUCTURE_CHECKS`` to read a world that is still to be balanced.

    Raises:
        InputError: with every problem in the files: file, row, column, value, why, cure.
    """
    path = find_world(path_or_name)
    if path.suffix.lower() == WORKBOOK_SUFFIX:
        from standoff.world.excel import read_workbook

        problems = Problems(f"world {path.name}")
        meta, raw = read_workbook(path, problems)
        return assemble(meta, raw, problems, checks=checks, files="sheet {}")
    problems = Problems(f"world {path.resolve().name}")
    meta, raw = read_folder(path, problems)
    return assemble(meta, raw, problems, checks=checks, files="{}.csv")


def find_world(path_or_name: str | Path) -> Path:
    """Where a world lies. Raises InputError where there is none."""
    if isinstance(path_or_name, str) and path_or_name in bundled_worlds():
        return WORLDS / path_or_name
    path = Path(path_or_name)
    if path.is_dir() or (path.is_file() and path.suffix.lower() == WORKBOOK_SUFFIX):
        return path
    if path.is_file():
        raise refuse(
            f"world {path.name}",
            why="a world is a folder of CSV files or one Excel workbook (.xlsx), not this kind of file",
            cure="Name the folder that the file lies in",
            value=path,
        )
    known = bundled_worlds()
    hint = nearest(str(path_or_name), known) if known else "No worlds ship with this installation"
    raise refuse(
        f"world {path_or_name}",
        why="there is no such folder, workbook or bundled world",
        cure=f"{hint} `standoff world new FOLDER` writes one to start from",
    )


def read_folder(folder: Path, problems: Problems) -> tuple[WorldMeta, dict[str, RawTable | None]]:
    """The description and the tables, still as text, of a world in a folder of CSV files."""
    schema = read_schema()
    meta = read_description(folder / META_FILE, problems)
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in schema:
            hint = nearest(path.name, [f"{name}.csv" for name in schema])
            problems.add(file=path.name, why="a world has no such table", cure=hint)
    raw = {
        name: read_csv(path, table, problems)
        for name, table in schema.items()
        if (path := folder / f"{name}.csv").is_file()
    }
    return meta, raw


def read_description(path: Path, problems: Problems) -> WorldMeta:
    """``world.yaml``, or what can be made of it."""
    try:
        content = read_yaml(path)
    except InputError as error:
        problems.found += [replace(problem, file=path.name) for problem in error.problems]
        return read_meta(None, Problems("unread"), file=path.name)
    return read_meta(content, problems, file=path.name)


def assemble(
    meta: WorldMeta,
    raw: Mapping[str, RawTable | None],
    problems: Problems,
    *,
    checks: Iterable[Check],
    files: str,
) -> World:
    """Typed, checked and frozen tables from tables of text; ``files`` is the pattern of what they are called.

    Raises:
        InputError: with everything noted on the way.
    """
    schema = read_schema()
    for name in schema:
        if name not in raw and name not in OPTIONAL_TABLES:
            cure = "`standoff world new` writes one of each"
            problems.add(file=files.format(name), why="this table is missing", cure=cure)
    texts = {name: raw.get(name) or RawTable(name, files.format(name), {}, ()) for name in schema}
    tables = {name: build_table(texts[name], table, problems) for name, table in schema.items()}
    run_checks(tables, meta, problems, checks=checks)
    torn = {(text.file, row): problem for text in texts.values() for row, problem in text.torn.items()}
    problems.found = [found for found in problems.found if torn.get((found.file, found.row or 0), found) is found]
    problems.found.sort(key=reading_order)
    problems.raise_if_any()
    return World(meta, MappingProxyType(tables), find_oddities(tables))


def reading_order(problem: Problem) -> tuple[int, int]:
    """Problems in the order in which a person mends them: the description, then table by table and row by row."""
    name = problem.file.removeprefix("sheet ").removesuffix(".csv")
    tables = list(read_schema())
    return tables.index(name) + 1 if name in tables else 0, problem.row or 0
