"""Every rule of one set stands in the set of every other, and the books still balance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from peer_cases import belgian_schedule, belgium, boario_case, net200

from standoff.errors import InputError
from standoff.model.economy import Economy
from standoff.model.rulesets import RULES, SETS, compose, rule_numbers
from standoff.simulate.damage import Damage, Schedule
from standoff.simulate.economy_run import resting, run_economy
from standoff.world.economies import economy_from_firms, economy_from_table

STEPS = 25


def _table() -> tuple[Economy, Schedule]:
    economy, _, _, damages = boario_case("D_rebuild")
    return economy, Schedule(economy, damages)


def _belgium() -> tuple[Economy, Schedule]:
    economy, shocks = belgium()
    return economy, belgian_schedule(economy, shocks)


def _firms(*, stock_by_link: bool) -> tuple[Economy, Schedule]:
    firms, economy = net200(stock_by_link=stock_by_link)
    damage = Damage(impact=firms.capacity_lost, occurrence=0, duration=5, recovery="linear", recovery_steps=10)
    return economy, Schedule(economy, [damage])


def _regions() -> tuple[Economy, Schedule]:
    """Four regions of three sectors; half of final demand is abroad."""
    draw = np.random.default_rng(1)
    flows, final = draw.lognormal(0.0, 1.0, (12, 12)), draw.uniform(5.0, 20.0, 12)
    economy = economy_from_table(
        flows=flows,
        final=final,
        output=flows.sum(axis=1) + final,
        products=3,
        cover=np.array([4.0, 9.0, np.inf]),
        restock=3.0,
        final_at_home=0.5 * final,
        steps_per_year=1.0,
    )
    damage = Damage(impact=draw.uniform(0.0, 0.8, 12), occurrence=1, duration=6, recovery="linear", recovery_steps=5)
    return economy, Schedule(economy, [damage])


HOMES: dict[str, Callable[[], tuple[Economy, Schedule]]] = {
    "standoff": _regions,
    "ario": _table,
    "pichler": _belgium,
    "inoue_todo": lambda: _firms(stock_by_link=True),
}


def _swaps() -> Iterator[tuple[str, str, str]]:
    for name, chosen in SETS.items():
        for slot, rules in RULES.items():
            yield from ((name, slot, rule) for rule in rules if rule != chosen[slot])


LOSSY = ("as_pronet", "as_pronet_final_last")
"""Rationing as proNet's loop does it reserves goods for nobody and serves clients beyond their orders: only the sum is held."""


def _check_books(economy: Economy, schedule: Schedule, name: str, **changes: str) -> None:
    rules = compose(name, **changes)
    run = run_economy(economy, rules, schedule, steps=STEPS, keep_stock=range(STEPS))
    assert all(np.isfinite(path).all() for path in run.values.values())
    assert (run["output"] >= 0).all()
    assert (run["output"] <= run["capacity"] * (1 + 1e-9)).all()
    scale = run["output"].max()
    parts = run["to_firms"] + run["to_final"] + run["to_rebuilding"]
    assert np.abs(parts + run["unsold"] - run["output"]).max() < 1e-9 * scale
    if rules.chosen["rationing"] not in LOSSY:
        assert np.abs(run["unsold"]).max() < 1e-9 * scale
        assert (run["to_firms"] <= run["book"] + 1e-9 * scale).all()
        assert (run["to_final"] <= run["final"] + 1e-9 * scale).all()
    assert min(float(stock.min()) for stock in run.stock.values()) >= 0.0


@pytest.mark.parametrize(("name", "slot", "rule"), list(_swaps()))
def test_any_rule_stands_in_any_set_and_all_that_is_made_is_delivered(name: str, slot: str, rule: str) -> None:
    economy, schedule = HOMES[name]()
    _check_books(economy, schedule, name, **{slot: rule})


@pytest.mark.parametrize("name", SETS)
def test_whole_sets_run_on_firms_with_one_stock_a_product(name: str) -> None:
    economy, schedule = _firms(stock_by_link=False)
    _check_books(economy, schedule, name)


def test_stocks_change_by_what_arrives_and_what_is_used() -> None:
    from standoff.model.economy_step import step

    economy, schedule = _belgium()
    rules = compose("pichler", rationing="inoue_todo")
    numbers = rule_numbers({})
    state = resting(economy, numbers)
    for number in range(STEPS):
        after, flows = step(
            state,
            economy,
            rules,
            numbers=numbers,
            number=number,
            shocks=schedule.begin(number),
        )
        schedule.end(flows.final_share)
        change = after.stock - state.stock
        assert np.abs(change - (flows.arrived - flows.used)).max() < 1e-9 * max(1.0, float(after.stock.max()))
        assert (flows.used >= -1e-9).all()
        assert np.abs(flows.arrived.sum() - flows.to_firms.sum()) < 1e-9 * flows.output.sum()
        state = after


def test_a_dense_table_and_its_list_of_links_are_the_same_economy() -> None:
    table, _ = _belgium()
    nodes = table.supply.nodes
    flows = table.supply.links(np.ones_like(table.supply.base), np.ones(nodes)).reshape(nodes, nodes)
    supplier, buyer = np.nonzero(flows)
    listed = economy_from_firms(
        supplier=supplier,
        buyer=buyer,
        flow=flows[supplier, buyer],
        product=np.arange(nodes),
        final=table.final,
        cover=10.0,
        restock=5.0,
    )
    dense = replace(table, cover=np.full_like(table.cover, 10.0), restock=np.full_like(table.cover, 5.0))
    impact = np.zeros(nodes)
    impact[4] = 0.6
    paths = []
    for economy in (dense, listed):
        schedule = Schedule(economy, [Damage(impact=impact, occurrence=1, duration=8)])
        paths.append(run_economy(economy, compose("inoue_todo"), schedule, steps=STEPS)["output"])
    assert np.abs(paths[0] - paths[1]).max() < 1e-9 * paths[0].max()


def test_unknown_names_are_reported_together() -> None:
    with pytest.raises(InputError) as report:
        compose("ario", rationing="sometimes", sauce="capacity")
    assert len(report.value.problems) == 2
    with pytest.raises(InputError, match="psi"):
        rule_numbers({"psy": 1.0})
