"""Closed forms of the rules that share out, release, leak and produce."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from standoff.model import capacity, leakage, ordering, planning, production, rationing, reserves, sourcing, transport
from standoff.model.share_matrix import LinearMap, RunMinimum, sum_map

amounts = st.floats(0, 1e6, allow_subnormal=False)
some = st.one_of(st.just(0.0), st.floats(1e-6, 50.0))


@given(stock=amounts, demanded=arrays.arrays(float, (4, 1), elements=amounts))
def test_short_seller_serves_tier_after_tier(stock: float, demanded: np.ndarray) -> None:
    fill, shipped = rationing.serve_by_tiers(stock=np.array([stock]), demanded=demanded, xp=np)
    left = stock
    for tier in range(4):
        served = min(left, demanded[tier, 0])
        assert shipped[tier, 0] == pytest.approx(served, rel=1e-9, abs=1e-6)
        assert fill[tier, 0] == pytest.approx(served / demanded[tier, 0] if demanded[tier, 0] > 0 else 1.0, abs=1e-6)
        left -= served
    assert shipped.sum() <= stock + 1e-12 * (stock + demanded.sum())


def test_no_later_tier_is_served_while_an_earlier_one_is_short() -> None:
    demanded = np.array([[40.0], [50.0], [30.0], [10.0]])
    fill, shipped = rationing.serve_by_tiers(stock=np.array([60.0]), demanded=demanded, xp=np)
    assert shipped[:, 0].tolist() == [40.0, 20.0, 0.0, 0.0]
    assert fill[:, 0].tolist() == [1.0, 0.4, 0.0, 0.0]


def _released(reserve: float, largest: float, gap: list[float]) -> tuple[np.ndarray, np.ndarray]:
    pairs = np.zeros(len(gap), dtype=int)
    return reserves.release(
        reserve=np.array([reserve]),
        largest=np.array([largest]),
        gap=np.array(gap),
        sum_by_stock=sum_map(pairs, 1),
        pair_stock=pairs,
        xp=np,
    )


@pytest.mark.parametrize(
    ("reserve", "largest", "given_out"),
    [(100.0, 50.0, [10.0, 30.0]), (100.0, 20.0, [5.0, 15.0]), (8.0, 20.0, [2.0, 6.0]), (100.0, 0.0, [0.0, 0.0])],
    ids=["fills every gap", "bound by the rate", "bound by the stock", "closed"],
)
def test_reserve_fills_gaps_in_proportion(reserve: float, largest: float, given_out: list[float]) -> None:
    given_, taken = _released(reserve, largest, [10.0, 30.0])
    assert given_.tolist() == given_out
    assert taken[0] == sum(given_out)


def test_reserve_gives_nothing_to_buyers_above_the_trigger() -> None:
    given_, taken = _released(100.0, 50.0, [0.0, 0.0])
    assert given_.tolist() == [0.0, 0.0]
    assert taken.tolist() == [0.0]


@given(
    stocks=st.lists(some, min_size=2, max_size=2),
    rates=st.lists(some, min_size=2, max_size=2),
    needs=st.lists(some, min_size=3, max_size=3),
)
def test_two_stocks_fill_the_gap_of_a_need_once(stocks: list[float], rates: list[float], needs: list[float]) -> None:
    pair_stock, pair_need = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 2])
    gap = np.array(needs)[pair_need]
    given_, taken = reserves.release(
        reserve=np.array(stocks),
        largest=np.array(rates),
        gap=gap,
        sum_by_stock=sum_map(pair_stock, 2),
        pair_stock=pair_stock,
        given_to_need=lambda x: np.bincount(pair_need, x)[pair_need],
        xp=np,
    )
    able = np.minimum(stocks, rates)
    got = np.bincount(pair_need, given_)
    assert (given_ >= 0).all()
    assert (got <= np.array(needs) * (1 + 1e-12)).all()
    np.testing.assert_allclose(taken, np.bincount(pair_stock, given_), rtol=1e-9, atol=1e-9)
    assert (taken <= able * (1 + 1e-12) + 1e-12).all()
    alone = [
        _released(stock, rate, pair)[0] for stock, rate, pair in zip(stocks, rates, (gap[:2], gap[2:]), strict=True)
    ]
    np.testing.assert_allclose(got[1], min(needs[1], alone[0][1] + alone[1][0]), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("adapt", [1.0, 4.0, 30.0])
def test_latent_route_grows_exponentially_to_its_reach(adapt: float) -> None:
    path = np.zeros(1)
    for number in range(1, 60):
        path = leakage.grow_routes(capacity=path, pull=np.array([5.0]), adapt_steps=adapt)
        assert path[0] == pytest.approx(5.0 * (1 - (1 - 1 / adapt) ** number))


@pytest.mark.parametrize(
    ("ordered", "shipped", "missing"), [(10, 10, 0), (10, 4, 0.6), (30, 0, 1.0), (30, 5, 0.5), (3, 0, 0.3), (0, 20, 0)]
)
def test_only_usual_use_that_was_not_shipped_pulls_goods_onto_latent_routes(
    ordered: float, shipped: float, missing: float
) -> None:
    share = leakage.missing_share(
        ordered=np.array([ordered]), shipped=np.array([shipped]), usual=np.array([10.0]), xp=np
    )
    assert share[0] == pytest.approx(missing)


@pytest.mark.parametrize(("kind", "limit"), [("critical", 3.0), ("important", 6.5), ("optional", np.inf)])
def test_input_binds_by_its_class(kind: str, limit: float) -> None:
    found = production.input_limit(
        stock=np.array([6.0]),
        coefficient=np.array([2.0]),
        usual=np.array([10.0]),
        critical=np.array([float(kind == "critical")]),
        important=np.array([float(kind == "important")]),
        xp=np,
    )
    assert found[0] == limit


@given(stock=amounts, coefficient=st.floats(0, 100), activity=amounts)
def test_nothing_is_used_that_is_not_there(stock: float, coefficient: float, activity: float) -> None:
    used = production.inputs_used(
        coefficient=coefficient, activity=np.array([activity]), stock=np.array([stock]), xp=np
    )
    assert 0 <= used[0] <= stock
    assert used[0] == min(coefficient * activity, stock)


def test_by_product_is_discarded_above_its_storage_and_driver_never() -> None:
    kept, discarded = production.discard_surplus(
        stock=np.array([12.0, 12.0, 3.0]), ceiling=np.array([5.0, np.inf, 5.0]), xp=np
    )
    assert kept.tolist() == [5.0, 12.0, 3.0]
    assert discarded.tolist() == [7.0, 0.0, 0.0]


def _planned(limit: float, stock: float) -> float:
    owner = RunMinimum(np.array([0, 0]), 1)
    wanted = planning.wanted_activity(
        smoothed_orders=np.array([20.0, 6.0]),
        stock=np.array([stock, 10.0]),
        stock_target=np.array([40.0, 10.0]),
        restock_steps=4.0,
        yields=np.array([2.0, 0.5]),
        largest_over_drivers=lambda x: -owner(-x, np.inf),
    )
    return float(planning.plan_to_stock(wanted=wanted, capacity=np.array([limit]), xp=np)[0])


def test_plan_follows_the_product_that_asks_for_most_up_to_capacity() -> None:
    assert _planned(100.0, stock=40.0) == 12.0  # the second product, 6 / 0.5
    assert _planned(100.0, stock=20.0) == 12.5  # the first, (20 + 20 / 4) / 2
    assert _planned(11.0, stock=20.0) == 11.0
    assert _planned(0.0, stock=20.0) == 0.0


def test_order_closes_the_gap_over_the_restocking_time_up_to_a_limit() -> None:
    goal = ordering.stock_goal(use=10.0, cover_steps=4.0, lag_steps=2.0, hoard=0.25)
    assert goal == 10 * (4 * 1.25 + 2)
    order = {"coefficient": 2.0, "plan": 5.0, "goal": goal + 7.0, "on_hand": 30.0, "restock_steps": 4.0, "xp": np}
    assert ordering.order_to_goal(on_order=7.0, largest=100.0, **order) == 10 + 40 / 4
    assert ordering.order_to_goal(on_order=7.0, largest=15.0, **order) == 15
    assert ordering.order_to_goal(on_order=500.0, largest=100.0, **order) == 0
    assert ordering.order_to_goal(on_order=500.0, largest=100.0, destocks=False, **order) == 10


def test_shares_shift_with_cost_by_the_armington_elasticity() -> None:
    add = sum_map(np.array([0, 0]), 1)
    share = sourcing.preferred_shares(
        attraction=sourcing.attraction(base_share=np.array([0.5, 0.5]), cost=np.array([1.0, 1.25]), cost_exponent=2.0),
        reliability=np.array([1.0, 0.5]),
        reliability_exponent=1.0,
        sum_by_need=add,
        need=np.array([0, 0]),
    )
    assert share[0] / share[1] == pytest.approx(1.25**2 / 0.5)
    assert share.sum() == pytest.approx(1.0)


@given(st.floats(0, 60))
def test_split_lag_keeps_the_mean(lag: float) -> None:
    parts = transport.split_lag(lag)
    assert sum(weight for _, weight in parts) == pytest.approx(1.0)
    assert sum(whole * weight for whole, weight in parts) == pytest.approx(lag, abs=1e-8)


def test_goods_arrive_after_the_lag_and_once() -> None:
    ring = np.zeros((4, 1))
    places = transport.places_in_ring(ring=4, needs=1, cell_need=np.array([0]), cell_lag=np.array([3]))
    seen = []
    for number in range(8):
        shipped = np.array([5.0 if number == 1 else 0.0])
        ring = transport.dispatch(arriving=ring, shipped=shipped, places=places, step=number)
        arrived, ring = transport.receive(arriving=ring, step=number)
        seen.append(float(arrived[0]))
    assert seen == [0, 0, 0, 0, 5.0, 0, 0, 0]


def test_project_ramps_from_its_delayed_start() -> None:
    days = np.array([[0.0], [130.0], [155.0], [400.0]])
    start = (date(2025, 4, 16) - date(2025, 1, 6)) / timedelta(days=1)
    added = capacity.project_capacity(
        days=days,
        start_day=np.array([start]),
        ramp_days=np.array([50.0]),
        slip_days=np.array([30.0]),
        added=np.array([8.0]),
        xp=np,
    )
    assert added[:, 0].tolist() == [0.0, 0.0, 4.0, 8.0]


@given(st.integers(0, 2**32 - 1))
def test_dense_and_sparse_maps_agree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns, entries = (int(rng.integers(1, 20)) for _ in range(3))
    place = (rng.integers(rows, size=entries), rng.integers(columns, size=entries), rng.normal(size=entries))
    dense, sparse = (LinearMap(*place, shape=(rows, columns), form=form) for form in ("dense", "sparse"))
    x = rng.normal(size=columns)
    np.testing.assert_allclose(dense(x), sparse(x), atol=1e-12)
    draws = rng.normal(size=(columns, 3))
    np.testing.assert_allclose(dense(draws)[:, 1], dense(draws[:, 1]), atol=1e-12)
