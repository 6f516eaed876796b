"""A small balanced world as plain lists and as files, for tests that break one thing in it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from standoff.world.schema import Words
from standoff.world.tables import World, WorldMeta

META = WorldMeta("tiny", Words("Tiny", "微型"), Words("A mine and two uses", "一矿两用"), 2024, date(2025, 1, 1), 2024)

Lists = dict[str, dict[str, list[Any]]]

WORLD_YAML = """\
name: tiny
title: {en: Tiny, zh: 微型}
summary: {en: A mine and two uses, zh: 一矿两用}
base_year: 2024
start: 2025-01-01
usd_year: 2024
"""


def tiny_tables() -> Lists:
    """One mine, one smelter with a by-product, two uses in two places, a stock and a project. Row 2 is the first."""
    return {
        "places": {"place": ["AAA", "NO"], "name_en": ["A", "Norway"], "longitude": [10.5, None]},
        "products": {
            "product": ["ore", "metal", "slag"],
            "name_en": ["Ore", "Metal", "Slag"],
            "stage": ["mine", "metal", "material"],
            "unit": ["t", "t", "t"],
            "price": [100, 900, 5],
            "elements": [("Nd", "Pr"), (), ()],
        },
        "producers": {
            "producer": ["mine", "smelter"],
            "place": ["AAA", "AAA"],
            "activity": [120, 60],
            "capacity": [150, 60],
            "activity_low": [110, None],
            "activity_high": [130, None],
            "activity_status": ["sourced", ""],
            "activity_source": ["facts/stages:stages-001", ""],
        },
        "needs": {
            "consumer": ["smelter", "car", "wind"],
            "product": ["ore", "metal", "metal"],
            "coefficient": [2, 0.5, 4],
            "cover_days": [30, 10, 60],
            "status": ["claimed", "", ""],
            "source": ["report", "", ""],
        },
        "offers": {
            "producer": ["mine", "smelter", "smelter"],
            "product": ["ore", "metal", "slag"],
            "yield": [1, 1, 0.3],
            "driver": ["yes", "yes", "no"],
        },
        "links": {
            "producer": ["mine", "smelter", "smelter", "smelter"],
            "product": ["ore", "metal", "metal", "metal"],
            "consumer": ["smelter", "car", "wind", "wind"],
            "flow": [120, 40, 20, 0],
            "route": ["direct", "direct", "direct", "grey"],
            "via": ["", "", "", "NO"],
            "max_share": [None, None, None, 0.2],
        },
        "uses": {
            "use": ["car", "wind"],
            "kind": ["electric car", "turbine"],
            "place": ["AAA", "NO"],
            "quantity": [80, 5],
            "value": [30000, 1e6],
        },
        "stocks": {
            "stock": ["reserve"],
            "place": ["NO"],
            "product": ["metal"],
            "quantity": [3],
            "release_rate": [12],
            "serves_places": [("AAA", "NO")],
            "opens": [date(2025, 3, 1)],
        },
        "projects": {"project": ["line"], "producer": ["smelter"], "capacity": [10], "start": ["2026-01-01"]},
        "sources": {"source": ["report"], "title": ["A report, page 3"]},
    }


def tiny_world() -> World:
    return World.from_tables(META, tiny_tables())


def write_files(folder: Path, tables: Lists) -> Path:
    """The lists as a folder of CSV files, whatever is wrong with them."""
    from standoff.world.raw import cell_text

    folder.mkdir(exist_ok=True)
    (folder / "world.yaml").write_text(WORLD_YAML, encoding="utf-8")
    for name, columns in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(columns)
            writer.writerows([cell_text(value) for value in row] for row in zip(*columns.values(), strict=True))
    return folder
