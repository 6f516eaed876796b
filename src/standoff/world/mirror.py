"""A world with two places exchanged, for the mirror scenario and the law of symmetry.

Everything that the one place has, the other gets: producers, uses, stocks. Each keeps the law of the place whose part it plays
(`law_as`), so that a measure of the one becomes the same measure of the other. If results differ by more than labels, the engine is
not neutral.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from standoff.errors import nearest, refuse
from standoff.world.schema import Words, read_schema
from standoff.world.tables import World

MIRRORED = "-mirror"
"""Ending of a mirrored world's name."""


def mirror_world(world: World, first: str, second: str) -> World:
    """The world with the places ``first`` and ``second`` exchanged in every table.

    Labels and names that carry a place's code or name are rewritten, so that a reader sees who plays which part.

    Raises:
        InputError: the world has no such place.
    """
    places = world.tables["places"]
    known = list(places["place"])
    for place in (first, second):
        if place not in known:
            raise refuse("mirror", why="the world has no such place", cure=nearest(place, known), value=place)
    swap = _exchange(world, first, second)
    tables = {
        name: {column: _swap_column(name, column, cells, swap) for column, cells in table.cells().items()}
        for name, table in world.tables.items()
        if len(table)
    }
    tables["places"] = _swap_places(world, first, second)
    title = Words(
        en=f"{world.meta.title.en}, {first} and {second} exchanged",
        zh=f"{world.meta.title.zh}（{first} 与 {second} 互换）",
    )
    meta = replace(world.meta, name=f"{world.meta.name}{MIRRORED}", title=title)
    return World.from_tables(meta, tables)


def _exchange(world: World, first: str, second: str) -> Any:
    places = world.tables["places"]
    pairs = {first: second, second: first}
    for column in ("name_en", "name_zh"):
        one, other = (places[column][list(places["place"]).index(place)] for place in (first, second))
        if one and other:
            pairs |= {one: other, other: one}
    codes = "|".join(re.escape(code) for code in (first, second))
    names = "|".join(re.escape(name) for name in pairs if name not in (first, second))
    pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{codes})(?![A-Za-z0-9])" + (f"|{names}" if names else ""))
    return lambda text: pattern.sub(lambda match: pairs[match.group(0)], text)


def _swap_column(table: str, column: str, cells: list[str], swap: Any) -> list[str]:
    kinds = {each.name: each.type for each in read_schema()[table].columns}
    if kinds.get(column) in ("label", "labels", "text") and table not in ("sources", "citations"):
        return [swap(cell) for cell in cells]
    if table == "citations" and column == "row":
        return [swap(cell) for cell in cells]
    return cells


def _swap_places(world: World, first: str, second: str) -> dict[str, list[str]]:
    """Places keep code, name, position and side; the law whose part they play changes hands."""
    cells = world.tables["places"].cells()
    labels = cells["place"]
    one, other = labels.index(first), labels.index(second)
    swapped = {column: list(values) for column, values in cells.items()}
    law = swapped.get("law_as", [""] * len(labels))
    law[one], law[other] = law[other] or second, law[one] or first
    swapped["law_as"] = law
    return swapped
