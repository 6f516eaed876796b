"""Shocks of a scenario file are those of the peers: destroyed capital, lost capacity, labour and demand."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pytest
from made_up import ABOUT, cut, raw_table, scenario, table

from standoff.errors import InputError
from standoff.model.rebuilding import rebuilding_needs
from standoff.model.rulesets import compose
from standoff.simulate.damage import Damage, Rebuilding, Schedule
from standoff.simulate.economy_api import economy_of, run_scenario
from standoff.simulate.economy_run import run_economy
from standoff.simulate.economy_scenario import economy_scenario_from, unknowns, with_values
from standoff.world.mrio.table import Mrio

PICHLER = Path(__file__).resolve().parents[1] / "peers" / "data" / "pichler"


def test_destroyed_capital_that_is_rebuilt_is_the_event_of_the_rule_set() -> None:
    mrio = table()
    quake = {
        "kind": "capital_destroyed",
        "regions": ["R1"],
        "sectors": ["S0", "S2"],
        "share": 0.02,
        "start": "2022-01-06",
        "duration_days": 4,
        "rebuilding": {"sectors": {"S1": 0.6, "S2": 0.4}, "days": 40, "factor": 1.5},
    }
    result = run_scenario(economy_scenario_from(scenario(quake)), world=mrio)
    economy = result.events.economy
    impact = np.zeros(12)
    impact[[3, 5]] = 0.02 * economy.capital[[3, 5]]
    columns = np.array([3, 5])
    needs = rebuilding_needs(
        impact=impact[columns],
        sector_shares=np.array([0.0, 0.6, 0.4]),
        factor=1.5,
        flows=mrio.flows[:, columns],
        product=np.arange(12) % 3,
    )
    damage = Damage(impact, 5, 4, destroys_capital=True, rebuilding=Rebuilding(needs, columns, 1.5, 40))
    expected = run_economy(economy, compose("ario"), Schedule(economy, [damage]), steps=200)
    assert result.run["output"] == pytest.approx(expected["output"], rel=1e-12)
    assert result.run["capital_lost"].max() > 0


def test_lost_capacity_recovers_as_its_curve_says() -> None:
    fire = {"kind": "capacity_lost", "regions": ["R0"], "share": 0.3, "start": "2022-01-02", "duration_days": 10}
    lasting = run_scenario(economy_scenario_from(scenario(fire)), world=table())
    healing = {**fire, "recovery": "linear", "recovery_days": 20}
    healed = run_scenario(economy_scenario_from(scenario(healing)), world=table())
    usual = lasting.losses.usual_output[:3]
    assert lasting.run["capacity"][0, :3] == pytest.approx(usual)
    assert (lasting.run["output"][-1, :3] < 0.9 * usual).all()
    assert (healed.run["output"][-1, :3] > 0.99 * usual).all()
    assert healed.losses.value_added_lost.sum() < lasting.losses.value_added_lost.sum()


def belgium() -> tuple[Mrio, list[dict[str, object]], np.ndarray]:
    """The Belgian table as a table of one region, the lockdown as events, and expected output on some days."""
    sys.path.insert(0, str(PICHLER.parents[1]))
    from peer_cases import belgium as peer

    economy, shocks = peer()
    with (PICHLER / "IO_BE_NACE64.csv").open(newline="") as stream:
        rows = list(csv.reader(stream))
    sectors = tuple(name.strip() for name in rows[0][1:])
    flows = np.array([[float(cell or 0) for cell in row[1:]] for row in rows[1:]])
    households = economy.households[:, None] * 365.0
    other = (economy.final - economy.households)[:, None] * 365.0
    mrio = Mrio(ABOUT, ("BE",), sectors, flows, households, other)
    dates = {"start": "2020-03-15", "until": "2020-05-14"}
    events = [
        {"kind": kind, "name": f"{kind}-{sector}", "sectors": [sector], "share": float(share), **dates}
        for kind, key in (("labour_lost", "kS"), ("household_demand", "kD"), ("other_final_demand", "kF"))
        for sector, share in zip(sectors, shocks[key], strict=True)
        if share > 0
    ]
    return mrio, events, shocks


def test_the_belgian_lockdown_as_a_scenario_file_is_that_of_pyieem(tmp_path: Path) -> None:
    mrio, events, expected = belgium()
    with (PICHLER / "desired_stock_NACE64.csv").open(newline="") as stream:
        cover = {name: float(row[1]) for name, row in zip(mrio.sectors, list(csv.reader(stream))[1:], strict=True)}
    ratings = tmp_path / "ratings.csv"
    with (PICHLER / "IHS_critical_NACE64.csv").open(newline="") as stream:
        rows = [row[1:] for row in list(csv.reader(stream))[1:]]
    with ratings.open("w", newline="") as stream:
        csv.writer(stream).writerows(
            [["", *mrio.sectors], *([name, *row] for name, row in zip(mrio.sectors, rows, strict=True))]
        )
    content = {
        "name": "lockdown",
        "rules": "pichler",
        "start": "2020-03-05",
        "until": "2020-08-12",
        "cover": cover,
        "cover_of": "buyer",
        "restock": 14,
        "ratings": str(ratings),
        "events": events,
    }
    result = run_scenario(economy_scenario_from(content), world=mrio)
    at = expected["steps"]
    output = np.split(expected["half_critical"], 5, axis=1)[0]
    assert result.run["output"][at] == pytest.approx(output, rel=1e-6)


def test_cover_by_sector_and_inputs_that_never_bind() -> None:
    asked = economy_scenario_from(scenario(cover={"default": 20, "S1": 5}, restock=7, never_binding=["S2"]))
    economy = economy_of(table(), asked)
    assert (economy.cover[:, 0] == [20.0, 5.0, np.inf]).all()
    assert (economy.restock == 7.0).all()


def test_ranges_are_run_at_their_ends_or_drawn() -> None:
    asked = economy_scenario_from(
        scenario(cut({"value": 0.5, "low": 0.2, "high": 1.0}, leakage={"value": 0.1, "low": 0.0, "high": 0.5}))
    )
    assert [each.label for each in unknowns(asked)] == ["cut.share", "cut.leakage"]
    ends = run_scenario(asked, world=table())
    assert ends.spread is not None
    assert len(ends.spread.cases) == 5
    low, high = ends.spread.world_range("output_lost")
    assert low <= ends.losses.output_lost.sum() <= high
    at_high = run_scenario(with_values(asked, {"cut.share": 1.0}), world=table())
    assert ends.spread.each["output_lost"][0][2].sum() == pytest.approx(at_high.losses.output_lost.sum())
    drawn, again = (run_scenario(asked, world=table(), draws=7, seed=3) for _ in range(2))
    assert drawn.spread is not None
    assert again.spread is not None
    assert len(drawn.spread.cases) == 7
    assert np.array_equal(drawn.spread.world["output_lost"], again.spread.world["output_lost"])
    assert all(0.2 <= case["cut.share"] <= 1.0 and 0.0 <= case["cut.leakage"] <= 0.5 for case in drawn.spread.cases)


def test_a_collapse_is_said() -> None:
    fire = {"kind": "capacity_lost", "regions": ["R0"], "share": 0.9, "start": "2022-01-02", "duration_days": 10,
            "recovery": "linear", "recovery_days": 10}  # fmt: skip
    result = run_scenario(
        economy_scenario_from(scenario(fire, cover=3, restock=60, until="2024-01-01", numbers={"psi": 0.95})),
        world=table(),
    )
    assert result.warnings
    assert result.status == "collapsed"
    assert "own dynamics" in result.summary()["diagnosis"]


MISTAKES: dict[str, tuple[dict[str, object], str]] = {
    "unknown key": ({"covers": 3}, "Did you mean 'cover'"),
    "unknown region": ({"events": [cut(exporters=["Q0"])]}, "no such region or side"),
    "unknown sector": ({"events": [cut(sectors=["T0"])]}, "no such sector"),
    "share above one": ({"events": [cut(1.5)]}, "less than or equal to 1"),
    "range out of order": ({"events": [cut({"value": 0.1, "low": 0.5, "high": 1})]}, "not in this order"),
    "ends before it begins": ({"events": [cut(until="2022-01-05")]}, "ends before it begins"),
    "begins after the run": ({"events": [cut(start="2023-01-05")]}, "begins outside the run"),
    "same name": ({"events": [cut(), cut()]}, "two events have this name"),
    "unknown rule": ({"rule_changes": {"sourcing": "capacities"}}, "no such rule of sourcing"),
    "unknown number": ({"numbers": {"psy": 0.5}}, "no such number"),
    "no days": ({"until": "2022-01-01"}, "0 days"),
    "negative cover": ({"cover": -1}, "greater than 0"),
    "unknown kind": ({"events": [{**cut(), "kind": "ban"}]}, "expected tags"),
    "cover of an unknown sector": ({"cover": {"S9": 3}}, "no such sector"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_with_what_to_do(mistake: str) -> None:
    changes, told = MISTAKES[mistake]
    with pytest.raises(InputError, match=told):
        run_scenario(economy_scenario_from({**scenario(), **changes}), world=table())


def test_all_mistakes_about_places_are_one_report() -> None:
    wrong = scenario(cut(exporters=["Q"], sectors=["T"]), sides={"West": ["R9"]}, never_binding=["U"])
    with pytest.raises(InputError) as report:
        run_scenario(economy_scenario_from(wrong), world=table())
    assert len(report.value.problems) == 4


@pytest.mark.parametrize("fault", ["a sector too few", "a level of 0.7", "a sector too many"])
def test_ratings_that_do_not_fit_are_refused(fault: str, tmp_path: Path) -> None:
    rows = [["", "S0", "S1", "S2"], ["S0", "1", "0.5", "0"], ["S1", "1", "1", "1"], ["S2", "0", "0", "0"]]
    if fault == "a sector too few":
        rows = [row[:3] for row in rows]
    elif fault == "a level of 0.7":
        rows[1][1] = "0.7"
    else:
        rows.append(["S3", "0", "0", "0"])
    (tmp_path / "ratings.csv").write_text("\n".join(",".join(row) for row in rows))
    asked = economy_scenario_from(scenario(ratings=str(tmp_path / "ratings.csv"), rules="pichler"))
    with pytest.raises(InputError, match="ratings"):
        run_scenario(asked, world=table())


def test_an_event_that_strikes_nothing_is_said() -> None:
    from dataclasses import replace

    from standoff.world.mrio.settle import settle

    raw = raw_table()
    flows, households, other = raw.flows.copy(), raw.households.copy(), raw.other.copy()
    flows[0, 3:6] = households[0, 1] = other[0, 1] = 0.0
    mrio = settle(replace(raw, flows=flows, households=households, other=other))
    result = run_scenario(economy_scenario_from(scenario(cut())), world=mrio)
    assert result.warnings == ("event cut strikes nothing: the table has nothing there",)
    assert run_scenario(economy_scenario_from(scenario(cut())), world=table()).warnings == ()
