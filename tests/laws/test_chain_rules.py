"""Every rule of every set stands in every other on a chain: the books balance, nothing moves in peace, and each rule does something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from cases import Case, Run, case_of, clock_of, run_network
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_attribution import attributed, by_measure, losses
from test_invariants import (
    assert_closed_gates_hold,
    assert_no_shipment_above_orders,
    assert_rests,
    assert_same_by_label,
    mirrored,
)

from standoff.model import chain_slots, serving, slots
from standoff.model.balance import check_mass
from standoff.model.parameters import parameter_values
from standoff.model.rulesets import RULES, SETS
from standoff.simulate.api import prepare_measures, run
from standoff.simulate.draws import Clock, Draws
from standoff.simulate.initial import resting_state
from standoff.simulate.record import FullRecorder
from standoff.simulate.run import run_steps
from standoff.simulate.scenario import read_scenario
from standoff.simulate.setup import build_setup
from standoff.world.build import build_network
from standoff.world.tables import read_world
from worlds import Shape, fixed_shapes, random_shapes, random_worlds

WORLD = "magnets-small"
ROUNDING = 1e-11
SHOCK = {"until": "2026-01-05", "demand": [{"factor": 0.6, "kind": "electric_car", "start": "2025-06-02"}]}
EXAMPLES = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
any_rules = st.fixed_dictionaries({slot: st.sampled_from(rules) for slot, rules in RULES.items()})
MIXES = [
    {slot: rules[number % len(rules)] for slot, rules in RULES.items()}
    for number in range(max(len(rules) for rules in RULES.values()))
]
"""Few choices of rules that have every rule of every slot."""


def _swaps() -> Iterator[tuple[str, str, str]]:
    for name, chosen in SETS.items():
        for slot, rules in RULES.items():
            yield from ((name, slot, rule) for rule in rules if rule != chosen[slot])


def test_both_kinds_of_network_know_the_same_rules() -> None:
    names = {slot: set(rules) for slot, rules in RULES.items()}
    assert {slot: set(rules) for slot, rules in slots.FILLS.items()} == names
    on_chains = {slot: set(rules) for slot, rules in chain_slots.FILLS.items()}
    assert on_chains | {"rationing": set(serving.RULES)} == names
    assert all(rule in RULES[slot] for chosen in SETS.values() for slot, rule in chosen.items())


@pytest.mark.parametrize(("name", "slot", "rule"), [*_swaps(), *((name, "rules", name) for name in SETS)])
def test_any_rule_stands_in_any_set_and_the_books_balance(name: str, slot: str, rule: str) -> None:
    result = run("april-2025", world=WORLD, changes={**SHOCK, "rules": name, slot: rule})
    assert result.residual <= 1e-9
    assert result.scenario.chosen == SETS[name] | ({} if slot == "rules" else {slot: rule})
    for kept, values in result.records.items():
        assert np.isfinite(values).all(), kept
        assert (values >= -ROUNDING * np.abs(values).max(initial=0.0)).all(), kept


@EXAMPLES
@given(shape=random_shapes(), rules=any_rules)
def test_random_worlds_keep_their_books_under_any_rules(shape: Shape, rules: dict[str, str]) -> None:
    found = case_of(shape).run(rules=rules)
    assert check_mass(found.network, found.records, found.first) <= 1e-9
    for name, values in found.records.items():
        assert np.isfinite(values).all(), name
        assert (values >= -ROUNDING * np.abs(values).max(initial=0.0)).all(), name
    assert_no_shipment_above_orders(found)
    assert_closed_gates_hold(found)


@pytest.mark.parametrize("rules", [*MIXES, *SETS.values()])
def test_a_world_without_measures_rests_for_ten_years(rules: dict[str, str]) -> None:
    assert_rests(build_network(read_world(WORLD)), steps=520, rules=rules)


@EXAMPLES
@given(world=random_worlds(), rules=any_rules)
def test_random_worlds_without_measures_rest_for_ten_years(world: Any, rules: dict[str, str]) -> None:
    assert_rests(build_network(world), steps=520, rules=rules)


@EXAMPLES
@given(shape=random_shapes(), rules=any_rules)
def test_swapping_two_places_changes_nothing_but_their_names(shape: Shape, rules: dict[str, str]) -> None:
    assert_same_by_label(*mirrored(case_of(shape), rules=rules), tolerance=1e-9)


@EXAMPLES
@given(shape=random_shapes(), rules=any_rules)
def test_every_loss_is_followed_to_parts_that_add_up_to_it(shape: Shape, rules: dict[str, str]) -> None:
    found = case_of(shape).run(rules=rules)
    told = attributed(found)
    assert (told.values >= 0).all()
    total = np.zeros((len(told.values), len(found.network.nodes.parent_labels)))
    for column, (row, _) in enumerate(told.losers):
        total[:, row] += told.values[:, column].sum(axis=1)
    usual = float((found.network.nodes.activity * found.network.nodes.value).max(initial=0.0)) / 52
    for (step, row), value in losses(found).items():
        assert total[step, row] == pytest.approx(value, rel=1e-9, abs=1e-9 * usual)
    parts = by_measure(told)
    assert parts["rounding"] <= 1e-6 * max(sum(parts.values()), 1.0)


def _one_use_falls(shape: Shape) -> Case:
    """A random world under measures in which some final demand falls and the rest rises a little."""
    case = case_of(shape)
    demand = np.full_like(case.demand, 1.1)
    demand[10:40, ::2] = 0.5
    return replace(case, demand=demand)


@cache
def _outcomes(slot: str, rule: str) -> tuple[Any, ...]:
    cases = [_one_use_falls(shape) for shape in fixed_shapes(4)]
    others = {"labour": "pichler"} if (slot, rule) != ("labour", "fixed") and slot == "sourcing" else {}
    return tuple(case.run(rules={**others, slot: rule}).records["activity"] for case in cases)


@pytest.mark.parametrize("slot", RULES)
def test_no_two_rules_of_a_slot_do_the_same(slot: str) -> None:
    for first in RULES[slot]:
        for second in RULES[slot][: RULES[slot].index(first)]:
            pairs = zip(_outcomes(slot, first), _outcomes(slot, second), strict=True)
            apart = max(float((np.abs(ours - theirs) / ours.max(axis=0)).max()) for ours, theirs in pairs)
            assert apart > 1e-3, (first, second)


@pytest.mark.parametrize("rules", MIXES)
def test_a_draw_is_the_single_run_of_its_numbers(rules: dict[str, str]) -> None:
    scenario = read_scenario("april-2025", changes={**SHOCK, "until": "2025-10-06", **rules})
    world = read_world(WORLD)
    network = build_network(world)
    regimes, parameters = prepare_measures(scenario, world, network)
    clock = Clock(scenario.start, scenario.steps, scenario.step_days)
    demand = np.ones((clock.steps, len(network.nodes) - network.nodes.producers))
    demand[20:, ::2] = 0.7
    drawn = {"smoothing_days": np.array([28.0, 60.0]), "hoard_share": np.array([0.1, 0.8])}
    projects = (network.projects.chance >= 0.5).astype(float)[:, None]
    draws = Draws(
        count=2,
        parameters=drawn,
        administration={},
        cover=np.ones((len(network.products), 2)),
        reserve=np.ones((len(network.stocks.labels), 2)),
        built=np.repeat(projects, 2, axis=1),
        slip=np.repeat(network.projects.slip_days[:, None], 2, axis=1),
    )

    def records(values: dict[str, float], given: Draws | None) -> Any:
        setup = build_setup(
            network, clock, regimes=regimes, parameters=values, rules=rules, demand_factor=demand, draws=given
        )
        return run_steps(setup, FullRecorder(setup, resting_state(setup))).records()

    together = records(parameters, draws)
    for draw in range(2):
        single = records(parameter_values({name: values[draw] for name, values in drawn.items()}), None)
        assert single.keys() == together.keys()
        for name, values in single.items():
            tolerance = 1e-9 * (np.abs(values).max(initial=0.0) or 1.0)
            np.testing.assert_allclose(together[name][..., draw], values, rtol=0, atol=tolerance, err_msg=name)


@pytest.mark.parametrize("rules", [{"labour": "pichler"}, {"ordering": "output"}, {"production": "scarce_inventory"}])
def test_a_step_of_half_a_week_tells_nearly_the_same(rules: dict[str, str]) -> None:
    """Numbers that the peers give for a day are turned into those of a step."""
    unmet = [
        float(run("april-2025", world=WORLD, changes={**rules, "step_days": days}).unmet_value.sum())
        for days in (7.0, 3.5)
    ]
    assert unmet[1] == pytest.approx(unmet[0], rel=0.05)


def test_projects_alone_move_no_shares() -> None:
    """Growing sellers gain under the rule ``capacity`` only as they overproduce or hire."""
    network = build_network(read_world(WORLD))
    found: Run = run_network(network, clock_of(200), acts=[], rules={"sourcing": "capacity", "labour": "pichler"})
    np.testing.assert_allclose(found.records["share"] - found.first["share"], 0.0, atol=1e-12)
