"""The page *Data*: every number of a world with range, source and status; and the outline of names that charts need."""

from __future__ import annotations

from typing import Any

from standoff.web.flow_picture import STAGES
from standoff.world.summary import describe_world, find_table, table_lines
from standoff.world.tables import World

MOST_LINES = 200
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
                *(places[name] for name in ("place", "name_en", "name_zh", "side", "longitude", "latitude")), strict=True
            )
        },
        "products": _names(world, "products", "product"),
        "producers": _names(world, "producers", "producer"),
        "uses": _names(world, "uses", "use"),
        "use_places": dict(zip(world.tables["uses"]["use"], world.tables["uses"]["place"], strict=True)),
        "tables": {name: len(table) for name, table in world.tables.items()},
    }


def table_page(world: World, *, table: str, search: str, offset: int) -> dict[str, Any]:
    """Lines of a table that hold a word, a page at a time.

    Raises:
        InputError: the world has no such table.
    """
    word = search.casefold().strip()
    label = ""
    found = []
    for line in table_lines(world, find_table(world, table)):
        label = line[0] or label
        if not word or word in " ".join((label, *line[1:])).casefold():
            found.append((label, *line[1:]))
    return {"table": table, "columns": list(COLUMNS), "total": len(found), "lines": found[offset : offset + MOST_LINES]}


def _names(world: World, table: str, label: str) -> dict[str, dict[str, str]]:
    rows = world.tables[table]
    return {
        name: {"en": english or name, "zh": chinese or english or name}
        for name, english, chinese in zip(rows[label], rows["name_en"], rows["name_zh"], strict=True)
    }


def _plain(value: Any) -> float | None:
    number = float(value)
    return number if number == number else None
