"""Write the tables of columns in ``docs/worlds.md`` from ``schema.csv``.

    python tools/write_world_columns.py docs/worlds.md

Everything between the two marker lines is replaced; a test fails when the page does not say what the schema says.
"""

from __future__ import annotations

import sys
from pathlib import Path

from standoff.world.schema import Column, TableSchema, read_schema

BEGIN, END = "<!-- columns: begin -->", "<!-- columns: end -->"


def columns_text() -> str:
    """A section for each table, a line for each column."""
    return "\n".join(table_text(table) for table in read_schema().values())


def table_text(table: TableSchema) -> str:
    lines = [
        f"### {table.name}",
        "",
        "| column | type | unit | default | may hold | what it is |",
        "|---|---|---|---|---|---|",
    ]
    lines += [column_text(column) for column in table.columns]
    lines += ["", f"A row is named by {', '.join(f'`{name}`' for name in table.key)}.", ""]
    return "\n".join(lines)


def column_text(column: Column) -> str:
    default = "required" if column.required else column.default or "empty"
    kind = f"{column.type}, with range" if column.ranged else column.type
    cells = (f"`{column.name}`", kind, column.unit, default, limits_text(column), column.description.en)
    return f"| {' | '.join(cells)} |"


def limits_text(column: Column) -> str:
    """What may stand in a cell: choices, the table it refers to, or the smallest and largest number."""
    if column.choices:
        return ", ".join(column.choices)
    if column.refers_to:
        return " or ".join(f"a {key} in {table}" for table, key in column.refers_to)
    if column.minimum is None and column.maximum is None:
        return ""
    if column.maximum is None:
        return f"{column.minimum:g} or more"
    return f"{column.maximum:g} or less" if column.minimum is None else f"{column.minimum:g} to {column.maximum:g}"


def updated(page: str) -> str:
    """The page with the text between the markers written anew."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{columns_text()}{END}{after}"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(updated(target.read_text(encoding="utf-8")), encoding="utf-8")
