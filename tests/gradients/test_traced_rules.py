"""Every rule gives the same numbers in JAX as in NumPy: it is the same file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standoff.model import (
    capacity,
    leakage,
    licensing,
    ordering,
    permits,
    planning,
    production,
    rationing,
    reserves,
    sourcing,
    transport,
)
from standoff.model.share_matrix import LinearMap, RunMinimum, sum_map
from standoff.simulate.backend import NUMPY, MapPerDraw
from standoff.simulate.traced import Softened, TracedMap, TracedMinimum, double_precision

ROWS, DRAWS = 12, 3
GROUPS = np.arange(ROWS) % 4
SAME = 1e-12
Rule = Callable[[Any, Callable[..., Any]], Any]


def _maps(xp: Any) -> Any:
    """Sums by group and the smallest of each group, as the array library has them."""
    add, least = sum_map(GROUPS, 4), RunMinimum(GROUPS, 4)
    return (add, least) if xp is np else (TracedMap.of(add), TracedMinimum(least, jnp))


def _review(xp: Any, a: Callable[..., Any]) -> Any:
    return licensing.review_queue(
        stages=a(3, ROWS, DRAWS),
        applied=a(),
        probability=a() / 10.0,
        decisions=a(),
        approval=a() / 10.0,
        denial=a() / 10.0,
        substeps=5,
        xp=xp,
    )


def _rights(xp: Any, a: Callable[..., Any]) -> Any:
    rights = permits.Rights(valid=a(6, ROWS, DRAWS), stages=a(3, ROWS, DRAWS), barred=a())
    return permits.use_rights(
        rights=rights,
        wanted=a(),
        active=xp.ones((ROWS, DRAWS)),
        probability=a() / 10.0,
        decisions=a(),
        approval=a() / 10.0,
        denial=a() / 10.0,
        substeps=2,
        validity=1 + np.arange(ROWS) % 5,
        renewal=2,
        step=9,
        xp=xp,
    )


def _ring(xp: Any, a: Callable[..., Any]) -> Any:
    ring = transport.dispatch(  # NumPy changes it in place: only the last ring that a rule returns is the ring
        arriving=a(5, ROWS, DRAWS),
        shipped=a(),
        places=transport.places_in_ring(ring=5, needs=ROWS, cell_need=np.arange(ROWS), cell_lag=np.arange(ROWS) % 5),
        step=7,
    )
    arrived, ring = transport.receive(arriving=ring, step=7)
    return arrived, *transport.delay(ring=ring, entering=a(), lags=((1, 0.4), (2, 0.6)), step=8)


def _release(xp: Any, a: Callable[..., Any]) -> Any:
    add, _ = _maps(xp)
    return reserves.release(
        reserve=a(4, DRAWS), largest=a(4, DRAWS), gap=a(), sum_by_stock=add, pair_stock=GROUPS, xp=xp
    )


def _preferred(xp: Any, a: Callable[..., Any]) -> Any:
    add, _ = _maps(xp)
    return sourcing.preferred_shares(
        attraction=sourcing.attraction(base_share=0.1 + a(), cost=1.0 + a() / 10.0, cost_exponent=1.45),
        reliability=0.01 + a() / 20.0,
        reliability_exponent=0.7,
        sum_by_need=add,
        need=GROUPS,
    )


RULES: dict[str, Rule] = {
    "wanted": lambda xp, a: planning.wanted_activity(
        smoothed_orders=a(),
        stock=a(),
        stock_target=a(),
        restock_steps=4.0,
        yields=0.1 + a(),
        largest_over_drivers=lambda x: -_maps(xp)[1](-x, np.inf),
    ),
    "plan": lambda xp, a: planning.plan_to_stock(wanted=a(), capacity=a(), xp=xp),
    "smooth": lambda xp, a: planning.smooth(a(), a(), steps=5.0),
    "stock_goal": lambda xp, a: ordering.stock_goal(use=a(), cover_steps=a(), lag_steps=a(), hoard=a()),
    "order": lambda xp, a: ordering.order_to_goal(
        coefficient=a(), plan=a(), goal=a(), on_hand=a(), on_order=a(), restock_steps=3.0, largest=a(), xp=xp
    ),
    "order without destocking": lambda xp, a: ordering.order_to_goal(
        coefficient=a(),
        plan=a(),
        goal=a(),
        on_hand=a(),
        on_order=a(),
        restock_steps=3.0,
        largest=a(),
        destocks=False,
        xp=xp,
    ),
    "source": _preferred,
    "source by weight": lambda xp, a: sourcing.weighted_shares(
        base_share=a(), weight=a(), sum_by_need=_maps(xp)[0], need=GROUPS, xp=xp
    ),
    "scarce stock": lambda xp, a: production.output_of_scarce_stock(usual=a(), share=a(), psi=0.8),
    "pooled inputs": lambda xp, a: production.pooled_limit(stocks=a(), needed=a(), xp=xp),
    "delivered": lambda xp, a: sourcing.delivered_share(ordered=a(), shipped=a(), usual=0.1 + a(), xp=xp),
    "review": _review,
    "rights": _rights,
    "expected_wait": lambda xp, a: licensing.expected_wait(
        usual=a(),
        licensed=a(),
        review_steps=a(),
        rounds=licensing.expected_rounds(approval=a() / 10.0, denial=a() / 10.0, xp=xp),
    ),
    "controlled_share": lambda xp, a: licensing.controlled_share(
        since_steps=a(), cleared=a() / 10.0, cleared_steps=2.0, hold=a() / 10.0, ease_steps=0.1 + a(), xp=xp
    ),
    "stage_probability": lambda xp, a: licensing.stage_probability(review_steps=a(), stages=3, substeps=4, xp=xp),
    "refusals": lambda xp, a: licensing.remember_refusals(
        refused=a(), denied=a(), shortfall=a(), remembered=a() / 10.0, xp=xp
    ),
    "ration": lambda xp, a: rationing.serve_by_tiers(stock=a(), demanded=a(4, ROWS, DRAWS), xp=xp),
    "rings": _ring,
    "release": _release,
    "input_limit": lambda xp, a: production.input_limit(
        stock=a(),
        coefficient=a(),
        usual=a(),
        critical=(np.arange(ROWS) % 3 == 0)[:, None] * 1.0,
        important=(np.arange(ROWS) % 3 == 1)[:, None] * 1.0,
        xp=xp,
    ),
    "used": lambda xp, a: production.inputs_used(coefficient=a(), activity=a(), stock=a(), xp=xp),
    "surplus": lambda xp, a: production.discard_surplus(stock=a(), ceiling=a(), xp=xp),
    "smallest": lambda xp, a: _maps(xp)[1](a(), np.inf),
    "sums": lambda xp, a: _maps(xp)[0](a()),
    "routes": lambda xp, a: leakage.grow_routes(capacity=a(), pull=a(), adapt_steps=6.0),
    "missing": lambda xp, a: leakage.missing_share(ordered=a(), shipped=a(), usual=a(), xp=xp),
    "projects": lambda xp, a: capacity.project_capacity(
        days=a(), start_day=a(), ramp_days=0.1 + a(), slip_days=a(), added=a(), xp=xp
    ),
}


def _arrays(seed: int, xp: Any) -> Callable[..., Any]:
    """Random arrays between 0 and 10 with zeros among them, the same ones for each library."""
    rng = np.random.default_rng(seed)

    def one(*shape: int) -> Any:
        values = rng.uniform(0.0, 10.0, shape or (ROWS, DRAWS)) * (rng.random(shape or (ROWS, DRAWS)) > 0.2)
        return xp.asarray(values)

    return one


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_rule_says_the_same_in_both_libraries(name: str, seed: int) -> None:
    with double_precision():
        theirs = jax.tree.leaves(RULES[name](jnp, _arrays(seed, jnp)))
        soft = jax.tree.leaves(RULES[name](Softened(0.7), _arrays(seed, jnp)))
        ours = jax.tree.leaves(RULES[name](np, _arrays(seed, np)))
        assert len(ours) == len(theirs) == len(soft)
        for mine, other, softened in zip(ours, theirs, soft, strict=True):
            np.testing.assert_allclose(np.asarray(other), mine, rtol=SAME, atol=SAME)
            np.testing.assert_array_equal(np.asarray(softened), np.asarray(other))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), form=st.sampled_from(["dense", "sparse"]))
def test_a_map_is_the_same_in_every_form(seed: int, form: str) -> None:
    rng = np.random.default_rng(seed)
    rows, columns, values = rng.integers(5, size=9), rng.integers(7, size=9), rng.uniform(size=(9, DRAWS))
    x = rng.uniform(size=(7, DRAWS))
    apart = MapPerDraw(rows, columns, values, shape=(5, 7))(x)
    one = LinearMap(rows, columns, values[:, 0], shape=(5, 7), form=form)
    np.testing.assert_allclose(apart[:, 0], one(x[:, 0]), rtol=SAME)
    with double_precision():
        np.testing.assert_allclose(TracedMap.of(one)(jnp.asarray(x)), one(x), rtol=SAME)
        np.testing.assert_allclose(TracedMap(rows, columns, values, shape=(5, 7))(jnp.asarray(x)), apart, rtol=SAME)
    same = NUMPY.linear_map(rows, columns, np.repeat(values[:, :1], DRAWS, axis=1), shape=(5, 7))
    assert isinstance(same, LinearMap)


def test_a_softened_minimum_keeps_its_value_and_shares_its_derivative() -> None:
    def slopes(share: float) -> Any:
        return jax.grad(lambda pair: Softened(share).minimum(pair[0], pair[1]))(jnp.asarray([2.0, 6.0]))

    with double_precision():
        np.testing.assert_allclose(slopes(0.0), [1.0, 0.0])
        np.testing.assert_allclose(slopes(1.0), [0.75, 0.25])
        np.testing.assert_allclose(slopes(0.5), [0.875, 0.125])


def test_double_precision_stays_inside() -> None:
    with double_precision():
        assert jnp.ones(1).dtype == np.float64
    assert jnp.ones(1).dtype == np.float32
