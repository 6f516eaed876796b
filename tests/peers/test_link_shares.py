"""The default set on a table against a plain loop over links, whose suppliers have one weight each or whose links have a share each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from test_default_set import random_table, struck

from standoff.model.economy import Economy, RuleNumbers
from standoff.model.home import Homes
from standoff.model.rulesets import compose, rule_numbers
from standoff.model.table_supply import TableSupply
from standoff.simulate.damage import Schedule
from standoff.simulate.economy_run import run_economy

STEPS = 120
NUMBERS = rule_numbers({"sourcing_steps": 20.0, "reliability_steps": 10.0})
FLOOR = 0.01


def plain_run(economy: Economy, events: Schedule, numbers: RuleNumbers, *, by_link: bool) -> Any:
    """Output under the default set, (steps, nodes), every input critical; orders of links in an array of (products, sellers, buyers)."""
    assert isinstance(economy.supply, TableSupply)
    assert economy.homes is not None
    table, nodes = economy.supply.table, economy.supply.nodes
    products, regions = table.shape[:2]
    seller = np.arange(nodes).reshape(regions, products).T
    home = (seller // products)[:, :, None] == np.arange(nodes) // products
    base, usual = table.sum(axis=1), table.sum(axis=2)
    orders, stock, smoothed = table.copy(), 8.0 * base, economy.output.copy()
    weight = reliability = np.ones(table.shape if by_link else table.shape[:2])
    share = table / base[:, None]
    path = []
    for number in range(STEPS):
        capacity = economy.output * (1.0 - events.begin(number).capacity_loss)
        book = np.zeros(nodes)
        book[seller] = orders.sum(axis=2)
        with np.errstate(divide="ignore"):
            limit = (stock / (base / economy.output)).min(axis=0)
        output = np.minimum(np.minimum(book + economy.final, capacity), limit)
        final = economy.final * economy.homes.final_share
        left = {"output": output[seller]}
        shipped = np.zeros_like(orders)
        for place, use in ((home, final), (~home, economy.final - final)):
            asked = (orders * place).sum(axis=2) + use[seller]
            fill = np.where(asked > 0, np.minimum(left["output"], asked) / np.where(asked > 0, asked, 1.0), 1.0)
            left["output"] = left["output"] - fill * asked
            shipped += orders * place * fill[:, :, None]
        stock = np.maximum(stock + shipped.sum(axis=1) - base * output / economy.output, 0.0)
        smoothed = smoothed + (book + economy.final - smoothed) / numbers.smoothing_steps
        plan = np.minimum(smoothed, capacity) / economy.output
        wanted = np.clip(base * plan + (8.0 * base - stock) / 4.0, 0.0, numbers.order_limit * base)
        ordered, came, rest = (orders, shipped, table) if by_link else (orders.sum(axis=2), shipped.sum(axis=2), usual)
        delivered = np.clip(1.0 - (ordered - came) / np.maximum(np.maximum(ordered, rest), 1e-300), FLOOR, 1.0)
        reliability = reliability + (delivered - reliability) / numbers.reliability_steps
        preferred = reliability**numbers.reliability_exponent
        if by_link:
            best = table * preferred
            share = share + (best / best.sum(axis=1)[:, None] - share) / numbers.sourcing_steps
        else:
            weight = weight + (preferred - weight) / numbers.sourcing_steps
            weighted = table * weight[:, :, None]
            share = weighted / weighted.sum(axis=1)[:, None]
        orders = wanted[:, None] * share
        events.end(np.ones(nodes))
        path.append(output)
    return np.array(path)


def case(seed: int, *, one_place: bool = False) -> tuple[Economy, Any]:
    """Three regions of four sectors; two producers of five lose up to 70 % of their capacity for fifteen days."""
    rng = np.random.default_rng(seed)
    economy = random_table(rng, regions=3, products=4, filled=1.0)
    if one_place:
        economy = replace(economy, homes=Homes(np.zeros(12, dtype=np.int64), np.ones(12)))
    return economy, np.where(rng.random(12) < 0.4, rng.uniform(0.2, 0.7, 12), 0.0)


@pytest.mark.parametrize("seed", range(4))
def test_a_run_under_the_default_set_is_that_of_a_plain_loop_over_links(seed: int) -> None:
    economy, loss = case(seed)
    ours = run_economy(economy, compose("standoff"), struck(economy, loss), steps=STEPS, numbers=NUMBERS)["output"]
    plain = plain_run(economy, struck(economy, loss), NUMBERS, by_link=False)
    assert ours.min() < 0.7 * economy.output.min()
    np.testing.assert_allclose(ours, plain, rtol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_weights_of_suppliers_are_close_to_shares_of_links(seed: int) -> None:
    """A supplier has one weight for all buyers although it serves its own region better; docs/rulesets.md says by how much that differs."""
    economy, loss = case(seed)
    one, each = (plain_run(economy, struck(economy, loss), RuleNumbers(), by_link=by_link) for by_link in (False, True))
    lost = [(economy.output - path).sum() for path in (one, each)]
    assert np.abs(one - each).max() > 1e-6
    assert np.abs(one.sum(axis=1) - each.sum(axis=1)).max() < 0.005 * economy.output.sum()
    assert lost[1] == pytest.approx(lost[0], rel=0.01)
