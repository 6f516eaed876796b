"""The page about the peers says what runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from standoff.cli.main import app
from standoff.model.rulesets import RULES, SETS
from standoff.results.attribution.economy import KINDS

ROOT = Path(__file__).resolve().parents[2]


def test_every_command_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = re.findall(r"```bash\n(.*?)```", (ROOT / "docs" / "peers.md").read_text(encoding="utf-8"), re.S)
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    monkeypatch.chdir(tmp_path)
    for line in block.splitlines():
        result = CliRunner().invoke(app, shlex.split(line)[1:])
        assert result.exit_code == 0, result.output
    assert (tmp_path / "out/fig1-esri/esri.csv").is_file()
    assert (tmp_path / "out/net200/totals.csv").is_file()
    header, *rows = (tmp_path / "out/net200/losses.csv").read_text(encoding="utf-8").splitlines()
    assert header.split(",") == ["firm", "lost", *KINDS]
    parts = [[float(cell) for cell in row.split(",")[1:]] for row in rows]
    assert sum(row[0] for row in parts) > 0
    assert all(row[0] == pytest.approx(sum(row[1:]), rel=1e-9) for row in parts)


def test_the_table_of_rule_sets_is_the_one_in_the_code() -> None:
    page = (ROOT / "docs" / "rulesets.md").read_text(encoding="utf-8")
    slot, told = "", {}
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 3 + len(SETS) and cells[1].startswith("`"):
            slot = cells[0] or slot
            rule = cells[1].split("`")[1]
            told[slot, rule] = dict(zip(SETS, (cell == "●" for cell in cells[3:]), strict=True))
    assert set(told) == {(slot, rule) for slot, rules in RULES.items() for rule in rules}
    for (slot, rule), marks in told.items():
        assert marks == {name: chosen[slot] == rule for name, chosen in SETS.items()}, (slot, rule)
