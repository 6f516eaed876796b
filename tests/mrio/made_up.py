"""Made-up tables that tests share."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.world.mrio.settle import settle
from standoff.world.mrio.table import About, Mrio, RawTable

ABOUT = About("made-up", "A made-up table", "2022", "million USD", "made up for a test", "none")


def raw_table(regions: int = 4, sectors: int = 3, *, seed: int = 1) -> RawTable:
    """A table in which everybody trades with everybody and inputs cost about half of output."""
    draw = np.random.default_rng(seed)
    nodes = regions * sectors
    flows = draw.lognormal(0.0, 1.0, (nodes, nodes))
    households, other = (draw.lognormal(1.0, 1.0, (nodes, regions)) for _ in range(2))
    output = flows.sum(axis=1) + households.sum(axis=1) + other.sum(axis=1)
    flows *= 0.5 * output / flows.sum(axis=0)
    return RawTable(
        ABOUT,
        tuple(f"R{number}" for number in range(regions)),
        tuple(f"S{number}" for number in range(sectors)),
        flows,
        households,
        other,
        None,
    )


def table(regions: int = 4, sectors: int = 3, *, seed: int = 1) -> Mrio:
    """The same, settled."""
    return settle(raw_table(regions, sectors, seed=seed))


def scenario(*events: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Content of a scenario of 200 days."""
    return {"name": "test", "start": "2022-01-01", "until": "2022-07-20", "events": list(events), **changes}


def cut(share: Any = 1.0, **changes: Any) -> dict[str, Any]:
    """R0 may not sell S0 to R1 from day 10 on."""
    return {
        "kind": "export_cut",
        "name": "cut",
        "exporters": ["R0"],
        "destinations": ["R1"],
        "sectors": ["S0"],
        "share": share,
        "start": "2022-01-11",
        **changes,
    }
