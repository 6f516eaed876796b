"""The page *Data*: every number of a world with range, source and status; and the outline of names that charts need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from standoff.web.flow_picture import STAGES
from standoff.world.summary import describe_world, find_table, table_lines
from standoff.world.tables import World

MOST_LINES = 200
NAMES = ("name_en", "name_zh")
COLUMNS = ("row", "column", "value", "low", "high", "unit", "status", "source")


def outline(world: World) -> dict[str, Any]:
    """Names in both languages of everything that a chart labels."""
    places = world.tables["places"]
    return {
        "world": world.name,
        "title": {"en": world.meta.title.say("en"), "zh": world.meta.title.say("zh")},
        "summary": {"en": world.meta.summary.say("en"), "zh": world.meta.summary.say("zh")},
        "usd_year": world.meta.usd_year,
        "base_year": world.meta.base_year,
        "shares": describe_world(world)["shares"],
        "stages": list(STAGES),
        "places": {
            code: {"en": english, "zh": chinese or english, "side": side, "at": [_plain(x), _plain(y)]}
            for code, english, chinese, side, x, y in zip(
                *(places[name] for name in ("place", "name_en", "name_zh", "side", "longitude", "latitude")),
                strict=True,
            )
        },
        "products": _names(world, "products", "product"),
        "producers": _names(world, "producers", "producer"),
        "uses": _names(world, "uses", "use"),
        "use_places": dict(zip(world.tables["uses"]["use"], world.tables["uses"]["place"], strict=True)),
        "tables": {name: len(table) for name, table in world.tables.items()},
    }


def table_page(world: World, *, table: str, search: str, offset: int) -> dict[str, Any]:
    """Lines of a table that hold a word, a page at a time; a row whose name holds it is shown whole.

    Raises:
        InputError: the world has no such table.
    """
    word = search.casefold().strip()
    found: list[tuple[str, ...]] = []
    for row in _rows(table_lines(world, find_table(world, table))):
        named = (
            any(word in " ".join((line[0], line[2])).casefold() for line in row if line[1] in NAMES)
            or word in row[0][0].casefold()
        )
        found += [line for line in row if named or word in " ".join(line).casefold()]
    return {"table": table, "columns": list(COLUMNS), "total": len(found), "lines": found[offset : offset + MOST_LINES]}


def _rows(lines: list[tuple[str, ...]]) -> Iterator[list[tuple[str, ...]]]:
    """The lines of each row, with the row's name on every one of them."""
    row: list[tuple[str, ...]] = []
    for line in lines:
        if line[0] and row:
            yield row
            row = []
        row.append((line[0] or row[0][0], *line[1:]))
    if row:
        yield row


def _names(world: World, table: str, label: str) -> dict[str, dict[str, str]]:
    rows = world.tables[table]
    return {
        name: {"en": english or name, "zh": chinese or english or name}
        for name, english, chinese in zip(rows[label], rows["name_en"], rows["name_zh"], strict=True)
    }


def _plain(value: Any) -> float | None:
    number = float(value)
    return number if number == number else None
