"""The command line: what a person sees, exit codes, bad input in one clear report, nothing half-written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SMALL = ("--world", "magnets-small", "--until", "2025-04-28")


def standoff(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "standoff", *arguments], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip


def test_a_run_writes_a_result_and_says_what_both_sides_lose(tmp_path: Path) -> None:
    done = standoff("run", "april-2025", *SMALL, "--no-report", "--out", "here", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "here" / "result.nc").is_file()
    assert "china" in done.stdout
    assert "usa" in done.stdout
    assert not list(tmp_path.glob("here/*.part"))


def test_json_is_one_object_and_nothing_else(tmp_path: Path) -> None:
    done = standoff("run", "april-2025", *SMALL, "--no-report", "--json", folder=tmp_path)
    summary = json.loads(done.stdout)
    assert summary["scenario"] == "april-2025"
    assert summary["mass_residual"] < 1e-9
    assert set(summary["ledger_usd"]["by_side"]) >= {"china", "usa"}
    assert done.stderr == ""


@pytest.mark.parametrize("asked", [("--set", "hoard_share=0.4"), ("--as-of", "2025-04-01")])
def test_rerun_reproduces_a_result_to_the_bit(asked: tuple[str, ...], tmp_path: Path) -> None:
    import numpy as np

    from standoff.results.files import read_config, read_dataset

    run = ("run", "april-2025", *SMALL, "--no-report", "--out")
    standoff(*run, "plain", folder=tmp_path)
    standoff(*run, "a", *asked, folder=tmp_path)
    done = standoff("rerun", "a/result.nc", "--no-report", "--out", "b", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    plain, first, again = (read_dataset(tmp_path / name / "result.nc") for name in ("plain", "a", "b"))
    for name in first.data_vars:
        assert np.array_equal(first[name].to_numpy(), again[name].to_numpy()), name
    assert any(not np.array_equal(first[name].to_numpy(), plain[name].to_numpy()) for name in first.data_vars)
    assert read_config(tmp_path / "a" / "result.nc") == read_config(tmp_path / "b" / "result.nc")


def test_a_changed_world_is_not_taken_for_the_one_of_the_result(tmp_path: Path) -> None:
    standoff("world", "new", "mine", folder=tmp_path)
    run = ("run", "baseline", "--world", "mine", "--no-report", "--out", "a")
    assert standoff(*run, folder=tmp_path).returncode == 0
    uses = tmp_path / "mine" / "places.csv"
    uses.write_text(uses.read_text(encoding="utf-8").replace("third", "other", 1) + "", encoding="utf-8")
    names = uses.read_text(encoding="utf-8").splitlines()
    uses.write_text(
        "\n".join([names[0], names[1].replace(names[1].split(",")[1], "Elsewhere"), *names[2:], ""]), encoding="utf-8"
    )
    again = standoff("rerun", "a/result.nc", "--world", "mine", folder=tmp_path)
    assert again.returncode == 2
    assert "has changed since" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "april-2052"), "Did you mean 'april-2025'"),
        (("run", "april-2025", "--set", "hord_share=1"), "Did you mean 'hoard_share'"),
        (("run", "april-2025", "--set", "hoard_share=much"), "not a number"),
        (("run", "april-2025", "--set", "hoard_share"), "KEY=VALUE"),
        (("run", "april-2025", "--set", "CN-2025-18.aproval_share=1"), "approval_share"),
        (("run", "april-2025", "--set", "CN-2025-18.approval_share=2"), "between 0 and 1"),
        (("run", "april-2025", "--set", "CN-2025-81.approval_share=1"), "CN-2025-18"),
        (("run", "april-2025", "--set", "truce=forever"), "no such choice"),
        (("run", "april-2025", "--until", "2024-01-01"), "the end is not after the start"),
        (("run", "april-2025", "--until", "soon"), "until"),
        (("run", "april-2025", "--as-of", "soon"), "not a date"),
        (("run", "april-2025", "--world", "nowhere"), "nowhere"),
        (("run", "missing.yaml"), "no such file"),
        (("rerun", "missing.nc"), "no such file"),
    ],
)
def test_bad_input_is_reported_once_and_clearly(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = standoff(*arguments, folder=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir()), "nothing may be half-written"


def test_a_result_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "result.nc").write_text("not a result", encoding="utf-8")
    done = standoff("rerun", "result.nc", folder=tmp_path)
    assert done.returncode == 2
    assert "not a result file" in done.stderr


def test_the_information_date_hides_what_was_announced_later(tmp_path: Path) -> None:
    known = standoff("run", "april-2025", *SMALL, "--no-report", "--json", folder=tmp_path)
    hidden = standoff("run", "april-2025", *SMALL, "--no-report", "--json", "--as-of", "2025-03-01", folder=tmp_path)
    assert json.loads(known.stdout)["ledger_usd"]["by_side"]["china"]["export_revenue_lost"] > 0
    assert json.loads(hidden.stdout)["ledger_usd"]["by_side"]["china"]["export_revenue_lost"] == pytest.approx(
        0, abs=1e-3
    )


def test_doctor_says_what_is_installed(tmp_path: Path) -> None:
    done = standoff("doctor", "--json", folder=tmp_path)
    parts = {part["name"]: part for part in json.loads(done.stdout)["parts"]}
    assert parts["numpy"]["version"]
    assert done.returncode == 0


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, standoff.cli.main; print([n for n in ('numpy','pandas','scipy','xarray','pydantic') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
