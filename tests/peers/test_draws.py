"""Many draws at once are what each is alone, and the shapes of the network do not change what comes out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from peer_cases import belgian_schedule, belgium, boario_case, net200

from standoff.errors import InputError
from standoff.model.economy import Economy
from standoff.model.home import Homes
from standoff.model.rulesets import compose, rule_numbers
from standoff.simulate.damage import Damage, Schedule
from standoff.simulate.economy_draws import run_draws
from standoff.simulate.economy_run import run_economy

DRAWS, STEPS = 7, 30


def _economy(home: str) -> Economy:
    if home == "table":
        return boario_case("D_rebuild")[0]
    if home == "one country":
        return belgium()[0]
    if home == "places":
        firms = net200(stock_by_link=True)[1]
        return replace(firms, homes=Homes(np.arange(firms.supply.nodes) % 3, np.ones(firms.supply.nodes)))
    return net200(stock_by_link=home == "links")[1]


def _struck(economy: Economy, draw: int) -> Schedule:
    impact = np.zeros(economy.supply.nodes)
    impact[draw : draw + 5] = 0.1 * (1 + draw)
    damage = Damage(impact=impact, occurrence=draw % 3, duration=4, recovery="linear", recovery_steps=6)
    return Schedule(economy, [damage])


@pytest.mark.parametrize("home", ["table", "one country", "links", "places", "products", "products at once"])
@pytest.mark.parametrize("name", ["standoff", "ario", "pichler", "inoue_todo"])
@pytest.mark.parametrize("rationing", ["tiers", "same_share", "firms_first", "common_level"])
def test_a_block_of_draws_is_every_draw_alone(
    home: str, name: str, rationing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if home == "products at once":
        monkeypatch.setattr("standoff.model.list_supply.NODES_CACHED", 0)
    economy, rules = _economy(home), compose(name, rationing=rationing)
    numbers = [
        rule_numbers(
            {
                "psi": 0.7 + 0.04 * draw,
                "hire": 0.1 + 0.01 * draw,
                "smoothing_steps": 3.0 + draw,
                "order_limit": 1.5 + 0.1 * draw,
                "sourcing_steps": 5.0 + draw,
                "reliability_exponent": 0.5 + 0.2 * draw,
            }
        )
        for draw in range(DRAWS)
    ]
    cover, restock = np.linspace(8.0, 20.0, DRAWS), np.linspace(4.0, 7.0, DRAWS)
    keep = ("output", "to_final", "overproduction", "capital_lost")
    together = run_draws(
        economy,
        rules,
        lambda draw: _struck(economy, draw),
        draws=DRAWS,
        steps=STEPS,
        numbers=numbers,
        cover=cover,
        restock=restock,
        keep=keep,
        together=4,
    )
    shape = economy.supply.base.shape
    for draw in range(DRAWS):
        one = replace(economy, cover=np.full(shape, cover[draw]), restock=np.full(shape, restock[draw]))
        run = run_economy(one, rules, _struck(one, draw), steps=STEPS, numbers=numbers[draw], keep=keep)
        for each in keep:
            scale = max(1.0, float(np.abs(run[each]).max()))
            assert np.abs(together[each][..., draw] - run[each]).max() <= 1e-12 * scale, each


def test_how_many_buyers_are_in_a_block_does_not_change_a_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    economy, rules = _economy("table"), compose("ario")
    outputs = []
    for numbers_in_a_block in (1_000_000, 40, 1):
        monkeypatch.setattr("standoff.model.table_supply.DRAWS_BLOCK", numbers_in_a_block)
        cover = np.linspace(8.0, 20.0, DRAWS)
        run = run_draws(economy, rules, lambda draw: _struck(economy, draw), draws=DRAWS, steps=STEPS, cover=cover)
        outputs.append(run["output"])
    for output in outputs[1:]:
        assert np.abs(output - outputs[0]).max() <= 1e-12 * outputs[0].max()


def test_shocks_of_demand_and_labour_may_differ_between_draws() -> None:
    economy, shocks = belgium()
    rules = compose("pichler")

    def schedule(draw: int) -> Schedule:
        return belgian_schedule(economy, shocks) if draw else Schedule(economy)

    output = run_draws(economy, rules, schedule, draws=2, steps=40)["output"]
    for draw in range(2):
        alone = run_economy(economy, rules, schedule(draw), steps=40, keep=("output",))["output"]
        assert np.abs(output[..., draw] - alone).max() <= 1e-12 * alone.max()


@pytest.mark.parametrize("rationing", ["same_share", "common_level"])
def test_sums_of_groups_are_sums_of_nodes(rationing: str) -> None:
    economy, rules = net200(stock_by_link=False)[1], compose("inoue_todo", rationing=rationing)
    group = np.arange(economy.supply.nodes) % 3
    runs = [
        run_draws(economy, rules, lambda draw: _struck(economy, draw), draws=3, steps=10, sum_by=by)["output"]
        for by in (None, group)
    ]
    for number in range(3):
        assert np.allclose(runs[1][:, number], runs[0][:, group == number].sum(axis=1), rtol=1e-12)


def test_numbers_for_another_count_of_draws_are_refused_together() -> None:
    economy = net200(stock_by_link=False)[1]
    with pytest.raises(InputError) as report:
        run_draws(
            economy,
            compose("inoue_todo"),
            lambda draw: Schedule(economy),
            draws=3,
            steps=1,
            cover=np.ones(2),
            numbers=[rule_numbers({})],
        )
    assert len(report.value.problems) == 2
