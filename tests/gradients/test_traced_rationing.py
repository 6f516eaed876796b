"""Rationing that looks at links gives the same numbers in JAX as in NumPy, and its derivatives are finite differences."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import pytest
from test_traced_runs import SAME, assert_same_records

import standoff
from standoff.model.serving import LINK_BY_LINK
from standoff.simulate.scenario import read_scenario
from standoff.simulate.traced import double_precision
from standoff.simulate.traced_network import NewArrays
from standoff.simulate.turns import slots_of
from standoff.world.build import build_network
from worlds import Shape, build_world

STEP = 1e-6


@pytest.mark.parametrize("rule", LINK_BY_LINK)
def test_sellers_serve_the_same_in_both_libraries(rule: str) -> None:
    network, rng = build_network(build_world(Shape(4, 16, seed=5))), np.random.default_rng(3)
    at = slots_of(network, rule, home_first=True, per_step=7.0 / 365.0, draws=3)
    asked = rng.uniform(0.0, 9.0, (len(at), 3)) * (rng.random((len(at), 3)) > 0.2)
    stock = rng.uniform(0.0, 40.0, (len(network.offers.yields), 3))
    ours = at.ration(stock=stock, demanded=asked, xp=np)
    assert (ours.fill < 1).any()
    with double_precision():
        theirs = jax.jit(lambda s, d: at.ration(stock=s, demanded=d, xp=NewArrays()))(stock, asked)
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(np.asarray(other), mine, rtol=SAME, atol=SAME)


@pytest.mark.parametrize("rule", ["common_level_final_last", "as_pronet"])
def test_a_run_is_the_same_in_both_libraries(rule: str) -> None:
    asked = read_scenario("april-2025", changes={"rationing": rule, "until": "2025-09-29"})
    ours, theirs = (standoff.run(asked, world="magnets-small", backend=name) for name in ("numpy", "jax"))
    assert (ours.records["link_fill"] < 1 - SAME).any()
    assert_same_records(ours.records, theirs.records)


def test_the_derivative_of_what_a_level_leaves_is_the_finite_difference() -> None:
    network, rng = build_network(build_world(Shape(3, 8, seed=2))), np.random.default_rng(4)
    at = slots_of(network, "common_level", home_first=True, per_step=7.0 / 365.0)
    asked, price = rng.uniform(1.0, 9.0, len(at)), rng.uniform(1.0, 2.0, len(at))
    stock = 0.6 * np.bincount(at.offer, weights=asked, minlength=len(network.offers.yields))

    def worth(there: Any, xp: Any) -> Any:
        return (price * asked * at.ration(stock=there, demanded=xp.asarray(asked), xp=xp).fill).sum()

    with double_precision():
        slopes = np.asarray(jax.jit(jax.grad(lambda there: worth(there, NewArrays())))(stock))
    for offer in np.flatnonzero(stock):
        up, down = stock.copy(), stock.copy()
        up[offer] += STEP
        down[offer] -= STEP
        centre = (worth(up, np) - worth(down, np)) / (2.0 * STEP)
        assert slopes[offer] == pytest.approx(centre, rel=1e-6)
