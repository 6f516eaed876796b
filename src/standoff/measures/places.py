"""Places: ISO codes and the country groups that rules name.

The table is ``data/places.csv``. Worlds use three-letter codes, case tables two-letter ones; both are understood.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from standoff.errors import nearest, refuse

PLACES_FILE = Path(__file__).parent.parent / "data" / "places.csv"


@dataclass(frozen=True, slots=True)
class Place:
    alpha3: str
    alpha2: str
    english: str
    chinese: str
    groups: frozenset[str]
    other_names: tuple[str, ...]


@cache
def places() -> dict[str, Place]:
    """Every place by its three-letter code."""
    with PLACES_FILE.open(encoding="utf-8", newline="") as stream:
        return {
            row["alpha3"]: Place(
                alpha3=row["alpha3"],
                alpha2=row["alpha2"],
                english=row["english"],
                chinese=row["chinese"],
                groups=frozenset(row["groups"].split()),
                other_names=tuple(name.strip() for name in row["other_names"].split(";") if name.strip()),
            )
            for row in csv.DictReader(stream)
        }


@cache
def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for place in places().values():
        codes[place.alpha3] = place.alpha3
        codes[place.alpha2] = place.alpha3
    return codes


@cache
def groups() -> dict[str, frozenset[str]]:
    """Country groups (``EU``, ``A:5``, ``D:5`` ...) as sets of three-letter codes."""
    found: dict[str, set[str]] = {}
    for place in places().values():
        for group in place.groups:
            found.setdefault(group, set()).add(place.alpha3)
    return {name: frozenset(members) for name, members in found.items()}


def three_letter(code: str) -> str:
    """The three-letter code of a two- or three-letter one.

    Raises:
        InputError: there is no such place.
    """
    known = _codes().get(code) or _codes().get(code.upper())
    if known is None:
        raise refuse(
            "place",
            why="there is no such country code",
            cure=nearest(code.upper(), _codes()),
            value=code,
        )
    return known


def expand(codes: list[str]) -> frozenset[str]:
    """Codes and group names as one set of three-letter codes: ``["EU", "NO"]``."""
    found: set[str] = set()
    for code in codes:
        if code in groups():
            found |= groups()[code]
        else:
            found.add(three_letter(code))
    return frozenset(found)
