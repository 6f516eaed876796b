"""The page about economies says what runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from standoff.cli.main import app
from standoff.simulate.economy_scenario import AnyEvent
from standoff.world.mrio.read import FORMATS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "mrio.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.S)
    return str(found)


def test_every_example_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cut.yaml").write_text(block("yaml"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for line in block("bash").splitlines():
        result = CliRunner().invoke(app, shlex.split(line)[1:])
        assert result.exit_code == 0, result.output
    assert (tmp_path / "out/cut/report.html").is_file()
    exec(compile(block("python"), "page", "exec"), {})


def test_the_page_names_every_event_and_format() -> None:
    kinds = re.findall(r"Literal\[([^\]]+)\]", str(AnyEvent))
    named = {name.strip(" '\"") for each in kinds for name in each.split(",")}
    for event in AnyEvent.__args__[0].__args__:  # type: ignore[attr-defined]
        named |= set(event.model_fields["kind"].annotation.__args__)
    assert {"export_cut", "labour_lost"} <= named
    assert all(f"`{name}`" in PAGE for name in named)
    assert all(form in PAGE for form in FORMATS if form != "pymrio")
