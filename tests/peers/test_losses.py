"""Laws of the attribution of lost output under the peers' rules: parts add up, and what struck a node is its own capacity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peer_cases import SECTORS, belgian_schedule, belgium, boario_case, boario_table, table_economy

from standoff.model.economy import Economy
from standoff.model.link_cuts import cut_table
from standoff.model.rulesets import RULES, RuleSet, compose, rule_numbers
from standoff.model.table_supply import TableSupply
from standoff.results.attribution.economy import KINDS, OF_LINKS, EconomyLosses, losses_of_run
from standoff.simulate.damage import Damage, Schedule
from standoff.simulate.economy_run import run_economy
from standoff.world.economies import economy_from_firms, economy_from_table

EXAMPLES = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
STEPS = 40


def assert_parts_add_up(economy: Economy, losses: EconomyLosses) -> None:
    lost = np.maximum(economy.output - losses.output, 0.0)
    assert (losses.parts >= 0).all()
    np.testing.assert_allclose(
        losses.parts.sum(axis=2), lost, rtol=1e-9, atol=1e-9 * float(economy.output.max(initial=1.0))
    )
    kinds = losses.total()
    scale = max(sum(kinds.values()), 1e-9)
    for kind, by_link in zip(OF_LINKS, losses.by_link, strict=True):
        assert by_link.sum() == pytest.approx(kinds[kind], rel=1e-9, abs=1e-9 * scale)


def random_table(rng: np.random.Generator, *, regions: int, products: int) -> Economy:
    nodes = regions * products
    flows = rng.uniform(0, 1, (nodes, nodes)) * (rng.random((nodes, nodes)) < 0.6)
    final = rng.uniform(0.2, 2.0, nodes)
    rating = rng.choice([0.0, 0.5, 1.0], (products, nodes))
    return economy_from_table(
        flows=flows,
        final=final,
        output=flows.sum(axis=1) + final,
        products=products,
        cover=rng.uniform(2, 30, products),
        restock=float(rng.uniform(1, 20)),
        critical=(rating == 1).astype(float),
        important=(rating == 0.5).astype(float),
        final_at_home=rng.uniform(0.0, 1.0, nodes) * final,
    )


def random_firms(rng: np.random.Generator, firms: int) -> Economy:
    supplier, buyer = np.nonzero(rng.random((firms, firms)) < 0.3)
    other = supplier != buyer
    return economy_from_firms(
        supplier=supplier[other],
        buyer=buyer[other],
        flow=rng.uniform(0.1, 1.0, int(other.sum())),
        product=rng.integers(0, 3, firms),
        final=rng.uniform(0.5, 2.0, firms),
        cover=float(rng.uniform(2, 20)),
        restock=float(rng.uniform(1, 10)),
        place=rng.integers(0, 3, firms),
    )


def struck(economy: Economy, rng: np.random.Generator) -> Schedule:
    nodes = economy.supply.nodes
    damage = Damage(
        impact=np.where(rng.random(nodes) < 0.3, rng.uniform(0.1, 0.9, nodes), 0.0),
        occurrence=2,
        duration=5,
        recovery="linear",
        recovery_steps=10,
    )
    shock = rng.uniform(0.0, 0.4, nodes) * (rng.random() < 0.5)
    still = np.zeros(nodes)
    return Schedule(economy, [damage], final_shock=lambda day: shock if 5 <= day < 15 else still)


def random_rules(draw: Any) -> RuleSet:
    slots = {slot: draw(st.sampled_from(sorted(rules))) for slot, rules in RULES.items() if slot != "labour"}
    return compose("ario", **slots)


@EXAMPLES
@given(seed=st.integers(0, 2**32 - 1), regions=st.integers(1, 4), products=st.integers(2, 5), data=st.data())
def test_parts_add_up_on_random_tables_under_any_rules(seed: int, regions: int, products: int, data: Any) -> None:
    rng = np.random.default_rng(seed)
    economy = random_table(rng, regions=regions, products=products)
    rules = random_rules(data.draw)
    assert_parts_add_up(economy, losses_of_run(economy, rules, struck(economy, rng), steps=STEPS))


@EXAMPLES
@given(seed=st.integers(0, 2**32 - 1), firms=st.integers(3, 25), data=st.data())
def test_parts_add_up_on_random_firms_under_any_rules(seed: int, firms: int, data: Any) -> None:
    rng = np.random.default_rng(seed)
    economy = random_firms(rng, firms)
    rules = random_rules(data.draw)
    assert_parts_add_up(economy, losses_of_run(economy, rules, struck(economy, rng), steps=STEPS))


@pytest.mark.parametrize("name", ["A_recover_linear", "D_rebuild", "F_arbitrary"])
def test_parts_add_up_on_the_test_table_of_pymrio(name: str) -> None:
    economy, rules, numbers, damages = boario_case(name)
    schedule = Schedule(economy, damages, peer_compatible=True)
    assert_parts_add_up(economy, losses_of_run(economy, rules, schedule, steps=120, numbers=numbers))


def test_parts_add_up_in_the_belgian_lockdown() -> None:
    economy, shocks = belgium()
    schedule = belgian_schedule(economy, shocks)
    losses = losses_of_run(economy, compose("pichler"), schedule, steps=120)
    assert_parts_add_up(economy, losses)
    total = losses.total()
    assert total["capacity"] > 0
    assert total["final_demand"] > 0


def test_without_a_shock_nothing_is_lost() -> None:
    economy = table_economy(cover=90.0, restock=60.0)
    losses = losses_of_run(economy, compose("ario"), Schedule(economy), steps=60)
    assert losses.parts.sum() <= 1e-9 * economy.output.sum()


def test_what_struck_a_node_is_its_capacity_and_what_it_did_not_deliver() -> None:
    """Only the struck node loses to its own capacity; of those who lack an input, most lack what it did not deliver."""
    economy = table_economy(cover=6.0, restock=4.0)
    node = SECTORS.index("mining")
    impact = 0 * boario_table()["K"]
    impact[node] = 0.5 * boario_table()["K"][node]
    damage = Damage(impact=impact, occurrence=1, duration=60, destroys_capital=True)
    losses = losses_of_run(economy, compose("ario"), Schedule(economy, [damage]), steps=60)
    capacity = losses.parts[..., KINDS.index("capacity")]
    assert capacity[:, node].sum() > 0.99 * capacity.sum()
    failed = np.bincount(
        economy.supply.supplier, losses.by_link[OF_LINKS.index("not_delivered")], minlength=economy.supply.nodes
    )
    assert failed.sum() > 0
    assert int(np.argmax(failed)) == node


@pytest.mark.parametrize("sourcing", ["usual", "capacity", "adaptive"])
def test_what_a_closed_link_costs_is_charged_to_it_and_not_to_its_seller(sourcing: str) -> None:
    """Nobody sells one product to one region any more: what that region lacks is charged to those links alone."""
    economy = table_economy(cover=6.0, restock=4.0)
    supply = economy.supply
    assert isinstance(supply, TableSupply)
    share = np.ones((supply.products, supply.regions, supply.regions))
    share[SECTORS.index("electricity"), :, 1] = 0.0
    closed = cut_table(supply, share)
    rules = compose("ario", sourcing=sourcing)

    def schedule() -> Schedule:
        return Schedule(economy, supply_in=lambda day: closed if day >= 3 else supply)

    losses = losses_of_run(economy, rules, schedule(), steps=60)
    assert_parts_add_up(economy, losses)
    run = run_economy(economy, rules, schedule(), steps=60, keep=("output",))
    np.testing.assert_allclose(losses.output, run["output"], rtol=1e-9)
    total = losses.total()
    assert total["link_closed"] > 0
    assert total["not_delivered"] <= 0.05 * total["link_closed"]
    (hit,) = np.nonzero(losses.by_link[OF_LINKS.index("link_closed")])
    assert set(hit) <= set(closed.closed)


def test_a_collapse_by_its_own_dynamics_is_charged_to_orders() -> None:
    """Restocked more slowly than the cover lasts, an economy dies of its own falling orders long after the shock is gone."""
    economy = table_economy(cover=4.0, restock=60.0)
    impact = 0.0 * economy.output
    impact[SECTORS.index("mining")] = 0.5 * boario_table()["K"][SECTORS.index("mining")]
    damage = Damage(
        impact=impact, occurrence=5, duration=10, destroys_capital=True, recovery="linear", recovery_steps=30
    )
    numbers = rule_numbers({"psi": 0.8})
    losses = losses_of_run(economy, compose("ario"), Schedule(economy, [damage]), steps=366, numbers=numbers)
    assert losses.output[-1].sum() < 0.01 * economy.output.sum()
    late = losses.parts[200:].sum(axis=(0, 1))
    assert late[KINDS.index("capacity")] < 1e-6 * late.sum()
    assert late[KINDS.index("orders_of_firms")] + late[KINDS.index("ordered_less")] > 0.5 * late.sum()
