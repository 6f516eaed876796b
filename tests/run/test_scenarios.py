"""Scenario files: inheritance, everything that can be wrong, and what the shipped ones must do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

import standoff
from standoff.errors import InputError
from standoff.simulate.scenario import read_scenario, shipped_scenarios


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_scenario_says_only_how_it_differs(tmp_path: Path) -> None:
    mine = read_scenario(write(tmp_path, "extends: april-2025\nparameters: {hoard_share: 0}\n"))
    base = read_scenario("april-2025")
    assert mine.name == "mine"
    assert mine.parameters == {"hoard_share": 0}
    assert mine.model_dump(exclude={"name", "parameters"}) == base.model_dump(exclude={"name", "parameters"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("extends: baseline\nmesures: []\n", "Did you mean 'measures'"),
        ("extends: baseline\nstart: 2025-13-01\n", "month must be in"),
        ("extends: baseline\nstart: 2027-06-01\n", "the end is not after the start"),
        ("extends: baseline\nstep_days: 0\n", "step_days"),
        ("extends: baseline\nmeasures: [CN-2025-81]\n", "no such measure"),
        ("extends: baseline\nparameters: {hoard: .nan}\n", "hoard_share"),
        ("extends: baseline\nparameters: {hoard_share: .nan}\n", "finite"),
        ("extends: baseline\nparameters: {hoard_share: -1}\n", "at least 0"),
        ("extends: baseline\ndemand: [{factor: 0.5, place: ATL}]\n", "matches no use"),
        ("extends: baseline\ndemand: [{factor: -1}]\n", "greater than or equal to 0"),
        ("extends: mine\n", "circle"),
        ("extends: basline\n", "Did you mean 'baseline'"),
        ("title: {en: x}\n", "this key is missing"),
        ("- a list\n", "keys and values"),
        ("a: [1\n", "not valid YAML"),
        ("", "empty"),
        ("extends: baseline\nstart: 2020-01-06\nuntil: 2020-06-01\n", "begins before the world"),
        ("extends: baseline\npermits: {CN-2025-18: forever}\nmeasures: [CN-2025-18]\n", "no such kind of permit"),
        ("extends: baseline\nmirror: [CHN, ATL]\n", "no such place"),
        ("extends: baseline\nrules: ariod\n", "rules"),
    ],
)
def test_every_mistake_in_a_scenario_has_its_report(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        standoff.run(write(tmp_path, text), world="magnets-small")
    assert said in error.value.text()


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    text = "extends: baseline\nmesures: []\nstep_days: -1\nunknown: 1\n"
    with pytest.raises(InputError) as error:
        read_scenario(write(tmp_path, text))
    assert len(error.value.problems) == 3


def test_a_file_that_is_far_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(InputError, match="more than"):
        read_scenario(path)


def test_no_stays_a_country(tmp_path: Path) -> None:
    """Under YAML 1.1 the country code NO would be the boolean false."""
    scenario = read_scenario(write(tmp_path, "extends: baseline\ndemand: [{factor: 1, place: NO}]\n"))
    assert scenario.demand[0].place == "NO"


def test_a_measure_whose_pause_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    from standoff.yaml_files import dump_yaml, read_yaml

    register = Path(standoff.__file__).parent / "data" / "register" / "CN" / "CN-2025-18.yaml"
    content = read_yaml(register)
    content["suspensions"] = [{"from": dt.date(2026, 1, 2), "until": dt.date(2026, 1, 1), "by": "nobody"}]
    (tmp_path / "measure.yaml").write_text(dump_yaml(content), encoding="utf-8")
    with pytest.raises(InputError, match="ends before it begins"):
        standoff.run(write(tmp_path, "extends: baseline\nmeasure_files: [measure.yaml]\n"), world="magnets-small")


def test_a_scenario_takes_the_measures_of_the_one_that_it_extends_with_it(tmp_path: Path) -> None:
    longer = read_scenario(write(tmp_path, "extends: cut-off\nuntil: 2025-12-29\n"))
    assert longer.own_measures == read_scenario("cut-off").own_measures
    assert standoff.run(longer, world="magnets-small").unmet_value.sum() > 0


def test_a_result_is_done_again_without_the_files_that_its_scenario_named(tmp_path: Path) -> None:
    from standoff.yaml_files import read_yaml

    shipped = Path(standoff.__file__).parent / "data" / "scenarios" / "measures" / "HYP-CUT-OFF.yaml"
    assert read_yaml(shipped)["id"] == "HYP-CUT-OFF"
    measure = tmp_path / "measure.yaml"
    measure.write_bytes(shipped.read_bytes())
    first = standoff.run(write(tmp_path, "extends: baseline\nmeasure_files: [measure.yaml]\n"), world="magnets-small")
    first.to_netcdf(tmp_path / "result.nc")
    measure.unlink()
    again = standoff.rerun(tmp_path / "result.nc")
    assert first.unmet_value.sum() > 0
    np.testing.assert_array_equal(again.unmet_value, first.unmet_value)
    assert str(tmp_path) not in str(first.config())


@pytest.mark.parametrize("files", ["measure.yaml", "[1]", "{a: b}"])
def test_measure_files_that_are_no_list_of_names_are_refused(files: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="list of names"):
        read_scenario(write(tmp_path, f"extends: baseline\nmeasure_files: {files}\n"))


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_runs_and_balances(name: str) -> None:
    result = standoff.run(name, world="magnets-small")
    assert result.residual < 1e-9
    np.testing.assert_allclose(result.unmet_by_cause.sum(axis=-1), result.unmet_value, rtol=1e-9, atol=1e-3)
    if name == "baseline":
        assert result.unmet_value.sum() == 0


def test_shipments_of_controlled_magnets_fall_to_nothing_within_weeks_and_come_back_after_the_review() -> None:
    result = standoff.run("april-2025", world="magnets-small")
    chosen = [
        i
        for i, (product, origin, to) in enumerate(result.trades)
        if product == "magnet_ndfeb_dy_tb" and origin == "CHN" and to != "CHN"
    ]
    path = result.trade[:, chosen].sum(axis=1) / result.trade_usual[chosen].sum()
    control = (dt.date(2025, 4, 4) - result.scenario.start).days // 7
    assert path[: control - 1].min() > 0.99
    assert path[control : control + 4].min() < 0.05
    assert path[control + 20 :].mean() > 0.9


def test_mirror_gives_the_same_numbers_with_the_names_exchanged() -> None:
    result, mirrored = (standoff.run(name, world="magnets-small") for name in ("april-2025", "mirror"))
    ours, theirs = result.ledger.by_place(), mirrored.ledger.by_place()
    exchanged = {"CHN": "USA", "USA": "CHN"}
    for place, lines in ours.items():
        for line, value in lines.items():
            assert theirs[exchanged.get(place, place)][line] == pytest.approx(value, rel=1e-12, abs=1e-6)


def test_a_step_of_half_a_week_changes_unmet_use_by_less_than_two_per_cent() -> None:
    for name in ("april-2025", "cut-off"):
        week, half = (
            standoff.run(name, world="magnets-small", changes={"step_days": days}).unmet_value.sum()
            for days in (7.0, 3.5)
        )
        assert abs(week / half - 1) < 0.02


def test_rights_to_ship_bring_a_wave_of_renewals() -> None:
    """Licences granted together expire together: shipments dip about one validity after the first wave."""
    changes = {"CN-2025-18.permit": "right", "CN-2025-18.validity_days": 183, "renewal_days": 0, "hoard_share": 0}
    result = standoff.run("april-2025", world="magnets-small", changes=changes)
    held = result.records["rights_held"].sum(axis=1)
    start = (dt.date(2025, 4, 4) - result.scenario.start).days // 7
    peak = start + int(np.argmax(held[start : start + 26]))
    dip = held[peak : peak + 40].min()
    assert dip < 0.8 * held[peak]
    assert held[-1] > dip


def test_what_is_refused_in_principle_stays_so_when_approval_changes() -> None:
    """A measure's approval share is that of its ordinary licences; the limb that refuses is changed by its own name."""
    refused = {"CN-2025-18/military:LICENCE_DENY": 0.02}
    for changes, expected in (
        ({"CN-2025-18.approval_share": 0.5}, refused),
        ({"CN-2025-18/military.approval_share": 0.5}, {"CN-2025-18/military:LICENCE_DENY": 0.5}),
    ):
        result = standoff.run("april-2025", world="magnets-small", changes=changes)
        found = {regime.label: regime.administration["approval_share"].value for regime in result.regimes.regimes}
        assert expected.items() <= found.items()
    with pytest.raises(InputError, match="military"):
        standoff.run("april-2025", world="magnets-small", changes={"CN-2025-18/milltary.approval_share": 0.5})
