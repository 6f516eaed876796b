"""Laws of the reconciliation: balance, ranges, least squares, joint production, named conflicts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pytest
import scipy.sparse as sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from standoff.errors import InputError
from standoff.world.checks import STRUCTURE_CHECKS
from standoff.world.meta import WorldMeta
from standoff.world.reconcile import Reconciliation, reconcile
from standoff.world.reconcile_solver import LeastSquares, conflict, solve
from standoff.world.reconcile_totals import ControlTotal, read_control_totals
from standoff.world.schema import Words
from standoff.world.tables import World, read_world

HEADER = "total,title_en,title_zh,measure,product,recipe,kind,place,to_place,factor,target,low,high,unit,status,source,note\n"


def world_of(producers: list[dict[str, Any]], flows: list[dict[str, Any]], use: dict[str, Any], **more: Any) -> World:
    """A raw world of mines that sell ore to one works, whose product one use buys."""
    yields = more.get("by_product", [])
    tables: dict[str, list[dict[str, Any]]] = {
        "places": [{"place": name, "name_en": name} for name in ("CHN", "USA")],
        "products": [
            {"product": name, "name_en": name, "stage": "material", "unit": "t", "price": 1.0}
            for name in ("ore", "metal", "slag")
        ],
        "producers": [{"capacity": 1e9, "place": "CHN", "recipe": "mine", **row} for row in producers]
        + [{"producer": "works", "place": "USA", "recipe": "works", "capacity": 1e9, **more["works"]}],
        "needs": [
            {"consumer": "works", "product": "ore", "coefficient": 2.0, "cover_days": 30},
            {"consumer": "cars", "product": "metal", "coefficient": 0.5, "cover_days": 30},
        ],
        "offers": [{"producer": row["producer"], "product": "ore", "yield": 1.0} for row in producers]
        + [{"producer": "works", "product": "metal", "yield": 1.0}, *yields],
        "links": [{"product": "ore", "consumer": "works", **row} for row in flows]
        + [{"producer": "works", "product": "metal", "consumer": "cars", **more["metal"]}],
        "uses": [{"use": "cars", "kind": "car", "place": "USA", "value": 1.0, **use}],
    }
    columns = {
        name: {column: [row.get(column) for row in rows] for column in {key for row in rows for key in row}}
        for name, rows in tables.items()
    }
    meta = WorldMeta(
        name="raw",
        title=Words("raw", "raw"),
        summary=Words("raw", "raw"),
        base_year=2024,
        start=date(2025, 1, 1),
        usd_year=2024,
    )
    return World.from_tables(meta, columns, checks=STRUCTURE_CHECKS)


def ranged(column: str, value: float, low: float, high: float) -> dict[str, float]:
    return {column: value, f"{column}_low": low, f"{column}_high": high}


def raw_world(*, wide: float = 200.0, narrow: float = 20.0, use_high: float = 900.0, **more: Any) -> World:
    """Two mines said to give 100 and 100 t, while the works is said to use 260: something has to give."""
    return world_of(
        [
            {"producer": "mine_a", **ranged("activity", 100.0, 100.0 - narrow, 100.0 + narrow)},
            {"producer": "mine_b", **ranged("activity", 100.0, 0.0, 100.0 + wide)},
        ],
        [
            {"producer": "mine_a", **ranged("flow", 100.0, 0.0, 1000.0)},
            {"producer": "mine_b", **ranged("flow", 100.0, 0.0, 1000.0)},
        ],
        ranged("quantity", 260.0, 250.0, use_high),
        works=ranged("activity", 130.0, 0.0, 1000.0),
        metal=ranged("flow", 130.0, 0.0, 1000.0),
        **more,
    )


def assert_balanced(world: World, found: Reconciliation) -> None:
    tables = world.tables
    level = dict(zip(tables["producers"]["producer"], found.activity, strict=True))
    level |= dict(zip(tables["uses"]["use"], found.quantity, strict=True))
    flows = list(
        zip(
            tables["links"]["producer"],
            tables["links"]["product"],
            tables["links"]["consumer"],
            found.flow,
            strict=True,
        )
    )
    for (consumer, product), coefficient in zip(tables["needs"].keys(), tables["needs"]["coefficient"], strict=True):
        brought = sum(flow for _, what, buyer, flow in flows if (buyer, what) == (consumer, product))
        assert brought == pytest.approx(coefficient * level[consumer], rel=1e-6)
    for (seller, product), amount, driver in zip(
        tables["offers"].keys(), tables["offers"]["yield"], tables["offers"]["driver"], strict=True
    ):
        taken = sum(flow for maker, what, _, flow in flows if (maker, what) == (seller, product))
        made = amount * level[seller]
        assert taken <= made * (1 + 1e-6)
        if driver:
            assert taken == pytest.approx(made, rel=1e-6)


def totals_file(folder: Path, *rows: str) -> tuple[ControlTotal, ...]:
    path = folder / "totals.csv"
    path.write_text(HEADER + "".join(row + "\n" for row in rows), encoding="utf-8")
    return read_control_totals(path)


def test_raw_numbers_are_balanced_and_stay_in_their_ranges() -> None:
    world = raw_world()
    found = reconcile(world)
    assert_balanced(world, found)
    for column, values in (("activity", found.activity),):
        low, high = world.tables["producers"].range(column)
        assert np.all(values >= low)
        assert np.all(values <= high)


def test_a_number_with_a_wide_range_gives_way_before_one_with_a_narrow_range() -> None:
    found = reconcile(raw_world())
    moved_a, moved_b = abs(found.activity[0] - 100.0), abs(found.activity[1] - 100.0)
    assert 10 * moved_a < moved_b


def test_equal_ranges_share_the_correction_equally() -> None:
    found = reconcile(raw_world(wide=100.0, narrow=100.0))
    assert found.activity[0] - 100.0 == pytest.approx(found.activity[1] - 100.0, rel=0.35)
    assert found.activity[0] > 100.0


@pytest.mark.parametrize("name", ["magnets-small", "rare-earths"])
def test_a_balanced_world_stays_as_it_is(name: str) -> None:
    found = reconcile(read_world(name))
    assert max(adjustment.relative for adjustment in found.adjustments) < 1e-5


def test_adjustments_come_largest_first_and_tell_before_and_after() -> None:
    found = reconcile(raw_world())
    sizes = [adjustment.of_range for adjustment in found.adjustments]
    assert sizes == sorted(sizes, reverse=True)
    mine = next(adjustment for adjustment in found.adjustments if adjustment.row == "mine_b")
    assert (mine.table, mine.column, mine.before) == ("producers", "activity", 100.0)
    assert mine.after == pytest.approx(found.activity[1])


def test_a_control_total_binds_what_it_names(tmp_path: Path) -> None:
    totals = totals_file(tmp_path, "ore,,,flow,ore,,,CHN,USA,1,280,279,281,t,sourced,,")
    found = reconcile(raw_world(), totals)
    assert found.flow[:2].sum() == pytest.approx(280, abs=1)
    assert found.totals[0][1] == pytest.approx(found.flow[:2].sum())


def test_numbers_that_exclude_each_other_are_named(tmp_path: Path) -> None:
    totals = totals_file(tmp_path, "mines,,,activity,,mine,,CHN,,1,50,40,60,t,sourced,,")
    with pytest.raises(InputError) as caught:
        reconcile(raw_world(), totals)
    named = str(caught.value)
    assert "control total mines" in named
    assert "lowest activity of mine_a" in named or "lowest quantity of cars" in named
    assert "exclude each other" in named


def test_a_by_product_is_discarded_but_never_overdrawn() -> None:
    more = {"by_product": [{"producer": "works", "product": "slag", "yield": 0.3, "driver": "no"}]}
    world = raw_world(**more)
    assert_balanced(world, reconcile(world))


def test_a_total_filters_by_all_but(tmp_path: Path) -> None:
    totals = totals_file(tmp_path, "abroad,,,activity,,,,!CHN,,1,130,0,1000,t,assumed,,")
    found = reconcile(raw_world(), totals)
    assert found.totals[0][1] == pytest.approx(found.activity[2])


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("a,,,flows,,,,,,1,1,0,2,t,,,", "no such measure"),
        ("a,,,flow,,,,,,1,x,0,2,t,,,", "not a number"),
        ("a,,,flow,,,,,,1,3,0,2,t,,,", "does not lie between"),
    ],
)
def test_bad_control_totals_are_refused(row: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=why):
        totals_file(tmp_path, row)


def random_problem(seed: int, *, unknowns: int, balances: int) -> LeastSquares:
    """A problem with a known point inside the ranges, so that it has a solution."""
    generator = np.random.default_rng(seed)
    matrix = sparse.random(
        balances, unknowns, density=0.3, random_state=seed, data_rvs=lambda n: generator.normal(size=n)
    ).tocsr()
    inside = generator.uniform(0.8, 1.2, unknowns)
    low, high = inside - generator.uniform(0.01, 0.5, unknowns), inside + generator.uniform(0.01, 0.5, unknowns)
    prior = generator.uniform(0.5, 1.5, unknowns)
    return LeastSquares(matrix, matrix @ inside, prior, low, high, generator.uniform(0.1, 100.0, unknowns))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.integers(3, 30))
def test_solution_meets_balances_ranges_and_first_order_conditions(seed: int, unknowns: int) -> None:
    problem = random_problem(seed, unknowns=unknowns, balances=max(1, unknowns // 3))
    x = solve(problem)
    assert np.abs(problem.matrix @ x - problem.target).max() < 1e-7
    assert np.all((x >= problem.low) & (x <= problem.high))
    gradient = problem.weight * (x - problem.prior)
    free = (x - problem.low > 1e-5) & (problem.high - x > 1e-5)
    multipliers = np.linalg.lstsq(problem.matrix[:, free].toarray().T, gradient[free], rcond=None)[0]
    assert (
        np.abs(problem.matrix[:, free].T @ multipliers - gradient[free]).max(initial=0.0) < 1e-3 * problem.weight.max()
    )


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_agrees_with_the_active_set_solver_of_highs(seed: int) -> None:
    problem = random_problem(seed, unknowns=40, balances=12)
    matrix = problem.matrix.tocsc()
    model = highspy.HighsModel()
    model.lp_.num_col_, model.lp_.num_row_ = 40, 12
    model.lp_.col_cost_ = -problem.weight * problem.prior
    model.lp_.col_lower_, model.lp_.col_upper_ = problem.low, problem.high
    model.lp_.row_lower_ = model.lp_.row_upper_ = problem.target
    model.lp_.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.lp_.a_matrix_.start_, model.lp_.a_matrix_.index_, model.lp_.a_matrix_.value_ = (
        matrix.indptr,
        matrix.indices,
        matrix.data,
    )
    model.hessian_.dim_, model.hessian_.format_ = 40, highspy.HessianFormat.kTriangular
    model.hessian_.start_, model.hessian_.index_, model.hessian_.value_ = np.arange(41), np.arange(40), problem.weight
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.passModel(model)
    solver.run()
    assert solve(problem) == pytest.approx(np.array(solver.getSolution().col_value), abs=1e-5)


def test_certificate_names_only_what_is_needed() -> None:
    """x + y = 5 cannot hold with x, y <= 1; z = 1 has nothing to do with it."""
    matrix = sparse.csr_matrix(np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    ones = np.ones(3)
    found = conflict(LeastSquares(matrix, np.array([5.0, 1.0]), 0.5 * ones, 0 * ones, ones, ones))
    assert found is not None
    assert (found.balances, found.at_low, found.at_high) == ((0,), (), (0, 1))
    assert found.least_violation == pytest.approx(3.0)
