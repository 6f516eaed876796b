"""What a setup is made of: cells of whole lags, products, smallest entries. The quick way gives what the plain one gives."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from standoff.model.share_matrix import LinearMap, RunMinimum
from standoff.model.transport import split_lag
from standoff.simulate.cells import ends_of

LAGS = st.lists(st.one_of(st.floats(0, 40), st.integers(0, 9).map(float), st.integers(0, 9).map(lambda n: n + 5e-13)))


@given(LAGS, st.integers(0, 2**32 - 1))
def test_many_lags_are_split_as_each_alone(lags: list[float], seed: int) -> None:
    needs = np.random.default_rng(seed).integers(5, size=len(lags))
    ends = ends_of(needs, np.array(lags))
    assert list(zip(ends.lag, ends.need, strict=True)) == sorted(set(zip(ends.lag, ends.need, strict=True)))
    found = zip(ends.position, ends.lag[ends.cell], ends.need[ends.cell], ends.weight, strict=True)
    plain = [
        (position, whole, need, weight)
        for position, (need, lag) in enumerate(zip(needs, lags, strict=True))
        for whole, weight in split_lag(float(lag))
    ]
    assert list(found) == plain
    assert ends.count == len(lags)


@given(st.integers(0, 2**32 - 1))
def test_a_product_with_vectors_is_the_library_s_to_the_bit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns, entries = (int(rng.integers(1, 30)) for _ in range(3))
    place = (rng.integers(rows, size=entries), rng.integers(columns, size=entries), rng.normal(size=entries))
    add = LinearMap(*place, shape=(rows, columns), form="sparse")
    vector, block = rng.normal(size=columns), rng.normal(size=(2 * columns, int(rng.integers(1, 9))))
    for x in (
        vector,
        block[::2, 0],
        vector > 0,
        block[:columns],
        block[::2],
        block[:columns].T.copy().T,
        block[:columns] > 0,
    ):
        np.testing.assert_array_equal(add(x), add.matrix @ x)


@given(st.integers(0, 2**32 - 1))
def test_the_smallest_of_each_group_is_found_whatever_the_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count, entries = int(rng.integers(1, 8)), int(rng.integers(0, 30))
    group, x = rng.integers(count, size=entries), rng.normal(size=entries)
    expected = [min(x[group == each], default=np.inf) for each in range(count)]
    assert RunMinimum(group, count)(x, np.inf).tolist() == expected
