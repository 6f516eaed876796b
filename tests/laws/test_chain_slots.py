"""Rules of the slots of a chain by hand, and everything that a scenario can say about them."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import standoff
from standoff.cli.main import app
from standoff.errors import InputError
from standoff.model import production, sourcing
from standoff.model.chain_rules import numbers_per_step
from standoff.model.chain_slots import shifted_consumption
from standoff.model.economy import RuleNumbers
from standoff.model.rulesets import RULES, SETS
from standoff.model.share_matrix import sum_map
from standoff.results.explain import Explainer
from standoff.results.explain_terms import Cell
from standoff.results.files import known_variables, read_config, read_dataset
from standoff.simulate.api import rerun, run
from standoff.simulate.scenario import read_scenario, scenario_from

WORLD = "magnets-small"


def test_numbers_of_a_day_are_turned_into_those_of_a_step() -> None:
    day = RuleNumbers()
    week = numbers_per_step(day, step_days=7.0)
    labour = 0.3
    for _ in range(7):
        labour += day.hire * (1.0 - labour)
    assert 0.3 + week.hire * 0.7 == pytest.approx(labour, rel=1e-12)
    assert week.overproduction_steps == pytest.approx(365.0 / 7.0)
    assert (week.psi, week.saved, week.overproduction_largest) == (day.psi, day.saved, day.overproduction_largest)
    assert numbers_per_step(day, step_days=1.0).hire == pytest.approx(day.hire)


def test_a_scarce_stock_cuts_activity_long_before_it_is_used_up() -> None:
    rule: dict[str, Any] = {"coefficient": np.array([2.0]), "use": np.array([20.0]), "usual": np.array([10.0])}
    rule |= {"cover_steps": np.array([4.0]), "psi": 0.8, "xp": np}
    full = 20.0 * 5  # four steps in stock and the one that has arrived
    assert production.scarce_limit(stock=np.array([full]), **rule)[0] == pytest.approx(10.0 / 0.8)
    assert production.scarce_limit(stock=np.array([0.8 * full]), **rule)[0] == pytest.approx(10.0)
    assert production.scarce_limit(stock=np.array([0.4 * full]), **rule)[0] == pytest.approx(5.0)
    thin = {**rule, "cover_steps": np.array([0.0])}
    assert production.scarce_limit(stock=np.array([20.0]), **thin)[0] == pytest.approx(
        10.0
    )  # no more than inputs suffice for


def test_inputs_that_are_added_up_stand_in_for_each_other() -> None:
    found = production.pooled_limit(stocks=np.array([30.0, 0.0, 5.0]), needed=np.array([3.0, 2.0, 0.0]), xp=np)
    assert found.tolist() == [10.0, 0.0, np.inf]


def test_weighted_shares_keep_their_sum_and_go_to_who_can_deliver() -> None:
    add, need = sum_map(np.array([0, 0, 1, 1]), 2), np.array([0, 0, 1, 1])
    share = sourcing.weighted_shares(
        base_share=np.array([0.6, 0.4, 0.7, 0.3]),
        weight=np.array([0.0, 1.0, 0.0, 0.0]),
        sum_by_need=add,
        need=need,
        xp=np,
    )
    np.testing.assert_allclose(
        share, [0.0, 1.0, 0.7, 0.3]
    )  # nobody can deliver the second: orders stay where they were


def _uses(place: list[int], spent: list[float], military: list[bool]) -> Any:
    nodes = SimpleNamespace(
        activity=np.array(spent),
        value=np.ones(len(spent)),
        place=np.array(place),
        military=np.array(military),
        producers=0,
    )
    return SimpleNamespace(nodes=nodes)


def test_money_that_is_not_spent_on_one_good_goes_partly_to_the_others_of_the_place() -> None:
    network = _uses([0, 0, 0, 1], [60.0, 30.0, 10.0, 50.0], [False, False, True, False])
    factor = np.array([[1.0, 1.0, 1.0, 1.0], [0.5, 1.0, 1.0, 1.0]])
    found = shifted_consumption(network, factor, RuleNumbers(saved=0.75))
    np.testing.assert_array_equal(found[0], factor[0])
    assert found[1, 2:].tolist() == [1.0, 1.0]  # neither the military use nor another place
    spent = 60.0 * found[1, 0] + 30.0 * found[1, 1]
    assert spent == pytest.approx(90.0 - 0.75 * 30.0)  # of 30 not spent, a quarter is spent after all
    assert found[1, 0] < 1.0 < found[1, 1]
    assert found[1, 0] / found[1, 1] == pytest.approx(0.5)
    assert shifted_consumption(network, None, RuleNumbers()) is None


@pytest.mark.parametrize(
    ("changes", "chosen"),
    [
        ({"rules": "pichler"}, SETS["pichler"]),
        ({"rules": "pichler", "ordering": "inoue_todo"}, SETS["pichler"] | {"ordering": "output"}),
        ({"rules": "ario", "sourcing": "true"}, SETS["ario"] | {"sourcing": "adaptive"}),
        ({"sourcing": False}, SETS["standoff"] | {"sourcing": "usual"}),
        (
            {"orders": "2", "rationing": 1},
            SETS["standoff"] | {"ordering": "output_no_destocking", "rationing": "firms_first"},
        ),
    ],
)
def test_rules_are_named_by_set_rule_number_or_switch(changes: dict[str, Any], chosen: dict[str, str]) -> None:
    scenario = read_scenario("april-2025", changes=changes)
    assert scenario.chosen == chosen
    assert scenario_from(scenario.as_dict()) == scenario
    assert set(scenario.as_dict()) & set(RULES) == {
        slot for slot, rule in chosen.items() if rule != SETS[scenario.rules][slot]
    }


def test_a_scenario_file_names_its_rules(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("extends: april-2025\nrules: ario\nordering: demand\nnumbers: {psi: 0.9}\n", encoding="utf-8")
    scenario = read_scenario(path, changes={"overproduction_steps": "100"})
    assert scenario.chosen == SETS["ario"] | {"ordering": "demand"}
    assert (scenario.rule_numbers().psi, scenario.rule_numbers().overproduction_steps) == (0.9, 100.0)


def test_everything_wrong_with_rules_is_told_at_once() -> None:
    with pytest.raises(InputError) as told:
        read_scenario("april-2025", changes={"ordering": "magic", "labour": "slow", "rules": "arios"})
    assert [problem.column for problem in told.value.problems] == ["rules", "labour", "ordering"]
    with pytest.raises(InputError) as told:
        read_scenario("april-2025", changes={"psi": 0.9, "saved": 0.1, "rules": "pichler", "hire": 2})
    assert {problem.column for problem in told.value.problems} == {"psi", "hire"}
    assert "production=scarce_inventory" in told.value.text()


def test_numbers_of_rules_move_a_run() -> None:
    for rules, name, value in (("ario", "psi", 0.5), ("ario", "overproduction_largest", 1.0), ("pichler", "fire", 0.0)):
        usual, other = (
            run("april-2025", world=WORLD, changes={"rules": rules, "until": "2026-01-05", **changes})
            for changes in ({}, {name: value})
        )
        assert not np.array_equal(usual.records["activity"], other.records["activity"]), name


def test_a_result_says_which_rules_ran_and_is_done_again_to_the_bit(tmp_path: Path) -> None:
    chosen = ["--rules", "pichler", "--set", "overproduction=ario", "--set", "saved=0.5", "--until", "2026-01-05"]
    done = CliRunner().invoke(
        app, ["run", "april-2025", "--world", WORLD, *chosen, "--no-report", "--json", "--out", str(tmp_path)]
    )
    assert done.exit_code == 0, done.output
    expected = SETS["pichler"] | {"overproduction": "ario"}
    assert json.loads(done.output)["rules"] == expected
    assert read_config(tmp_path / "result.nc")["rules"] == expected
    data, again = read_dataset(tmp_path / "result.nc"), rerun(tmp_path / "result.nc")
    for name in data.data_vars:
        np.testing.assert_array_equal(data[name].values, again.dataset[name].values)
    assert {"labour", "overproduction"} <= set(data.data_vars)
    assert "labour" not in standoff.run("baseline", world=WORLD).dataset


@pytest.mark.parametrize("number", range(max(len(rules) for rules in RULES.values())))
def test_explanations_state_the_rule_that_ran(number: int) -> None:
    rules = {slot: names[number % len(names)] for slot, names in RULES.items()}
    demand = [{"factor": 0.6, "kind": "electric_car", "start": "2025-06-02"}]
    result = run("april-2025", world=WORLD, changes={**rules, "demand": demand, "until": "2026-01-05"})
    asked, rng = Explainer(result), np.random.default_rng(number)
    for name, row in known_variables().items():
        values = result.dataset[name].values if name in result.dataset else np.zeros(0)
        for _ in range(15 if values.size else 0):
            where = [int(rng.integers(size)) for size in values.shape]
            dims = row["dims"].split()[1:]
            labels = [asked.view.labels(dim)[index] for dim, index in zip(dims, where[1:], strict=True)]
            label = " @ ".join(labels[::-1] if dims[0] == "tier" else labels)
            found = asked.explain_cell(Cell(name, label, where[0]))
            assert abs(found.recombine() - found.value) <= 1e-9 * found.scale(), found
    if "labour" not in result.records:
        with pytest.raises(InputError, match="no rule of this run"):
            asked.explain("labour", result.network.nodes.labels[0], "2025-06-02")
