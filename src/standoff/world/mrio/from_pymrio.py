"""Any table that pymrio reads: a folder that it saved, its small test table, or the raw files of OECD, EXIOBASE 3, WIOD and EORA26."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.errors import Problems, nearest, refuse
from standoff.world.mrio.table import About, Adjustment, RawTable

Array = npt.NDArray[np.float64]

SAVED, TEST = "pymrio", "pymrio-test"
PARSERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    SAVED: ("load", ()),
    TEST: ("load_test", ()),
    "oecd": ("parse_oecd", ("year",)),
    "exiobase3": ("parse_exiobase3", ()),
    "wiod": ("parse_wiod", ("year",)),
    "eora26": ("parse_eora26", ("year",)),
}
"""Function of pymrio by format, and what else it takes."""
ORIGINS: Mapping[str, tuple[str, str]] = {
    SAVED: ("", ""),
    TEST: ("test table of pymrio", "pymrio: LGPL-3.0"),
    "oecd": ("OECD Inter-Country Input-Output tables", "terms and conditions of the OECD"),
    "exiobase3": ("EXIOBASE 3", "as its files say (CC BY-SA 4.0 for version 3.8)"),
    "wiod": ("World Input-Output Database", "as its files say (CC BY 4.0 for the release of 2016)"),
    "eora26": ("Eora26", "as agreed with Eora; free for research at universities"),
}
"""Source and terms by format; a folder that pymrio saved does not say them."""
HOUSEHOLDS = re.compile(r"household|hfce|npish|non-profit|^(hc|nps|c37|c38)$", re.IGNORECASE)
"""Categories of final demand that count as households: consumption of households and of the organisations that serve them."""


def read_pymrio(source: str, *, form: str, year: str = "", unit: str = "") -> RawTable:
    """Read a table through pymrio (the extra ``mrio``).

    Args:
        source: folder or file; not looked at for the test table.
        form: a key of `PARSERS`.
        year: for formats whose folder holds several years.
        unit: money unit, where the table does not say it.

    Raises:
        InputError: pymrio is not installed, cannot read the files, or the table lacks flows or final demand.
    """
    pymrio = _pymrio()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        system = _parse(pymrio, source, form, year)
        parts = _parts(system, source)
    about = _about(system, source, form, year, unit)
    told = dict.fromkeys(str(each.message).strip() for each in said if issubclass(each.category, UserWarning))
    notes = [Adjustment(f"pymrio: {text}") for text in told]
    regions, sectors, flows, households, other, output = parts
    return RawTable(about, regions, sectors, flows, households, other, output, tuple(notes + _renamed(system)))


def _pymrio() -> Any:
    try:
        return import_module("pymrio")
    except ImportError:
        raise refuse(
            "pymrio",
            why="reading this format needs pymrio, which is not installed",
            cure="pip install 'standoff[mrio]'",
        ) from None


def _parse(pymrio: Any, source: str, form: str, year: str) -> Any:
    if form not in PARSERS:
        raise refuse("--format", why="there is no such format", cure=nearest(form, PARSERS), value=form)
    function, takes = PARSERS[form]
    parser = import_module("pymrio.tools.ioparser")
    storage = import_module("pymrio.core.fileio")
    if form != TEST and not Path(source).exists():
        raise refuse(
            f"table {source}", why="there is no such file or folder", cure="Give the path of what pymrio reads"
        )
    arguments = [] if form == TEST else [source]
    more = {name: year for name in takes if year}
    call: Callable[..., Any] = getattr(pymrio, function)
    fails = (
        parser.ParserError,
        storage.ReadError,
        OSError,
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
    )
    try:
        return call(*arguments, **more)
    except fails as error:
        text = " ".join(str(error).split()) or type(error).__name__
        raise refuse(
            f"table {source}",
            why=f"pymrio cannot read it as {form}: {text}",
            cure=f"Check files, --format ({', '.join(PARSERS)}) and --year",
            value=source,
        ) from None


def _parts(system: Any, source: str) -> tuple[tuple[str, ...], tuple[str, ...], Array, Array, Array, Array | None]:
    """Labels and arrays, nodes by region and sector in the order in which they first stand."""
    problems = Problems(f"table {source}")
    for name in ("Z", "Y"):
        if getattr(system, name, None) is None:
            problems.add(
                why=f"the table has no {name}", cure="Save it with pymrio after calc_all(), with flows and final demand"
            )
    problems.raise_if_any()
    flows, final = system.Z, system.Y
    regions, sectors = (tuple(map(str, _in_order(flows.index.get_level_values(level)))) for level in (0, 1))
    nodes = [(region, sector) for region in regions for sector in sectors]
    place = {node: number for number, node in enumerate(nodes)}
    rows = _places(flows.index, place, "row of Z", problems)
    columns = _places(flows.columns, place, "column of Z", problems)
    final_rows = _places(final.index, place, "row of Y", problems)
    for what, found in {"rows of Z": rows, "columns of Z": columns, "rows of Y": final_rows}.items():
        if len(set(found)) != len(found):
            problems.add(why=f"{what}: a producer stands twice", cure="Give each producer one row and one column")
        elif len(found) != len(nodes):
            problems.add(
                why=f"{what}: {len(found)}, not {len(regions)} regions x {len(sectors)} sectors",
                cure="Give every region every sector",
            )
    reached = [str(region) for region in final.columns.get_level_values(0)]
    for region in sorted(set(reached) - set(regions)):
        problems.add(
            why="final demand of a region that no producer lies in", cure="Name it as the producers do", value=region
        )
    problems.raise_if_any()
    square = np.zeros((len(nodes), len(nodes)))
    square[np.ix_(rows, columns)] = _numbers(flows, "Z", problems)
    wide = np.zeros((len(nodes), len(reached)))
    wide[final_rows] = _numbers(final, "Y", problems)
    problems.raise_if_any()
    output = _output(system, place, len(nodes))
    home = np.array([bool(HOUSEHOLDS.search(" ".join(map(str, column[1:])))) for column in final.columns.tolist()])
    into = np.array([regions.index(region) for region in reached])
    by_region = [_by_region(wide[:, chosen], into[chosen], len(regions)) for chosen in (home, ~home)]
    return regions, sectors, square, by_region[0], by_region[1], output


def _in_order(labels: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(labels))


def _places(labels: Any, place: Mapping[tuple[str, str], int], what: str, problems: Problems) -> list[int]:
    found = []
    for label in labels.tolist():
        node = (str(label[0]), str(label[1]))
        if node in place:
            found.append(place[node])
        else:
            problems.add(
                why=f"a {what} that is no row of Z", cure="Name producers alike everywhere", value=", ".join(node)
            )
    return found


def _numbers(frame: Any, name: str, problems: Problems) -> Array:
    try:
        values: Array = frame.to_numpy(dtype=float)
    except (TypeError, ValueError):
        problems.add(why=f"{name} holds text", cure="Keep numbers only")
        return np.zeros(frame.shape)
    return values


def _output(system: Any, place: Mapping[tuple[str, str], int], nodes: int) -> Array | None:
    given = getattr(system, "x", None)
    if given is None:
        return None
    values = np.zeros(nodes)
    for label, value in zip(given.index.tolist(), given.to_numpy(dtype=float)[:, 0], strict=True):
        node = (str(label[0]), str(label[1]))
        if node in place:
            values[place[node]] = value
    return values


def _by_region(wide: Array, into: npt.NDArray[np.int64], regions: int) -> Array:
    totals = np.zeros((len(wide), regions))
    np.add.at(totals.T, into, wide.T)
    return totals


def _about(system: Any, source: str, form: str, year: str, unit: str) -> About:
    meta = getattr(system, "meta", None)
    name = str(getattr(meta, "name", None) or Path(source).stem)
    described = str(getattr(meta, "description", None) or name)
    origin, terms = ORIGINS[form]
    found = year or next(iter(re.findall(r"(?:19|20)\d\d", f"{described} {Path(source).name}")[::-1]), "")
    units = getattr(system, "unit", None)
    if not unit and units is not None:
        unit = next(iter(map(str, units.iloc[:, 0])), "")
    return About(
        name=re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower() or "table",
        title=described,
        year=found,
        unit=unit or "unknown",
        source=origin or f"{described} ({Path(source).name})",
        terms=terms or "as the source says",
    )


def _renamed(system: Any) -> list[Adjustment]:
    """What pymrio's own history says about renaming and aggregating."""
    history = getattr(getattr(system, "meta", None), "history", None) or []
    changes = [str(line) for line in history if "MODIFICATION" in str(line)]
    return [Adjustment(f"pymrio: {line.partition('MODIFICATION - ')[2].strip()}") for line in changes]
