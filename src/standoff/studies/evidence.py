"""How much of a loss rests on sourced, claimed and assumed numbers, and which numbers matter most.

Every number with a range is drawn at once. A number matters as far as the loss moves with it over the draws: its squared rank correlation
with the loss, less what chance alone would give. Among thousands of numbers some correlate by chance: only those count that chance would
bring forth in one study out of twenty. Shares by status are sums over these, as parts of their total.

The study takes a minute for a large world, so its result is kept beside the world with the fingerprint of what it was made from.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from standoff.simulate.ensemble import run_ensemble
from standoff.simulate.sampling import Range
from standoff.simulate.scenario import read_scenario
from standoff.world.tables import WORLDS, World

SCENARIO = "april-2025"
DRAWS = 2048
FILE = "evidence.json"
CHANCE = 0.05
"""Chance that a study in which nothing matters names any number at all."""
MOST_SHOWN = 10


@dataclass(frozen=True)
class Driver:
    """One number that moves the loss.

    Attributes:
        name: of the number, as in `standoff.simulate.sampling`.
        status: sourced, claimed or assumed.
        value, low, high: its range.
        weight: share of the explained movement of the loss.
        direction: 1 if the loss grows with it, -1 if it falls.
    """

    name: str
    status: str
    value: float
    low: float
    high: float
    weight: float
    direction: int


def rank_drivers(ranges: Sequence[Range], drawn: dict[str, Any], loss: Any) -> list[Driver]:
    """Numbers by how much the loss moves with them, the strongest first; weights add up to 1.

    Formula: ``w_i = (rho_i^2 - 1 / (n - 1)) / sum`` where ``|rho_i| sqrt(n - 1) > z``, ``rho_i`` Spearman's rank correlation over ``n``
    draws, ``z`` the normal quantile of ``1 - CHANCE / 2 m`` for ``m`` numbers (Bonferroni).
    """
    from scipy.stats import norm

    count = len(loss)
    least = float(norm.isf(CHANCE / (2.0 * max(len(ranges), 1)))) ** 2 / (count - 1)
    ranks = _ranks(np.asarray(loss, dtype=float))
    found = []
    for each in ranges:
        values = np.asarray(drawn[each.name], dtype=float)
        if np.ptp(values) == 0 or np.ptp(ranks) == 0:
            continue
        correlation = float(np.corrcoef(_ranks(values), ranks)[0, 1])
        if correlation**2 > least:
            found.append((each, correlation, correlation**2 - 1.0 / (count - 1)))
    total = sum(weight for _, _, weight in found) or 1.0
    drivers = [
        Driver(each.name, each.status, each.value, each.low, each.high, weight / total, 1 if correlation > 0 else -1)
        for each, correlation, weight in found
    ]
    return sorted(drivers, key=lambda driver: -driver.weight)


def study_evidence(world: World, *, draws: int = DRAWS, seed: int = 1, processes: int = 1) -> dict[str, Any]:
    """The study of one world as plain content: shares of the loss by status and the numbers that matter most."""
    scenario = read_scenario(SCENARIO, changes={"world": world.name})
    ensemble = run_ensemble(scenario, world, draws=draws, seed=seed, processes=processes)
    loss = ensemble.loss
    drivers = rank_drivers(ensemble.ranges, ensemble.values, loss)
    return {
        "scenario": SCENARIO,
        "world": world.name,
        "fingerprint": world.fingerprint,
        "draws": draws,
        "seed": seed,
        "loss_usd": {
            name: float(np.quantile(loss, q)) for name, q in (("low80", 0.1), ("median", 0.5), ("high80", 0.9))
        },
        "shares": {
            status: sum(driver.weight for driver in drivers if driver.status == status)
            for status in ("sourced", "claimed", "assumed")
        },
        "assumptions": [vars(driver) for driver in drivers if driver.status == "assumed"][:MOST_SHOWN],
    }


def kept_evidence(world: World) -> dict[str, Any] | None:
    """The kept study of a bundled world, None where there is none or where it was made from another state of the world."""
    path = WORLDS / world.name / FILE
    if not path.is_file():
        return None
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content if content["fingerprint"] == world.fingerprint else None


def keep_evidence(world: World, content: dict[str, Any]) -> Path:
    """Write a study beside its world."""
    path = WORLDS / world.name / FILE
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return path


def _ranks(values: Any) -> Any:
    from scipy.stats import rankdata

    return rankdata(values)
