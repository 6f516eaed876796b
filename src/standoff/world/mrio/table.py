"""A multi-regional input-output table in memory: as a reader found it, and as a run needs it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

MAGNITUDES = (
    (re.compile(r"\b(billions?|bn)\b", re.IGNORECASE), 1e9),
    (re.compile(r"\b(millions?|mill|mio|mn|m)\b", re.IGNORECASE), 1e6),
    (re.compile(r"\b(thousands?|000|k)\b|^k(?=[A-Z])", re.IGNORECASE), 1e3),
)
CURRENCY = re.compile(r"(?<![A-Z])[A-Z]{3}\b")


@dataclass(frozen=True)
class Adjustment:
    """One kind of change that a reader had to make, or one fact about the table that a user has to know."""

    what: str
    count: int = 0
    """Cells, producers or labels concerned."""
    largest: float = 0.0
    """In the table's money unit."""
    where: str = ""
    """Of the largest one."""
    total: float = 0.0
    """Sum of the absolute changes, in the table's money unit."""
    share: float = 0.0
    """Total as a share of all output."""


@dataclass(frozen=True)
class About:
    """What a table says about itself."""

    name: str
    title: str
    year: str
    unit: str
    """Money unit of the numbers, such as ``million USD``."""
    source: str
    terms: str

    @property
    def money(self) -> tuple[float, str]:
        """(units of currency in one unit of the table, currency); (1, the unit as it stands) if it is not understood."""
        text = self.unit.replace("US$", "USD").replace("$", "USD").replace("€", "EUR")
        found = CURRENCY.search(text.removeprefix("k"))
        if found is None:
            return 1.0, self.unit
        return next((factor for pattern, factor in MAGNITUDES if pattern.search(text)), 1.0), found.group()


@dataclass(frozen=True)
class RawTable:
    """A table as a reader found it, yearly, nodes by region, then sector. Nothing is corrected yet.

    Args:
        flows: from producer (row) to producer (column), (nodes, nodes).
        households, other: final demand by destination, (nodes, regions).
        output: (nodes,), None where only sales tell it.
        notes: what the reader had to do or to assume.
    """

    about: About
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: Array
    households: Array
    other: Array
    output: Array | None
    notes: tuple[Adjustment, ...] = ()

    def node_name(self, node: int) -> str:
        """``region, sector`` of a node."""
        return f"{self.regions[node // len(self.sectors)]}, {self.sectors[node % len(self.sectors)]}"


@dataclass(frozen=True)
class Mrio:
    """A table at rest: what every producer makes is what it sells. Yearly, nodes by region, then sector.

    Attributes:
        about: name, year, unit, source, terms.
        regions, sectors: labels.
        flows: from producer (row) to producer (column), (nodes, nodes).
        households, other: final demand by destination, (nodes, regions).
        adjustments: what had to give so that it rests.
    """

    about: About
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: Array
    households: Array
    other: Array
    adjustments: tuple[Adjustment, ...] = ()

    @cached_property
    def output(self) -> Array:
        """Sales, (nodes,)."""
        total: Array = self.flows.sum(axis=1) + self.households.sum(axis=1) + self.other.sum(axis=1)
        return total

    @cached_property
    def value_added(self) -> Array:
        """Output less inputs, not under zero, (nodes,)."""
        added: Array = np.maximum(self.output - self.flows.sum(axis=0), 0.0)
        return added

    @cached_property
    def region_of(self) -> npt.NDArray[np.int64]:
        """Region of each node."""
        return np.repeat(np.arange(len(self.regions)), len(self.sectors))

    @cached_property
    def sector_of(self) -> npt.NDArray[np.int64]:
        """Sector of each node."""
        return np.tile(np.arange(len(self.sectors)), len(self.regions))

    @property
    def arrays(self) -> Mapping[str, Array]:
        """What is kept in the binary file."""
        return MappingProxyType({"flows": self.flows, "households": self.households, "other": self.other})

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of labels, unit, year and every number."""
        total = sha256(repr((self.about.year, self.about.unit, self.regions, self.sectors)).encode())
        for values in self.arrays.values():
            total.update(np.ascontiguousarray(values).data)
        return total.hexdigest()
