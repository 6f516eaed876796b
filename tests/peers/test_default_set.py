"""The default set's own rules on economies: sellers serve their own place first, orders follow a plan, suppliers that deliver get more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peer_cases import DATA
from test_composition import HOMES

from standoff.errors import InputError
from standoff.model.economy import Economy, EconomyFlows, EconomyState, Moment, RuleNumbers, Shocks
from standoff.model.economy_step import ready, step
from standoff.model.home import Homes
from standoff.model.link_cuts import cut_table
from standoff.model.parameters import default_parameters
from standoff.model.rulesets import compose, rule_numbers
from standoff.model.slots import Served, suppliers_by_reliability
from standoff.model.table_supply import TableSupply
from standoff.simulate.damage import Damage, Schedule
from standoff.simulate.economy_run import Taken, resting, run_economy, take_steps
from standoff.simulate.firm_run import FirmSettings, firm_settings, run_firms
from standoff.world.economies import economy_from_firms, economy_from_table
from standoff.world.firm_folder import read_firm_files

EXAMPLES = settings(max_examples=25, deadline=None)
STEPS = 40


def random_table(rng: np.random.Generator, *, regions: int, products: int, filled: float = 0.7) -> Economy:
    nodes = regions * products
    flows = rng.uniform(0.1, 1.0, (nodes, nodes)) * (rng.random((nodes, nodes)) < filled)
    final = rng.uniform(0.5, 2.0, nodes)
    return economy_from_table(
        flows=flows,
        final=final,
        output=flows.sum(axis=1) + final,
        products=products,
        cover=8.0,
        restock=4.0,
        final_at_home=rng.uniform(0.0, 1.0, nodes) * final,
        steps_per_year=1.0,
        shape="dense",
    )


def struck(economy: Economy, share: Any) -> Schedule:
    impact = np.broadcast_to(share, economy.output.shape).astype(float)
    return Schedule(economy, [Damage(impact=impact, occurrence=1, duration=15, recovery="linear", recovery_steps=8)])


def one_step(economy: Economy, state: EconomyState, loss: Any, **rules: str) -> tuple[EconomyState, EconomyFlows]:
    """One step from a state, with a share of capacity lost."""
    still = np.zeros(economy.supply.nodes)
    shocks = Shocks(
        capacity_loss=loss, labour_left=still + 1.0, household_shock=None, final_shock=None, rebuilding=still
    )
    return step(state, economy, compose("standoff", **rules), numbers=RuleNumbers(), number=3, shocks=shocks)


def disturbed(economy: Economy, rng: np.random.Generator) -> EconomyState:
    """A state with other orders and weights than at rest, and full stocks."""
    state = resting(economy, RuleNumbers())
    return state._replace(
        order_factor=rng.uniform(0.5, 1.5, state.order_factor.shape),
        supplier_weight=rng.uniform(0.5, 1.0, state.output.shape),
    )


@EXAMPLES
@given(seed=st.integers(0, 2**32 - 1), regions=st.integers(1, 4), products=st.integers(1, 4))
def test_a_short_seller_serves_its_own_region_first_link_by_link(seed: int, regions: int, products: int) -> None:
    rng = np.random.default_rng(seed)
    economy = random_table(rng, regions=regions, products=products)
    state, nodes = disturbed(economy, rng), regions * products
    loss = rng.uniform(0.0, 0.9, nodes)
    _, flows = one_step(economy, state, loss)
    assert isinstance(economy.supply, TableSupply)
    assert economy.homes is not None
    table = economy.supply.table
    arrived, to_final = np.zeros((products, nodes)), np.zeros(nodes)
    for seller in range(nodes):
        region, product = divmod(seller, products)
        orders = {
            buyer: table[product, region, buyer] * state.order_factor[product, buyer] * state.supplier_weight[seller]
            for buyer in range(nodes)
        }
        home = [buyer for buyer in range(nodes) if buyer // products == region]
        final = economy.final[seller] * economy.homes.final_share[seller]
        left = flows.output[seller]
        for buyers, use in ((home, final), (sorted({*orders} - {*home}), economy.final[seller] - final)):
            asked = use + sum(orders[buyer] for buyer in buyers)
            share = min(1.0, left / asked) if asked > 0 else 0.0
            left -= share * asked
            to_final[seller] += share * use
            for buyer in buyers:
                arrived[product, buyer] += share * orders[buyer]
    np.testing.assert_allclose(flows.arrived, arrived, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(flows.to_final, to_final, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("set_name", ["standoff", "ario", "pichler"])
def test_in_one_place_home_first_is_the_same_share_for_all(set_name: str) -> None:
    rng = np.random.default_rng(3)
    economy, loss = random_table(rng, regions=1, products=6), rng.uniform(0.0, 0.7, 6)
    economy = replace(economy, homes=Homes(np.zeros(6, dtype=np.int64), np.ones(6)))
    runs = [
        run_economy(economy, compose(set_name, rationing=rule), struck(economy, loss), steps=STEPS)
        for rule in ("tiers", "same_share")
    ]
    assert runs[0]["output"].min() < 0.9 * economy.output.min()
    for name in ("output", "to_final", "to_firms"):
        np.testing.assert_allclose(runs[0][name], runs[1][name], rtol=1e-10)


def test_two_regions_that_change_their_names_change_their_paths() -> None:
    rng = np.random.default_rng(5)
    one, loss = random_table(rng, regions=2, products=3), rng.uniform(0.0, 0.7, 6)
    turned = np.array([3, 4, 5, 0, 1, 2])
    assert isinstance(one.supply, TableSupply)
    flows = one.supply.table.transpose(1, 0, 2).reshape(6, 6)
    assert one.homes is not None
    other = economy_from_table(
        flows=flows[np.ix_(turned, turned)],
        final=one.final[turned],
        output=one.output[turned],
        products=3,
        cover=8.0,
        restock=4.0,
        final_at_home=(one.final * one.homes.final_share)[turned],
        steps_per_year=1.0,
        shape="dense",
    )
    rules = compose("standoff")
    here = run_economy(one, rules, struck(one, loss), steps=STEPS)
    there = run_economy(other, rules, struck(other, loss[turned]), steps=STEPS)
    np.testing.assert_allclose(there["output"], here["output"][:, turned], rtol=1e-10)


@pytest.mark.parametrize("at_once", [False, True])
def test_a_dense_table_and_its_list_of_links_serve_the_same_homes(
    at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if at_once:
        monkeypatch.setattr("standoff.model.list_supply.NODES_CACHED", 0)
    rng = np.random.default_rng(7)
    dense, loss = random_table(rng, regions=3, products=4), rng.uniform(0.0, 0.7, 12)
    assert isinstance(dense.supply, TableSupply)
    flows = dense.supply.table.transpose(1, 0, 2).reshape(12, 12)
    supplier, buyer = np.nonzero(flows)
    product = np.arange(12) % 4
    listed = economy_from_firms(
        supplier=supplier,
        buyer=buyer,
        flow=flows[supplier, buyer],
        product=product,
        final=dense.final,
        cover=8.0,
        restock=4.0,
        stock_by_link=False,
        place=np.arange(12) // 4,
    )
    assert dense.homes is not None
    listed = replace(listed, homes=dense.homes)
    runs = [run_economy(each, compose("standoff"), struck(each, loss), steps=STEPS) for each in (dense, listed)]
    np.testing.assert_allclose(runs[0]["output"], runs[1]["output"], rtol=1e-9)


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize(
    "changes",
    [{}, {"ordering": "demand"}, {"rationing": "same_share"}, {"sourcing": "capacity"}, {"production": "leontief"}],
)
def test_without_a_shock_all_stays_for_520_steps(home: str, changes: dict[str, str]) -> None:
    economy, _ = HOMES[home]()
    run = run_economy(
        economy, compose("standoff", **changes), Schedule(economy), steps=520, keep=("output", "to_final")
    )
    assert np.abs(run["output"] - np.minimum(economy.output, run["output"][0])).max() <= 1e-9 * economy.output.max()
    assert np.abs(run["to_final"] - economy.final).max() <= 1e-9 * economy.output.max()


def test_numbers_are_those_of_the_default_set_as_shipped() -> None:
    shipped, numbers = default_parameters(), RuleNumbers()
    assert numbers.order_limit == shipped["order_limit"].value
    assert numbers.reliability_exponent == shipped["reliability_exponent"].value
    for name in ("smoothing", "reliability", "sourcing"):
        assert getattr(numbers, f"{name}_steps") == shipped[f"{name}_days"].value


def test_orders_follow_smoothed_demand_within_capacity_and_never_pass_their_limit() -> None:
    rng = np.random.default_rng(11)
    economy = random_table(rng, regions=3, products=4)
    state, loss = disturbed(economy, rng), rng.uniform(0.0, 0.6, 12)
    state = state._replace(stock=state.stock * rng.uniform(0.0, 1.5, state.stock.shape))
    numbers = RuleNumbers()
    after, flows = one_step(economy, state, loss, sourcing="usual")
    demand = flows.book + flows.final
    smoothed = economy.output + (demand - economy.output) / numbers.smoothing_steps
    plan = np.minimum(smoothed, economy.output * (1.0 - loss))
    use = economy.base * (plan / economy.output)
    wanted = use + (8.0 * economy.base - after.stock) / 4.0
    expected = np.clip(wanted, 0.0, numbers.order_limit * economy.base)
    np.testing.assert_allclose(after.order_factor * economy.base, expected, rtol=1e-9, atol=1e-12)
    tight = step(
        state,
        economy,
        compose("standoff", sourcing="usual"),
        numbers=rule_numbers({"order_limit": 0.7}),
        number=3,
        shocks=Shocks(loss, np.ones(12), None, None, np.zeros(12)),
    )[0]
    assert tight.order_factor.max() <= 0.7 * (1 + 1e-12)
    assert after.order_factor.max() > 1.0


def orders_wanted(taken: Taken, numbers: RuleNumbers) -> Any:
    """What a plan asks for by need after a step, of an economy with cover 8 and restock 4, whoever delivers it."""
    economy, after = taken.economy, taken.after
    plan = np.minimum(after.smoothed_demand, taken.flows.capacity) / economy.output
    wanted = economy.base * plan + (8.0 * economy.base - after.stock) / 4.0
    return np.clip(wanted, 0.0, numbers.order_limit * economy.base)


def orders_placed(taken: Taken) -> Any:
    """What is ordered by need from suppliers who may deliver."""
    return taken.after.order_factor * taken.economy.supply.reach(taken.after.supplier_weight)


def test_the_orders_of_a_need_stay_whole_however_suppliers_are_weighted() -> None:
    economy = random_table(np.random.default_rng(13), regions=3, products=4)
    loss, rules = np.where(np.arange(12) < 4, 0.8, 0.0), compose("standoff")
    numbers = rule_numbers({"sourcing_steps": 3.0, "reliability_steps": 2.0})
    begin = resting(economy, numbers)
    for taken in take_steps(economy, rules, struck(economy, loss), steps=20, numbers=numbers, state=begin):
        np.testing.assert_allclose(orders_placed(taken), orders_wanted(taken, numbers), rtol=1e-9, atol=1e-12)
    weight = taken.after.supplier_weight
    assert weight[:4].mean() < weight[4:].mean() < 1.0


def test_the_weight_of_a_supplier_drifts_to_the_power_of_its_reliability() -> None:
    """A supplier that always serves the same share of what is ordered: both drifts have a closed form."""
    economy, _ = HOMES["standoff"]()
    numbers = rule_numbers({"reliability_steps": 4.0, "sourcing_steps": 6.0, "reliability_exponent": 2.0})
    rules = compose("standoff", rationing="same_share")
    state = ready(resting(economy, numbers), economy, rules, numbers=numbers)
    served, weight, reliability = 0.6, 1.0, 1.0
    for number in range(30):
        shocks = Shocks(np.zeros(12), np.ones(12), None, None, np.zeros(12))
        moment = Moment(economy, numbers, state, number, shocks, book=economy.base_book)
        moment.served = Served(to_firms=served * economy.base_book, to_final=None, final_share=None)
        found = suppliers_by_reliability(moment)
        state = state._replace(supplier_weight=found.weight, reliability=found.reliability)
        reliability = served + (1.0 - served) * (3.0 / 4.0) ** (number + 1)
        weight += (reliability**2 - weight) / 6.0
        np.testing.assert_allclose(found.reliability, reliability, rtol=1e-12)
        np.testing.assert_allclose(found.weight, weight, rtol=1e-12)


CUT = slice(2, 20)
"""Days on which region 1 may not sell product 0 to region 2."""


def shares_placed(sourcing: str) -> list[float]:
    """Of what a buyer in region 2 wants of product 0, the share that is ordered from suppliers who may deliver, day by day."""
    economy = random_table(np.random.default_rng(17), regions=3, products=2, filled=1.0)
    share = np.ones((2, 3, 3))
    share[0, 1, 2] = 0.0
    closed = cut_table(economy.supply, share)
    schedule = Schedule(economy, supply_in=lambda day: closed if CUT.start <= day < CUT.stop else economy.supply)
    numbers, rules = rule_numbers({"sourcing_steps": 10.0}), compose("standoff", sourcing=sourcing)
    found = []
    for taken in take_steps(economy, rules, schedule, steps=24, numbers=numbers, state=resting(economy, numbers)):
        found.append(float(orders_placed(taken)[0, 4] / orders_wanted(taken, numbers)[0, 4]))
        assert (taken.after.counted_on is not None) == (sourcing == "adaptive" and CUT.start <= taken.number < CUT.stop)
    return found


def test_orders_on_a_closed_link_drift_to_open_ones_between_never_and_at_once() -> None:
    never, drifting, at_once = (shares_placed(sourcing) for sourcing in ("usual", "adaptive", "capacity"))
    whole, open_share = pytest.approx(1.0, rel=1e-9), never[CUT.start]
    assert open_share < 0.9
    for day in range(24):
        assert at_once[day] == whole
        if not CUT.start <= day < CUT.stop:
            assert [never[day], drifting[day]] == [
                whole,
                whole,
            ]  # what opens again is ordered from at once, and nothing twice
            continue
        assert never[day] == pytest.approx(open_share, rel=1e-9)
        left = open_share + (1.0 - open_share) * 0.9 ** (day - CUT.start + 1)
        assert drifting[day] == pytest.approx(open_share / left, rel=1e-2)  # suppliers' weights hardly move


def firms_with_places(tmp_path: Path, text: str | None) -> Path:
    for source in (DATA / "inoue_todo" / "net200").glob("*.txt"):
        (tmp_path / source.name).write_text(source.read_text())
    if text is not None:
        (tmp_path / "firms.csv").write_text(text)
    return tmp_path


def test_a_column_of_firms_says_where_they_are_and_without_it_all_are_served_alike(tmp_path: Path) -> None:
    names = read_firm_files(DATA / "inoue_todo" / "net200").firms
    rows = [f"{name},{'north' if number % 3 else 'south'}" for number, name in enumerate(names)]
    unplaced = run_firms(
        read_firm_files(firms_with_places(tmp_path, None)), settings=FirmSettings(), rules={}, name="standoff"
    )
    folder = firms_with_places(tmp_path, "\n".join(["firm,region", *rows]))
    placed = run_firms(read_firm_files(folder), settings=FirmSettings(), rules={}, name="standoff")
    alike = run_firms(
        read_firm_files(folder), settings=FirmSettings(), rules={"rationing": "same_share"}, name="standoff"
    )
    assert "firms.csv" in unplaced.notes[0]
    assert placed.notes == alike.notes == ()
    assert np.array_equal(unplaced.run["output"], alike.run["output"])
    assert np.abs(placed.run["output"] - alike.run["output"]).max() > 1.0


def test_places_of_firms_that_are_wrong_are_reported_together(tmp_path: Path) -> None:
    folder = firms_with_places(tmp_path, "firm,country\nf000,\nnobody,JP\n")
    with pytest.raises(InputError) as report:
        read_firm_files(folder)
    whys = [problem.why for problem in report.value.problems]
    assert whys[:2] == ["no place is told", "F has no such firm"]
    assert whys.count("the firm has no row") == 199


def test_numbers_of_the_rules_are_settings_of_a_run_of_firms() -> None:
    settings, rules = firm_settings({"order_limit": "1.5", "sourcing": "adaptive", "psi": "0.9"})
    assert settings.numbers == {"order_limit": 1.5, "psi": 0.9}
    assert rules == {"sourcing": "adaptive"}
    with pytest.raises(InputError, match="order_limit"):
        firm_settings({"order_limits": "2"})
