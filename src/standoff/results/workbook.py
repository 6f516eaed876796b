"""Every table of a report as one Excel workbook, with full values. Needs openpyxl (the extra ``excel``)."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standoff.results.report.content import FirstScreen, Section, Table
from standoff.results.report.pages import build_sections
from standoff.results.report.sections.overview import first_screen
from standoff.results.report.source import Source
from standoff.results.words import Words, read_words
from standoff.world.excel import openpyxl_or_refuse

if TYPE_CHECKING:
    from standoff.results.result import Result

FORMATS = {"usd": "#,##0", "percent": "0.0%", "days": "#,##0.0", "number": "General"}
LONGEST_SHEET_NAME = 31
WIDEST_COLUMN = 60


def write_workbook(
    result: Result, path: str | Path, *, lang: str = "en", draws: Mapping[str, Any] | None = None
) -> Path:
    """Write every table of the report of a run, one sheet each, all rows, numbers unrounded.

    Args:
        result: the run.
        path: the ``.xlsx`` file; folders are made.
        lang: language of names and headings, ``en`` or ``zh``.
        draws: summary of an ensemble of the same scenario; adds ranges.

    Raises:
        InputError: openpyxl is not installed, or there is no such language.
    """
    source = Source(result, read_words(lang), draws)
    return write_sections(Path(path), first_screen(source), build_sections(source), source.words)


def write_sections(path: Path, screen: FirstScreen, sections: Sequence[Section], words: Words) -> Path:
    """Write a first sheet with the findings and one sheet a table, whole or not at all."""
    openpyxl = openpyxl_or_refuse()
    book = openpyxl.Workbook(write_only=True)
    _about(book, screen, sections, words)
    for section in sections:
        for table in section.tables:
            _sheet(book, table, words)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    temporary = Path(name)
    try:
        book.save(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _about(book: Any, screen: FirstScreen, sections: Sequence[Section], words: Words) -> None:
    sheet = book.create_sheet("about")
    sheet.column_dimensions["A"].width = 36
    sheet.column_dimensions["B"].width = 110
    lines = [(screen.title, screen.summary), ("", screen.finding)]
    for number in screen.numbers:
        value = number.value or "; ".join(f"{name} {text}" for name, text in number.rows)
        lines.append((number.label, f"{value}. {number.detail}"))
    lines += [("", text) for text in screen.status]
    for section in sections:
        lines.append((section.title, section.sentence))
        lines += [(table.name, table.title) for table in section.tables]
        lines += [("", text) for text in section.definitions]
    sheet.append([_cell(sheet, words.say("page.brand"), bold=True)])
    for left, right in lines:
        sheet.append([_cell(sheet, left, bold=True), _cell(sheet, right)])


def _sheet(book: Any, table: Table, words: Words) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(table.name[:LONGEST_SHEET_NAME])
    sheet.freeze_panes = "B2"
    for index, column in enumerate(table.columns):
        texts = [len(str(row[index])) for row in table.rows[:50] if column.kind in ("text", "date")]
        width = max([len(column.heading) + 2, 12, *texts])
        sheet.column_dimensions[get_column_letter(index + 1)].width = min(width, WIDEST_COLUMN)
    sheet.append(
        [_cell(sheet, heading_with_unit(column.heading, column.kind, words), bold=True) for column in table.columns]
    )
    for row in table.rows:
        sheet.append(
            [_value(sheet, value, column.kind, words) for value, column in zip(row, table.columns, strict=True)]
        )


def heading_with_unit(heading: str, kind: str, words: Words) -> str:
    """The heading of a column with the unit that its cells leave out."""
    unit = {"usd": words.say("unit.of_money"), "days": words.family("unit_of", "days")}.get(kind)
    return f"{heading} ({unit})" if unit else heading


def _value(sheet: Any, value: Any, kind: str, words: Words) -> Any:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return _cell(sheet, "")
    if isinstance(value, str):
        return _cell(sheet, value)
    if math.isinf(value):
        return _cell(sheet, words.say("never"))
    cell = _cell(sheet, float(value))
    cell.number_format = FORMATS.get(kind, "General")
    return cell


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    """A cell that no program takes for a formula; characters that a workbook cannot hold are left out."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    text = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
    cell = WriteOnlyCell(sheet, value=text)
    if isinstance(text, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
