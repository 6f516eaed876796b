"""The workbook holds every table whole, with numbers as numbers."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import openpyxl
import pytest

from standoff.errors import InputError
from standoff.results.report.pages import build_sections
from standoff.results.report.source import Source
from standoff.results.result import Result
from standoff.results.words import read_words
from standoff.results.workbook import heading_with_unit, write_workbook


def test_every_table_has_a_sheet_with_every_row(result: Result, tmp_path: Path) -> None:
    words = read_words("en")
    book = openpyxl.load_workbook(write_workbook(result, tmp_path / "tables.xlsx"))
    tables = [table for section in build_sections(Source(result, words)) for table in section.tables]
    assert book.sheetnames == ["about", *(table.name for table in tables)]
    for table in tables:
        sheet = book[table.name]
        head = [cell.value for cell in sheet[1]]
        assert head == [heading_with_unit(column.heading, column.kind, words) for column in table.columns]
        assert sheet.max_row == len(table.rows) + 1
        for cells, row in zip(sheet.iter_rows(min_row=2, values_only=True), table.rows, strict=True):
            for cell, value in zip(cells, row, strict=True):
                if isinstance(value, float) and math.isfinite(value):
                    assert cell == pytest.approx(value, rel=1e-12)


def test_workbook_without_openpyxl_says_what_to_install(
    baseline: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(InputError, match=r"standoff\[excel\]"):
        write_workbook(baseline, tmp_path / "tables.xlsx")
    assert list(tmp_path.iterdir()) == []
