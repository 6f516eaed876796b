"""The commands determine, tariff, measures: shapes, exit codes, start-up."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).parent / "data"
SOURCE = Path(__file__).parents[2] / "src"
COLD_LIMIT_S = 0.6
"""Processor time of a whole process, so that a busy test machine does not count."""


def standoff(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from standoff.cli.main import main; main()", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(SOURCE)}, check=False
    )


def test_one_transaction_in_words() -> None:
    done = standoff(
        "determine", "--item", "NdFeB magnets with Dy", "--on", "2026-11-15", "--from", "CN", "--to", "US", "--origin", "CN",
        "--end-user", "civil firm", "--end-use", "civil", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    assert content["code"] == "LICENCE_STD"
    assert content["decided_by"]["measure"] == "CN-2025-18"
    assert content["expected_delay_working_days"] == 45
    assert len(content["on_other_dates"]) == 4
    assert content["documents"]
    assert "not legal advice" in content["disclaimer"]


def test_a_determination_forgets_what_was_announced_after_its_information_date() -> None:
    asked = (
        "determine",
        "--item",
        "dysprosium oxide",
        "--on",
        "2025-12-02",
        "--from",
        "CN",
        "--to",
        "US",
        "--origin",
        "CN",
    )
    answers = {}
    for day in ("2025-04-03", "2025-04-04"):
        done = standoff(*asked, "--as-of", day, "--json")
        assert done.returncode == 0, done.stderr
        answers[day] = json.loads(done.stdout)
    assert answers["2025-04-04"]["decided_by"]["measure"] == "CN-2025-18"
    assert "CN-2025-18" not in json.dumps(answers["2025-04-03"])


def test_a_case_file_prints_expected_against_got() -> None:
    done = standoff("determine", "--cases", str(DATA / "open_cases.csv"), "--json")
    assert done.returncode == 0, done.stderr
    cases = json.loads(done.stdout)["cases"]
    assert set(cases[0]) == {"case_id", "scenario", "expected", "got", "agree", "decided_by", "missing"}
    assert all(case["agree"] in (True, None) for case in cases)


def test_a_tariff_has_the_agreed_shape() -> None:
    done = standoff(
        "tariff", "--importer", "USA", "--exporter", "CHN", "--hs", "850511", "--on", "2025-04-10", "--json"
    )
    content = json.loads(done.stdout)
    assert {"on", "importer", "exporter", "hs", "layers", "general_layer_percent", "total_percent"} <= set(content)
    assert {"name", "rate_percent", "legal_basis", "from", "until", "measure"} <= set(content["layers"][0])
    assert content["general_layer_percent"] == 145


def test_the_day_of_a_deadline_shows_what_changes_in_ninety_days() -> None:
    content = json.loads(standoff("measures", "on", "2026-11-01", "--truce", "lapse", "--json").stdout)
    assert {"in_force", "suspended", "changes"} <= set(content)
    changes = {(row["date"], row["rule"]) for row in content["changes"]}
    assert ("2026-11-10", "CN-2025-61-a/content") in changes
    assert ("2026-11-27", "CN-2024-46-C2/minerals") in changes
    assert ("2026-11-10", "US-BIS-AFFIL/affiliates") in changes
    assert ("2027-01-01", "US-DFARS-7052/mined") in changes


def test_lists_and_single_measures() -> None:
    assert len(json.loads(standoff("measures", "list", "--json").stdout)["measures"]) >= 108
    content = json.loads(standoff("measures", "show", "CN-2025-18", "--json").stdout)
    assert content["status"] == "sourced"
    assert content["limbs"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("determine",),
        ("determine", "--cases", "no-such-file.csv"),
        ("determine", "--item", "x", "--on", "2026-01-01", "--regime", "Martian law"),
        ("determine", "--item", "x", "--on", "2026-01-01", "--set", "S99=yes"),
        ("tariff", "--importer", "USX", "--exporter", "CHN", "--hs", "8505", "--on", "2025-04-10"),
        ("measures", "show", "CN-2025-188"),
    ],
)
def test_bad_input_is_one_report_and_exit_code_2(arguments: tuple[str, ...]) -> None:
    done = standoff(*arguments, "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["problems"]
    assert "Traceback" not in done.stderr


def test_a_cold_determination_is_fast() -> None:
    arguments = ("determine", "--item", "gallium metal", "--on", "2026-01-15", "--from", "CN", "--to", "US")
    best = float("inf")
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert standoff(*arguments).returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    assert best < COLD_LIMIT_S
