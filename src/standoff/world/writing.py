"""Writing a world: a folder of CSV files or a workbook, whole or not at all."""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from standoff.errors import refuse
from standoff.world.excel import openpyxl_or_refuse
from standoff.world.meta import META_FILE, META_SHEET, plain_meta
from standoff.world.schema import TableSchema
from standoff.world.tables import World
from standoff.yaml_files import dump_yaml


def write_world(world: World, folder: Path) -> None:
    """Write a world as a folder of CSV files. Reading it gives a world of the same fingerprint.

    Raises:
        InputError: there is something of that name already, or the folder above it is not there or not writable.
    """
    write_whole(folder, lambda part: write_folder(world, part))


def write_workbook(world: World, path: Path) -> None:
    """Write a world as one Excel workbook. Reading it gives a world of the same fingerprint.

    Numbers with more than 15 significant digits are the exception: workbooks do not carry them exactly.

    Raises:
        InputError: there is something of that name already, it cannot be written there, or openpyxl is not installed.
    """
    openpyxl_or_refuse()
    write_whole(path, lambda part: write_sheets(world, part))


def write_whole(target: Path, write: Callable[[Path], None]) -> None:
    """Write under another name beside the target, then rename: a failure on the way leaves nothing behind."""
    what = f"writing {target.name}"
    if target.exists() or target.is_symlink():
        raise refuse(what, why="there is something of that name already", cure="Choose another name", value=target)
    if not target.parent.is_dir():
        raise refuse(what, why="the folder to write into is not there", cure="Make it first", value=target.parent)
    try:
        shelter = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise refuse(what, why=f"cannot write there ({error.strerror})", cure="Choose another place") from None
    try:
        write(shelter / target.name)
        os.rename(shelter / target.name, target)
    except OSError as error:
        raise refuse(what, why=f"cannot write there ({error.strerror})", cure="Choose another place") from None
    finally:
        shutil.rmtree(shelter, ignore_errors=True)


def write_folder(world: World, folder: Path) -> None:
    folder.mkdir()
    (folder / META_FILE).write_text(dump_yaml(plain_meta(world.meta)), encoding="utf-8")
    for name, table in world.tables.items():
        if len(table) == 0:
            continue
        cells = table.cells()
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(cells)
            writer.writerows(zip(*cells.values(), strict=True))


def write_sheets(world: World, path: Path) -> None:
    """A sheet ``world`` with keys and values, and one for each table with every declared column and what it means."""
    workbook = openpyxl_or_refuse().Workbook()
    sheet = workbook.active
    sheet.title = META_SHEET
    sheet.append(("key", "value"))
    for key, value in sheet_meta(world).items():
        sheet.append((key, value))
    for name, table in world.tables.items():
        cells = table.cells()
        shown = {*cells, *table.schema.by_name, *table.schema.row_columns}
        sheet = workbook.create_sheet(name)
        for position, header in enumerate(filter(shown.__contains__, table.schema.allowed), start=1):
            write_column(sheet, position, header, cells.get(header, ()), table.schema)
        sheet.freeze_panes = "B2"
    workbook.save(path)


def sheet_meta(world: World) -> dict[str, str | int]:
    """The description of a world as the flat keys of the sheet ``world``."""
    meta = world.meta
    return {
        "name": meta.name,
        "title_en": meta.title.en,
        "title_zh": meta.title.zh,
        "summary_en": meta.summary.en,
        "summary_zh": meta.summary.zh,
        "base_year": meta.base_year,
        "start": meta.start.isoformat(),
        "usd_year": meta.usd_year,
        "scenarios": ";".join(meta.scenarios),
    }


def write_column(sheet: Any, position: int, header: str, texts: Sequence[str], schema: TableSchema) -> None:
    """One column: numbers as numbers, everything else as text that no program takes for a formula."""
    from openpyxl.comments import Comment

    declared = schema.by_name.get(header)
    base = schema.by_name.get(header.removesuffix("_low").removesuffix("_high"))
    numeric = base is not None and base.is_number
    top = sheet.cell(row=1, column=position, value=header)
    if declared is not None:
        top.comment = Comment(f"{declared.description.en}\nUnit: {declared.unit or 'none'}", "standoff")
    for row, text in enumerate(texts, start=2):
        if not text:
            continue
        cell = sheet.cell(row=row, column=position, value=float(text) if numeric else text)
        if not numeric:
            cell.data_type = "s"
