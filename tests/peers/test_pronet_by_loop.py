"""Rule set ``inoue_todo`` against proNet's outputs and, where there are none, against its rules once more as a plain loop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peer_cases import DATA, worst_relative
from pronet_by_loop import Day, Network, Rules, run_by_loop

from standoff.model.recovery import CURVES
from standoff.simulate.economy_run import EconomyRun
from standoff.simulate.firm_run import firm_settings, run_firms
from standoff.world.firm_folder import FirmFolder, read_firm_files

FOLDER = DATA / "inoue_todo"
RATIONING, ORDERS = (0, 1, 2, 3), (0, 1, 2)


def _network(folder: FirmFolder) -> Network:
    buys: dict[str, dict[str, float]] = {firm: {} for firm in folder.firms}
    for supplier, buyer, flow in zip(folder.supplier, folder.buyer, folder.flow, strict=True):
        buys[folder.firms[buyer]][folder.firms[supplier]] = float(flow)
    return Network(
        sector=dict(zip(folder.firms, (str(sector) for sector in folder.sector), strict=True)),
        buys=buys,
        final=dict(zip(folder.firms, folder.final.tolist(), strict=True)),
        damage=dict(zip(folder.firms, folder.capacity_lost.tolist(), strict=True)),
    )


def _arrays(history: list[Day], name: str) -> np.ndarray:
    return np.array([list(getattr(day, name).values()) for day in history])


def _recovering(days: float) -> dict[str, str]:
    return {"recovery": "linear", "recovery_steps": str(days), "recovery_start": "5"}


def _linear(days: float, start: int = 5) -> Callable[[int], float]:
    return lambda day: max(0.0, 1.0 - max(0, day - start) / days)


@pytest.mark.parametrize("recovers", [False, True])
@pytest.mark.parametrize("rationing", [0, 2])
def test_the_loop_is_pronet(rationing: int, recovers: bool) -> None:
    network = _network(read_firm_files(FOLDER / "net200"))
    left = _linear(30.0) if recovers else Rules(0, 0).damage_left
    history = run_by_loop(network, Rules(rationing, 0, damage_left=left), days=80)
    case = f"R{rationing}_o0_{'c30' if recovers else 'none'}"
    with np.load(FOLDER / "series.npz") as held:
        expected = held[case]
    output, to_final = _arrays(history, "output"), _arrays(history, "to_final")
    ours = np.column_stack([output.sum(axis=1), to_final.sum(axis=1)])
    assert worst_relative(ours, expected[1:, [1, 3]]) < 1e-12
    with np.load(FOLDER / "snapshots.npz") as held:
        for day in (5, 20, 40, 79):
            theirs = held[f"{case}@{day}"]
            for column, name in ((1, "output"), (2, "demand"), (3, "supply")):
                known = np.isfinite(_arrays(history, name)[day])
                np.testing.assert_allclose(
                    _arrays(history, name)[day][known], theirs[known, column], rtol=6e-6, atol=1e-9
                )


def _worst(folder: FirmFolder, chosen: dict[str, str], rules: Rules, days: int) -> float:
    """Largest difference between the engine and the loop, relative to the largest usual output of a firm."""
    numbers, slots = firm_settings(
        {
            "rationing": str(rules.rationing),
            "orders": str(rules.orders),
            "cover": repr(rules.cover),
            "restock": repr(rules.restock),
            "steps": str(days),
            **chosen,
        }
    )
    run: EconomyRun = run_firms(folder, settings=numbers, rules=slots).run
    history = run_by_loop(_network(folder), rules, days=days)
    apart = (np.abs(run[name] - _arrays(history, name)).max() for name in ("output", "to_final"))
    return float(max(apart) / run.economy.output.max())


@pytest.mark.parametrize("recovers", [False, True])
@pytest.mark.parametrize("orders", ORDERS)
@pytest.mark.parametrize("rationing", RATIONING)
@pytest.mark.parametrize("name", ["toy", "net200"])
def test_every_rationing_and_order_rule_is_the_loop(name: str, rationing: int, orders: int, recovers: bool) -> None:
    rules = Rules(rationing, orders, damage_left=_linear(30.0) if recovers else Rules(0, 0).damage_left)
    chosen = _recovering(30) if recovers else {}
    assert _worst(read_firm_files(FOLDER / name), chosen, rules, days=60) < 1e-9


@st.composite
def _folders(draw: st.DrawFn) -> FirmFolder:
    """Small networks: firms without clients, inputs or final demand, firms that buy of themselves, small and large sales."""
    count = draw(st.integers(2, 8))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    pairs = np.argwhere(rng.random((count, count)) < draw(st.sampled_from([0.15, 0.4, 0.8])))
    flow = rng.lognormal(0.0, draw(st.sampled_from([0.3, 2.0])), len(pairs))
    sells = np.bincount(pairs[:, 0], minlength=count) > 0
    final = rng.lognormal(1.0, 1.0, count) * (~sells | (rng.random(count) < draw(st.sampled_from([0.5, 1.0]))))
    lost = rng.random(count) * (rng.random(count) < 0.5)
    lost[draw(st.integers(0, count - 1))] = draw(st.sampled_from([0.1, 0.5, 1.0]))
    return FirmFolder(
        firms=tuple(f"f{number}" for number in range(count)),
        sector=rng.integers(0, draw(st.integers(1, 3)), count),
        supplier=pairs[:, 0],
        buyer=pairs[:, 1],
        flow=flow,
        final=final,
        capacity_lost=lost,
    )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    folder=_folders(),
    rationing=st.sampled_from(RATIONING),
    orders=st.sampled_from(ORDERS),
    cover=st.sampled_from([2.0, 5.0, 15.0]),
    restock=st.sampled_from([1.0, 6.0, 20.0]),
    recovery=st.sampled_from(["none", *CURVES]),
    start=st.integers(1, 6),
)
def test_random_networks_and_settings_are_the_loop(
    folder: FirmFolder, rationing: int, orders: int, cover: float, restock: float, recovery: str, start: int
) -> None:
    chosen = {"recovery": recovery, "recovery_steps": "10", "recovery_start": str(start)}
    rules = Rules(rationing, orders, cover=cover, restock=restock)
    if recovery != "none":
        curve = CURVES[recovery]
        rules = Rules(rationing, orders, cover, restock, lambda day: curve(max(0, day - start), 10.0))
    assert _worst(folder, chosen, rules, days=20) < 1e-9
