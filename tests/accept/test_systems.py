"""Accept runs of the systems S01, S03, S08 and S09, on the bundled world, as far as their mechanisms exist."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import standoff
from standoff.simulate.ensemble import run_ensemble
from standoff.simulate.scenario import read_scenario
from standoff.studies.paralysis import conditions_for, days_to_paralysis, paralysis_table
from standoff.studies.stockpiles import days_bought, months_of_cover
from standoff.world.edit import with_origin_share
from standoff.world.facts import read_facts
from standoff.world.tables import World, read_world

HERE = Path(__file__).parent
US_MAGNET_IMPORTS_FROM_CHINA_2024 = 7400.0
"""t, Chinese customs (control total of the bundled world)."""


@pytest.fixture(scope="module")
def world() -> World:
    return read_world("rare-earths")


def test_s01_unmet_use_for_four_shares_of_separation(world: World) -> None:
    """China's share of heavy separation at 80, 85, 91 and 99 %, and half of dysprosium and terbium held back."""
    losses = {}
    for share in (0.80, 0.85, 0.91, 0.99):
        changed = with_origin_share(world, ("oxide_dy", "oxide_tb"), "CHN", share)
        result = standoff.run(HERE / "half.yaml", world=changed)
        losses[share] = result.unmet_value.sum(axis=0)
    totals = [losses[share].sum() for share in sorted(losses)]
    print({share: f"{loss.sum() / 1e9:.2f} bn USD" for share, loss in losses.items()})
    assert all(total > 0 for total in totals)
    ranks = [np.argsort(np.argsort(-losses[share])) for share in sorted(losses)]
    same = [float(np.corrcoef(ranks[0], other)[0, 1]) for other in ranks[1:]]
    print("rank correlation of end uses with the share of 80 %:", [f"{value:.2f}" for value in same])
    assert min(same) > 0.5


def test_s01_mass_alone_does_not_stop_the_f35(world: World) -> None:
    """417 kg or 11 to 20 kg an aircraft: under one per cent of what the United States imports from China either way."""
    uses = world.tables["uses"]
    aircraft = float(uses["quantity"][list(uses["use"]).index("f35_USA")])
    assert aircraft == 156
    shares = {kilograms: 150 * kilograms / 1000 / US_MAGNET_IMPORTS_FROM_CHINA_2024 for kilograms in (417, 11, 20)}
    print({kilograms: f"{share:.2%}" for kilograms, share in shares.items()})
    assert shares[417] == pytest.approx(0.0085, abs=0.0005)
    assert 0.0002 <= shares[11] <= shares[20] <= 0.0005
    result = standoff.run("april-2025", world=world)
    index = list(uses["use"]).index("f35_USA")
    unmet = result.unmet[:, index].sum() / result.demand[:, index].sum()
    assert unmet < 0.5, "what stops it is grade and end-use denial, not tonnes"


def test_s03_six_month_validity_gives_a_wave_of_renewals(world: World) -> None:
    changes = {"CN-2025-18.permit": "right", "CN-2025-18.validity_days": 183, "renewal_days": 0}
    result = standoff.run("april-2025", world=world, changes=changes)
    held = result.records["rights_held"].sum(axis=1)
    control = 12
    peak = control + int(np.argmax(held[control : control + 26]))
    trough = peak + int(np.argmin(held[peak : peak + 40]))
    print(
        f"rights peak in week {peak - control} after the control, dip to {held[trough] / held[peak]:.0%} in week {trough - control}"
    )
    assert held[trough] < 0.85 * held[peak]
    assert 20 <= trough - control <= 60


@pytest.mark.parametrize(("horizon", "months"), [(7.5, 3.0), (12, 4.8), (24, 9.6), (48, 19.2)])
def test_s08_a_gap_of_sixty_per_cent_means_nothing_without_its_horizon(horizon: float, months: float) -> None:
    assert months_of_cover(0.6, horizon_months=horizon) == pytest.approx(months)


def test_s08_a_purchase_without_rare_earths_adds_no_cover_of_dysprosium(world: World) -> None:
    antimony = days_bought(world, {"antimony_metal": 1e9}, place="USA")
    assert antimony["antimony_metal"] > 0
    assert antimony["oxide_dy"] == antimony["oxide_tb"] == 0
    reserve = days_bought(world, {"magnet_ndfeb_dy_tb": 6e9, "magnet_smco": 6e9}, place="USA")
    print({product: f"{days:,.0f} days" for product, days in reserve.items() if days > 0})
    assert reserve["magnet_ndfeb_dy_tb"] > 365


def test_s09_weeks_to_paralysis_after_a_total_cut_off(world: World) -> None:
    scenario = read_scenario("cut-off", changes={"until": "2026-07-06"})
    ensemble = run_ensemble(scenario, world, draws=32, seed=1)
    share = ensemble.parameters["paralysis_share"]
    table = {row["use"]: row for row in paralysis_table(ensemble, share=share)}
    arms = [
        use
        for use, kind in zip(world.tables["uses"]["use"], world.tables["uses"]["end_use"], strict=True)
        if kind == "military"
    ]
    assert arms
    for use in arms:
        row = table[use]
        print(
            f"{use}: {row['within_3_months']:.0%} in 3 months, {row['within_12_months']:.0%} in 12, {row['never_in_run']:.0%} never"
        )
        assert row["within_3_months"] <= row["within_12_months"] <= 1 - row["never_in_run"] + 1e-12
        for condition in conditions_for(ensemble, use, share=share):
            print(f"  three months needs {condition.name} between {condition.low:.3g} and {condition.high:.3g}")
    days = days_to_paralysis(ensemble, share=share)
    assert np.isinf(days).any(), "some systems go on"
    assert np.isfinite(days).any(), "some systems are paralysed"


def test_the_facts_hold_both_figures_of_the_f35() -> None:
    facts = " ".join(str(row) for row in read_facts().values())
    assert "417" in facts
    assert "F-35" in facts
