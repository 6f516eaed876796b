"""Files that a person brings: a scenario (YAML) or a world (a workbook, or a zip of CSV files). The same reports as on the command line."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from standoff.errors import nearest, refuse
from standoff.simulate.scenario import read_scenario, scenario_from, shipped_scenarios
from standoff.web.requests import changes_of
from standoff.world.schema import read_schema
from standoff.world.tables import World, read_world
from standoff.yaml_files import parse_yaml

LARGEST_UNPACKED = 60_000_000
LARGEST_SCENARIO = 100_000
MOST_VALUES = 20_000
BASE = "baseline"
NOT_HERE = ("measure_files",)


def read_uploaded_scenario(content: bytes) -> dict[str, Any]:
    """A scenario file as a request: the shipped scenario that it extends and what it changes.

    Raises:
        InputError: everything that is wrong with the file.
    """
    what = "the scenario"
    values = _parse(_text(content, what), what)
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise refuse(
            what, why="a scenario is a list of keys and values", cure="See the scenario file that the page offers"
        )
    parent = values.pop("extends", BASE)
    if parent not in shipped_scenarios():
        raise refuse(
            what,
            why="it extends a scenario that does not ship",
            cure=nearest(str(parent), shipped_scenarios()),
            value=parent,
        )
    for key in NOT_HERE:
        if values.get(key):
            raise refuse(what, why="the page reads no further files", cure="Run it with the command line", column=key)
    values.pop("measure_files", None)
    base = read_scenario(parent)
    merged = {**base.as_dict(), "name": "uploaded"}
    merged.pop("measure_files", None)
    for key, value in values.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = {**merged[key], **value} if both else value
    scenario = scenario_from(merged, file="the file")
    return {
        "scenario": parent,
        "changes": changes_of(scenario, base),
        "world": scenario.world if scenario.world != base.world else "",
        "title": scenario.title.model_dump(),
    }


def _parse(text: str, what: str) -> Any:
    """YAML that is no larger when its aliases are written out, and not nested without end."""
    try:
        values = parse_yaml(text, what=what)
        size, waiting = 0, [values]
        while waiting and size <= MOST_VALUES:
            value = waiting.pop()
            size += 1
            waiting += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    except RecursionError:
        raise refuse(what, why="nested too deep", cure="See the scenario file that the page offers") from None
    except ValueError as error:  # a date such as 2025-13-45, which YAML takes for a date
        raise refuse(what, why=f"cannot be read ({error})", cure="Write dates as 2025-01-31") from None
    if size > MOST_VALUES:
        raise refuse(what, why="too many values", cure=f"At most {MOST_VALUES:,} values")
    return values


def read_uploaded_world(content: bytes) -> World:
    """A world from an Excel workbook or from a zip of its CSV files and world.yaml.

    Raises:
        InputError: everything that is wrong with the tables.
    """
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except zipfile.BadZipFile:
        raise refuse(
            "the world", why="neither a workbook (.xlsx) nor a zip of CSV files", cure="See `standoff world new`"
        ) from None
    with tempfile.TemporaryDirectory(prefix="standoff-") as folder:
        workbook = any(name == "[Content_Types].xml" for name in names)
        place = Path(folder) / ("world.xlsx" if workbook else "world")
        if workbook:
            place.write_bytes(content)
        else:
            _unpack(content, place)
        return read_world(place)


def _unpack(content: bytes, folder: Path) -> None:
    """The files of a world out of a zip, and no others; names in the archive never become paths."""
    wanted = {"world.yaml", *(f"{table}.csv" for table in read_schema())}
    folder.mkdir()
    size = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            name = member.filename.rpartition("/")[2]
            if member.is_dir() or name not in wanted:
                continue
            try:
                with archive.open(member) as stream:
                    part = stream.read(LARGEST_UNPACKED - size + 1)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
                raise refuse(
                    "the world", why=f"cannot be unpacked ({error})", cure="Zip it again without a password"
                ) from None
            size += len(part)
            if size > LARGEST_UNPACKED:
                raise refuse("the world", why="too large when unpacked", cure=f"At most {LARGEST_UNPACKED:,} bytes")
            (folder / name).write_bytes(part)


def _text(content: bytes, what: str) -> str:
    if len(content) > LARGEST_SCENARIO:
        raise refuse(what, why="the file is too large", cure=f"At most {LARGEST_SCENARIO:,} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refuse(what, why="not a text in UTF-8", cure="Save it as UTF-8") from None
