"""The command: exit codes, one JSON object on stdout, nothing half-written, no slow start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest
from world_files import tiny_tables, write_files

from standoff.cli.main import main
from standoff.world.tables import read_world


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


class Command(Protocol):
    def __call__(self, *arguments: object) -> Outcome: ...


@pytest.fixture
def standoff(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["standoff", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        code = stopped.value.code
        said = capsys.readouterr()
        return Outcome(int(code or 0), said.out, said.err)

    return run


def broken(folder: Path) -> Path:
    """A world with three mistakes in two tables and an unknown file."""
    tables = tiny_tables()
    tables["links"]["flow"][0] = "120 t"
    tables["links"]["consumer"][1] = "cra"
    tables["uses"]["quantity"][0] = -1
    write_files(folder, tables)
    (folder / "lynx.csv").write_text("x\n", encoding="utf-8")
    return folder


def test_check_of_a_good_world_says_so(standoff: Command, tmp_path: Path) -> None:
    outcome = standoff("world", "check", write_files(tmp_path / "tiny", tiny_tables()))
    assert outcome.code == 0
    assert "no problems" in outcome.out
    assert "4 links" in outcome.out


def test_check_of_a_bundled_world_as_json_is_one_object(standoff: Command) -> None:
    outcome = standoff("world", "check", "magnets-small", "--json")
    content = json.loads(outcome.out)
    assert outcome.code == 0
    assert (content["world"], content["problems"], content["warnings"]) == ("magnets-small", [], [])
    assert content["fingerprint"] == read_world("magnets-small").fingerprint


def test_check_of_a_bad_world_reports_everything_once_with_exit_code_2(standoff: Command, tmp_path: Path) -> None:
    outcome = standoff("world", "check", broken(tmp_path / "tiny"))
    assert outcome.code == 2
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    lines = outcome.err.strip().splitlines()
    assert lines[0] == "world tiny: 5 problems"
    for place in (
        "lynx.csv",
        "needs.csv, row 3",
        "links.csv, row 2, column flow",
        "links.csv, row 3",
        "uses.csv, row 2",
    ):
        assert sum(place in line for line in lines) == 1, place


def test_check_of_a_bad_world_as_json_names_place_value_why_and_cure(standoff: Command, tmp_path: Path) -> None:
    outcome = standoff("world", "check", broken(tmp_path / "tiny"), "--json")
    assert outcome.code == 2
    (problem,) = [each for each in json.loads(outcome.out)["problems"] if each["column"] == "flow"]
    assert (problem["file"], problem["row"], problem["value"]) == ("links.csv", 2, "120 t")
    assert problem["why"]
    assert problem["cure"]


def test_check_of_an_odd_world_ends_with_a_warning(standoff: Command, tmp_path: Path) -> None:
    tables = tiny_tables()
    tables["sources"] = {"source": ["report", "unread"], "title": ["A", "B"]}
    folder = write_files(tmp_path / "tiny", tables)
    outcome = standoff("world", "check", folder)
    assert outcome.code == 1
    assert "odd: sources.csv, row 3" in outcome.out
    assert len(json.loads(standoff("world", "check", folder, "--json").out)["warnings"]) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_show_prints_sizes_and_shares(standoff: Command, language: str) -> None:
    outcome = standoff("world", "show", "magnets-small", "--lang", language)
    assert outcome.code == 0
    assert ("assumed" in outcome.out) == (language == "en")
    assert ("假设" in outcome.out) == (language == "zh")
    links = len(read_world("magnets-small").tables["links"])
    assert any(line.split()[:2] == ["links", str(links)] for line in outcome.out.splitlines())


def test_show_prints_rows_with_range_status_and_source(standoff: Command, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "tiny", tiny_tables())
    outcome = standoff("world", "show", folder, "--table", "producers")
    wanted = ["activity", "120", "110", "130", "activity", "per", "year", "sourced", "facts/stages:stages-001"]
    assert any(line.split()[-len(wanted) :] == wanted for line in outcome.out.splitlines())
    rows = json.loads(standoff("world", "show", folder, "--table", "producers", "--json").out)["rows"]
    assert rows[0]["activity"]["source"] == "facts/stages:stages-001"


@pytest.mark.parametrize(
    "arguments", [("show", "magnets-small", "--table", "lniks"), ("show", "magnet-smal"), ("check", "")]
)
def test_what_is_not_there_is_bad_input(standoff: Command, arguments: tuple[str, ...]) -> None:
    assert standoff("world", *arguments).code == 2
    assert json.loads(standoff("world", *arguments, "--json").out)["problems"][0]["cure"]


@pytest.mark.parametrize("excel", [[], ["--excel"]])
def test_new_writes_a_world_that_the_check_passes_and_never_overwrites(
    standoff, excel: list[str], tmp_path: Path
) -> None:
    outcome = standoff("world", "new", tmp_path / "mine", *excel)
    assert outcome.code == 0
    (written,) = tmp_path.iterdir()
    assert standoff("world", "check", written).code == 0
    before = {path: path.read_bytes() for path in [written, *written.glob("*")] if path.is_file()}
    again = standoff("world", "new", tmp_path / "mine", *excel)
    assert again.code == 2
    assert "already" in again.err
    assert {path: path.read_bytes() for path in before} == before
    assert os.listdir(tmp_path) == [written.name]


def test_the_new_world_runs_and_rests_at_its_baseline(standoff: Command, tmp_path: Path) -> None:
    assert standoff("world", "new", tmp_path / "mine").code == 0
    asked = ("--world", tmp_path / "mine", "--until", "2025-12-31", "--out", tmp_path / "out", "--no-report", "--json")
    outcome = standoff("run", "baseline", *asked)
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "out" / "result.nc").is_file()
    summary = json.loads(outcome.out)
    assert (summary["status"], summary["unmet_use_usd"], summary["first_stop"]) == ("done", 0.0, None)


def test_looking_at_the_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, standoff.cli.world\n"
        "heavy = {'numpy', 'scipy', 'pandas', 'xarray', 'pydantic', 'openpyxl'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
