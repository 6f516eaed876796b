"""The shape in which a network is kept is a matter of speed: what comes out is the same, or as exact as is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from peer_cases import SECTORS, boario_table, node

from standoff.errors import InputError
from standoff.model.economy import Economy
from standoff.model.list_supply import ListSupply
from standoff.model.restocking import nearly_equal
from standoff.model.rulesets import compose, rule_numbers
from standoff.model.share_matrix import LinearMap, LinkMap, Runs, TableMap
from standoff.model.table_supply import TableSupply
from standoff.results.attribution.economy import losses_of_run
from standoff.simulate.damage import Damage, Schedule
from standoff.simulate.economy_run import run_economy
from standoff.world.economies import economy_from_firms, economy_from_table

FLOAT32_ERROR = 1e-6
"""Largest relative error of output in docs/peers.md."""


def _economy(**changes: Any) -> Economy:
    table = boario_table()
    given = {
        "flows": table["Z_year"],
        "final": table["Y_year"],
        "output": table["x_year"],
        "products": len(SECTORS),
        "cover": np.linspace(10.0, 30.0, len(SECTORS)),
        "restock": 12.0,
        "capital": table["K"],
    }
    return economy_from_table(**{**given, **changes})


def _output(economy: Economy, name: str, *, peer_compatible: bool = False) -> Any:
    impact = np.zeros(economy.supply.nodes)
    impact[[node("reg1", "mining"), node("reg3", "food")]] = 0.4
    damage = Damage(impact=impact, occurrence=2, duration=5, recovery="linear", recovery_steps=20)
    numbers = rule_numbers({"peer_compatible": peer_compatible})
    return run_economy(economy, compose(name), Schedule(economy, [damage]), steps=120, numbers=numbers)["output"]


@pytest.mark.parametrize("name", ["ario", "pichler", "inoue_todo"])
def test_a_sparse_table_runs_as_the_dense_one(name: str) -> None:
    dense, sparse = (_output(_economy(shape=shape), name) for shape in ("dense", "sparse"))
    assert np.abs(sparse - dense).max() <= 1e-10 * dense.max()


def test_shape_follows_density_and_can_be_overridden() -> None:
    thin = boario_table()["Z_year"] * (np.random.default_rng(1).random((48, 48)) < 0.05)
    assert isinstance(_economy().supply, TableSupply)
    assert isinstance(_economy(flows=thin).supply, ListSupply)
    assert isinstance(_economy(flows=thin, shape="dense").supply, TableSupply)


@pytest.mark.parametrize("name", ["ario", "pichler", "inoue_todo"])
def test_float32_halves_the_table_and_is_as_exact_as_is_said(name: str) -> None:
    double, single = (_economy(storage=storage) for storage in ("float64", "float32"))
    assert single.supply.nbytes * 2 == double.supply.nbytes
    exact, ours = _output(double, name), _output(single, name)
    assert np.abs(ours / exact - 1).max() < FLOAT32_ERROR


def test_a_shape_or_storage_that_there_is_not_is_refused() -> None:
    with pytest.raises(InputError) as report:
        _economy(shape="densee", storage="float16")
    assert len(report.value.problems) == 2
    with pytest.raises(InputError, match="float64"):
        _economy(shape="sparse", storage="float32")


@pytest.mark.parametrize("stock_by_link", [True, False])
def test_the_order_in_which_links_are_given_changes_nothing(stock_by_link: bool) -> None:
    draw = np.random.default_rng(5)
    firms, links = 60, 400
    pairs = draw.choice(firms * firms, links, replace=False)
    lists = {"supplier": pairs // firms, "buyer": pairs % firms, "flow": draw.lognormal(0.0, 1.0, links)}
    shuffled = draw.permutation(links)
    stocks, outputs = [], []
    for order in (np.arange(links), shuffled):
        economy = economy_from_firms(
            **{name: values[order] for name, values in lists.items()},
            product=np.arange(firms) % 7,
            final=np.full(firms, 20.0),
            cover=10.0,
            restock=5.0,
            stock_by_link=stock_by_link,
        )
        impact = np.zeros(firms)
        impact[3] = 0.7
        schedule = Schedule(economy, [Damage(impact=impact, occurrence=1, duration=8)])
        run = run_economy(economy, compose("inoue_todo"), schedule, steps=20, keep_stock=[19])
        outputs.append(run["output"])
        stocks.append(run.stock[19])
    assert np.allclose(outputs[0], outputs[1], rtol=1e-10)
    assert np.allclose(stocks[0][shuffled] if stock_by_link else stocks[0], stocks[1], rtol=1e-9, atol=1e-9)


def test_blocks_do_not_change_what_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _output(_economy(), "ario", peer_compatible=True)
    monkeypatch.setattr("standoff.model.table_supply.TABLE_BLOCK", 1)
    economy = _economy()
    assert len(economy.parts) == len(SECTORS)
    assert np.abs(_output(economy, "ario", peer_compatible=True) - whole).max() <= 1e-12 * whole.max()
    sparse = _output(_economy(shape="sparse"), "ario")
    monkeypatch.setattr("standoff.model.list_supply.LIST_BLOCK", 20)
    economy = _economy(shape="sparse")
    assert len(economy.parts) > 10
    assert np.abs(_output(economy, "ario") - sparse).max() <= 1e-12 * sparse.max()


def test_blocks_of_buyers_for_draws_ask_and_answer_as_the_whole_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("standoff.model.table_supply.DRAWS_BLOCK", 40)
    whole = _economy().supply
    split = whole.for_draws(4)
    assert [block.shape for block in split.blocks[:6]] == [(1, 10)] * 4 + [(1, 8), (1, 10)]
    draw = np.random.default_rng(3)
    weight, factor = draw.random((48, 4)), draw.random((len(SECTORS), 48, 4))
    for name, values in {
        "reach": (weight,),
        "at_need": (weight,),
        "group_total": (factor,),
        "book": (factor, weight),
        "smallest": (factor,),
        "total": (factor,),
    }.items():
        assert np.allclose(getattr(split, name)(*values), getattr(whole, name)(*values), rtol=1e-13), name
    assert np.array_equal(split.inputs, whole.inputs)


def test_goods_that_never_bind_and_buyers_without_inputs_run_in_every_shape() -> None:
    table = boario_table()
    flows = table["Z_year"].copy()
    flows[:, 5] = 0.0
    cover = np.full(len(SECTORS), 20.0)
    cover[2] = np.inf
    dense, sparse = (_output(_economy(flows=flows, cover=cover, shape=shape), "ario") for shape in ("dense", "sparse"))
    assert np.isfinite(dense).all()
    assert np.abs(sparse - dense).max() <= 1e-10 * dense.max()


def test_products_with_a_table_and_with_a_list_are_sums_over_links() -> None:
    draw = np.random.default_rng(2)
    table, weight, factor = draw.random((3, 4, 12)), draw.random((3, 4)), draw.random((3, 12))
    flows = TableMap(table)
    assert np.allclose(flows.to_buyers(weight), np.einsum("pr,prf->pf", weight, table))
    assert np.allclose(flows.to_producers(factor), np.einsum("prf,pf->pr", table, factor))
    many = draw.random((3, 4, 5))
    assert np.allclose(flows.to_buyers(many), np.einsum("prd,prf->pfd", many, table))
    matrix = draw.random((9, 6)) * (draw.random((9, 6)) < 0.4)
    rows, columns = np.nonzero(matrix)
    held = LinearMap(rows, columns, matrix[rows, columns], shape=matrix.shape, form="sparse")
    assert np.allclose(held.back(np.arange(9.0)), matrix.T @ np.arange(9.0))
    for begin, end in ((0, 9), (2, 7), (4, 4)):
        part = held.rows(begin, end)
        assert np.allclose(part(np.arange(6.0)), matrix[begin:end] @ np.arange(6.0))
        assert np.allclose(part.back(np.ones(end - begin)), matrix[begin:end].sum(axis=0))


@pytest.mark.parametrize("share", [0.0, 0.05, 0.6])
def test_links_with_the_first_of_each_need_apart_are_the_same_matrix(share: float) -> None:
    draw = np.random.default_rng(3)
    needs, suppliers = 40, 9
    given = draw.random((needs, suppliers)) < share
    given[np.arange(needs), draw.integers(0, suppliers, needs)] = True
    matrix = np.where(given, draw.random(given.shape), 0.0)
    need, supplier = np.nonzero(matrix)
    first = np.append(True, np.diff(need) > 0)
    order = np.concatenate([np.flatnonzero(first), np.flatnonzero(~first)])
    columns, values = supplier[order].astype(np.int32), matrix[need, supplier][order]
    more = np.bincount(need) - 1
    rows = np.flatnonzero(more)
    starts = np.append(0, np.cumsum(more[rows])).astype(np.int32)
    rest = LinearMap.from_rows(starts, columns[needs:], values[needs:], columns_count=suppliers)
    links = LinkMap(columns[:needs], values[:needs], rows=rows, rest=rest)
    assert np.array_equal(links.spread(np.arange(needs)), need[order])
    assert np.allclose(links.totals(values), matrix.sum(axis=1))
    for begin, end in ((0, needs), (7, 31), (5, 5)):
        part = links.part(begin, end)
        for draws in ((), (4,)):
            weight, factor = draw.random((suppliers, *draws)), draw.random((end - begin, *draws))
            book = draw.random((suppliers, *draws))
            asked = book + matrix[begin:end].T @ factor
            assert np.allclose(part(weight), matrix[begin:end] @ weight)
            part.add_back(factor, book)
            assert np.allclose(book, asked)


@pytest.mark.parametrize("name", ["ario", "pichler", "inoue_todo"])
@pytest.mark.parametrize("peer_compatible", [False, True])
def test_a_list_gone_through_at_once_runs_as_one_in_blocks(
    name: str, peer_compatible: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules, numbers = compose(name, rationing="same_share"), rule_numbers({"peer_compatible": peer_compatible})
    outputs, lost = [], []
    monkeypatch.setattr("standoff.model.list_supply.LIST_BLOCK", 20)
    for nodes in (1000, 0):
        monkeypatch.setattr("standoff.model.list_supply.NODES_CACHED", nodes)
        economy = _economy(shape="sparse")
        damage = Damage(impact=np.linspace(0.0, 0.6, economy.supply.nodes), occurrence=1, duration=9)
        outputs.append(run_economy(economy, rules, Schedule(economy, [damage]), steps=60, numbers=numbers)["output"])
        lost.append(losses_of_run(economy, rules, Schedule(economy, [damage]), steps=20, numbers=numbers).by_link)
    assert (outputs[0] < 0.9 * economy.output).any()
    assert np.abs(outputs[1] - outputs[0]).max() <= 1e-12 * outputs[0].max()
    assert np.abs(lost[1] - lost[0]).max() <= 1e-12 * np.abs(lost[0]).max()


def test_runs_are_groups_and_know_empty_ones() -> None:
    values = np.array([3.0, 1.0, 2.0, 5.0])
    runs = Runs(np.array([0, 2, 0, 1, 1, 0]))
    assert runs.smallest(values).tolist() == [np.inf, 1.0, np.inf, 2.0, 5.0, np.inf]
    assert runs.total(values).tolist() == [0.0, 4.0, 0.0, 2.0, 5.0, 0.0]
    assert runs.spread(np.arange(6.0)).tolist() == [1.0, 1.0, 3.0, 4.0]
    assert Runs(np.array([], dtype=int)).total(np.array([])).tolist() == []


def test_the_smallest_of_a_run_is_that_of_its_numbers_whatever_their_sign() -> None:
    runs = Runs(np.array([2, 0, 3, 1]))
    for values in (
        [2.0, 1e-300, 0.0, np.inf, 5.0, np.inf],
        [-0.0, 0.0, 1.0, 0.5, 0.25, 3.0],
        [-2.0, -3.0, 0.0, -1e-300, 5.0, -np.inf],
    ):
        smallest = [min(values[:2]), np.inf, min(values[2:5]), values[5]]
        assert runs.smallest(np.array(values)).tolist() == smallest
        many = np.array([values, [abs(each) for each in values]]).T
        assert runs.smallest(many)[:, 0].tolist() == smallest
    assert np.isnan(runs.smallest(np.array([1.0, np.nan, 1.0, 1.0, 1.0, 1.0]))[0])


def test_an_economy_keeps_the_ratings_of_inputs_in_every_shape() -> None:
    critical = np.zeros((len(SECTORS), 48))
    critical[1] = 1.0
    outputs = []
    for shape in ("dense", "sparse"):
        economy = _economy(shape=shape, critical=critical, important=1.0 - critical)
        outputs.append(_output(replace(economy), "pichler"))
    assert np.abs(outputs[0] - outputs[1]).max() <= 1e-10 * outputs[0].max()


def test_nearly_equal_looks_at_every_row_of_a_long_array() -> None:
    left = np.ones((4, 3000))
    assert nearly_equal(left, left)
    for row in range(4):
        right = left.copy()
        right[row, -1] += 1e-3
        assert not nearly_equal(left, right)
        assert nearly_equal(left, right, among=right == 1.0)
