"""The case tables: every open case agrees, and the comparison can disagree."""

from __future__ import annotations

from pathlib import Path

import pytest

from standoff.measures.cases import Answered, answer_question, read_cases, read_question
from standoff.measures.register import load_register

DATA = Path(__file__).parent / "data"
OPEN, DERIVED = DATA / "open_cases.csv", DATA / "derived_cases.csv"


def answered(path: Path) -> list[Answered]:
    register = load_register()
    return [answer_question(read_question(row, number=n), register) for n, row in enumerate(read_cases(path), start=2)]


@pytest.mark.parametrize("path", [OPEN, DERIVED], ids=["open", "derived"])
def test_every_scored_case_agrees(path: Path) -> None:
    wrong = [
        (each.question.case_id, each.question.expected, each.got) for each in answered(path) if each.agree is False
    ]
    assert not wrong


def test_missing_facts_are_asked_for_only_where_expected() -> None:
    asked = {each.question.case_id for each in answered(OPEN) if each.got == "NEED_FACT"}
    assert asked == {each.question.case_id for each in answered(OPEN) if each.question.expected == "NEED_FACT"}


def test_every_flipped_expectation_disagrees() -> None:
    register = load_register()
    for row in read_cases(OPEN):
        if not row["expected_code"]:
            continue
        flipped = {**row, "expected_code": "PROHIBITED" if row["expected_code"] != "PROHIBITED" else "NOT_CAUGHT"}
        assert answer_question(read_question(flipped), register).agree is False, row["case_id"]


def test_open_law_is_answered_and_not_scored() -> None:
    open_law = [each for each in answered(OPEN) if not each.question.expected]
    assert open_law
    assert all(each.agree is None and each.got for each in open_law)


def test_a_binding_answer_names_the_rule_that_decided() -> None:
    for each in answered(OPEN):
        found = each.determination
        if found is not None and found.outcome.binds:
            assert found.decided_by is not None
            assert found.decided_by.clause
            assert found.sources


def test_the_answers_do_not_hang_on_case_numbers_comments_or_expected_outcomes() -> None:
    register = load_register()
    kept = (
        "regime",
        "date",
        "item",
        "control_code",
        "origin",
        "value_share_pct",
        "technology_origin",
        "exporter",
        "ship_from",
    )
    kept += ("ship_to", "end_user", "end_use", "facts", "scenario")
    for row in read_cases(OPEN):
        bare = {key: row[key] for key in kept}
        assert answer_question(read_question(bare), register).got == answer_question(read_question(row), register).got
