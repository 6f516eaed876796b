"""Workbooks: the same world as a folder, the same reports, and nothing unpacked that would not fit."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from world_files import tiny_world

from standoff.errors import InputError, Problem
from standoff.world import excel
from standoff.world.tables import read_world
from standoff.world.writing import write_workbook


def edited(folder: Path, edit: Callable[[Any], object]) -> Path:
    """The tiny world as a workbook with one edit made by a person."""
    path = folder / "tiny.xlsx"
    write_workbook(tiny_world(), path)
    workbook = openpyxl.load_workbook(path)
    edit(workbook)
    workbook.save(path)
    return path


def column(sheet: Any, name: str) -> str:
    """The letter of the column with this header."""
    return next(cell.column_letter for cell in sheet[1] if cell.value == name)


def put(table: str, name: str, row: int, value: object) -> Callable[[Any], object]:
    def edit(workbook: Any) -> None:
        workbook[table][f"{column(workbook[table], name)}{row}"] = value

    return edit


def problems_of(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        read_world(path)
    return caught.value.problems


@pytest.mark.parametrize(
    "edit",
    [
        lambda workbook: None,
        lambda workbook: workbook.create_sheet("_remarks").append(["for people"]),
        lambda workbook: workbook["links"].append([None] * 5),
        lambda workbook: workbook.move_sheet("links", offset=-3),
        put("stocks", "opens", 2, datetime(2025, 3, 1)),
        put("world", "value", 8, datetime(2025, 1, 1)),
        lambda workbook: workbook.remove(workbook["citations"]),
    ],
)
def test_a_workbook_is_the_same_world_however_a_person_arranged_it(
    edit: Callable[[Any], object], tmp_path: Path
) -> None:
    assert read_world(edited(tmp_path, edit)).fingerprint == tiny_world().fingerprint


@pytest.mark.parametrize(
    ("edit", "file", "row", "why"),
    [
        (put("links", "flow", 2, "120 t"), "sheet links", 2, "does not carry a unit"),
        (put("links", "flow", 2, "=1/0"), "sheet links", 2, "formula without a computed value"),
        (put("links", "flow", 2, "#DIV/0!"), "sheet links", 2, "error of Excel"),
        (put("links", "flow", 2, -1), "sheet links", 2, "not negative"),
        (put("uses", "place", 3, "N0"), "sheet uses", 3, "no such place"),
        (put("uses", "place", 1, "plaec"), "sheet uses", 1, "no such column"),
        (lambda workbook: workbook.create_sheet("lniks"), "sheet lniks", None, "no such table"),
        (lambda workbook: workbook.remove(workbook["uses"]), "sheet uses", None, "missing"),
        (lambda workbook: workbook["uses"].delete_rows(1, 9), "sheet uses", None, "empty"),
        (lambda workbook: workbook.remove(workbook["world"]), "sheet world", None, "missing"),
        (lambda workbook: workbook["world"].append(["name", "again"]), "sheet world", 11, "twice"),
        (lambda workbook: workbook["world"].delete_rows(2), "sheet world", None, "required"),
        (lambda workbook: workbook["world"].append(["colour", "red"]), "sheet world", None, "no such key"),
        (lambda workbook: workbook["uses"].cell(row=2, column=600, value=1), "sheet uses", 2, "more than 500 cells"),
    ],
)
def test_a_mistake_in_a_workbook_names_sheet_and_row(
    edit: Callable[[Any], object], file: str, row: int | None, why: str, tmp_path: Path
) -> None:
    problems = problems_of(edited(tmp_path, edit))
    assert [p for p in problems if p.file == file and p.row == row and why in p.why], "\n".join(map(str, problems))


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "the file is empty"), (b"not a zip file", "not an Excel workbook"), (b"PK\x05\x06" + b"\0" * 18, "not")],
)
def test_a_file_that_is_no_workbook_is_refused(content: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "tiny.xlsx"
    path.write_bytes(content)
    (problem,) = problems_of(path)
    assert why in problem.why


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = edited(tmp_path, lambda workbook: None)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name in ("xl/worksheets/sheet3.xml", "xl/workbook.xml", "[Content_Types].xml"):
        with zipfile.ZipFile(path, "w") as archive:
            for part, content in parts.items():
                archive.writestr(part, content[: len(content) // 2] if part == name else content)
        (problem,) = problems_of(path)
        assert "damaged" in problem.why, name


def test_a_workbook_that_would_unpack_to_too_much_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    zeros = b"0" * 1_000_000
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/workbook.xml", "w", force_zip64=True) as stream,
    ):
        for _ in range(excel.LARGEST_UNPACKED_BYTES // len(zeros) + 1):
            stream.write(zeros)
    assert path.stat().st_size < 1_000_000
    (problem,) = problems_of(path)
    assert "unpacks to" in problem.why


def test_a_workbook_that_is_far_too_large_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    with path.open("wb") as stream:
        stream.truncate(excel.LARGEST_WORKBOOK_BYTES + 1)
    (problem,) = problems_of(path)
    assert "50,000,000" in problem.why


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    path = edited(tmp_path, lambda workbook: None)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    levels = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    name = "xl/worksheets/sheet3.xml"
    cells = parts[name].decode().replace("<t>ore</t>", "<t>&e11;</t>")
    assert "&e11;" in cells
    parts[name] = f'<!DOCTYPE worksheet [<!ENTITY e0 "x">{levels}]>{cells}'.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    (problem,) = problems_of(path)
    assert "damaged" in problem.why


def test_without_openpyxl_the_report_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = edited(tmp_path, lambda workbook: None)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    (problem,) = problems_of(path)
    assert "standoff[excel]" in problem.cure


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    path = edited(tmp_path, lambda workbook: None)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["links"]
    cell = sheet[f"{column(sheet, 'note')}2"]
    cell.value, cell.data_type = "=2*3 by hand", "s"
    workbook.save(path)
    world = read_world(path)
    assert world.tables["links"].remarks["note"][0] == "=2*3 by hand"
    write_workbook(world, tmp_path / "again.xlsx")
    assert read_world(tmp_path / "again.xlsx").fingerprint == world.fingerprint
