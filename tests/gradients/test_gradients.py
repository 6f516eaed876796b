"""Invariant 7: the gradient equals the finite difference where the result is smooth, and a kink is said."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr
from typer.testing import CliRunner

import standoff
from standoff.cli.main import app
from standoff.errors import InputError
from standoff.simulate.draws import Draws
from standoff.simulate.sampling import BASIC, build_draws, draw_values, ranges_of, sobol_points
from standoff.simulate.scenario import read_scenario
from standoff.studies.gradients.case import Case, Number, build_case, changed, chosen_numbers
from standoff.studies.gradients.criticality import Item, criticality
from standoff.studies.gradients.gradient import Gradient, one_sided, reverse_pass, same_slope
from standoff.studies.gradients.scalars import scalar_named
from standoff.world.tables import read_world

SCENARIO = read_scenario("april-2025", changes={"until": "2026-03-30"})
WORLD = "magnets-small"
TOTAL = "unmet_use_usd"
POINTS = 3
STEP = 1e-6


@pytest.fixture(scope="module")
def case() -> Case:
    return build_case(SCENARIO, read_world(WORLD))


@pytest.fixture(scope="module")
def passes(case: Case) -> Any:
    return reverse_pass(case, scalar_named(case.network, TOTAL), softened=True)


@pytest.fixture(scope="module")
def stated() -> Gradient:
    return standoff.gradient(SCENARIO, world=WORLD, by=["parameter:*", "CN-*", "cover:*", "capacity:*"], checked=64)


@pytest.fixture
def worth(passes: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("standoff.studies.gradients.criticality.reverse_pass", lambda *_, **__: passes)
    return criticality(SCENARIO, world=WORLD, top=12, by="marginal")


def numbers_of(case: Case, *patterns: str) -> list[Number]:
    return chosen_numbers(case.numbers(), patterns)


def test_the_sum_of_the_steps_is_what_a_run_reports(case: Case) -> None:
    result = standoff.run(SCENARIO, world=WORLD)
    ledger = result.ledger.by_side()
    use = next(iter(result.summary()["unmet_use_by_use_usd"]))
    row = result.network.nodes.parent_labels.index(use) - len(result.world.tables["producers"]["producer"])
    trade = result.trades.index(("magnet_ndfeb_dy_tb", "CHN", "USA"))
    expected = {
        TOTAL: result.summary()["unmet_use_usd"],
        f"{TOTAL}:china": ledger["china"]["unmet_use"],
        "value_added_lost_usd": sum(side["value_added_lost"] for side in ledger.values()),
        "value_added_lost_usd:china": ledger["china"]["value_added_lost"],
        f"unmet:{use}": result.unmet[:, row].sum(),
        "trade:magnet_ndfeb_dy_tb: CHN > USA": result.trade[:, trade].sum(),
    }
    for of, value in expected.items():
        found = case.evaluate(case.stated(), scalar_named(case.network, of))
        assert found[0] == pytest.approx(value, rel=1e-9, abs=1e-6), of


def test_the_gradient_is_the_finite_difference_where_the_result_is_smooth(stated: Gradient) -> None:
    moving = [slope for slope in stated.slopes if slope.smooth is not None and slope.derivative]
    smooth = [slope for slope in moving if slope.smooth]
    assert len(smooth) > 0.8 * len(moving)
    for slope in smooth:
        assert slope.below is not None
        assert slope.above is not None
        noise = 1e-13 * stated.value / (STEP * max(abs(slope.value), 1e-9))
        centre = (slope.below + slope.above) / 2.0
        assert slope.derivative == pytest.approx(centre, rel=2e-3, abs=noise), slope.number


def test_factors_of_an_ensemble_have_the_slopes_of_finite_differences(case: Case, passes: Any) -> None:
    scalar = scalar_named(case.network, TOTAL)
    value, derivatives = passes(case.stated(factors=True).arrays())
    factors = sorted(case.factors(), key=lambda number: -abs(float(number.of(derivatives)[0])))[:24]
    noise = 1e-13 * float(value[0]) / STEP
    smooth = set()
    for number, (below, above) in zip(factors, one_sided(case, scalar, factors), strict=True):
        if same_slope(below, above, noise=noise):
            centre = (below + above) / 2.0
            assert float(number.of(derivatives)[0]) == pytest.approx(centre, rel=2e-3, abs=noise), number.name
            smooth.add(number.key)
    assert len(smooth) >= 4, "kinds of numbers that were told"


def test_a_kink_is_said_and_its_slope_lies_between_both_sides(stated: Gradient) -> None:
    kinks = [slope for slope in stated.slopes if slope.smooth is False]
    for slope in kinks:
        low, high = sorted([slope.below or 0.0, slope.above or 0.0])
        assert low - 0.01 * abs(low) <= slope.derivative <= high + 0.01 * abs(high), slope.number
    assert not same_slope(-7.0, 0.0, noise=0.1)
    assert same_slope(-7.0, -7.001, noise=0.0)


def test_the_gradient_is_the_finite_difference_at_drawn_points(case: Case, passes: Any) -> None:
    """At random points of all ranges at once, along one random direction each: far from the ties of the stated values."""
    ranges = ranges_of(case.world, case.network, case.regimes, case.parameters, kinds=BASIC)
    drawn = draw_values(ranges, sobol_points(POINTS, dimensions=len(ranges), seed=5))
    stated, scalar, rng = case.stated(), scalar_named(case.network, TOTAL), np.random.default_rng(1)
    smooth = 0
    for point in range(POINTS):
        one = build_draws(
            case.network, case.regimes, case.world, {name: values[[point]] for name, values in drawn.items()}
        )
        here = replace(
            one,
            parameters={**stated.parameters, **one.parameters},
            administration={**stated.administration, **one.administration},
            capacity=rng.uniform(0.8, 1.2, stated.capacity.shape),
            gate=rng.uniform(0.8, 1.0, stated.gate.shape),
        )
        value, slopes = passes(here.arrays())
        for name in ("cover", "capacity", "gate"):
            direction = getattr(here, name) * rng.uniform(-1.0, 1.0, getattr(here, name).shape)
            far, near = (
                case.evaluate(replace(here, **{name: getattr(here, name) + sign * STEP * direction}), scalar)
                for sign in (1, -1)
            )
            above, below = float((far - value)[0]) / STEP, float((value - near)[0]) / STEP
            if same_slope(below, above, noise=1e-12 * float(value[0]) / STEP):
                smooth += 1
                assert (slopes[name] * direction).sum() == pytest.approx((above + below) / 2.0, rel=2e-3), name
    assert smooth >= 2 * POINTS


def test_a_cut_is_the_same_run_in_both_libraries(case: Case, passes: Any) -> None:
    """Also of links whose shares never change: there a cut goes into the maps themselves."""
    scalar = scalar_named(case.network, TOTAL)
    kinds = [numbers_of(case, f"{kind}:*")[place] for kind in ("capacity", "reserve", "link") for place in (0, 2)]
    draws = changed(case, [(number, 0.0) for number in kinds])
    ours = case.evaluate(draws, scalar)
    for column, number in enumerate(kinds):
        arrays = Draws.of_arrays(changed(case, [(number, 0.0)]).arrays()).arrays()
        assert passes(arrays)[0][0] == pytest.approx(ours[column], rel=1e-9), number.name


def test_a_softened_pass_keeps_the_result_and_without_softening_the_gradient(
    case: Case, passes: Any, stated: Gradient
) -> None:
    arrays = case.stated().arrays()
    value, exact = passes(arrays)
    softened_value, softened = passes(arrays, 1.0)
    assert softened_value == value == pytest.approx(stated.value)
    for number in numbers_of(case, "cover:*", "capacity:*"):
        slope = stated[number.name]
        if slope.smooth:
            assert number.of(exact)[0] == pytest.approx(slope.derivative, rel=1e-6, abs=1e-3)
    slack = [each for each in numbers_of(case, "capacity:*") if not number_of(each, exact)]
    assert sum(number_of(each, softened) != 0 for each in slack) > len(slack) / 2


def number_of(number: Number, slopes: Any) -> float:
    return float(number.of(slopes)[0])


def test_what_the_reverse_pass_calls_critical_is_so_in_re_runs(worth: Any) -> None:
    for kind, least in (("producer", 0.9), ("link", 0.9)):
        again = [item for item in worth.of_kind(kind) if item.marginal_exact is not None]
        assert len(again) == 12
        assert spearmanr([item.marginal for item in again], [item.marginal_exact for item in again])[0] > least
    value: Item = worth.of_kind("producer")[0]
    assert (value.loss_exact or 0.0) > (value.marginal_exact or 0.0) > 0


def test_every_number_is_named_once(case: Case) -> None:
    names = [number.name for number in case.numbers()]
    assert len(set(names)) == len(names)
    assert {
        each.name for each in ranges_of(case.world, case.network, case.regimes, case.parameters, kinds=BASIC)
    } <= set(names)
    assert case.evaluate(case.stated(), scalar_named(case.network, TOTAL))[0] == pytest.approx(
        standoff.run(SCENARIO, world=WORLD).summary()["unmet_use_usd"], rel=1e-12
    )


def test_unknown_names_are_refused_with_the_nearest(case: Case) -> None:
    with pytest.raises(InputError, match="parameter:hoard_share"):
        chosen_numbers(case.numbers(), ["parameter:hoard_shar"])
    with pytest.raises(InputError, match="no derivative"):
        scalar_named(case.network, "stopped:f35_USA")
    with pytest.raises(InputError, match=TOTAL):
        scalar_named(case.network, "unmet_use")
    with pytest.raises(InputError, match="marginal"):
        criticality(SCENARIO, world=WORLD, by="margin")


@pytest.mark.parametrize(
    ("command", "home", "key"),
    [
        (["criticality", "--top", "2"], "standoff.studies.gradients.criticality", "items"),
        (["sensitivity", "--screen", "slopes"], "standoff.studies.sensitivity.slopes", "screening"),
    ],
)
def test_the_commands_say_it_as_one_object(
    command: list[str], home: str, key: str, passes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{home}.reverse_pass", lambda *_, **__: passes)  # the same scenario: compiled already
    asked = [command[0], "april-2025", "--world", WORLD, "--until", str(SCENARIO.until), *command[1:]]
    done = CliRunner().invoke(app, [*asked, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)[key]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 0
    assert "USD" in told.stdout


def test_the_gradient_is_the_finite_difference_under_a_peers_rules() -> None:
    changes = {"rules": "inoue_todo", "until": "2025-07-28"}
    found = standoff.gradient(SCENARIO, world=WORLD, changes=changes, by=["parameter:hoard_share"], checked=1)
    (slope,) = found.slopes
    assert slope.smooth
    assert slope.derivative == pytest.approx(slope.below, rel=2e-3)
