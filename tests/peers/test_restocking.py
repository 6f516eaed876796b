"""Orders close gaps as the formula says, whatever way is fastest; quotients are 0, or stay, where there is nothing to divide by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from standoff.model.restocking import close_gap, nearly_equal, per_flow
from standoff.model.supply import ratio

SHAPE = (3, 4)


def amounts(*, least: float = 0.0) -> st.SearchStrategy[Any]:
    """Numbers of which some are exactly 0 or 1."""
    return arrays(float, SHAPE, elements=st.sampled_from([0.0, 1.0]) | st.floats(least, 1e3, allow_subnormal=False))


@settings(max_examples=200, deadline=None)
@given(
    use=amounts(),
    goal=amounts(),
    stock=amounts(),
    bounded=arrays(bool, SHAPE),
    destocks=st.booleans(),
    smallest=st.sampled_from([0.0, -np.inf]),
    steps=st.floats(1.0, 90.0),
)
def test_orders_close_the_gap_as_the_formula_says(
    use: Any, goal: Any, stock: Any, bounded: Any, destocks: bool, smallest: float, steps: float
) -> None:
    gap = goal - stock if destocks else np.maximum(goal - stock, 0.0)
    expected = np.maximum(use + np.where(bounded, gap, 0.0) / steps, smallest)
    orders = close_gap(
        use=use,
        goal=np.where(bounded, goal, 0.0),
        stock=np.where(bounded, stock, np.inf),
        steps=steps,
        bounded=None if bounded.all() else bounded,
        destocks=destocks,
        smallest=smallest,
    )
    assert np.allclose(orders, expected, rtol=1e-14, atol=0.0)


@settings(max_examples=100, deadline=None)
@given(top=amounts(), bottom=amounts(least=1e-9))
def test_nothing_is_divided_by_nothing(top: Any, bottom: Any) -> None:
    some = bottom != 0
    with np.errstate(all="raise", under="ignore"):
        assert np.array_equal(ratio(top, bottom), np.where(some, top / np.where(some, bottom, 1.0), 0.0))
        assert np.array_equal(per_flow(top.copy(), bottom), np.where(some, top / np.where(some, bottom, 1.0), top))


@pytest.mark.parametrize("place", [(0, 0), (0, 3), (2, 1)])
def test_a_number_counts_as_moved_only_where_it_is_looked_at(place: tuple[int, int]) -> None:
    left, among = np.ones(SHAPE), np.ones(SHAPE, dtype=bool)
    right = left.copy()
    assert nearly_equal(left, right)
    right[place] += 1e-4
    assert not nearly_equal(left, right)
    among[place] = False
    assert nearly_equal(left, right, among=among)
    right[place] = 1.0 + 1e-6
    assert nearly_equal(left, right)
