"""Laws of the attribution of losses: parts add up, nothing is charged to what did not happen, and sides stand alike."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cases import Case, Run, case_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_invariants import mirrored

import standoff
from standoff.model.parameters import parameter_values
from standoff.results.attribution.parts import Attribution, attribute, by_product, with_borders
from standoff.results.attribution.roots import Key
from standoff.simulate.initial import resting_state
from standoff.simulate.record import FullRecorder
from standoff.simulate.run import run_steps
from standoff.simulate.setup import build_setup
from standoff.world.network import DAYS_PER_YEAR
from worlds import Shape, fixed_shapes, random_shapes

EXAMPLES = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW_EXAMPLES = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def attributed(run: Run) -> Attribution:
    return attribute(run.setup, run.records, run.first)


def losses(run: Run) -> dict[tuple[int, int], float]:
    """Loss of each use and producer in each step from the records alone, USD, by (step, row)."""
    nodes, records = run.network.nodes, run.records
    usual = nodes.activity * run.setup.clock.step_days / DAYS_PER_YEAR
    reference = np.maximum(records["plan"], usual)
    reference[:, nodes.producers :] = records["plan"][:, nodes.producers :]
    lost = (reference - records["activity"]) * nodes.value
    found: dict[tuple[int, int], float] = defaultdict(float)
    for (step, node), value in np.ndenumerate(lost):
        found[step, int(nodes.parent[node])] += float(value)
    return found


def with_tariff(run: Run, case: Case) -> Run:
    """The case without acts, but with a duty of 100 % on everything that is sold from the first place."""
    links, offers, nodes = case.network.links, case.network.offers, case.network.nodes
    dear = np.flatnonzero(nodes.place[offers.producer[links.offer]] == 0)
    rate = np.ones((case.clock.steps, len(dear)))
    regimes = replace(
        run.setup.regime_table.regimes,
        links=dear,
        index=np.zeros(rate.shape, dtype=np.int64),
        in_force=0 * rate,
        gate=rate,
        tariff=rate,
        feared=0 * rate,
        tariff_by={"DUTY": rate},
    )
    setup = build_setup(case.network, case.clock, regimes=regimes, parameters=parameter_values({}))
    recorder = FullRecorder(setup, resting_state(setup))
    return Run(case.network, setup, run_steps(setup, recorder).records(), recorder.first)


def by_measure(found: Attribution) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for key, value in zip(found.keys, found.values.sum(axis=(0, 1)), strict=True):
        total[key[1] or key[0]] += float(value)
    return total


@EXAMPLES
@given(shape=random_shapes())
def test_parts_are_not_negative_and_add_up_to_every_loss(shape: Shape) -> None:
    run = case_of(shape).run()
    found = attributed(run)
    assert (found.values >= 0).all()
    told: dict[tuple[int, int], float] = defaultdict(float)
    for column, (row, _) in enumerate(found.losers):
        for step, value in enumerate(found.values[:, column].sum(axis=1)):
            told[step, row] += float(value)
    usual = run.network.nodes.activity * run.network.nodes.value
    for (step, row), value in losses(run).items():
        assert told[step, row] == pytest.approx(value, rel=1e-9, abs=1e-9 * float(usual.max(initial=0.0)) / 52)


@EXAMPLES
@given(shape=random_shapes())
def test_nothing_but_rounding_is_left_unexplained(shape: Shape) -> None:
    total = by_measure(attributed(case_of(shape).run()))
    assert total["rounding"] <= 1e-9 * max(sum(total.values()), 1.0)


@EXAMPLES
@given(shape=random_shapes())
def test_without_measures_nothing_is_charged_to_one(shape: Shape) -> None:
    case = case_of(shape)
    found = attributed(replace(case, acts=()).run())
    assert {key[0] for key in found.keys} <= {"demand", "rounding"}
    quiet = attributed(replace(case, acts=(), demand=None).run())
    assert quiet.total().sum() <= 1e-9 * float((case.network.nodes.activity * case.network.nodes.value).sum())


@EXAMPLES
@given(shape=random_shapes())
def test_a_single_measure_is_charged_with_all_that_would_not_be_lost_without_it(shape: Shape) -> None:
    """The economy without it rests and loses nothing, so the difference is the whole loss."""
    case = case_of(shape)
    total = by_measure(attributed(replace(case, acts=case.acts[:1], demand=None).run()))
    assert len(set(total) - {"rounding"}) <= 1
    assert total["rounding"] <= 1e-9 * max(sum(total.values()), 1.0)


@FEW_EXAMPLES
@given(shape=random_shapes())
def test_telling_roots_apart_changes_no_sum(shape: Shape) -> None:
    run = case_of(shape).run()
    fine = attributed(run)
    coarse = attribute(run.setup, run.records, run.first, merge=by_product)
    some = with_borders(run.setup, run.records, run.first, coarse)
    for other in (coarse, some):
        assert other.losers == fine.losers
        np.testing.assert_allclose(other.values.sum(axis=2), fine.values.sum(axis=2), rtol=1e-9, atol=1e-3)
        merged: dict[Key, float] = defaultdict(float)
        for key, value in zip(fine.keys, fine.values.sum(axis=(0, 1)), strict=True):
            merged[key if key in other.keys else by_product(key)] += float(value)
        for key, value in zip(other.keys, other.values.sum(axis=(0, 1)), strict=True):
            assert merged[key] == pytest.approx(float(value), rel=1e-6, abs=1e-6 * float(fine.values.sum()) + 1e-9)


@FEW_EXAMPLES
@given(shape=random_shapes(), seed=st.integers(0, 2**32 - 1))
def test_swapping_two_places_and_rows_swaps_the_parts(shape: Shape, seed: int) -> None:
    swap = {"P0": "P1", "P1": "P0"}
    first, second = mirrored(case_of(shape), rng=np.random.default_rng(seed))
    told = []
    for run, names in ((first, swap), (second, {})):
        network = run.network
        rows: dict[tuple[str, ...], float] = defaultdict(float)
        for part in (*attributed(run).parts(), *attributed(run).parts(producers=True)):
            places = [names.get(place, place) for place in (part.origin, part.destination)]
            rows[part.cause, part.measure, part.product, *places] += part.usd
        told.append(rows)
        assert set(network.places) >= set(swap)
    whole = sum(told[0].values())
    for key in told[0].keys() | told[1].keys():
        assert told[0][key] == pytest.approx(told[1][key], rel=1e-6, abs=1e-6 * whole), key


def test_most_causes_occur_in_random_worlds() -> None:
    seen = {key[0] for shape in fixed_shapes(8) for key in attributed(case_of(shape).run()).keys}
    assert seen >= {"gate_closed", "waiting_for_licence", "licence_denied", "customs_hold", "demand"}


def test_orders_that_a_tariff_moves_to_sellers_who_cannot_serve_them_are_charged_to_it() -> None:
    lost = 0.0
    for shape in fixed_shapes(6):
        case = replace(case_of(shape), acts=(), demand=None)
        total = by_measure(attributed(with_tariff(case.run(), case)))
        assert set(total) <= {"DUTY", "rounding"}
        assert total["rounding"] <= 1e-9 * max(sum(total.values()), 1.0)
        lost += total["DUTY"]
    assert lost > 0


def test_the_example_of_the_page_runs() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "attribution.md"
    (code,) = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    exec(compile(code, str(page), "exec"), {})


def test_causes_of_a_shipped_scenario_add_up_by_use_and_step() -> None:
    result = standoff.run("six-notices", world="magnets-small")
    np.testing.assert_allclose(result.unmet_by_cause.sum(axis=-1), result.unmet_value, rtol=1e-9, atol=1e-6)
    share = {part.measure: 0.0 for part in result.attribution.parts()}
    for part in result.attribution.parts():
        share[part.measure] += part.share
    assert sum(share.values()) == pytest.approx(1.0)
    assert len(share) > 1
