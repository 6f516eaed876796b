"""Draws of an ensemble: every number with a range is drawn from it, but for those that the balance of the base year ties to others.

Draws are scrambled Sobol points, so that few draws cover many ranges evenly. The stated value is the median: half of the draws lie
between low and value, half between value and high, evenly in each. Numbers that belong together move together: one factor on the cover
of each product, one on each strategic stock, and so on, see `FACTORS`.

Not drawn: what the base year was and made (activity, flows, coefficients, yields, quantities of use), because the world is balanced at the
stated values and the ranges went into that; lags and the spread of cover, which are the shape of the network; ``FIXED`` parameters.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.measures.gates import Regimes
from standoff.model.parameters import default_parameters
from standoff.simulate.draws import Draws
from standoff.world.network import LATENT_ROUTES, Network
from standoff.world.tables import World

Floats = npt.NDArray[np.float64]

FIXED = ("licence_stages", "renewal_days", "stop_share", "paralysis_share")
"""Not drawn: the shape of the review queue and the length of its rings are common to all draws; the last two are definitions."""

DIMENSIONS = 512

FACTORS = {
    "restock": ("needs", "restock_days", "product"),
    "finished": ("offers", "stock_days", "product"),
    "capacity": ("producers", "capacity", "recipe"),
    "release": ("stocks", "release_rate", "stock"),
    "trigger": ("stocks", "trigger_share", "stock"),
    "ramp": ("projects", "ramp_days", "project"),
    "added": ("projects", "capacity", "project"),
    "reach": ("links", "max_share", "route"),
    "adapt": ("links", "adapt_days", "route"),
    "loss": ("links", "loss_share", "route"),
    "premium": ("links", "premium", "route"),
    "value": ("uses", "value", "use"),
    "value_added": ("producers", "value_added", "recipe"),
    "price": ("products", "price", "product"),
}
"""One factor for each group of rows: table, column, and the column whose words are the groups. Spare capacity falls to nothing and not
below."""
VALUING = ("premium", "value", "value_added", "price")
"""Of them, those that value what happened and move nothing else."""
BASIC = ("parameter", "cover", "reserve", "built", "slip")
"""Kinds that a calibration draws: its frozen forecasts were made with them alone."""
KINDS = (*BASIC, *FACTORS)
"""Every kind of number of the world that can be drawn: what stands before the colon in a number's name."""


@dataclass(frozen=True)
class Range:
    """One drawn number: what it is called and its range."""

    name: str
    value: float
    low: float
    high: float
    status: str


def ranges_of(
    world: World, network: Network, regimes: Regimes, parameters: dict[str, float], *, kinds: Collection[str] = KINDS
) -> list[Range]:
    """Every number that an ensemble draws, in a fixed order: numbers of the world before those of its measures, so that two scenarios
    on one world draw the same world (common random numbers).

    Behavioural parameters keep their range around the value that the run uses: a value set in the scenario is drawn no more.
    """
    found = []
    for name, parameter in default_parameters().items():
        if name not in FIXED and parameters[name] == parameter.value:
            found.append(Range(f"parameter:{name}", parameter.value, parameter.low, parameter.high, parameter.status))
    found += _cover_ranges(world, network)
    found += _factor_ranges(world, "stocks", "stock", "quantity", "reserve")
    projects = world.tables["projects"]
    for index, project in enumerate(projects["project"]):
        low, high = (column[index] for column in projects.range("slip_days"))
        value = float(projects["slip_days"][index])
        found.append(Range(f"built:{project}", 0.5, 0.0, 1.0, projects.status("chance")[index]))
        found.append(Range(f"slip:{project}", value, float(low), float(high), projects.status("slip_days")[index]))
    for kind in FACTORS:
        found += _group_ranges(world, kind)
    found = [each for each in found if each.name.partition(":")[0] in kinds]
    for regime in regimes.regimes[1:]:
        for field, number in regime.administration.items():
            if number.low < number.high:
                found.append(Range(f"{regime.label}:{field}", number.value, number.low, number.high, number.status))
    return found


def _group_ranges(world: World, kind: str) -> list[Range]:
    """One factor for each group of rows: the average of its rows' ranges relative to their values."""
    table, column, key = FACTORS[kind]
    rows = world.tables[table]
    value = np.asarray(rows[column], dtype=float)
    low, high = (np.asarray(side, dtype=float) for side in rows.range(column))
    status, members = rows.status(column), np.array(rows[key])
    found = []
    for group in dict.fromkeys(LATENT_ROUTES if key == "route" else rows[key]):
        inside = np.flatnonzero((members == group) & (value > 0) & np.isfinite(value))
        if not len(inside):
            continue
        lowest, highest = (float((side[inside] / value[inside]).mean()) for side in (low, high))
        known = "sourced" if all(status[row] == "sourced" for row in inside) else "assumed"
        if lowest < highest:
            found.append(Range(f"{kind}:{group}", 1.0, lowest, highest, known))
    return found


def _cover_ranges(world: World, network: Network) -> list[Range]:
    """One factor on cover for each product: the average of its rows' ranges relative to their values."""
    needs = world.tables["needs"]
    low, high = needs.range("cover_days")
    value = np.asarray(needs["cover_days"], dtype=float)
    found = []
    for product in network.products:
        rows = [row for row, name in enumerate(needs["product"]) if name == product and value[row] > 0]
        if rows:
            status = "sourced" if all(needs.status("cover_days")[row] == "sourced" for row in rows) else "assumed"
            lows, highs = (np.asarray(side, dtype=float)[rows] / value[rows] for side in (low, high))
            found.append(Range(f"cover:{product}", 1.0, float(lows.mean()), float(highs.mean()), status))
    return found


def _factor_ranges(world: World, table: str, label: str, column: str, prefix: str) -> list[Range]:
    rows = world.tables[table]
    low, high = rows.range(column)
    found = []
    for index, name in enumerate(rows[label]):
        value = float(rows[column][index])
        if value > 0:
            found.append(
                Range(f"{prefix}:{name}", 1.0, low[index] / value, high[index] / value, rows.status(column)[index])
            )
    return found


@lru_cache(maxsize=8)
def sobol_points(count: int, *, dimensions: int, seed: int) -> Floats:
    """Scrambled Sobol points, (count, dimensions), read-only; the same for the same seed, and a longer set begins with a shorter one."""
    from scipy.stats import qmc

    # The scrambling depends on the number of dimensions: whole chunks of them, so that a few more numbers leave the others as they are
    chunks = max(-(-dimensions // DIMENSIONS), 1)
    sampler = qmc.Sobol(d=chunks * DIMENSIONS, scramble=True, rng=np.random.default_rng(seed))
    exponent = max(int(np.ceil(np.log2(max(count, 1)))), 0)
    points: Floats = sampler.random_base2(exponent)[:count, :dimensions]
    points.setflags(write=False)  # they are kept for the next caller
    return points


def draw_values(ranges: list[Range], points: Floats) -> dict[str, Floats]:
    """Values of every drawn number, (draws,), by name: the stated value is the median."""
    values = {}
    for index, each in enumerate(ranges):
        u = points[:, index]
        below = each.low + (each.value - each.low) * 2.0 * u
        above = each.value + (each.high - each.value) * (2.0 * u - 1.0)
        values[each.name] = np.where(u < 0.5, below, above)
    return values


def build_draws(network: Network, regimes: Regimes, world: World, values: dict[str, Floats]) -> Draws:
    """Drawn values as the setup reads them."""
    count = len(next(iter(values.values()))) if values else 0
    ones = np.ones(count)
    administration: dict[tuple[str, str], Any] = {}
    for regime in regimes.regimes[1:]:
        for field in regime.administration:
            if f"{regime.label}:{field}" in values:
                administration[regime.label, field] = values[f"{regime.label}:{field}"]
    chance = dict(zip(world.tables["projects"]["project"], world.tables["projects"]["chance"], strict=True))
    return Draws(
        count=count,
        parameters={name.removeprefix("parameter:"): v for name, v in values.items() if name.startswith("parameter:")},
        administration=administration,
        cover=np.array([values.get(f"cover:{product}", ones) for product in network.products]),
        reserve=np.array([values.get(f"reserve:{label}", ones) for label in network.stocks.labels]).reshape(-1, count),
        built=np.array([values[f"built:{p}"] < float(chance[p]) for p in network.projects.labels], dtype=float).reshape(
            -1, count
        ),
        slip=np.array([values[f"slip:{project}"] for project in network.projects.labels]).reshape(-1, count),
        factors=_factors(network, world, values, ones),
    )


def _factors(network: Network, world: World, values: dict[str, Floats], ones: Floats) -> dict[str, Floats]:
    """Factors of every kind that is drawn, (rows of the network, draws)."""
    kinds = {name.partition(":")[0] for name in values}
    return {
        kind: np.array([values.get(f"{kind}:{label}", ones) for label in labels]).reshape(-1, len(ones))
        for kind, labels in factor_labels(network, world).items()
        if kind in kinds
    }


def factor_labels(network: Network, world: World) -> dict[str, Sequence[str]]:
    """Of every kind of factor, the group of each row of the network."""
    nodes = network.nodes
    recipes = world.tables["producers"]["recipe"]
    rows: dict[str, Sequence[str]] = {
        "product": network.products,
        "recipe": [recipes[parent] for parent in nodes.parent[: nodes.producers]],
        "stock": network.stocks.labels,
        "project": network.projects.labels,
        "route": LATENT_ROUTES,
        "use": [nodes.parent_labels[parent] for parent in nodes.parent[nodes.producers :]],
    }
    return {kind: rows[key] for kind, (_, _, key) in FACTORS.items()}
