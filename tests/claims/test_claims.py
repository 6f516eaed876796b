"""The audit says nothing that research told it, and answers what the model can answer."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from standoff.cli.main import app
from standoff.studies.claims.audit import FAILS, HOLDS, NO_MECHANISM, ONLY_DATA, ONLY_IF, TESTS, audit, from_range
from standoff.studies.claims.registry import CLAIMS, read_claims


def without_research(path: Path) -> Path:
    rows = list(csv.DictReader(CLAIMS.read_text(encoding="utf-8-sig").splitlines()))
    kept = [name for name in rows[0] if name not in ("verdict", "document_found", "figure_found", "figure_found_zh")]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=kept, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def found() -> dict[str, dict]:
    return {row["id"]: row for row in audit(draws=16)}


def test_verdicts_are_the_same_without_what_research_found(tmp_path: Path, found: dict[str, dict]) -> None:
    blind = {row["id"]: row for row in audit(draws=16, claims=without_research(tmp_path / "claims.csv"))}
    assert blind.keys() == found.keys()
    for name, row in blind.items():
        assert row["computed_verdict"] == found[name]["computed_verdict"]
        assert repr(row["answer"]) == repr(found[name]["answer"])


def test_every_claim_gets_one_of_five_verdicts(found: dict[str, dict]) -> None:
    assert len(found) == len(read_claims()) > 100
    assert {row["computed_verdict"] for row in found.values()} <= {HOLDS, ONLY_IF, FAILS, NO_MECHANISM, ONLY_DATA}
    assert all(found[name]["answer"] for name in TESTS)


def test_intervals_are_in_order(found: dict[str, dict]) -> None:
    for name in TESTS:
        answer = found[name]["answer"]
        assert answer["low"] <= answer["median"] <= answer["high"]


def test_a_gap_of_sixty_percent_leaves_what_arithmetic_says(found: dict[str, dict]) -> None:
    region = found["A47"]["answer"]["region"]
    assert [text.split()[-2] for text in region] == ["3.0", "4.8", "9.6", "19.2"]
    assert found["A47"]["answer"]["share_true"] is None


def test_a_range_decides_by_its_ends() -> None:
    def above(limit: float) -> str:
        return from_range(1.0, 2.0, 3.0, true=lambda x: x > limit, measured=("", ""), unit="", table="").verdict

    assert [above(0.0), above(2.5), above(9.0)] == [HOLDS, ONLY_IF, FAILS]


def test_one_claim_can_be_asked_for() -> None:
    done = CliRunner().invoke(app, ["audit", "--claim", "A19", "--json"], catch_exceptions=False)
    assert [row["id"] for row in json.loads(done.stdout)["claims"]] == ["A19"]
