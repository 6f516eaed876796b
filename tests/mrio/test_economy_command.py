"""The whole way through the commands: read a table, check and show it, run a scenario, do it again, read the report."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import xarray as xr
from made_up import cut, scenario, table
from typer.testing import CliRunner

from standoff.cli.main import app
from standoff.errors import InputError
from standoff.results.economy.page import write_economy_report
from standoff.results.economy.result import economy_variables
from standoff.simulate.economy_api import run_scenario
from standoff.simulate.economy_scenario import economy_scenario_from
from standoff.yaml_files import dump_yaml


def invoke(*arguments: str, exit_code: int = 0) -> Any:
    """Run a command; its JSON if it was asked for."""
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == exit_code, result.output
    return json.loads(result.output) if "--json" in arguments else result.output


def a_cut(**changes: Any) -> dict[str, Any]:
    """Region 1 sells less to region 2."""
    return scenario(
        cut(
            {"value": 0.5, "low": 0.3, "high": 0.9},
            exporters=["reg1"],
            destinations=["reg2"],
            sectors=["manufactoring", "mining"],
            leakage=0.1,
        ),
        title={"en": "Less to region 2", "zh": "少卖给2区"},
        **changes,
    )


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """The test table of pymrio as a world."""
    made = invoke("world", "from-mrio", "pymrio-test", "--out", str(tmp_path / "world"), "--json")
    assert (made["regions"], made["sectors"], made["adjustments"]) == (6, 8, [])
    return tmp_path / "world"


def scenario_file(folder: Path, **changes: Any) -> Path:
    path = folder / "cut.yaml"
    path.write_text(dump_yaml(a_cut(**changes)), encoding="utf-8")
    return path


def test_the_test_table_goes_through_every_command(world: Path, tmp_path: Path) -> None:
    assert invoke("world", "check", str(world), "--json")["problems"] == []
    assert "nothing had to be adjusted" in invoke("world", "show", str(world))
    path, out = scenario_file(tmp_path), tmp_path / "out"
    run = invoke("run", str(path), "--world", str(world), "--rules", "ario", "--out", str(out), "--excel", "--json")
    assert run["status"] == "done"
    assert run["range"]["runs"] == 3
    assert set(run["losses"]["by_side"]) == {"reg1", "reg2", "others"}
    assert {Path(name).name for name in run["files"]} == {"result.nc", "report.html", "tables.xlsx"}
    data = xr.load_dataset(out / "result.nc", engine="h5netcdf")
    assert {row["variable"] for row in economy_variables()} == set(data.data_vars)
    assert data["output"].attrs["units"] == "Mill USD per day"
    lost = float(data["value_added_lost"].sel(region="reg1").sum()) * 1e6
    assert lost == pytest.approx(run["losses"]["by_region"]["reg1"]["value_added_lost"])
    again = invoke("rerun", str(out / "result.nc"), "--out", str(tmp_path / "again"), "--no-report", "--json")
    assert again["losses"] == run["losses"]
    with h5py.File(out / "result.nc") as one, h5py.File(tmp_path / "again" / "result.nc") as other:
        assert np.array_equal(one["output"][:], other["output"][:])


def test_settings_of_the_command_change_the_run(world: Path, tmp_path: Path) -> None:
    """Without --rules the file's own count; a change of rules, numbers, stocks and events is one of the result."""
    path = scenario_file(tmp_path, rules="ario", world=str(world))
    common = ("run", str(path), "--no-report", "--json", "--out", str(tmp_path / "out"))
    usual = invoke(*common)
    for setting in ("cut.share=1", "sourcing=usual", "psi=0.99", "cover=61"):
        assert invoke(*common, "--set", setting)["losses"] != usual["losses"], setting
    assert invoke(*common, "--until", "2022-03-01")["steps"] == 59
    assert invoke(*common, "--draws", "4", "--seed", "1")["range"]["of"] == "draws"
    assert invoke(*common, "--rules", "pichler")["rules"] == "pichler"


@pytest.mark.parametrize("rules", ["pichler", "inoue_todo"])
def test_the_other_peers_run_on_a_table(world: Path, tmp_path: Path, rules: str) -> None:
    path = scenario_file(tmp_path)
    run = invoke("run", str(path), "--world", str(world), "--rules", rules, "--out", str(tmp_path / "out"), "--json")
    assert run["rules"] == rules
    assert run["losses"]["by_region"]["reg1"]["output_lost"] > 0


def test_a_run_of_a_settings_that_may_collapse_warns(world: Path, tmp_path: Path) -> None:
    path = scenario_file(tmp_path, world=str(world))
    run = invoke("run", str(path), "--rules", "ario", "--set", "cover=5", "--out", str(tmp_path), "--json", exit_code=1)
    assert "may collapse" in run["warnings"][0]


def test_a_table_that_had_to_be_adjusted_is_odd(tmp_path: Path) -> None:
    from dataclasses import replace

    from made_up import raw_table

    from standoff.world.mrio.folder import write_mrio
    from standoff.world.mrio.settle import settle

    raw = raw_table()
    write_mrio(settle(replace(raw, flows=np.where(raw.flows > 5.0, -1.0, raw.flows))), tmp_path)
    told = invoke("world", "check", str(tmp_path), exit_code=1)
    assert "negative flow between producers" in told
    assert invoke("world", "show", str(tmp_path), "--json")["adjustments"][0]["count"] > 0


def test_what_is_wrong_is_refused_at_the_command(world: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["run", str(scenario_file(tmp_path)), "--rules", "ario"])
    assert isinstance(result.exception, InputError)
    assert "names no world" in str(result.exception)
    result = CliRunner().invoke(app, ["world", "from-mrio", str(tmp_path), "--out", str(tmp_path / "x")])
    assert isinstance(result.exception, InputError)
    assert "--format" in str(result.exception)
    path = scenario_file(tmp_path)
    invoke("run", str(path), "--world", str(world), "--rules", "ario", "--no-report", "--out", str(tmp_path / "out"))
    (world / "mrio.yaml").write_text((world / "mrio.yaml").read_text().replace("reg6", "reg7"), encoding="utf-8")
    result = CliRunner().invoke(app, ["rerun", str(tmp_path / "out" / "result.nc")])
    assert isinstance(result.exception, InputError)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_is_one_whole_page_with_every_side_in_one_table(tmp_path: Path, lang: str) -> None:
    result = run_scenario(economy_scenario_from(scenario(cut(0.5), title={"en": "A cut", "zh": "切断"})), world=table())
    page = write_economy_report(result, tmp_path / "report.html", lang=lang).read_text(encoding="utf-8")
    assert not re.search(r"https?://(?!www\.w3\.org)", page)
    assert "<script" not in page
    assert {"en": "A cut", "zh": "切断"}[lang] in page
    table_of_sides = page[page.index('id="losses"') :]
    table_of_sides = table_of_sides[table_of_sides.index("<tbody>") : table_of_sides.index("</tbody>")]
    names = re.findall(r'<th scope="row">(.*?)</th>', table_of_sides)
    assert names == [
        "R0",
        "R1",
        {"en": "all other regions", "zh": "其他所有地区"}[lang],
        {"en": "world", "zh": "全世界"}[lang],
    ]
    assert ">nan<" not in page


def test_the_names_of_a_hostile_table_are_only_text(tmp_path: Path) -> None:
    from dataclasses import replace

    mrio = replace(table(), regions=("<b>R0</b>", "R1", "R2", "R3"))
    content = scenario(cut(exporters=["<b>R0</b>"]), title={"en": "<script>alert(1)</script>"})
    result = run_scenario(economy_scenario_from(content), world=mrio)
    page = write_economy_report(result, tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<b>R0" not in page
    assert "<script" not in page


def test_verbs_of_worlds_say_that_an_economy_is_none(world: Path, tmp_path: Path) -> None:
    path = scenario_file(tmp_path, world=str(world), rules="ario")
    invoke("run", str(path), "--no-report", "--out", str(tmp_path / "out"))
    file = str(tmp_path / "out" / "result.nc")
    for verb in (("compare", file, file), ("explain", file, "unmet", "x", "2022-01-01")):
        result = CliRunner().invoke(app, list(verb))
        assert isinstance(result.exception, InputError), result.output
        assert "result of an economy" in str(result.exception)


def test_a_scenario_of_a_world_with_the_rules_of_a_peer_is_none_of_an_economy(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("extends: baseline\nuntil: 2025-02-01\n", encoding="utf-8")
    run = invoke("run", str(path), "--rules", "pichler", "--no-report", "--out", str(tmp_path), "--json")
    assert "ledger_usd" in run
