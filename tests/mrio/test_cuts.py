"""Cuts of links: what is closed is closed, the rest goes on, and everything is accounted for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import cut, scenario, table

from standoff.errors import InputError, ModelError
from standoff.model.economy import RuleNumbers
from standoff.model.link_cuts import CutSupply, cut_table, split_again
from standoff.model.list_supply import ListSupply
from standoff.model.rulesets import SETS
from standoff.model.table_supply import TableSupply
from standoff.results.attribution.economy import KINDS, OF_LINKS
from standoff.results.economy.result import EconomyResult
from standoff.simulate.economy_api import run_scenario
from standoff.simulate.economy_run import resting
from standoff.simulate.economy_scenario import economy_scenario_from
from standoff.world.mrio.table import Mrio


def run(*events: dict[str, Any], mrio: Mrio | None = None, **changes: Any) -> EconomyResult:
    """A run on the made-up table."""
    return run_scenario(economy_scenario_from(scenario(*events, **changes)), world=mrio or table())


@given(st.integers(0, 10**6))
def test_a_cut_network_is_the_network_of_what_is_left(seed: int) -> None:
    draw = np.random.default_rng(seed)
    regions, products = int(draw.integers(1, 4)), int(draw.integers(1, 4))
    nodes = regions * products
    flows = draw.lognormal(0, 1, (nodes, nodes)) * (draw.random((nodes, nodes)) < 0.7)
    open_share = np.where(draw.random((products, regions, regions)) < 0.5, draw.random((products, regions, regions)), 1)
    node_share = open_share[:, np.arange(nodes) // products][:, :, np.arange(nodes) // products]
    left = flows * node_share[np.arange(nodes) % products, np.arange(nodes)]
    whole, closed, rest = TableSupply(flows, products), None, TableSupply(left, products)
    closed = cut_table(whole, open_share)
    factor, weight = draw.random(whole.base.shape), draw.random(nodes)
    assert closed.book(factor, weight) == pytest.approx(rest.book(factor, weight), abs=1e-12)
    assert closed.reach(weight) == pytest.approx(rest.reach(weight), abs=1e-12)
    assert closed.links(factor, weight) == pytest.approx(rest.links(factor, weight), abs=1e-12)
    at_home, left_at_home = (each.home_flows(np.arange(nodes) // products) for each in (closed, rest))
    assert at_home.reach(weight) == pytest.approx(left_at_home.reach(weight), abs=1e-12)
    assert at_home.orders(factor) == pytest.approx(left_at_home.orders(factor), abs=1e-12)
    assert np.array_equal(closed.base, whole.base)
    assert not closed.reach(weight)[rest.reach(weight) == 0].any()


def test_a_cut_of_a_list_of_links_is_the_list_of_what_is_left() -> None:
    supplier, buyer = np.array([2, 0, 0, 1]), np.array([0, 1, 2, 2])
    flow, product = np.array([4.0, 1.0, 2.0, 3.0]), np.array([0, 1, 0])
    left = flow * np.array([0.0, 1.0, 0.25, 1.0])
    whole, rest = (ListSupply(supplier, buyer, each, product=product) for each in (flow, left))
    link, share = np.array([0, 2]), np.array([1.0, 0.75])
    closed = CutSupply(whole, link=link, supplier=supplier[link], need=whole.need[link], share=share)
    factor, weight = np.array([1.0, 0.5, 2.0, 1.5]), np.array([1.0, 0.5, 0.9])
    assert closed.book(factor, weight) == pytest.approx(rest.book(factor, weight))
    assert closed.reach(weight) == pytest.approx(rest.reach(weight))
    assert closed.links(factor, weight) == pytest.approx(rest.links(factor, weight))


@pytest.mark.parametrize("rules", SETS)
def test_an_economy_that_nothing_strikes_stays_at_rest(rules: str) -> None:
    result = run(cut(0.0), rules=rules)
    assert result.run["output"] == pytest.approx(np.tile(result.losses.usual_output, (200, 1)), rel=1e-9)
    assert np.abs(result.losses.unmet_path).max() < 1e-9 * result.losses.wanted.sum()


@pytest.mark.parametrize("rules", SETS)
@pytest.mark.parametrize("share", [0.4, 1.0])
def test_what_is_made_is_delivered_and_nobody_gets_more_than_was_asked(rules: str, share: float) -> None:
    result = run(
        cut(share, until="2022-04-01"), cut(0.5, name="back", exporters=["R1"], destinations=["R0"]), rules=rules
    )
    from standoff.model.rulesets import compose
    from standoff.simulate.economy_run import BY_NODE, run_economy

    kept = run_economy(
        result.events.economy,
        compose(rules, consumption="fixed"),
        result.events.schedule(),
        steps=200,
        keep=BY_NODE,
    )
    made = kept["to_firms"] + kept["to_final"] + kept["unsold"]
    assert kept["output"] == pytest.approx(made, rel=1e-9)
    assert (kept["unsold"] >= -1e-9).all()
    assert (kept["to_final"] <= kept["final"] * (1 + 1e-9)).all()
    assert (kept["to_firms"] <= kept["book"] * (1 + 1e-9)).all()
    assert (kept["output"] <= kept["capacity"] * (1 + 1e-9)).all()


def test_nothing_passes_a_closed_link() -> None:
    result = run(cut())
    stretch = result.events.stretch(20)
    flow = stretch.supply.links(np.ones((3, 12)), np.ones(12)).reshape(3, 4, 4, 3)
    assert not flow[0, 0, 1].any()
    assert flow[1, 0, 1].all()
    assert not stretch.asked.reshape(4, 3, 4)[0, 0, 1]
    assert result.events.stretch(9).supply is result.events.economy.supply


def test_buyers_turn_to_others_or_not_as_the_sourcing_says() -> None:
    rerouted, held = run(cut()), run(cut(), rule_changes={"sourcing": "usual"})
    rivals = [3, 6, 9]  # S0 of the other regions
    assert (rerouted.run["output"][40, rivals] > rerouted.losses.usual_output[rivals]).all()
    wanted, asked = rerouted.events.stretch(20).wanted, rerouted.events.stretch(20).asked
    assert asked[:, 1].sum() == pytest.approx(wanted[:, 1].sum())
    lost = held.events.stretch(20)
    assert lost.asked[:, 1].sum() == pytest.approx(lost.wanted[:, 1].sum() - lost.wanted[0, 1])
    sums = [each.losses.unmet_path.sum() for each in (rerouted, held)]
    assert sums[0] < sums[1]


def test_leakage_takes_its_share_off_the_cut() -> None:
    leaking, smaller = run(cut(0.8, leakage=0.25)), run(cut(0.6))
    assert leaking.run["output"] == pytest.approx(smaller.run["output"], rel=1e-12)


@pytest.mark.parametrize("rules", ["ario", "pichler"])
def test_a_tighter_cut_costs_the_seller_more(rules: str) -> None:
    lost = [run(cut(share), rules=rules).losses.output_lost[0] for share in (0.2, 0.5, 0.8, 1.0)]
    assert (np.diff(lost) > 0).all()


def test_two_cuts_of_the_same_link_leave_what_both_leave() -> None:
    twice = run(cut(0.5), cut(0.4, name="again"))
    once = run(cut(0.7))
    assert twice.run["output"] == pytest.approx(once.run["output"], rel=1e-9)


def test_a_cut_that_ends_is_forgotten() -> None:
    result = run(cut(1.0, until="2022-02-11"), until="2024-01-01")
    assert result.status == "done"
    assert result.diagnosis is not None
    assert result.diagnosis.status == "rests"
    assert result.run["output"][-1].sum() == pytest.approx(result.losses.usual_output.sum(), rel=2e-3)


def test_orders_are_not_doubled_on_the_day_a_link_opens() -> None:
    result = run(cut(1.0, until="2022-02-11"))
    economy, events = result.events.economy, result.events
    state = resting(economy, RuleNumbers())._replace(order_factor=np.full(economy.supply.base.shape, 2.0))
    closed, opened = events.stretch(20).supply, events.stretch(41).supply
    before = closed.reach(state.supplier_weight) * state.order_factor
    after = split_again(state, closed, opened)
    assert opened.reach(after.supplier_weight) * after.order_factor == pytest.approx(before)
    stopped = split_again(after, opened, closed)
    assert np.array_equal(stopped.order_factor, after.order_factor)


def test_regions_that_change_places_change_losses() -> None:
    """Relabelled table and scenario give relabelled losses."""
    mrio = table()
    order = np.array([1, 0, 2, 3])
    nodes = (order[:, None] * 3 + np.arange(3)).ravel()
    swapped = Mrio(
        mrio.about,
        mrio.regions,
        mrio.sectors,
        mrio.flows[np.ix_(nodes, nodes)],
        mrio.households[nodes][:, order],
        mrio.other[nodes][:, order],
    )
    here = run(cut(0.7), mrio=mrio)
    there = run(cut(0.7, exporters=["R1"], destinations=["R0"]), mrio=swapped)
    assert there.run["output"] == pytest.approx(here.run["output"][:, nodes], rel=1e-12)
    assert there.losses.unmet_path == pytest.approx(here.losses.unmet_path[:, order], abs=1e-9)


def test_a_side_stands_for_its_regions_and_no_destination_for_all_others() -> None:
    named = run(cut(0.5, destinations=["R1", "R2", "R3"]))
    by_side = run(cut(0.5, destinations=["Rest"]), sides={"Rest": ["R1", "R2", "R3"]})
    left_out = run(cut(0.5, destinations=[]))
    for other in (by_side, left_out):
        assert np.array_equal(other.run["output"], named.run["output"])
    assert list(by_side.sides) == ["Rest", "R0"]
    assert list(left_out.sides) == ["R0", "others"]


def test_every_region_is_on_one_side() -> None:
    result = run(cut(), sides={"Both": ["R1", "R2"]})
    assert list(result.sides) == ["Both", "R0", "others"]
    assert sorted(position for positions in result.sides.values() for position in positions) == [0, 1, 2, 3]
    with pytest.raises(InputError, match="on two sides"):
        run(cut(), sides={"One": ["R1", "R2"], "Two": ["R2"]})


def test_a_run_without_events_loses_nothing() -> None:
    result = run()
    assert list(result.sides) == ["others"]
    assert result.summary()["losses"]["world"]["value_added_lost"] == pytest.approx(0.0, abs=1.0)


def test_losses_by_region_sector_and_side_are_the_same_loss() -> None:
    losses = run(cut()).summary()["losses"]
    for name in ("value_added_lost", "output_lost", "unmet_final_use"):
        world = losses["world"][name]
        for split in ("by_region", "by_sector", "by_side"):
            assert sum(row[name] for row in losses[split].values()) == pytest.approx(world, rel=1e-9, abs=1.0)


def test_unmet_use_is_what_was_wanted_less_what_came() -> None:
    result = run(cut(), rule_changes={"sourcing": "usual"})
    stretch, day = result.events.stretch(50), 50
    came = (result.run["final_share"][day][:, None] * stretch.asked).sum(axis=0)
    assert result.losses.unmet_path[day] == pytest.approx(stretch.wanted.sum(axis=0) - came)
    assert result.losses.unmet_path[day, 1] >= stretch.wanted[0, 1] * 0.99


def test_a_cut_of_what_is_no_table_is_refused_and_not_forgotten() -> None:
    one = np.array([0])
    firms = ListSupply(one, np.array([1]), np.ones(1), product=np.array([0, 0]))
    with pytest.raises(ModelError):
        cut_table(firms, np.zeros((1, 1, 1)))


@pytest.mark.parametrize("rules", ["ario", "pichler", "inoue_todo"])
def test_lost_output_is_followed_to_what_it_is_due_to(rules: str) -> None:
    result = run(cut(0.8), rules=rules, losses=True)
    due, usual = result.due, result.losses.usual_output
    assert due is not None
    less = np.maximum(usual - result.run["output"], 0.0).sum(axis=0)
    assert due.by_region.sum(axis=1) == pytest.approx(result.losses.by_region(less), abs=1e-9 * usual.sum())
    of_links = [due.by_region[:, KINDS.index(kind)].sum() for kind in OF_LINKS]
    assert due.supplier_region.sum(axis=0) == pytest.approx(of_links, abs=1e-9 * usual.sum())
    assert due.supplier_sector.sum(axis=0) == pytest.approx(of_links, abs=1e-9 * usual.sum())


def test_inputs_that_nobody_buys_elsewhere_are_charged_to_the_cut() -> None:
    due = run(cut(1.0), rules="inoue_todo", losses=True).due
    assert due is not None
    closed = OF_LINKS.index("link_closed")
    assert due.supplier_region[0, closed] > 0, "the exporter that is cut off"
    assert due.supplier_region[1:, closed] == pytest.approx(0.0)
