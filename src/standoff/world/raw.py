"""Tables as text, before types: from a CSV file, a worksheet or memory, with one set of checks."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from standoff.errors import Problem, Problems, nearest
from standoff.units import is_unit
from standoff.world.schema import COMPANIONS, TableSchema

LARGEST_TABLE_BYTES = 200_000_000
"""About two million links. A larger file is refused before it is read."""

UNIT_ROW_LABELS = ("", "-", "unit", "units", "[-]")
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
HEADER_WITH_UNIT = re.compile(r"^(?P<name>\w+)\s*[\[(](?P<unit>[^\])]*)[\])]$")


@dataclass(frozen=True)
class RawTable:
    """The cells of one table as text, by column. ``rows`` are the row numbers in the file, where 1 is the header.

    ``torn`` are the rows with too many or too few cells: what else seems wrong in them follows from that.
    """

    name: str
    file: str
    columns: Mapping[str, Sequence[str]]
    rows: Sequence[int]
    torn: Mapping[int, Problem] = field(default_factory=dict)


def read_csv(path: Path, schema: TableSchema, problems: Problems) -> RawTable | None:
    """One table from a CSV file, or None (with the problems noted) where it cannot be read as a table at all."""
    text = read_text(path, problems)
    if text is None:
        return None
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        cure = "Check the quotes, or save it again as CSV UTF-8"
        problems.add(file=path.name, why=f"not valid CSV: {error}", cure=cure)
        return None
    if separator := wrong_separator(records[0], schema):
        problems.add(
            file=path.name,
            row=1,
            why=f"the columns are separated by {separator}, not by commas",
            cure="Save it as CSV with commas between cells and a decimal point in numbers",
            value=records[0][0],
        )
        return None
    return as_table(records, schema, problems, file=path.name)


def read_text(path: Path, problems: Problems) -> str | None:
    """The text of a file that is neither empty, too large nor in another encoding."""
    size = path.stat().st_size
    if size > LARGEST_TABLE_BYTES:
        problems.add(
            file=path.name,
            why=f"{size:,} bytes is more than the {LARGEST_TABLE_BYTES:,} that a table may have",
            cure="Aggregate the table, or read firm lists with `standoff world from-firms`",
        )
        return None
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        problems.add(file=path.name, row=row, why="not UTF-8 text", cure="Save the file as CSV UTF-8")
        return None
    if not text.strip():
        problems.add(file=path.name, why="the file is empty", cure="Write at least the header, or remove the file")
        return None
    return text


def wrong_separator(header: Sequence[str], schema: TableSchema) -> str:
    """The name of the separator where a header has come out as one cell because the file does not use commas."""
    if len(header) != 1:
        return ""
    for separator, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if set(header[0].split(separator)) & set(schema.allowed) and separator in header[0]:
            return name
    return ""


def as_table(
    records: Sequence[Sequence[str]], schema: TableSchema, problems: Problems, *, file: str
) -> RawTable | None:
    """Records of text, header first, as a table by columns; rows without any text are passed over."""
    header = [name.strip() for name in records[0]]
    if not any(header):
        cure = "The first row holds the names of the columns"
        problems.add(file=file, row=1, why="the first row is empty", cure=cure)
        return None
    width = len(header)
    torn: dict[int, Problem] = {}
    kept: list[Sequence[str]] = []
    rows: list[int] = []
    for number, record in enumerate(records[1:], start=2):
        if not any(record):
            continue
        if len(record) != width:
            if len(record) < width or any(record[width:]):
                problems.add(
                    file=file,
                    row=number,
                    why=f"the row has {len(record)} cells under a header of {width}",
                    cure="Put text that contains a comma into double quotes; leave no cell out",
                )
                torn[number] = problems.found[-1]
            record = [*record, *[""] * width][:width]
        kept.append(record)
        rows.append(number)
    note_control_characters(kept, rows, problems, file=file)
    by_position = list(zip(*kept, strict=True)) if kept else [()] * width
    columns = check_header(header, by_position, schema, problems, file=file)
    return drop_unit_row(RawTable(schema.name, file, columns, rows, torn), schema, problems)


def note_control_characters(
    records: Sequence[Sequence[str]], rows: Sequence[int], problems: Problems, *, file: str
) -> None:
    """Notes rows with characters that no editor shows and no workbook can hold."""
    for record, row in zip(records, rows, strict=True):
        if CONTROL_CHARACTER.search("".join(record)):
            why, cure = "the row holds a control character", "Type the text again by hand"
            problems.add(file=file, row=row, why=why, cure=cure)


def check_header(
    header: Sequence[str], by_position: Sequence[Sequence[str]], schema: TableSchema, problems: Problems, *, file: str
) -> dict[str, Sequence[str]]:
    """The columns that the schema declares, by name. Notes unknown, doubled, missing and unit-bearing headers."""
    columns: dict[str, Sequence[str]] = {}
    for name, cells in zip(header, by_position, strict=True):
        bare = HEADER_WITH_UNIT.match(name)
        if name in columns:
            problems.add(file=file, row=1, column=name, why="the column stands there twice", cure="Remove one of them")
        elif name in schema.allowed:
            columns[name] = cells
        elif bare and bare["name"] in schema.allowed:
            columns[bare["name"]] = cells
            problems.add(
                file=file,
                row=1,
                column=bare["name"],
                value=name,
                why="a header does not carry a unit",
                cure=f"Call it {bare['name']!r} and give it in {expected_unit(schema, bare['name'])}",
            )
        elif name or any(cells):
            problems.add(
                file=file,
                row=1,
                column=name,
                value=name,
                why=f"{schema.name} has no such column" if name else "a column with cells has no name",
                cure=nearest(name, schema.allowed),
            )
    for column in schema.columns:
        if column.required and column.name not in columns:
            problems.add(
                file=file,
                row=1,
                column=column.name,
                why="this column is required and missing",
                cure=f"Add it: {column.description.en}",
            )
    return columns


def expected_unit(schema: TableSchema, name: str) -> str:
    """The unit of a column in words; a range has the unit of its number."""
    for companion in COMPANIONS[:2]:
        name = name.removesuffix(f"_{companion}") if name not in schema.by_name else name
    column = schema.by_name.get(name)
    unit = column.unit if column else ""
    if "unit" in unit.split() or "units" in unit.split():
        return f"{unit} (the unit of the product: t, piece or USD)"
    return unit or "no unit"


def drop_unit_row(table: RawTable, schema: TableSchema, problems: Problems) -> RawTable:
    """Notes a second row that holds units instead of values, once, and leaves it out of what follows."""
    numbers = [name for name in table.columns if name in schema.by_name and schema.by_name[name].is_number]
    if len(table.rows) < 2 or table.rows[0] != 2:
        return table
    first = {name: table.columns[name][0].strip() for name in numbers if table.columns[name][0].strip()}
    unnamed = all(table.columns.get(key, ("",))[0].strip().lower() in UNIT_ROW_LABELS for key in schema.key)
    if not first or not all(is_unit(text) or (unnamed and text.isalpha()) for text in first.values()):
        return table
    wanted = "; ".join(f"{name} in {expected_unit(schema, name)}" for name in first)
    problems.add(
        file=table.file,
        row=2,
        why="this row holds units, not values",
        cure=f"Remove it. Units are fixed: {wanted}",
        value=", ".join(first.values()),
    )
    return replace(table, columns={name: cells[1:] for name, cells in table.columns.items()}, rows=table.rows[1:])


def from_memory(
    columns: Mapping[str, Sequence[object]], schema: TableSchema, problems: Problems, *, file: str
) -> RawTable | None:
    """One table from lists of plain values; None, or no value at all, is an empty cell."""
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} {length}" for name, length in lengths.items())
        problems.add(file=file, why=f"the columns have different lengths: {shown}", cure="Give every row every column")
        return None
    texts = [[cell_text(value) for value in values] for values in columns.values()]
    length = next(iter(lengths.values()), 0)
    note_control_characters(list(zip(*texts, strict=True)), range(2, length + 2), problems, file=file)
    checked = check_header(list(columns), texts, schema, problems, file=file)
    return RawTable(schema.name, file, checked, range(2, length + 2))


def cell_text(value: object) -> str:
    """A plain value as it would stand in a file; reading the text gives the value back exactly."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    item = getattr(value, "item", None)
    if item is not None:
        value = item()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return ";".join(map(str, value))
    return str(value)


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
