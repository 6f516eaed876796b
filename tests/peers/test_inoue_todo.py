"""Rule set ``inoue_todo`` against proNet (2021), and the laws of its rationing rules."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from peer_cases import DATA, worst_relative
from typer.testing import CliRunner

from standoff.cli.main import app
from standoff.errors import InputError
from standoff.model.rationing import common_level, served_by_pronet
from standoff.simulate.firm_run import firm_settings, run_firms
from standoff.world.firm_folder import read_firm_files

FOLDER = DATA / "inoue_todo"
CASES = ["R0_o0_none", "R0_o0_c30", "R2_o0_none", "R2_o0_c30"]


def _settings(case: str) -> dict[str, str]:
    rationing, orders, recovery = case.split("_")
    return {
        "rationing": rationing[1:],
        "orders": orders[1:],
        "recovery": "linear" if recovery == "c30" else "none",
    }


@pytest.mark.parametrize("case", CASES)
def test_totals_and_snapshots_are_those_of_pronet(case: str) -> None:
    settings, rules = firm_settings(_settings(case))
    run = run_firms(read_firm_files(FOLDER / "net200"), settings=settings, rules=rules).run
    with np.load(FOLDER / "series.npz") as held:
        expected = held[case][1:]
    ours = np.column_stack([run["output"].sum(axis=1), run.value_added.sum(axis=1), run["to_final"].sum(axis=1)])
    assert worst_relative(ours, expected[:, 1:]) < 1e-9
    with np.load(FOLDER / "snapshots.npz") as held:
        for day in (5, 20, 40, 79):
            theirs = held[f"{case}@{day}"]
            assert np.abs(run["output"][day] / theirs[:, 1].clip(1e-9) - 1)[theirs[:, 1] > 0].max() < 1e-5
            assert np.abs((run["book"] + run["final"])[day] / theirs[:, 2] - 1).max() < 1e-5


@pytest.mark.parametrize("rationing", ["0", "2"])
def test_the_two_firm_toy_is_that_of_pronet(rationing: str, tmp_path: Path) -> None:
    chosen = ["--set", f"rationing={rationing}", "--set", "orders=0", "--out", str(tmp_path)]
    result = CliRunner().invoke(app, ["run", str(FOLDER / "toy"), "--rules", "inoue_todo", *chosen])
    assert result.exit_code == 0, result.output
    ours = _rows(tmp_path / "totals.csv")
    theirs = _rows(FOLDER / f"toy_R{rationing}.csv")
    assert worst_relative(ours[: len(theirs)], theirs) < 1e-9


def _rows(path: Path) -> np.ndarray:
    with path.open(newline="") as stream:
        return np.array([[float(cell) for cell in row.values()] for row in csv.DictReader(stream)])


@given(
    relative=st.lists(st.floats(0, 3), min_size=1, max_size=8),
    weight=st.floats(0.1, 10),
    share=st.floats(0, 1.2),
)
def test_common_level_gives_out_exactly_what_is_there(relative: list[float], weight: float, share: float) -> None:
    r = np.array(relative)
    w = weight * (1.0 + np.arange(len(r)))
    output = np.array([share * (r * w).sum()])
    level = common_level(output=output, relative=r, weight=w, seller=np.zeros(len(r), dtype=int), nodes=1)
    served = (w * np.minimum(r, level[0])).sum()
    assert served == pytest.approx(min(output[0], (r * w).sum()), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("rationing", ["same_share", "firms_first", "common_level", "common_level_final_last"])
@pytest.mark.parametrize("orders", ["0", "1", "2"])
def test_every_rationing_and_order_rule_sells_all_that_is_made(rationing: str, orders: str) -> None:
    settings, rules = firm_settings({"rationing": rationing, "orders": orders, "steps": "40"})
    run = run_firms(read_firm_files(FOLDER / "net200"), settings=settings, rules=rules).run
    assert np.abs(run["unsold"]).max() < 1e-9 * run["output"].max()
    assert (run["to_final"] <= run["final"] * (1 + 1e-12)).all()


@pytest.mark.parametrize("rationing", ["2", "3"])
@pytest.mark.parametrize("orders", ["0", "1", "2"])
def test_pronets_own_rules_never_sell_more_than_is_made_and_lose_little(rationing: str, orders: str) -> None:
    settings, rules = firm_settings({"rationing": rationing, "orders": orders, "steps": "40"})
    run = run_firms(read_firm_files(FOLDER / "net200"), settings=settings, rules=rules).run
    assert run["unsold"].min() > -1e-9 * run["output"].max()
    assert run["unsold"].sum() < 0.01 * run["output"].sum()


def test_pronet_serves_clients_that_order_nothing_up_to_the_first_level() -> None:
    """One seller of 10, clients of usual weight 2, 2 and 2 that order 0, 0.5 and 1, final demand 4."""
    clients, final = served_by_pronet(
        output=np.array([7.0]),
        relative=np.array([0.0, 0.5, 1.0]),
        weight=np.full(3, 2.0),
        seller=np.zeros(3, dtype=int),
        final_relative=np.ones(1),
        final_weight=np.array([4.0]),
    )
    rest = (7.0 - 0.5 * 10.0) / 6.0  # what the first level leaves, for the client and final demand not yet served
    np.testing.assert_allclose(clients, [0.5, 0.5, 0.5 + rest])
    np.testing.assert_allclose(final, 0.5 + rest)


def test_firms_first_leaves_final_demand_what_is_left() -> None:
    settings, rules = firm_settings({"rationing": "1", "steps": "20"})
    run = run_firms(read_firm_files(FOLDER / "net200"), settings=settings, rules=rules).run
    short = run["to_firms"] < run["book"] * (1 - 1e-9)
    assert short.any()
    assert (run["to_final"][short] < 1e-9).all()


def test_bad_settings_and_files_are_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as report:
        firm_settings({"ratoining": "1", "steps": "many"})
    assert len(report.value.problems) == 2
    with pytest.raises(InputError) as report:
        read_firm_files(tmp_path)
    assert len(report.value.problems) == 4


def test_any_peers_rules_run_on_a_folder_of_firms_and_a_dangerous_setting_is_warned_of(tmp_path: Path) -> None:
    for name, cover, code in (("pichler", "15", 0), ("ario", "15", 0), ("ario", "3", 1)):
        chosen = ["--set", "rationing=inoue_todo", "--set", f"cover={cover}", "--set", "steps=20", "--json"]
        result = CliRunner().invoke(
            app, ["run", str(FOLDER / "net200"), "--rules", name, *chosen, "--out", str(tmp_path)]
        )
        assert result.exit_code == code, result.output
        assert len(json.loads(result.output)["warnings"]) == code
