"""What ``standoff world show`` says: sizes, how much is sourced, and the rows of a table with their evidence."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from standoff.errors import nearest, refuse
from standoff.world.schema import STATUSES, Column
from standoff.world.table import Table, default_text, plain_text
from standoff.world.tables import World


def describe_world(world: World, *, language: str = "en") -> dict[str, Any]:
    """Name, dates, rows by table and the shares of numbers sourced, claimed and assumed, as plain content for JSON."""
    meta = world.meta
    statuses = count_statuses(world)
    numbers = sum(statuses.values())
    return {
        "world": world.name,
        "title": meta.title.say(language),
        "summary": meta.summary.say(language),
        "base_year": meta.base_year,
        "start": meta.start.isoformat(),
        "usd_year": meta.usd_year,
        "scenarios": list(meta.scenarios),
        "fingerprint": world.fingerprint,
        "rows": {name: len(table) for name, table in world.tables.items()},
        "numbers": numbers,
        "shares": {status: statuses[status] / numbers if numbers else 0.0 for status in STATUSES},
        "warnings": [str(warning) for warning in world.warnings],
    }


def count_statuses(world: World) -> Counter[str]:
    """How many ranged numbers of a world have each status. Numbers that nobody wrote, left at their default, are not counted."""
    counts: Counter[str] = Counter()
    for table in world.tables.values():
        cells = table.cells()
        for column, known in table.evidence.items():
            written = cells.get(column, [""] * len(table))
            counts.update(status for status, text in zip(known.status, written, strict=True) if text != "")
    return counts


def find_table(world: World, name: str) -> Table:
    """The table of a name. Raises InputError with the nearest one where there is none."""
    if name not in world.tables:
        raise refuse(
            f"world {world.name}", why="a world has no such table", cure=nearest(name, world.tables), value=name
        )
    return world.tables[name]


def table_entries(world: World, table: Table) -> list[dict[str, Any]]:
    """Every row as plain content for JSON; a ranged number is {value, low, high, unit, status, source}."""
    units = product_units(world, table)
    return [
        {column.name: entry(table, column, index, units) for column in table.schema.columns}
        | {name: texts[index] for name, texts in table.remarks.items() if texts[index]}
        for index in range(len(table))
    ]


def product_units(world: World, table: Table) -> list[str]:
    """The unit of the product of each row; empty in tables that are not about a product."""
    if "product" not in table.schema.by_name:
        return [""] * len(table)
    products = world.tables["products"]
    units = dict(zip(products["product"], products["unit"], strict=True))
    return [units[product] for product in table["product"]]


def unit_in_row(column: Column, product_unit: str) -> str:
    """The unit of a column, with the unit of the product where the schema says ``units`` or ``unit``."""
    if not product_unit:
        return column.unit
    return " ".join(product_unit if word in ("unit", "units") else word for word in column.unit.split())


def entry(table: Table, column: Column, index: int, units: list[str]) -> Any:
    """One cell as plain content."""
    value = plain_value(table[column.name][index])
    if not column.ranged:
        return value
    known = table.evidence[column.name]
    return {
        "value": value,
        "low": float(known.low[index]),
        "high": float(known.high[index]),
        "unit": unit_in_row(column, units[index]),
        "status": known.status[index],
        "source": known.source[index],
    }


def plain_value(value: Any) -> Any:
    """A value as JSON knows it: no number that is not finite, dates as text, lists for tuples."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def table_lines(world: World, table: Table) -> list[tuple[str, ...]]:
    """A table to read: (row, column, value, low, high, unit, status, source), one line a cell that says something.

    Cells that hold their default are left out, and the row is named on its first line only.
    """
    lines: list[tuple[str, ...]] = []
    units = product_units(world, table)
    for index, key in enumerate(table.keys()):
        label = " > ".join(filter(None, key))
        first = len(lines)
        for column in table.schema.columns:
            text = plain_text(table[column.name][index])
            known = table.evidence.get(column.name)
            assumed = known is None or known.status[index] == "assumed"
            if column.name in table.schema.key or not text or (assumed and text == default_text(column)):
                continue
            number = short_number(table[column.name][index]) if column.is_number else text
            unit = unit_in_row(column, units[index])
            evidence = ("", "", unit, "", "")
            if known is not None:
                bounds = short_number(known.low[index]), short_number(known.high[index])
                evidence = (*bounds, unit, known.status[index], known.source[index])
            lines.append((label if len(lines) == first else "", column.name, number, *evidence))
        if len(lines) == first:
            lines.append((label, "", "", "", "", "", "", ""))
    return lines


def short_number(value: Any) -> str:
    """A number with six digits, grouped by thousands, never in powers of ten above one."""
    return f"{value:,.0f}" if abs(value) >= 1e6 else f"{value:,.6g}"
