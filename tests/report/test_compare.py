"""Two runs side by side."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
import typer
from pages_read import Page
from typer.testing import CliRunner

import standoff
from standoff.cli.compare import compare
from standoff.errors import InputError
from standoff.results.compare import compare_results, write_comparison
from standoff.results.report.pages import render_comparison
from standoff.results.result import Result
from standoff.results.words import read_words

SMALL = ("--world", "magnets-small")


@pytest.fixture
def command() -> typer.Typer:
    app = typer.Typer()
    app.command()(compare)
    return app


def test_a_run_against_itself_differs_in_nothing(april: Result) -> None:
    comparison = compare_results(april, april)
    assert all(a == b for pairs in (comparison.unmet_by_use(), comparison.ledger_by_side()) for a, b in pairs.values())
    content = comparison.as_dict()["difference"]
    assert content["unmet_use_usd"] == 0
    assert content["unmet_use_by_use_usd"] == {}
    assert read_words("en").say("compare.ledger_same") in render_comparison(comparison, words=read_words("en"))


def test_differences_turn_round_with_the_order(april: Result, cut_off: Result) -> None:
    there, back = (compare_results(*pair).as_dict()["difference"] for pair in ((april, cut_off), (cut_off, april)))
    assert there["unmet_use_usd"] == -back["unmet_use_usd"] != 0
    for side, lines in there["ledger_by_side_usd"].items():
        for line, value in lines.items():
            assert value == -back["ledger_by_side_usd"][side][line]


def test_comparison_is_a_page_of_its_own_in_both_languages(april: Result, baseline: Result, tmp_path: Path) -> None:
    for lang in ("en", "zh"):
        path = write_comparison(compare_results(baseline, april), tmp_path / f"{lang}.html", lang=lang)
        page = Page(path.read_text(encoding="utf-8"))
        assert page.faults == []
        assert [section["id"] for section in page.all("section")] == [
            "over-time",
            "compare-ledger",
            "compare-use",
            "compare-stops",
        ]


def test_runs_of_other_lengths_and_steps_share_one_axis(april: Result) -> None:
    other = standoff.run("april-2025", world="magnets-small", changes={"step_days": 3.5}, until=dt.date(2025, 10, 6))
    page = Page(render_comparison(compare_results(april, other), words=read_words("en")))
    assert page.faults == []


def test_command_prints_one_json_object(command: typer.Typer, tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["baseline", "april-2025", *SMALL, "--out", str(tmp_path), "--json"])
    assert done.exit_code == 0
    content = json.loads(done.stdout)
    assert content["a"]["scenario"] == "baseline"
    assert content["difference"]["unmet_use_usd"] == pytest.approx(content["b"]["unmet_use_usd"])
    assert content["files"] == [str(tmp_path / "comparison.html")]


def test_command_takes_result_files(command: typer.Typer, april: Result, tmp_path: Path) -> None:
    path = april.to_netcdf(tmp_path / "result.nc")
    done = CliRunner().invoke(command, [str(path), "april-2025", *SMALL, "--no-report", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["difference"]["unmet_use_usd"] == 0
    assert sorted(child.name for child in tmp_path.iterdir()) == ["result.nc"]


def test_command_refuses_what_is_not_there(command: typer.Typer) -> None:
    done = CliRunner().invoke(command, ["baseline", "nowhere"])
    assert isinstance(done.exception, InputError)
