"""Acceptance questions of S02 and S06 in words; each prints what it answers (run with -s to read)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from standoff.measures.cases import answer_question, read_question
from standoff.measures.data_files import plain
from standoff.measures.register import Register, load_register
from standoff.measures.settings import DEFAULT_SETTINGS, Settings, read_settings
from standoff.yaml_files import read_yaml

CASES: dict[str, list[dict[str, Any]]] = plain(read_yaml(Path(__file__).parent / "data" / "accept.yaml"))
ROWS = [(system, case) for system, cases in CASES.items() for case in cases]


def check(case: dict[str, Any], expected: dict[Any, dict[str, str]], register: Register, settings: Settings) -> None:
    for day, wanted in expected.items():
        on = day if isinstance(day, date) else date.fromisoformat(str(day))
        answered = answer_question(read_question({**case["row"], "date": on.isoformat()}), register, settings)
        found = answered.determination
        assert found is not None
        decided = found.decided_by
        print(f"{case['name']} | {on} | {answered.got} | {decided.measure if decided else '-'}")
        assert answered.got == wanted["code"], (case["name"], on)
        assert (decided.measure if decided else None) == wanted.get("by"), (case["name"], on)


@pytest.mark.parametrize(("system", "case"), ROWS, ids=[f"{system}: {case['name']}" for system, case in ROWS])
def test_the_question_is_answered_as_the_system_asks(system: str, case: dict[str, Any]) -> None:
    register = load_register()
    check(case, case["on"], register, DEFAULT_SETTINGS)
    if "lapse" in case:
        check(case, case["lapse"], register, read_settings({"truce": "lapse"}))
    if "unpaused" in case:
        check(case, case["unpaused"], register.without(["CN-2025-70"]), DEFAULT_SETTINGS)
    for day, measure in case.get("also", {}).items():
        answered = answer_question(read_question({**case["row"], "date": str(day)}), register)
        assert answered.determination is not None
        assert measure in answered.determination.by_measure


def test_the_five_dates_do_not_hang_on_the_pause() -> None:
    case = CASES["S02"][0]
    check(case, case["on"], load_register().without(["CN-2025-70", "CN-2025-72"]), read_settings({"truce": "lapse"}))
