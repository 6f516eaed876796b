"""One way to read a table, whatever it comes from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from standoff.errors import nearest, refuse
from standoff.world.mrio.from_pymrio import PARSERS, SAVED, TEST, read_pymrio
from standoff.world.mrio.from_shares import FILE, PACKAGE, read_shares
from standoff.world.mrio.settle import settle
from standoff.world.mrio.table import Mrio

FORMATS = (*PARSERS, PACKAGE)
SAVED_FILE = "file_parameters.json"


def read_mrio(source: str, *, form: str = "", year: str = "", unit: str = "", name: str = "") -> Mrio:
    """Read a table and settle it.

    Args:
        source: a folder that pymrio saved, raw files (then with a format), ``pymrio-test``, or ``sanction-simulator``, its wheel or
            archive. form: one of `FORMATS`; found out if not given.
        year: for folders that hold several.
        unit: money unit, where the table does not say it.
        name: another name than the table's own.

    Raises:
        InputError: with everything that is wrong.
    """
    form = form or _guess(source)
    if form not in FORMATS:
        raise refuse("--format", why="there is no such format", cure=nearest(form, FORMATS), value=form)
    raw = read_shares(source) if form == PACKAGE else read_pymrio(source, form=form, year=year, unit=unit)
    if name:
        raw = replace(raw, about=replace(raw.about, name=name))
    return settle(raw)


def _guess(source: str) -> str:
    path = Path(source)
    if source == TEST:
        return TEST
    if source == PACKAGE or path.suffix in (".whl", ".npz") or (path / FILE).is_file():
        return PACKAGE
    if (path / SAVED_FILE).is_file() or path.suffix == ".zip":
        return SAVED
    if not path.exists():
        raise refuse(f"table {source}", why="there is no such file or folder", cure="Check the path", value=source)
    raise refuse(
        f"table {source}",
        why="what kind of table this is does not show",
        cure=f"Say it: --format {' | '.join(FORMATS)}",
        value=source,
    )
