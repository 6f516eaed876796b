"""Invariants 1 to 4 and 8 of the model on random worlds, and the share of worlds in which each mechanism was active."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from cases import Case, Run, case_of, clock_of, run_network
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mechanisms import active_mechanisms
from standoff.model.balance import check_mass
from standoff.model.step import step
from standoff.simulate.initial import resting_state
from standoff.simulate.record import FullRecorder
from standoff.world.build import build_network
from standoff.world.network import Network
from standoff.world.tables import World, bundled_worlds, read_world
from worlds import Act, Shape, columns_of, fixed_shapes, random_regimes, random_shapes, random_worlds

ROUNDING = 1e-11
MAP_COLUMNS = ("longitude", "latitude")
"""Where a place lies on a map: may be missing, and means nothing to the engine."""
MOST_EXAMPLES = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW_EXAMPLES = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MOST_EXAMPLES
@given(shape=random_shapes())
def test_mass_is_conserved_in_every_step(shape: Shape) -> None:
    run = case_of(shape).run()
    assert check_mass(run.network, run.records, run.first) <= 1e-9


@MOST_EXAMPLES
@given(shape=random_shapes())
def test_nothing_is_negative_and_nothing_passes_a_closed_gate(shape: Shape) -> None:
    run = case_of(shape).run()
    records = run.records
    for name, values in records.items():
        assert np.isfinite(values).all(), name
        assert (values >= -ROUNDING * np.abs(values).max(initial=0.0)).all(), name
    assert_no_shipment_above_orders(run)
    assert_closed_gates_hold(run)


def assert_no_shipment_above_orders(run: Run) -> None:
    """Per step nobody ships more than asked or than was there; per link never more in all than was ordered in all."""
    records = run.records
    before = np.concatenate([run.first["stock"][None], records["stock"][:-1]])
    room = 1 + ROUNDING
    assert (records["shipped"] <= records["demanded"].sum(axis=1) * room).all()
    assert (records["shipped"] <= before * room + ROUNDING * before.max(axis=0, initial=0.0)).all()
    assert (records["used"] <= (records["inventory"] + records["used"]) * room).all()
    ordered, shipped = (records[name].cumsum(axis=0) for name in ("link_ordered", "link_shipped"))
    assert (shipped <= ordered * room + 1e-300).all()
    assert (records["route_shipped"] <= route_limits(run) * room).all()


def route_limits(run: Run) -> Any:
    """What latent routes could carry at the start of each step."""
    capacity = run.records["route_capacity"]
    return np.concatenate([np.zeros_like(capacity[:1]), capacity[:-1]])


def assert_closed_gates_hold(run: Run) -> None:
    table = run.setup.regime_table
    for number in range(run.setup.clock.steps):
        regime = table.at(number)
        closed = (regime.gate == 0) & (regime.active == 0)
        assert (run.records["link_shipped"][number][closed] == 0).all()
        assert (run.records["link_applied"][number][regime.active == 0] == 0).all()


def assert_rests(network: Network, *, steps: int, rules: dict[str, str] | None = None) -> None:
    """Without measures every flow and stock stays where it was."""
    run = run_network(network, clock_of(steps), acts=[], rules=rules)
    for name, first in run.first.items():
        scale = np.maximum(np.abs(first), 1e-3 * np.abs(first).max(initial=0.0))
        drift = np.abs(run.records[name] - first) / np.where(scale > 0, scale, 1.0)
        assert drift.max(initial=0.0) <= 1e-9, name
    usual = network.nodes.activity * 7.0 / 365.0
    np.testing.assert_allclose(run.records["activity"] / usual, 1.0, rtol=1e-9)
    np.testing.assert_allclose(run.records["plan"] / usual, 1.0, rtol=1e-9)


@FEW_EXAMPLES
@given(world=random_worlds())
def test_without_measures_a_balanced_world_rests_for_ten_years(world: World) -> None:
    assert_rests(build_network(world), steps=520)


@pytest.mark.parametrize("name", bundled_worlds())
def test_the_shipped_worlds_rest_for_ten_years(name: str) -> None:
    assert_rests(build_network(read_world(name)), steps=520)


def relabelled(world: World, names: dict[str, str], *, rng: np.random.Generator | None = None) -> World:
    """The world with places renamed everywhere, and its rows in another order if a generator is given."""
    tables = {}
    for table, content in world.tables.items():
        order = rng.permutation(len(content)) if rng is not None else np.arange(len(content))
        columns = [name for name in content.names if name not in MAP_COLUMNS]
        rows = [{name: content[name][index] for name in columns} for index in order.tolist()]
        for row in rows:
            for column in ("place", "via"):
                if column in row:
                    row[column] = names.get(row[column], row[column])
            if "serves_places" in row:
                row["serves_places"] = tuple(names.get(place, place) for place in row["serves_places"])
        tables[table] = rows
    return World.from_tables(world.meta, columns_of(tables))


def link_keys(network: Network) -> list[tuple[str, float]]:
    return [(network.link_label(link), float(network.links.lag_days[link])) for link in range(len(network.links))]


def same_acts(acts: tuple[Act, ...], old: Network, new: Network) -> list[Act]:
    """The acts on the same links of a network whose rows stand in another order."""
    keys, place = link_keys(old), {key: index for index, key in enumerate(link_keys(new))}
    return [
        Act(a.kind, tuple(sorted(place[keys[link]] for link in a.links)), a.start_day, a.end_day, a.numbers)
        for a in acts
    ]


def assert_same_by_label(run: Run, other: Run, *, tolerance: float) -> None:
    a, b = run.network, other.network
    order = {
        "plan": [b.nodes.labels.index(label) for label in a.nodes.labels],
        "inventory": _matching(a.need_label, b.need_label, len(a.needs.use)),
        "stock": _matching(a.offer_label, b.offer_label, len(a.offers.yields)),
    }
    for name, like in (
        ("plan", "plan"),
        ("activity", "plan"),
        ("inventory", "inventory"),
        ("ordered", "inventory"),
        ("used", "inventory"),
        ("released", "inventory"),
        ("stock", "stock"),
        ("shipped", "stock"),
        ("discarded", "stock"),
    ):
        expected, got = run.records[name], other.records[name][:, order[like]]
        usual = {"plan": a.nodes.activity, "inventory": a.needs.use, "stock": a.offers.sales}[like] * 7.0 / 365.0
        scale = np.maximum(usual, np.abs(expected).max(axis=0, initial=0.0))
        assert (np.abs(got - expected) <= tolerance * scale).all(), name


def _matching(first: Callable[[int], str], second: Callable[[int], str], count: int) -> list[int]:
    place = {second(index): index for index in range(count)}
    return [place[first(index)] for index in range(count)]


def mirrored(
    case: Case, *, rules: dict[str, str] | None = None, rng: np.random.Generator | None = None
) -> tuple[Run, Run]:
    """The case as it is, and with two places swapped and its rows in another order."""
    network = build_network(relabelled(case.world, {"P0": "P1", "P1": "P0"}, rng=rng))
    acts = same_acts(case.acts, case.network, network)
    first = run_network(case.network, case.clock, acts=list(case.acts), rules=rules)
    return first, run_network(network, case.clock, acts=acts, rules=rules)


@FEW_EXAMPLES
@given(shape=random_shapes())
def test_swapping_two_places_everywhere_changes_nothing_but_their_names(shape: Shape) -> None:
    assert_same_by_label(*mirrored(case_of(shape)), tolerance=1e-12)


@FEW_EXAMPLES
@given(shape=random_shapes(), seed=st.integers(0, 2**32 - 1), sourcing=st.booleans())
@example(shape=Shape(6, 47, seed=1), seed=0, sourcing=True)
def test_the_order_of_rows_changes_nothing(shape: Shape, seed: int, sourcing: bool) -> None:
    rules = {"sourcing": "adaptive" if sourcing else "usual"}
    runs = mirrored(case_of(shape), rules=rules, rng=np.random.default_rng(seed))
    assert_same_by_label(*runs, tolerance=1e-9)


@FEW_EXAMPLES
@given(shape=random_shapes(), data=st.data())
def test_the_same_inputs_give_the_same_bits(shape: Shape, data: st.DataObject) -> None:
    case = case_of(shape)
    regimes = data.draw(random_regimes(case.network, case.clock))
    assert regimes.steps == case.clock.steps
    first, second = case.run(), case_of(shape).run()
    for name, values in first.records.items():
        assert values.tobytes() == second.records[name].tobytes(), name


@FEW_EXAMPLES
@given(shape=random_shapes(), stop=st.integers(1, 79))
def test_a_run_stopped_and_resumed_equals_a_run_not_stopped(shape: Shape, stop: int) -> None:
    whole = case_of(shape).run()
    setup = case_of(shape).run().setup
    state = resting_state(setup)
    recorder = FullRecorder(setup, state)
    for number in range(setup.clock.steps):
        if number == stop:
            state = copy.deepcopy(state)
        setup.kept.clear()  # what a run keeps while regimes stay is what every step would make
        state, flows = step(state, setup, number=number, regime=setup.regime_table.at(number), xp=np)
        recorder.keep(number, state=state, flows=flows)
    for name, values in whole.records.items():
        assert values.tobytes() == recorder.records()[name].tobytes(), name


def test_each_mechanism_is_active_in_a_fifth_of_the_random_worlds(
    record_property: Callable[[str, object], None],
) -> None:
    shapes = fixed_shapes(60)
    active = Counter[str]()
    for shape in shapes:
        case = case_of(shape)
        active.update({name: int(on) for name, on in active_mechanisms(case, case.run()).items()})
    shares = {name: count / len(shapes) for name, count in active.items()}
    record_property("mechanisms", ", ".join(f"{name} {share:.0%}" for name, share in sorted(shares.items())))
    rare = {name: share for name, share in shares.items() if share < 0.2}
    assert not rare


@pytest.mark.parametrize("shape", fixed_shapes(3), ids=lambda shape: str(shape.seed))
def test_a_mass_leak_is_noticed(shape: Shape) -> None:
    from standoff.errors import ModelError

    run = case_of(shape).run()
    run.records["discarded"][5] += 1e-6 * run.records["stock"][5].max()
    with pytest.raises(ModelError, match="does not close in step 5"):
        check_mass(run.network, run.records, run.first)
