"""Rule set ``pichler`` against pyIEEM's Belgian lockdown and, for the rest, against its equations once more as a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peer_cases import belgian_run, belgium, worst_relative
from pichler_by_loop import FUNCTIONS, Country, Day, Shocks, run_by_loop

from standoff.model.economy import RuleNumbers
from standoff.model.rulesets import compose, rule_numbers
from standoff.simulate.damage import Schedule
from standoff.simulate.economy_run import run_economy
from standoff.world.economies import economy_from_table


def _arrays(history: list[Day], name: str) -> np.ndarray:
    return np.array([getattr(day, name) for day in history])


@pytest.mark.parametrize("production", FUNCTIONS)
def test_the_loop_is_pyieem_and_the_engine_is_the_loop_in_belgium(production: str) -> None:
    economy, expected = belgium()
    numbers, count = RuleNumbers(), economy.supply.nodes
    flows = economy.supply.links(np.ones((count, count)), np.ones(count)).reshape(count, count)
    country = Country(
        flows=flows.tolist(),
        output=economy.output.tolist(),
        households=economy.households.tolist(),
        other_final=(economy.final - economy.households).tolist(),
        rating=(economy.critical + 0.5 * economy.important).tolist(),
        cover=economy.cover[0].tolist(),
        restock=14.0,
        hire=numbers.hire,
        fire=numbers.fire,
        saved=numbers.saved,
    )
    none = Shocks([0.0] * count, [0.0] * count, [0.0] * count)
    lockdown = Shocks(*(expected[name].tolist() for name in ("kS", "kD", "kF")))
    history = run_by_loop(
        country, production, shocks=lambda day: lockdown if 10 <= day < 70 else none, days=45, floor=-np.inf
    )
    if production != "linear":  # pyIEEM has no number there for a sector without inputs
        at = expected["steps"][expected["steps"] < 45]
        output, consumption, other, demand, labour = np.split(expected[production][: len(at)], 5, axis=1)
        labour = labour / expected["labour"]
        for name, theirs in (("output", output), ("demand", demand), ("consumption", consumption), ("other", other)):
            assert worst_relative(_arrays(history, name)[at], theirs) < 1e-9
        assert worst_relative(_arrays(history, "labour")[at], labour) < 1e-9
    run = belgian_run(economy, expected, production=production, steps=45)
    assert worst_relative(run["output"], _arrays(history, "output")) < 1e-9
    assert worst_relative(run["labour"], _arrays(history, "labour")) < 1e-9


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    sectors=st.integers(1, 6),
    seed=st.integers(0, 10_000),
    production=st.sampled_from(FUNCTIONS),
    density=st.sampled_from([0.4, 1.0]),
    restock=st.sampled_from([1.0, 5.0, 14.0]),
    short=st.sampled_from([2.0, 20.0]),
    speeds=st.tuples(st.floats(0.02, 0.5), st.floats(0.02, 0.5)),
    saved=st.floats(0.0, 1.0),
    peer_compatible=st.booleans(),
    shape=st.sampled_from(["dense", "sparse"]),
)
def test_random_tables_settings_and_shocks_are_the_loop(
    sectors: int,
    seed: int,
    production: str,
    density: float,
    restock: float,
    short: float,
    speeds: tuple[float, float],
    saved: float,
    peer_compatible: bool,
    shape: str,
) -> None:
    rng = np.random.default_rng(seed)
    flows = rng.lognormal(0.0, 1.5, (sectors, sectors)) * (rng.random((sectors, sectors)) < density)
    households, other = rng.lognormal(1.0, 1.0, sectors), rng.lognormal(0.0, 1.0, sectors)
    output = flows.sum(axis=1) + households + other
    rating = rng.choice([0.0, 0.5, 1.0], (sectors, sectors))
    cover = rng.uniform(1.0, short, sectors)
    lost = rng.uniform(0.0, 0.7, (3, sectors))
    still = np.zeros(sectors)
    country = Country(
        flows=flows.tolist(),
        output=output.tolist(),
        households=households.tolist(),
        other_final=other.tolist(),
        rating=rating.tolist(),
        cover=cover.tolist(),
        restock=restock,
        hire=speeds[0],
        fire=speeds[1],
        saved=saved,
    )
    history = run_by_loop(
        country,
        production,
        shocks=lambda day: Shocks(*(lost if 3 <= day < 15 else 0.0 * lost).tolist()),
        days=30,
        floor=-np.inf if peer_compatible else 0.0,
    )
    economy = economy_from_table(
        flows=flows,
        final=households + other,
        output=output,
        products=sectors,
        cover=np.tile(cover, (sectors, 1)),
        restock=restock,
        critical=(rating == 1).astype(float),
        important=(rating == 0.5).astype(float),
        households=households,
        steps_per_year=1.0,
        shape=shape,
    )
    schedule = Schedule(
        economy,
        labour_left=lambda day: 1.0 - (lost[0] if 3 <= day < 15 else still),
        household_shock=lambda day: lost[1] if 3 <= day < 15 else still,
        final_shock=lambda day: lost[2] if 3 <= day < 15 else still,
    )
    run = run_economy(
        economy,
        compose("pichler", production=production),
        schedule,
        steps=30,
        numbers=rule_numbers(
            {"peer_compatible": peer_compatible, "hire": speeds[0], "fire": speeds[1], "saved": saved}
        ),
    )
    for name in ("output", "labour"):
        assert worst_relative(run[name], _arrays(history, name)) < 1e-9, name
    assert worst_relative(run["book"] + run["final"], _arrays(history, "demand")) < 1e-9
    consumed = _arrays(history, "consumption") + _arrays(history, "other")
    assert worst_relative(run["to_final"], consumed) < 1e-9
