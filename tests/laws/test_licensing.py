"""Laws of the licence queue: steady flow, mean delay, refusals counted once, permits that expire, holds that ease."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from cases import Run, clock_of, run_network
from hypothesis import given
from hypothesis import strategies as st

from standoff.model import licensing
from standoff.simulate.regime_table import regime_fields
from standoff.world.build import build_network
from standoff.world.network import Network
from standoff.world.schema import Words
from standoff.world.tables import World, WorldMeta
from worlds import START, Act, columns_of, compile_acts

USE_PER_STEP = 10.0
FREE = {
    "review_days": 63.0,
    "approval_share": 1.0,
    "denied_share": 0.0,
    "throughput": 2.0,
    "validity_days": 1e9,
    "cleared_share": 0.0,
    "hold_share": 1.0,
    "ease_days": np.inf,
}


@cache
def one_link(*, cover_days: float, lag_days: float = 14.0) -> Network:
    """A maker in one place that sells to one use in another, ten units a week."""
    year = USE_PER_STEP * 365 / 7
    rows = {
        "places": [{"place": name, "name_en": name} for name in ("AAA", "BBB")],
        "products": [{"product": "good", "name_en": "Good", "stage": "part", "unit": "t", "price": 1.0}],
        "producers": [{"producer": "maker", "place": "AAA", "activity": year, "capacity": 4 * year}],
        "offers": [{"producer": "maker", "product": "good", "yield": 1.0, "stock_days": 60.0}],
        "uses": [{"use": "line", "kind": "made", "place": "BBB", "quantity": year, "value": 1.0, "classes": 1}],
        "needs": [{"consumer": "line", "product": "good", "coefficient": 1.0, "cover_days": cover_days}],
        "links": [{"producer": "maker", "product": "good", "consumer": "line", "flow": year, "lag_days": lag_days}],
    }
    meta = WorldMeta("one-link", Words("One link"), Words(""), 2024, START, 2024)
    return build_network(World.from_tables(meta, columns_of(rows)))


def licensed(network: Network, *, steps: int, kind: str = "licence", end: float = np.inf, **numbers: float) -> Run:
    act = Act(kind, (0,), 0.0, end, {**FREE, **numbers})
    return run_network(network, clock_of(steps), acts=[act], parameters={"hoard_share": 0.0})


@pytest.mark.parametrize("approval", [1.0, 0.7, 0.3])
@pytest.mark.parametrize("cover", [0.0, 3.0, 14.0, 60.0, 365.0])
def test_steady_flow_equals_use_for_every_cover_when_nothing_is_denied(cover: float, approval: float) -> None:
    run = licensed(one_link(cover_days=cover), steps=520, approval_share=approval)
    assert run.records["link_approved"][-1, 0] == pytest.approx(USE_PER_STEP, rel=1e-3)
    assert run.records["activity"][-1, 1] == pytest.approx(USE_PER_STEP, rel=1e-3)
    assert run.records["link_denied"].sum() == 0
    assert run.records["inventory"][-1, 0] == pytest.approx(USE_PER_STEP * cover / 7, rel=1e-2, abs=1e-2 * USE_PER_STEP)


@pytest.mark.parametrize("stages", [1, 2, 3, 5])
@pytest.mark.parametrize("review_days", [10.0, 30.0, 63.0, 150.0])
def test_mean_delay_of_the_queue_is_its_review_time(stages: int, review_days: float) -> None:
    review = review_days / 7.0
    split = licensing.substeps(shortest_review_steps=review, stages=stages)
    probability = licensing.stage_probability(review_steps=review, stages=stages, substeps=split, xp=np)
    queue, approved = np.zeros((stages, 1)), []
    for number in range(int(40 * review) + 40):
        found = licensing.review_queue(
            stages=queue,
            applied=np.array([1.0 if number == 0 else 0.0]),
            probability=np.array([probability]),
            decisions=np.array([np.inf]),
            approval=np.array([1.0]),
            denial=np.array([0.0]),
            substeps=split,
            xp=np,
        )
        queue = found.stages
        approved.append(float(found.approved[0]))
    total = np.array(approved)
    assert total.sum() == pytest.approx(1.0, abs=1e-6)
    assert (np.arange(len(total)) * total).sum() == pytest.approx(review, rel=0.01)


@given(
    applied=st.floats(0, 1e3),
    approval=st.floats(0, 1),
    denial=st.floats(0, 1),
    probability=st.floats(0.01, 1),
    limit=st.floats(0, 1e3),
    seed=st.integers(0, 1000),
)
def test_the_queue_loses_no_application(
    applied: float, approval: float, denial: float, probability: float, limit: float, seed: int
) -> None:
    stages = np.random.default_rng(seed).uniform(0, 100, (3, 1))
    found = licensing.review_queue(
        stages=stages.copy(),
        applied=np.array([applied]),
        probability=np.array([probability]),
        decisions=np.array([limit]),
        approval=np.array([approval]),
        denial=np.array([denial]),
        substeps=4,
        xp=np,
    )
    left = found.stages.sum() + found.approved[0] + found.denied[0]
    assert left == pytest.approx(stages.sum() + applied, rel=1e-12)
    assert (found.stages >= -1e-12).all()
    decided = found.approved[0] + found.denied[0] + found.returned[0]
    assert decided <= limit * (1 + 1e-12)
    assert found.approved[0] == pytest.approx(approval * decided, rel=1e-9, abs=1e-12)


def test_an_office_decides_no_more_than_its_throughput() -> None:
    run = licensed(one_link(cover_days=30.0), steps=200, throughput=0.6, approval_share=0.5)
    assert run.records["link_approved"].max() == pytest.approx(0.6 * USE_PER_STEP)
    assert run.records["activity"][-1, 1] == pytest.approx(0.6 * USE_PER_STEP)


@pytest.mark.parametrize("cover", [0.0, 21.0, 90.0])
def test_refused_orders_are_counted_once(cover: float) -> None:
    """With everything denied, what was denied and not yet borne is the whole stock gap, and orders settle at use.

    Closed form: denied so far = shortfall so far + D, and orders are in balance when D plus the queue fill the goal. The review is
    shorter than the passage, so that nobody is short before the first refusal.
    """
    run = licensed(one_link(cover_days=cover), steps=520, review_days=7.0, approval_share=0.0, denied_share=1.0)
    records = run.records
    shortfall = (records["plan"] - records["activity"])[:, 1].sum()
    gap = records["goal"][-1, 0] - records["in_review"][-1, 0] - records["inventory"][-1, 0]
    assert records["activity"][-1, 1] == 0
    assert records["link_denied"].sum() - shortfall == pytest.approx(records["refused"][-1, 0], rel=1e-9)
    assert records["ordered"][-1, 0] == pytest.approx(USE_PER_STEP, rel=1e-3)
    assert records["refused"][-1, 0] == pytest.approx(gap, rel=1e-2)


def test_refusals_are_forgotten_after_the_regime() -> None:
    run = licensed(one_link(cover_days=30.0), steps=260, end=364.0, approval_share=0.2, denied_share=1.0)
    assert run.records["refused"][51, 0] > USE_PER_STEP
    assert run.records["refused"][-1, 0] < 1e-9 * USE_PER_STEP
    assert run.records["activity"][-1, 1] == pytest.approx(USE_PER_STEP, rel=1e-6)


@pytest.mark.parametrize("validity_days", [70.0, 140.0])
def test_permits_that_are_not_used_expire(validity_days: float) -> None:
    """A seller without goods: unused permits fall by dt / validity a step, and a grant is lost with that life."""
    network = one_link(cover_days=30.0)
    idle = replace(
        network, nodes=replace(network.nodes, capacity=np.where(np.isinf(network.nodes.capacity), np.inf, 0.0))
    )
    run = licensed(idle, steps=150, review_days=14.0, validity_days=validity_days)
    records = run.records
    approved, permits, lapsed = (records[name][:, 0] for name in ("link_approved", "permits", "link_expired"))
    keep = 1 - 7.0 / validity_days
    empty = np.flatnonzero(records["link_shipped"][:, 0] == 0)
    late = empty[empty > 40]
    assert len(late) > 50
    expected = (permits[late - 1] + approved[late]) * keep
    np.testing.assert_allclose(permits[late], expected, rtol=1e-9)
    np.testing.assert_allclose(lapsed[late], expected / keep * (1 - keep), rtol=1e-9)


@pytest.mark.parametrize(("hold", "ease_days"), [(0.5, 60.0), (0.9, 30.0)])
def test_a_customs_hold_eases_exponentially(hold: float, ease_days: float) -> None:
    run = licensed(
        one_link(cover_days=30.0), steps=40, kind="hold", review_days=14.0, hold_share=hold, ease_days=ease_days
    )
    held = run.records["link_applied"][:, 0] / run.records["link_ordered"][:, 0]
    middle = (np.arange(40) + 0.5) * 7.0
    np.testing.assert_allclose(held, hold * np.exp(-middle / ease_days), rtol=1e-9)


def test_what_was_cleared_at_the_border_passes_for_two_weeks() -> None:
    run = licensed(one_link(cover_days=30.0), steps=10, cleared_share=0.4)
    held = run.records["link_applied"][:, 0] / run.records["link_ordered"][:, 0]
    middle = np.arange(10) + 0.5
    np.testing.assert_allclose(held, 1 - 0.4 * np.maximum(1 - middle / 2, 0))


def test_shipments_fall_at_once_and_come_back_after_the_review_time() -> None:
    run = licensed(one_link(cover_days=60.0), steps=150)
    shipped = run.records["link_shipped"][:, 0]
    assert shipped[0] < 0.02 * USE_PER_STEP
    weeks = np.cumsum(shipped) / np.arange(1, 151)
    half = int(np.argmax(shipped > 0.5 * USE_PER_STEP))
    assert 0.5 * 9 <= half <= 1.5 * 9
    assert weeks[-1] > 0.9 * USE_PER_STEP


def test_half_the_step_gives_the_same_queue() -> None:
    act = Act("licence", (0,), 0.0, np.inf, {**FREE, "approval_share": 0.6, "denied_share": 0.2})
    network = one_link(cover_days=45.0)
    whole, half = (
        run_network(network, clock_of(int(728 / days), days), acts=[act], parameters={"hoard_share": 0.0})
        for days in (7.0, 3.5)
    )
    unmet = [float((run.records["plan"] - run.records["activity"])[:, 1].sum()) for run in (whole, half)]
    assert unmet[0] > 0
    assert unmet[1] == pytest.approx(unmet[0], rel=0.02)


def test_regime_numbers_become_numbers_per_step() -> None:
    network = one_link(cover_days=30.0)
    act = Act("licence", (0,), 0.0, np.inf, {**FREE, "validity_days": 70.0, "approval_share": 0.5})
    regimes = compile_acts(network, clock_of(10), [act])
    fields, split = regime_fields(regimes, step_days=7.0, stages=3, draws=None)
    assert fields["keep"][1] == pytest.approx(0.9)
    assert fields["review_steps"][1] == 9.0
    assert fields["decisions"][1] == 4.0
    assert split == 4
