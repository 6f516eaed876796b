"""A world as one Excel workbook: a sheet for each table, and a sheet ``world`` with keys and values.

Needs openpyxl (the extra ``excel``). A workbook is a zip file: what it would unpack to is looked at before that.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from standoff.errors import Problems, nearest, refuse
from standoff.world.meta import META_SHEET, WorldMeta, read_meta
from standoff.world.raw import RawTable, as_table, cell_text
from standoff.world.schema import read_schema

LARGEST_WORKBOOK_BYTES = 50_000_000
LARGEST_UNPACKED_BYTES = 200_000_000
"""Limits of a workbook as it lies on disk and as it unpacks; a larger world is a folder of CSV files."""

DAMAGE = (
    *(KeyError, IndexError, ValueError, TypeError, AttributeError),
    *(SyntaxError, OSError, EOFError, zlib.error, zipfile.BadZipFile),
)
"""What openpyxl and the parsers under it raise on a workbook that is cut off or was tampered with."""

EXCEL_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!")
MOST_COLUMNS = 500
MOST_ROWS = 1_048_576
NOTES_SHEET_PREFIX = "_"
"""A sheet whose name begins so is for people and is not read."""


def openpyxl_or_refuse() -> Any:
    """The library that reads and writes workbooks."""
    try:
        import openpyxl
    except ImportError:
        raise refuse(
            "Excel workbook",
            why="reading and writing workbooks needs openpyxl, which is not installed",
            cure="pip install 'standoff[excel]', or use a folder of CSV files",
        ) from None
    return openpyxl


def read_workbook(path: Path, problems: Problems) -> tuple[WorldMeta, dict[str, RawTable | None]]:
    """The description and the tables, still as text, of a world in a workbook."""
    openpyxl = openpyxl_or_refuse()
    refuse_unsafe(path)
    sheets = sheet_values(openpyxl, path, problems)
    schema = read_schema()
    known = [META_SHEET, *schema]
    for name in sheets:
        if name not in known:
            cure = f"{nearest(name, known)} A sheet for remarks has a name that begins with {NOTES_SHEET_PREFIX}"
            problems.add(file=f"sheet {name}", why="a world has no such table", cure=cure)
    meta = read_meta_sheet(sheets.get(META_SHEET, []), problems)
    raw: dict[str, RawTable | None] = {}
    for name, table in schema.items():
        if sheets.get(name):
            raw[name] = as_table(sheets[name], table, problems, file=f"sheet {name}")
        elif name in sheets:
            raw[name] = None
            cure = "Write at least the header, or remove the sheet"
            problems.add(file=f"sheet {name}", why="the sheet is empty", cure=cure)
    return meta, raw


def refuse_unsafe(path: Path) -> None:
    """Refuses a file that is not a workbook, or that is or would unpack to more than the limits."""
    what, size = f"workbook {path.name}", path.stat().st_size
    cure = "Write the world as a folder of CSV files"
    if size > LARGEST_WORKBOOK_BYTES:
        why = f"{size:,} bytes is more than the {LARGEST_WORKBOOK_BYTES:,} that a workbook may have"
        raise refuse(what, why=why, cure=cure, file=path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            is_workbook = "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        unpacked, is_workbook = 0, False
    if not is_workbook:
        why = "the file is empty" if size == 0 else "not an Excel workbook (.xlsx)"
        raise refuse(what, why=why, cure="Save it again as .xlsx", file=path.name)
    if unpacked > LARGEST_UNPACKED_BYTES:
        why = f"it unpacks to {unpacked:,} bytes, more than the {LARGEST_UNPACKED_BYTES:,} that a workbook may have"
        raise refuse(what, why=why, cure=cure, file=path.name)


def sheet_values(openpyxl: Any, path: Path, problems: Problems) -> dict[str, list[list[str]]]:
    """The cells of every sheet that is for reading, as text, rows of one width.

    A workbook holds for each formula the value that was last computed. A program that writes formulas without values
    leaves cells that look empty: they are noted, because an empty cell would silently take its default.
    """
    with warnings.catch_warnings(), path.open("rb") as stream:
        warnings.simplefilter("ignore", UserWarning)
        try:
            computed = workbook_rows(openpyxl.load_workbook(stream, read_only=True, data_only=True))
            written = workbook_rows(openpyxl.load_workbook(stream, read_only=True, data_only=False))
        except DAMAGE as error:
            why = f"the workbook is damaged ({error})"
            raise refuse(f"workbook {path.name}", why=why, cure="Save it again as .xlsx", file=path.name) from None
    for name, rows in computed.items():
        note_formulas(rows, written[name], problems, file=f"sheet {name}")
    return {name: as_text(rows) for name, rows in computed.items()}


def workbook_rows(workbook: Any) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every sheet that is for reading."""
    sheets = [sheet for sheet in workbook.worksheets if not sheet.title.startswith(NOTES_SHEET_PREFIX)]
    return {sheet.title: rows_of(sheet) for sheet in sheets}


def rows_of(sheet: Any) -> list[tuple[Any, ...]]:
    """Plain values of a sheet by row. The size that the sheet states for itself is not believed."""
    sheet.reset_dimensions()
    rows: list[tuple[Any, ...]] = []
    for row in sheet.iter_rows(values_only=True, max_row=MOST_ROWS):
        if len(row) > MOST_COLUMNS:
            why, cure = f"a row has more than {MOST_COLUMNS} cells", "Delete the empty columns at its right"
            raise refuse("workbook", why=why, cure=cure, file=f"sheet {sheet.title}", row=len(rows) + 1)
        rows.append(row)
    while rows and not any(value is not None for value in rows[-1]):
        rows.pop()
    return rows


def note_formulas(
    computed: Sequence[tuple[Any, ...]], written: Sequence[tuple[Any, ...]], problems: Problems, *, file: str
) -> None:
    """Notes formulas that have no value or an error as their value."""
    for number, (values, formulas) in enumerate(zip(padded(computed, len(written)), written, strict=False), start=1):
        for position, formula in enumerate(formulas):
            value = values[position] if position < len(values) else None
            if isinstance(formula, str) and formula.startswith("=") and value is None:
                why, cure = "a formula without a computed value", "Open and save it in Excel, or paste the value"
                problems.add(file=file, row=number, column=column_letter(position), value=formula, why=why, cure=cure)
            elif value in EXCEL_ERRORS:
                why, cure = "the cell holds an error of Excel", "Correct the formula, or type the value"
                problems.add(file=file, row=number, column=column_letter(position), value=value, why=why, cure=cure)


def padded(rows: Sequence[tuple[Any, ...]], length: int) -> list[tuple[Any, ...]]:
    return [*rows, *[()] * (length - len(rows))]


def column_letter(position: int) -> str:
    """The letters over a column: 0 is A, 26 is AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def as_text(rows: Sequence[tuple[Any, ...]]) -> list[list[str]]:
    """Rows of text as wide as the widest row that has a value at its end."""
    texts = [[cell_text(value) for value in row] for row in rows]
    width = max((max((place for place, text in enumerate(row, 1) if text), default=0) for row in texts), default=0)
    return [(row + [""] * width)[:width] for row in texts]


def read_meta_sheet(rows: Sequence[Sequence[str]], problems: Problems) -> WorldMeta:
    """The description of the world: keys in the first column, values in the second; a header ``key, value`` is allowed.

    Texts in two languages stand under ``title_en``, ``title_zh``, ``summary_en`` and ``summary_zh``.
    """
    file = f"sheet {META_SHEET}"
    if not rows:
        problems.add(file=file, why="this sheet is missing or empty", cure="`standoff world new --excel` writes one")
    content: dict[str, Any] = {}
    for number, row in enumerate(rows, start=1):
        key, value = row[0].strip(), row[1] if len(row) > 1 else ""
        if not key or (number == 1 and key.lower() == "key"):
            continue
        if key in content:
            problems.add(file=file, row=number, column=key, why="the key stands there twice", cure="Remove one of them")
        content[key] = value
    return read_meta(gather_words(content), problems, file=file) if rows else read_meta(None, Problems(""), file=file)


def gather_words(content: Mapping[str, Any]) -> dict[str, Any]:
    """``title_en`` and ``title_zh`` as ``title: {en, zh}``, and the same for the summary."""
    gathered = dict(content)
    for key in ("title", "summary"):
        words = {language: gathered.pop(f"{key}_{language}", "") for language in ("en", "zh")}
        if words["en"] and key not in gathered:
            gathered[key] = words
    return gathered
