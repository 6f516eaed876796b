"""The rules and the step of the peers say the same under JAX as in NumPy: rule by rule, and in whole runs of every composition."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import cut, scenario, table
from peer_cases import boario_case, net200
from test_composition import HOMES

from standoff.errors import InputError
from standoff.model import consumption, input_limits, labour, overproduction, rationing, rebuilding, restocking
from standoff.model.economy import Economy
from standoff.model.rulesets import RULES, SETS, compose, rule_numbers
from standoff.simulate.backend import backend_named
from standoff.simulate.damage import Damage, Schedule
from standoff.simulate.economy_api import run_scenario
from standoff.simulate.economy_draws import run_draws
from standoff.simulate.economy_run import EconomyRun, run_economy
from standoff.simulate.economy_scenario import economy_scenario_from
from standoff.simulate.traced import double_precision
from standoff.simulate.traced_network import NewArrays
from standoff.world.economies import economy_from_table

JAX = backend_named("jax")
STEPS, SAME, SAME_RULE = 25, 1e-9, 1e-12
ROWS = 12
SELLER = np.array([0, 2, 2, 0, 3, 0, 2, 3, 3, 2, 0, 0])
Numbers = Callable[[], Any]
Rule = Callable[[Any, Numbers], Any]


def _drift(*, peer: bool) -> Rule:
    return lambda xp, a: overproduction.drift_of_overproduction(
        level=1.0 + a() / 40, demand=a(), output=a(), base=1.0, largest=1.25, steps=9.0, peer_compatible=peer, xp=xp
    )


def _gap(*, destocks: bool, some: bool) -> Rule:
    return lambda xp, a: restocking.close_gap(
        use=a(), goal=a() + 0.0, stock=a(), steps=a() + 1.0, bounded=a() > 4 if some else None, destocks=destocks, xp=xp
    )


PEER_RULES: dict[str, Rule] = {
    "overproduction": _drift(peer=False),
    "overproduction as BoARIO": _drift(peer=True),
    "labour": lambda xp, a: labour.hire_and_fire(
        labour=a() / 10, base_output=a(), allowed=a(), capacity=a(), hire=0.2, fire=0.1, largest=a() / 10, xp=xp
    ),
    "consumption": lambda xp, a: consumption.shifted_consumption(base=a(), shock=a() / 10, saved=0.75, xp=xp),
    "same_share": lambda xp, a: rationing.same_share(output=a(), demand=a(), xp=xp),
    "firms_first": lambda xp, a: rationing.firms_first(output=a(), orders=a(), final=a(), xp=xp),
    "common_level": lambda xp, a: xp.minimum(
        rationing.common_level(output=a()[:5], relative=a(), weight=a() + 0.1, seller=SELLER, nodes=5, xp=xp), 1e9
    ),
    "as_pronet": lambda xp, a: [
        xp.minimum(each, 1e9)
        for each in rationing.served_by_pronet(
            output=a()[:5],
            relative=xp.round(a() / 4) / 2,
            weight=a() + 0.1,
            seller=SELLER,
            final_relative=a()[:5] / 8,
            final_weight=a()[:5],
            xp=xp,
        )
    ],
    "destocking": _gap(destocks=True, some=False),
    "no destocking": _gap(destocks=False, some=True),
    "per_flow": lambda xp, a: restocking.per_flow(a() + 0.0, a(), xp=xp),
    "nearly_equal": lambda xp, a: 1.0 * restocking.nearly_equal(a(), a(), xp=xp),
    "rebuilding": lambda xp, a: rebuilding.after_rebuilding(
        needs=a()[:, None], served=a() / 10, steps=4.0, decimals=None, xp=xp
    ),
    "rated_inputs": lambda xp, a: xp.minimum(
        input_limits.rated_inputs(stock=a(), coefficient=a(), usual=1.0, critical=a() > 5, important=a() > 5, xp=xp),
        1e9,
    ),
}


def _numbers(seed: int, xp: Any) -> Numbers:
    """Numbers between 0 and 10, some of them exactly 0, the same for every array library."""
    draw = np.random.default_rng(seed)

    def numbers() -> Any:
        values = np.round(draw.uniform(0.0, 10.0, ROWS), 3) * (draw.random(ROWS) > 0.2)
        return values if xp is np else jnp.asarray(values)

    return numbers


@pytest.mark.parametrize("name", PEER_RULES)
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_rule_of_the_peers_says_the_same_in_jax_as_in_numpy(name: str, seed: int) -> None:
    ours = PEER_RULES[name](np, _numbers(seed, np))
    with double_precision():
        theirs = jax.tree.leaves(PEER_RULES[name](NewArrays(), _numbers(seed, NewArrays())))
    for one, other in zip(jax.tree.leaves(ours), theirs, strict=True):
        np.testing.assert_allclose(other, one, rtol=SAME_RULE, atol=SAME_RULE)


@pytest.mark.parametrize("xp", [np, NewArrays()])
def test_levels_of_many_draws_are_those_of_each(xp: Any) -> None:
    draw = np.random.default_rng(4)
    output, final = draw.uniform(0.0, 9.0, (2, 5, 3))
    relative, weight = draw.integers(0, 5, (ROWS, 3)) / 2, draw.uniform(0.1, 2.0, ROWS)

    def levels(place: Any) -> Any:
        lists = {"output": output[..., place], "relative": relative[..., place]}
        both = {name: xp.asarray(values) for name, values in lists.items()} | {"weight": weight, "seller": SELLER}
        its = {"final_relative": xp.asarray(final[..., place]), "final_weight": np.ones(5)}
        return rationing.common_level(**both, nodes=5, xp=xp), *rationing.served_by_pronet(**both, **its, xp=xp)

    with double_precision():
        together, apart = levels(slice(None)), [levels(each) for each in range(3)]
    for name, each in enumerate(together):
        np.testing.assert_allclose(each, np.stack([one[name] for one in apart], axis=-1), rtol=SAME_RULE)


def _compositions() -> list[tuple[str, dict[str, str]]]:
    """For every set as many runs as the fullest slot has rules, so that each rule stands in each set at least once."""
    by_slot = {slot: list(rules) for slot, rules in RULES.items()}
    most = max(len(rules) for rules in by_slot.values())
    return [
        (name, {slot: rules[(number + shift) % len(rules)] for shift, (slot, rules) in enumerate(by_slot.items())})
        for name in SETS
        for number in range(most)
    ]


def _assert_same(ours: EconomyRun, theirs: EconomyRun) -> None:
    for name in ours.values:
        scale = np.abs(ours["output" if name == "unsold" else name]).max()
        assert np.abs(ours[name] - theirs[name]).max() <= SAME * scale, name
    for step, stock in ours.stock.items():
        held = np.isfinite(stock)
        assert np.array_equal(held, np.isfinite(theirs.stock[step]))
        assert np.abs(stock[held] - theirs.stock[step][held]).max() <= SAME * np.abs(stock[held]).max()


def _assert_runs_the_same(
    made: Callable[[], tuple[Economy, Schedule]], rules: Any, *, same: float = SAME, **more: Any
) -> None:
    runs = []
    for backend in ({}, {"backend": JAX}):
        economy, schedule = made()
        runs.append(
            run_economy(economy, rules, schedule, **{"steps": STEPS, "keep_stock": [STEPS - 1], **more, **backend})
        )
    _assert_same(*runs)


@pytest.mark.parametrize(("name", "changes"), _compositions())
def test_any_composition_runs_the_same_under_jax(name: str, changes: dict[str, str]) -> None:
    _assert_runs_the_same(HOMES[name], compose(name, **changes))


@pytest.mark.parametrize("case", ["E_rebuild_house", "F_arbitrary"])
def test_what_boario_does_wrong_is_done_under_jax_too(case: str) -> None:
    economy, rules, numbers, damages = boario_case(case)
    _assert_runs_the_same(
        lambda: (economy, Schedule(economy, damages, peer_compatible=True)),
        rules,
        numbers=numbers,
        steps=120,
        keep_stock=[40],
    )


def test_stocks_of_a_product_and_tables_of_half_the_bytes_run_too() -> None:
    firms = net200(stock_by_link=False)[1]
    _assert_runs_the_same(lambda: (firms, _struck(firms, 2)), compose("inoue_todo"))
    draw = np.random.default_rng(3)
    flows = draw.lognormal(0.0, 1.0, (12, 12))
    output = 2.0 * flows.sum(axis=0) + flows.sum(axis=1)
    half = economy_from_table(
        flows=flows,
        final=output - flows.sum(axis=1),
        output=output,
        products=4,
        cover=9.0,
        restock=5.0,
        storage="float32",
    )
    ours, theirs = (
        run_economy(half, compose("ario"), _struck(half, 1), steps=STEPS, keep=("output",), backend=backend)
        for backend in (backend_named("numpy"), JAX)
    )
    assert theirs["output"] == pytest.approx(ours["output"], rel=1e-6)


def _struck(economy: Economy, draw: int) -> Schedule:
    impact = np.zeros(economy.supply.nodes)
    impact[draw : draw + 5] = 0.1 * (1 + draw)
    destroyed = 0.3 * economy.capital * (np.arange(len(impact)) == 4 + draw)
    lost = Damage(impact=impact, occurrence=draw % 3, duration=4, recovery="linear", recovery_steps=6)
    gone = Damage(
        impact=destroyed,
        occurrence=2,
        duration=1 + draw,
        destroys_capital=True,
        recovery="convex",
        recovery_steps=9 + draw,
    )
    still = np.zeros(len(impact))
    return Schedule(
        economy, [lost, gone], labour_left=lambda step: 1.0 - still if step < 5 or draw else 1.0 - 0.1 * impact
    )


@pytest.mark.parametrize(("home", "name"), [("ario", "ario"), ("inoue_todo", "inoue_todo")])
def test_a_block_of_draws_is_the_same_under_jax(home: str, name: str) -> None:
    economy, _ = HOMES[home]()
    draws = 6
    found = [
        run_draws(
            economy,
            compose(name),
            lambda draw: _struck(economy, draw),
            draws=draws,
            steps=STEPS,
            numbers=[rule_numbers({"psi": 0.7 + 0.04 * draw, "hire": 0.1 + 0.01 * draw}) for draw in range(draws)],
            cover=np.linspace(8.0, 20.0, draws),
            restock=np.linspace(4.0, 7.0, draws),
            keep=("output", "to_final", "labour", "capital_lost"),
            sum_by=np.arange(economy.supply.nodes) // 3,
            together=3,
            backend=backend,
        )
        for backend in (backend_named("numpy"), JAX)
    ]
    for kept, ours in found[0].items():
        assert np.abs(found[1][kept] - ours).max() <= SAME * np.abs(ours).max(), kept


def test_draws_may_rebuild_under_jax() -> None:
    economy, rules, numbers, damages = boario_case("D_rebuild")
    found = [
        run_draws(
            economy,
            rules,
            lambda draw: Schedule(economy, damages),
            draws=2,
            steps=STEPS,
            numbers=rule_numbers({"psi": numbers.psi}),
            cover=np.array([9.0, 90.0]),
            keep=("rebuilding", "capital_lost"),
            backend=backend,
        )
        for backend in (backend_named("numpy"), JAX)
    ]
    assert found[0]["rebuilding"].any()
    for kept, ours in found[0].items():
        assert np.abs(found[1][kept] - ours).max() <= SAME * np.abs(ours).max(), kept


@pytest.mark.parametrize("rules", ["ario", "inoue_todo"])
def test_cuts_restrictions_and_ranges_of_a_scenario_run_the_same_under_jax(rules: str) -> None:
    asked = economy_scenario_from(
        scenario(
            cut({"value": 0.6, "low": 0.5, "high": 0.9}, until="2022-03-01"),
            cut(0.5, name="back", exporters=["R1"], destinations=["R0"], start="2022-02-01"),
            {
                "kind": "labour_lost",
                "name": "ill",
                "regions": ["R2"],
                "share": 0.2,
                "start": "2022-01-20",
                "until": "2022-02-20",
            },
            {"kind": "household_demand", "name": "fear", "share": 0.1, "start": "2022-02-10", "until": "2022-04-01"},
            rules=rules,
        )
    )
    ours, theirs = (run_scenario(asked, world=table(), backend=name) for name in ("numpy", "jax"))
    _assert_same(ours.run, theirs.run)
    assert ours.spread is not None
    assert theirs.spread is not None
    for region, lost in ours.summary()["losses"]["by_region"].items():
        assert theirs.summary()["losses"]["by_region"][region] == pytest.approx(lost, rel=1e-8, abs=1e-3)


def test_what_jax_does_not_run_is_refused_and_the_way_out_named() -> None:
    economy, _ = HOMES["inoue_todo"]()
    with pytest.raises(InputError, match="use numpy"):
        run_economy(economy, compose("inoue_todo"), _Other(), steps=1, backend=JAX)
    impact = 2.0 * HOMES["ario"]()[0].capital
    table, _ = HOMES["ario"]()
    with pytest.raises(InputError, match="more capital"):
        run_economy(table, compose("ario"), Schedule(table, [Damage(impact, 0, 1, True)]), steps=1, backend=JAX)


class _Other:
    """Events that are no `Schedule`."""

    supply_in = None

    def begin(self, number: int) -> Any: ...

    def capital_lost(self) -> Any: ...

    def end(self, served: Any) -> None: ...


def test_a_run_in_numpy_does_not_load_jax() -> None:
    code = (
        "import sys, numpy as np\n"
        "from standoff.model.rulesets import compose\n"
        "from standoff.simulate.damage import Schedule\n"
        "from standoff.simulate.economy_run import run_economy\n"
        "from standoff.simulate.economy_draws import run_draws\n"
        "from standoff.world.economies import economy_from_table\n"
        "z = np.ones((4, 4)); e = economy_from_table(flows=z, final=z.sum(axis=0), output=2 * z.sum(axis=0), products=2,"
        " cover=9.0, restock=5.0)\n"
        "run_economy(e, compose('ario'), Schedule(e), steps=2)\n"
        "run_draws(e, compose('ario'), lambda draw: Schedule(e), draws=2, steps=2)\n"
        "assert 'jax' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
