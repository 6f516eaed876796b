"""Rationing on a chain that looks at every link: levels against a plain loop, and what holds of it in sellers and in whole runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cases import case_of, clock_of, run_network
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_attribution import attributed, by_measure, losses
from test_invariants import ROUNDING, assert_no_shipment_above_orders, assert_same_by_label, mirrored
from typer.testing import CliRunner

import standoff
from standoff.cli.main import app
from standoff.model import rulesets, serving, slots
from standoff.model.balance import check_mass
from standoff.model.rationing import TIERS
from standoff.model.serving import KEEPING_BACK, LINK_BY_LINK, ONE_LEVEL, LinkByLink, Rationed, Turn
from standoff.results.explain import Explainer, term_name
from standoff.results.files import read_config
from standoff.results.indicators import link_flows
from standoff.simulate.ensemble import run_ensemble
from standoff.simulate.scenario import read_scenario
from standoff.simulate.turns import Slots, slots_of
from standoff.world.build import build_network
from standoff.world.network import Network
from standoff.world.tables import read_world
from worlds import Shape, build_world, fixed_shapes

PER_STEP = 7.0 / 365.0
SHAPES = fixed_shapes(2, most_producers=20)
ONE_SELLER = Shape(3, 5, seed=0)
EXAMPLES = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Worlds = st.builds(Shape, tiers=st.just(3), producers=st.integers(5, 12), seed=st.integers(0, 2**32 - 1))


def usual_orders(network: Network, at: Slots) -> Any:
    """Usual order of every slot per step, 1 for latent routes."""
    usual = np.ones(len(at))
    usual[at.of_link] = network.links.flow * PER_STEP
    return usual


def sellers(network: Network, at: Slots, *, seed: int) -> tuple[Any, Any]:
    """Some stock and some orders: none, fewer than usual, many more; too little for all, or enough."""
    rng = np.random.default_rng(seed)
    asked = usual_orders(network, at) * np.exp(rng.normal(size=len(at))) * (rng.random(len(at)) > 0.2)
    offers = len(network.offers.yields)
    total = np.bincount(at.offer, weights=asked, minlength=offers)
    return total * rng.uniform(0.0, 1.3, offers) * (rng.random(offers) > 0.1), asked


def rationed(network: Network, rule: str, *, seed: int) -> tuple[Slots, Any, Any, Rationed]:
    at = slots_of(network, rule, home_first=True, per_step=PER_STEP)
    stock, asked = sellers(network, at, seed=seed)
    return at, stock, asked, at.ration(stock=stock, demanded=asked, xp=np)


def filled_like_glasses(stock: float, orders: list[float], usual: list[float]) -> tuple[list[float], float]:
    """Glasses as wide as the usual order and as full as the order, filled to one level by a loop; what each gets and what is left."""
    got = [0.0] * len(orders)
    thirsty = [each for each, order in enumerate(orders) if order > 0]
    while thirsty and stock > 0:
        rise = min((orders[each] - got[each]) / usual[each] for each in thirsty)
        rise = min(rise, stock / sum(usual[each] for each in thirsty))
        for each in thirsty:
            got[each] += rise * usual[each]
            stock -= rise * usual[each]
        full = [each for each in thirsty if got[each] >= orders[each] * (1 - 1e-13)]
        if not full:
            break
        thirsty = [each for each in thirsty if each not in full]
    return got, max(stock, 0.0)


@pytest.mark.parametrize("rule", ONE_LEVEL)
@EXAMPLES
@given(shape=Worlds, seed=st.integers(0, 2**32 - 1))
def test_links_are_served_up_to_a_level_as_a_plain_loop_does_it(rule: str, shape: Shape, seed: int) -> None:
    network = build_network(build_world(shape))
    at, stock, asked, done = rationed(network, rule, seed=seed)
    usual = usual_orders(network, at)
    for offer, there in enumerate(stock):
        left = float(there)
        for tier in range(TIERS.index("latent")):
            here = np.flatnonzero((at.offer == offer) & (at.tier == tier))
            got, left = filled_like_glasses(left, asked[here].tolist(), usual[here].tolist())
            np.testing.assert_allclose(asked[here] * done.fill[here], got, rtol=1e-9, atol=1e-9 * there)


@pytest.mark.parametrize("rule", LINK_BY_LINK)
@EXAMPLES
@given(shape=Worlds, seed=st.integers(0, 2**32 - 1))
@example(shape=ONE_SELLER, seed=0)
def test_nobody_gets_more_than_was_ordered_and_no_seller_gives_more_than_it_has(
    rule: str, shape: Shape, seed: int
) -> None:
    network = build_network(build_world(shape))
    at, stock, asked, done = rationed(network, rule, seed=seed)
    assert (done.fill >= 0).all()
    assert (done.fill <= 1).all()
    given_out = np.bincount(at.offer, weights=asked * done.fill, minlength=len(stock))
    np.testing.assert_allclose(done.shipped, given_out, rtol=1e-12, atol=1e-12 * stock.max())
    assert (done.shipped <= stock * (1 + 1e-15)).all()
    total = np.bincount(at.offer, weights=asked, minlength=len(stock))
    np.testing.assert_allclose(done.demanded.sum(axis=0), total, rtol=1e-12)
    if rule not in KEEPING_BACK:
        np.testing.assert_allclose(done.shipped, np.minimum(stock, total), rtol=1e-12, atol=1e-12 * stock.max())
    served_before = (at.tier == TIERS.index("latent")) & (asked > 0) & (done.fill > 0)
    ordinary = at.tier < TIERS.index("latent")
    for offer in np.unique(at.offer[served_before]) if rule in ONE_LEVEL else ():
        assert (done.fill[ordinary & (at.offer == offer)] == 1).all(), "routes come last"


@EXAMPLES
@given(shape=Worlds, seed=st.integers(0, 2**32 - 1))
def test_a_common_level_is_the_same_share_where_all_order_the_same_multiple(shape: Shape, seed: int) -> None:
    network, rng = build_network(build_world(shape)), np.random.default_rng(seed)
    offers = len(network.offers.yields)
    usual = np.bincount(network.links.offer, weights=network.links.flow * PER_STEP, minlength=offers)
    multiple, stock = rng.uniform(0.1, 5.0, offers), usual * rng.uniform(0.0, 3.0, offers)
    fill = []
    for rule in ("common_level", "same_share"):
        at = slots_of(network, rule, home_first=True, per_step=PER_STEP)
        asked = np.zeros(len(at))
        np.add.at(asked, at.of_link, multiple[network.links.offer] * network.links.flow * PER_STEP)
        fill.append(at.ration(stock=stock, demanded=asked, xp=np).fill[at.of_link])
    np.testing.assert_allclose(fill[0], fill[1], rtol=1e-9, atol=1e-12)


def test_what_pronet_gives_to_who_orders_nothing_stays_in_stock() -> None:
    """One seller of 7; firms of usual orders 2, 2 and 2 that order none, half and all of it; a final use of 4 that orders all."""
    final = np.array([False, False, False, True])
    turn = Turn(TIERS.index("rest"), np.zeros(4, dtype=np.int64), 1, np.array([2.0, 2.0, 2.0, 4.0]), final)
    rule = LinkByLink(((turn, serving.as_pronet),), 1)
    done = rule(stock=np.array([7.0]), demanded=np.array([0.0, 1.0, 2.0, 4.0]), xp=np)
    level = 0.5 + (7.0 - 0.5 * 10.0) / 6.0  # see test_pronet_serves_clients_that_order_nothing_up_to_the_first_level
    np.testing.assert_allclose(done.fill, [1.0, 1.0, level, level])
    np.testing.assert_allclose(done.shipped, 1.0 + 6.0 * level)
    np.testing.assert_allclose(7.0 - done.shipped, 0.5 * 2.0, err_msg="what the first firm does not take")


@pytest.mark.parametrize("rule", LINK_BY_LINK)
def test_sellers_of_a_draw_are_those_of_a_single_run(rule: str) -> None:
    network = build_network(build_world(SHAPES[0]))
    at = slots_of(network, rule, home_first=True, per_step=PER_STEP)
    each = [sellers(network, at, seed=seed) for seed in range(3)]
    stock, asked = (np.stack(arrays, axis=1) for arrays in zip(*each, strict=True))
    done = slots_of(network, rule, home_first=True, per_step=PER_STEP, draws=3).ration(
        stock=stock, demanded=asked, xp=np
    )
    for draw, (its_stock, its_orders) in enumerate(each):
        alone = at.ration(stock=its_stock, demanded=its_orders, xp=np)
        for name in Rationed._fields:
            expected, got = getattr(alone, name), getattr(done, name)[..., draw]
            np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12 * max(float(expected.max()), 1.0))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape.seed))
@pytest.mark.parametrize("rule", LINK_BY_LINK)
def test_the_invariants_of_a_run_hold(rule: str, shape: Shape) -> None:
    case = case_of(shape)
    first, swapped = mirrored(case, rules={"rationing": rule})
    assert_same_by_label(first, swapped, tolerance=1e-12)
    run = case.run(rules={"rationing": rule})
    assert check_mass(run.network, run.records, run.first) <= 1e-9
    for name, values in run.records.items():
        assert np.isfinite(values).all(), name
        assert (values >= -ROUNDING * np.abs(values).max(initial=0.0)).all(), name
    assert_no_shipment_above_orders(run)
    assert (run.records["link_fill"] < 1 - 1e-9).any(), "a seller was short"
    assert not np.array_equal(run.records["activity"], case.run().records["activity"])
    sold = np.zeros_like(run.records["shipped"].T)
    np.add.at(sold, run.network.links.offer, link_flows(run.setup, run.records).T)
    np.add.at(sold, run.network.latent.offer, run.records["route_shipped"].T)
    np.testing.assert_allclose(sold.T, run.records["shipped"], rtol=1e-9, atol=1e-9 * sold.max())


@pytest.mark.parametrize("rule", LINK_BY_LINK)
def test_an_economy_at_rest_serves_everybody_for_ten_years(rule: str) -> None:
    network = build_network(build_world(SHAPES[1]))
    run = run_network(network, clock_of(520), acts=[], rules={"rationing": rule})
    np.testing.assert_allclose(run.records["link_fill"], 1.0, rtol=1e-9)
    np.testing.assert_allclose(run.records["activity"] / (network.nodes.activity * PER_STEP), 1.0, rtol=1e-9)


@pytest.mark.parametrize("rule", LINK_BY_LINK)
def test_losses_go_back_to_measures_and_add_up(rule: str) -> None:
    run = case_of(SHAPES[0]).run(rules={"rationing": rule})
    found = attributed(run)
    told = sum(by_measure(found).values())
    assert told == pytest.approx(sum(losses(run).values()), rel=1e-9)
    assert by_measure(found)["rounding"] <= 1e-9 * told


def test_an_explanation_says_up_to_which_level_a_link_was_served() -> None:
    result = standoff.run("april-2025", world="magnets-small", changes={"rationing": "common_level"})
    asked_of = Explainer(result)
    fill = result.records["link_fill"][:, result.setup.tracked_slot[: result.setup.link_count]]
    step, link = np.argwhere((fill < 0.9) & (result.records["link_shipped"] > 0))[0].tolist()
    told = asked_of.tape_of("link_shipped", (link,), step).terms[-1].name
    usual = result.setup.constants.tracked_use[link]
    level = float(re.findall(r"up to (\S+) times the usual order", told)[0])
    assert level * usual == pytest.approx(result.records["link_shipped"][step, link], rel=5e-3)
    assert term_name(told, lang="zh") != told


def test_an_explanation_says_what_the_rule_kept_back() -> None:
    world = build_world(Shape(6, 10, seed=3129643863))
    place = str(world.tables["uses"]["place"][0])
    rise = {"place": place, "factor": 2.5, "start": "2025-03-01", "until": "2025-09-01"}
    changes = {"start": "2025-01-06", "until": "2026-01-05", "demand": [rise], "rationing": "as_pronet"}
    result = standoff.run("baseline", world=world, changes=changes)
    there = np.concatenate([result.first["stock"][None], result.records["stock"][:-1]])
    asked = result.records["demanded"].sum(axis=1)
    kept = np.minimum(there, asked) - result.records["shipped"]
    asked_of = Explainer(result)
    cells = np.argwhere(kept > 1e-9 * asked.max())
    assert len(cells)
    for step, offer in cells.tolist():
        found = asked_of.explain_cell(asked_of.view.tier_cell("fill", TIERS.index("rest"), offer, step))
        assert found.binding.kind == "rule"
        assert found.recombine() == pytest.approx(found.value, rel=1e-9)
        whole = asked_of.explain_cell(asked_of.view.offer_cell("shipped", offer, step))
        assert whole.recombine() == pytest.approx(whole.value, rel=1e-9)


@pytest.mark.parametrize("rule", ["common_level_final_last", "as_pronet"])
def test_draws_do_not_depend_on_blocks(rule: str) -> None:
    scenario = read_scenario("april-2025", changes={"until": "2025-08-25", "rationing": rule})
    world = read_world("magnets-small")
    whole, other = (run_ensemble(scenario, world, draws=8, seed=3, block=block) for block in (8, 3))
    for name, values in whole.kept.items():
        assert np.array_equal(values, other.kept[name]), name


def test_a_chain_and_an_economy_know_the_same_rules() -> None:
    assert rulesets.RULES["rationing"] == serving.RULES
    assert tuple(LINK_BY_LINK) == rulesets.LINK_BY_LINK
    assert set(slots.FILLS["rationing"]) <= set(serving.RULES)


def test_the_rule_of_a_peer_runs_from_the_command_to_the_report(tmp_path: Path) -> None:
    chosen = ["--world", "magnets-small", "--set", "rationing=inoue_todo", "--out", str(tmp_path)]
    done = CliRunner().invoke(app, ["run", "april-2025", *chosen])
    assert done.exit_code == 0, done.output
    assert read_config(tmp_path / "result.nc")["scenario"]["rationing"] == "common_level"
    assert (tmp_path / "report.html").stat().st_size > 0
    assert standoff.rerun(tmp_path / "result.nc").scenario.rationing == "common_level"
