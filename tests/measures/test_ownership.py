"""Ownership arithmetic: the published examples, chains, circles, branches, joint ventures, and monotonicity."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from random_transactions import random_ownership

from standoff.measures.ownership import RULES, aggregate
from standoff.measures.reading.ownership_text import read_ownership
from standoff.measures.transaction import Ownership, Stake


def held(text: str) -> bool | None:
    graph = read_ownership(text, default_list="US-EL")
    assert graph is not None
    return aggregate(graph, frozenset(name for name, _ in graph.listed)).at_half


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        # OFAC FAQ 401, examples 1 to 5
        ("X owns 50% of A; A owns 50% of B; test B", True),
        ("X owns 50% of A and 50% of B; A and B own 25% each of C; test C", True),
        ("X owns 50% of A and 10% of B; A owns 40% of B; test B", True),
        ("X owns 50% of A and 25% of B; A and B each own 25% of C; test C", False),
        ("X owns 25% of A and 25% of B; A and B each own 50% of C; test C", False),
        ("two listed owners 25% + 25%", True),
        ("listed owners 35% + 15%", True),
        ("three listed owners with 20%, 20% and 9.99%", False),
        ("60% owned by an Entity List firm", True),
        ("49.99% owned by an Entity List firm", False),
        ("listed party controls the board but owns 40%", False),
        ("B is 50% owned by X", True),
    ],
)
def test_published_and_worded_examples(text: str, counts: bool) -> None:
    assert held(text) is counts


def graph(*stakes: tuple[str, str, float | None], listed: str = "X", party: str = "T") -> Ownership:
    rows = tuple(
        Stake(owner, owned, None if percent is None else Decimal(str(percent))) for owner, owned, percent in stakes
    )
    return Ownership(party, rows, ((listed, frozenset({"US-EL"})),))


def test_percentages_are_not_multiplied_along_a_chain() -> None:
    chain = graph(("X", "A", 50), ("A", "B", 50), ("B", "T", 50))
    assert aggregate(chain, frozenset({"X"})).at_half is True
    assert RULES["multiply"](chain, frozenset({"X"})).percent == Decimal("12.5")
    assert RULES["direct"](chain, frozenset({"X"})).at_half is False


def test_circular_holdings_end_and_count_nothing_by_themselves() -> None:
    circle = graph(("A", "B", 60), ("B", "A", 60), ("A", "T", 80))
    for rule in RULES.values():
        assert rule(circle, frozenset({"X"})).at_half is False


def test_a_branch_counts_as_its_head() -> None:
    branch = Ownership("T", (), (("X", frozenset({"CN-CONTROL"})),), branches=(("T", "X"),))
    assert aggregate(branch, frozenset({"X"})).at_half is True


def test_an_unknown_holding_decides_only_where_it_could_reach_half() -> None:
    assert aggregate(graph(("X", "T", None)), frozenset({"X"})).at_half is None
    assert aggregate(graph(("X", "T", 60), ("Y", "T", None)), frozenset({"X"})).at_half is True
    assert aggregate(graph(("X", "T", 10), ("Y", "T", None)), frozenset({"X"})).at_half is False


def test_exactly_half_counts_and_a_hair_less_does_not() -> None:
    assert aggregate(graph(("X", "T", 50)), frozenset({"X"})).at_half is True
    assert aggregate(graph(("X", "T", "49.999999999999")), frozenset({"X"})).at_half is False  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_larger_holding_never_makes_a_party_less_owned(rule: str) -> None:
    dice = random.Random(7)
    order = {False: 0, None: 1, True: 2}
    for _ in range(300):
        before = random_ownership(dice)
        if not before.stakes:
            continue
        listed = frozenset(name for name, _ in before.listed)
        number = dice.randrange(len(before.stakes))
        stake = before.stakes[number]
        if stake.percent is None:
            continue
        larger = replace(stake, percent=min(Decimal(100), stake.percent + 20))
        after = replace(before, stakes=(*before.stakes[:number], larger, *before.stakes[number + 1 :]))
        assert order[RULES[rule](after, listed).at_half] >= order[RULES[rule](before, listed).at_half]


def test_listing_one_more_owner_never_makes_a_party_less_owned() -> None:
    dice = random.Random(8)
    order = {False: 0, None: 1, True: 2}
    for _ in range(300):
        chain = random_ownership(dice)
        few = frozenset({"N1"})
        assert order[aggregate(chain, few | {"N2"}).at_half] >= order[aggregate(chain, few).at_half]
