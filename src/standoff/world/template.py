"""``standoff world new``: a tiny made-up world that passes the check and runs, to be changed into one's own."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from standoff.world.meta import META_FILE, WorldMeta, plain_meta
from standoff.world.tables import WORKBOOK_SUFFIX, World, read_world
from standoff.world.writing import write_whole, write_workbook
from standoff.yaml_files import dump_yaml

TEMPLATE = Path(__file__).parents[1] / "data" / "template"


def new_world(folder: Path) -> Path:
    """Write the template as a folder of CSV files named like the folder; returns the folder.

    Raises:
        InputError: there is something of that name already, or it cannot be written there; nothing is left there then.
    """
    meta = renamed(read_world(TEMPLATE).meta, folder.name)

    def copy(part: Path) -> None:
        part.mkdir()
        for table in TEMPLATE.glob("*.csv"):
            (part / table.name).write_bytes(table.read_bytes())
        (part / META_FILE).write_text(dump_yaml(plain_meta(meta)), encoding="utf-8")

    write_whole(folder, copy)
    return folder


def new_workbook(path: Path) -> Path:
    """Write the template as one Excel workbook; the suffix ``.xlsx`` is added where it is missing. Returns the path.

    Raises:
        InputError: as ``new_world``, and where openpyxl is not installed.
    """
    target = path if path.suffix.lower() == WORKBOOK_SUFFIX else path.with_name(path.name + WORKBOOK_SUFFIX)
    template = read_world(TEMPLATE)
    write_workbook(World(renamed(template.meta, target.stem), template.tables), target)
    return target


def renamed(meta: WorldMeta, name: str) -> WorldMeta:
    """The description under a name made from the name of a file: small letters, digits and hyphens."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return replace(meta, name=plain or meta.name)
