"""Rule set ``pichler`` against pyIEEM's functions on the Belgian lockdown, and against what was observed."""

from __future__ import annotations

import csv
from typing import Any

import numpy as np
import pytest
from peer_cases import DATA, belgian_run, belgium, worst_relative

from standoff.simulate.economy_run import EconomyRun

SECTORS = 63


def _run(production: str) -> tuple[EconomyRun, dict[str, Any]]:
    economy, expected = belgium()
    return belgian_run(economy, expected, production=production, steps=160), expected


@pytest.mark.parametrize("production", ["weakly_critical", "half_critical", "strongly_critical", "leontief"])
def test_pichler_is_pyieem_on_the_belgian_lockdown(production: str) -> None:
    run, expected = _run(production)
    at = expected["steps"]
    output, consumption, other, demand, labour = np.split(expected[production], 5, axis=1)
    assert worst_relative(run["output"][at], output) < 1e-9
    assert worst_relative((run["book"] + run["final"])[at], demand) < 1e-9
    assert worst_relative((run["labour"] * expected["labour"])[at], labour) < 1e-9
    lockdown = ((at >= 10) & (at < 70))[:, None]
    usual = run.economy.final - run.economy.households
    wanted = usual * (1.0 - np.where(lockdown, expected["kF"], 0.0))
    assert worst_relative(wanted * run["final_share"][at], other) < 1e-9
    assert worst_relative((run["final"][at] - wanted) * run["final_share"][at], consumption) < 1e-9


def test_half_critical_inputs_come_nearest_to_observed_gdp_and_leontief_misses() -> None:
    """Observed: April and May 2020 against February; the lockdown began in mid March."""
    with (DATA / "pichler" / "observed_GDP_employment_BE.csv").open(newline="") as stream:
        observed = {row["date"][:7]: float(row["GDP"]) for row in csv.DictReader(stream) if row["GDP"]}
    april = {}
    for production in ("half_critical", "leontief"):
        run, _ = _run(production)
        gdp = run.value_added.sum(axis=1) / run.economy.value_added.sum()
        april[production] = float(gdp[30:60].mean())  # days 20 to 50 of the lockdown
    assert abs(april["half_critical"] - observed["2020-04"]) < 0.05
    assert april["leontief"] < observed["2020-04"] - 0.1


def test_linear_production_is_defined_for_a_sector_without_inputs() -> None:
    run, _ = _run("linear")
    assert np.isfinite(run["output"]).all()


def test_labour_and_consumption_return_after_the_lockdown() -> None:
    run, _ = _run("half_critical")
    assert run["labour"][60].mean() < 0.9 < 0.99 < run["labour"][-1].mean()
