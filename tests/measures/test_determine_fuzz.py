"""Hostile input: every question gets an answer or one clear report, and words alone never clear anything."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from random_transactions import random_date, random_transaction

from standoff.errors import InputError
from standoff.measures.cases import answer_question, read_question
from standoff.measures.determine import determine
from standoff.measures.outcome import Outcome
from standoff.measures.register import load_register
from standoff.measures.transaction import Ownership, Stake

REGISTER = load_register()
ROWS, TRANSACTIONS = 6_000, 4_000
GOOD = {
    "item": ("NdFeB magnets with Dy", "gallium metal", "H100", "motor rotor", "magnet-making technology", "etch tool"),
    "origin": ("CN", "KR-made", "foreign-made", "US", ""),
    "ship_from": ("CN", "KR", "US", "DE", "TW"),
    "ship_to": ("US", "JP", "CN", "VN", "IR", "abroad"),
    "end_user": ("civil manufacturer", "foreign military", "TDK", "Rheinmetall AG", "unlisted buyer", ""),
    "end_use": ("civil", "military", "logic 14 nm", "memory 256 layers", "", "any"),
    "facts": ("", "60% owned by an Entity List firm", "X owns 50% of A; A owns 50% of B; test B", "all certifications met"),
    "value_share_pct": ("", "0.1", "0.0999", "25", "100"),
    "regime": ("", "CN No.18/2025", "CN No.61/2025", "US EAR", "50% rules", "US DFARS", "US tariff"),
    "scenario": ("", "lapse", "ext_1y"),
}  # fmt: skip
BAD = (
    *(
        "",
        " ",
        "\x00",
        "🧲" * 50,
        "钕铁硼" * 40,
        "a" * 20_000,
        "'; DROP TABLE x; --",
        "NaN",
        "-1",
        "1e999",
        "inf",
        "2025-02-30",
    ),
    *(
        "0000-00-00",
        "9999-12-31",
        "(((((((((((((",
        "% % %",
        "X owns X owns X owns 50% of X",
        "\\",
        "\n\n",
        "none",
        "null",
        "[1,2]",
    ),
    *(
        "{'a':1}",
        "ＮｄＦｅＢ",
        "\u202e",
        "A owns 1000% of B; test B",
        "owned " * 500,
        "50% " * 500,
        "test test test",
        "-0.1",
        "0,1",
    ),
    *("١٢٣", "½", "NO", "XX", "US;CN"),
)


def hostile_row(dice: random.Random, *, hostile: float) -> dict[str, str]:
    row = {"date": random_date(dice).isoformat() if dice.random() > hostile / 3 else dice.choice(BAD)}
    for field, words in GOOD.items():
        row[field] = dice.choice(BAD) if dice.random() < hostile else dice.choice(words)
    return row


def test_ten_thousand_random_and_hostile_questions_get_an_answer_or_a_clear_report() -> None:
    dice = random.Random(20261121)
    answers = refusals = 0
    for number in range(ROWS):
        row = hostile_row(dice, hostile=0.0 if number % 2 else 0.3)
        got = answer_or_refusal(row)
        answers += bool(got)
        refusals += not got
    for _ in range(TRANSACTIONS):
        transaction = random_transaction(dice)
        if dice.random() < 0.3:
            transaction = replace(
                transaction, end_user=replace(transaction.end_user, ownership=hostile_ownership(dice))
            )
        found = determine(transaction, dice.choice((date.min, date.max, random_date(dice))), REGISTER)
        answers += 1
        assert found.outcome in Outcome
        assert found.as_dict()["code"] == found.code
    assert answers + refusals == ROWS + TRANSACTIONS
    assert answers >= (ROWS + TRANSACTIONS) / 2
    assert refusals > 0


def answer_or_refusal(row: dict[str, str]) -> str:
    """The answer's code, or nothing where the row is refused with a cause and a cure for each fault."""
    try:
        return answer_question(read_question(row), REGISTER).got
    except InputError as error:
        return "" if all(problem.why and problem.cure for problem in error.problems) else "REFUSED WITHOUT A CURE"


def hostile_ownership(dice: random.Random) -> Ownership:
    """Circles, self-owners, more than the whole, empty names, many nodes."""
    names = ["", "A", "B", "C", "🧲", "x" * 500]
    stakes = tuple(
        Stake(dice.choice(names), dice.choice(names), dice.choice((None, Decimal(0), Decimal(50), Decimal(1000))))
        for _ in range(dice.randrange(60))
    )
    return Ownership(
        dice.choice(names), stakes, ((dice.choice(names), frozenset({"US-EL"})),), branches=(("A", "B"), ("B", "A"))
    )


def test_words_that_say_nothing_are_never_a_clearance() -> None:
    for text in ("", "?", "thing", "🧲", "unknown", "goods", "123"):
        row = {"date": "2026-02-01", "item": text, "ship_from": "CN", "ship_to": "US"}
        assert answer_question(read_question(row), REGISTER).got == "NEED_FACT"


def test_a_hostile_row_names_every_fault_at_once() -> None:
    row = {"date": "soon", "item": "x", "scenario": "peace", "value_share_pct": "many", "regime": "Martian law"}
    with pytest.raises(InputError) as caught:
        read_question(row, number=7, file="mine.csv")
    problems = caught.value.problems
    assert {problem.column for problem in problems} == {"date", "scenario", "value_share_pct", "regime"}
    assert all(problem.row == 7 and problem.file == "mine.csv" for problem in problems)
