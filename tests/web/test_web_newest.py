"""What a server keeps is bounded: what was used longest ago goes first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from standoff.web.newest import Newest


@given(st.integers(1, 5), st.lists(st.tuples(st.booleans(), st.integers(0, 7))))
def test_the_last_used_are_kept(most: int, uses: list[tuple[bool, int]]) -> None:
    kept: Newest[int] = Newest(most)
    order: list[str] = []
    for put, number in uses:
        name = str(number)
        if put:
            kept[name] = number
        elif kept.get(name) is None:
            continue
        order = [*(each for each in order if each != name), name][-most:]
        assert list(kept) == order
    assert len(kept) <= most
