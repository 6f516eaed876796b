"""Case tables: one question a row in plain words, expected code beside it.

The columns are those of the open cases: date, item, control_code, origin, value_share_pct, technology_origin, exporter, ship_from,
ship_to, end_user, end_use, facts, regime, scenario, expected_code. Every column but date and item may be left out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from standoff.errors import InputError, Problems
from standoff.measures.determination import DecidedBy, Determination
from standoff.measures.outcome import Outcome
from standoff.measures.reading.numbers import NUMBER, PERCENT
from standoff.measures.reading.numbers import number as number_of
from standoff.measures.reading.rows import read_transaction
from standoff.measures.reading.tariff_rows import tariff_answer
from standoff.measures.regimes import Regime, answer, find_regime
from standoff.measures.register import Register
from standoff.measures.settings import DEFAULT_SETTINGS, TRUCES, Settings, read_settings
from standoff.measures.transaction import Transaction

LARGEST_FILE = 20_000_000
SHARE = re.compile(f"{NUMBER}(?:{PERCENT})?")
LONGEST_FIELD = 1_000
"""Longer words are cut: a description has a few lines, and patterns must not be fed books."""


@dataclass(frozen=True, slots=True)
class Question:
    """One row: what is asked, of what, on which day, in which truce scenario."""

    case_id: str
    scenario: str
    on: date
    regime: Regime | None
    transaction: Transaction
    row: Mapping[str, str]
    expected: str


@dataclass(frozen=True, slots=True)
class Answered:
    question: Question
    got: str
    determination: Determination | None
    duties: tuple[str, ...] = ()

    @property
    def agree(self) -> bool | None:
        """Whether the answer is one of the expected codes; None for a row without one (open law)."""
        if not self.question.expected:
            return None
        return self.got in self.question.expected.split("|")

    @property
    def decided_by(self) -> DecidedBy | None:
        """The rule behind the answer; for an answer about jurisdiction the rule that gives it."""
        found = self.determination
        if found is None:
            return None
        return found.jurisdiction_by if self.about_jurisdiction else found.decided_by

    @property
    def missing(self) -> tuple[str, ...]:
        found = self.determination
        if found is None:
            return ()
        return found.jurisdiction_missing if self.about_jurisdiction else found.missing

    @property
    def about_jurisdiction(self) -> bool:
        found = self.determination
        if self.got in (Outcome.SUBJECT_TO_EAR.code, Outcome.NOT_SUBJECT.code):
            return True
        return found is not None and self.got == Outcome.NEED_FACT.code and found.outcome is not Outcome.NEED_FACT

    def as_dict(self) -> dict[str, Any]:
        decided = self.decided_by
        return {
            "case_id": self.question.case_id,
            "scenario": self.question.scenario,
            "expected": self.question.expected,
            "got": self.got,
            "agree": self.agree,
            "decided_by": f"{decided.measure}/{decided.limb}" if decided else ", ".join(self.duties) or None,
            "missing": list(self.missing),
        }


def read_question(row: Mapping[str, str], *, number: int = 1, file: str = "") -> Question:
    """A question from one row.

    Raises:
        InputError: the date, scenario, share or regime cannot be read; all such faults at once.
    """
    problems = Problems(f"case {row.get('case_id') or number}")

    def fault(column: str, why: str, cure: str) -> None:
        problems.add(why=why, cure=cure, file=file, row=number, column=column, value=row.get(column) or "")

    clean = {
        key: (value or "").strip()
        for key, value in row.items()
        if isinstance(key, str) and isinstance(value, str | None)
    }
    on = date.min
    try:
        on = date.fromisoformat(clean.get("date", ""))
    except ValueError:
        fault("date", "not a date", "Write YYYY-MM-DD")
    if clean.get("scenario", "") not in ("", *TRUCES):
        fault("scenario", "not a truce scenario", "Write one of " + ", ".join(TRUCES) + ", or leave it empty")
    share = read_share(clean.get("value_share_pct", ""))
    if clean.get("value_share_pct") and share is None:
        fault("value_share_pct", "not a share", "Write per cent between 0 and 100, e.g. 0.1")
    regime = None
    try:
        regime = find_regime(clean.get("regime", ""))
    except InputError as error:
        for problem in error.problems:
            fault("regime", problem.why, problem.cure)
    problems.raise_if_any()
    return Question(
        case_id=clean.get("case_id", str(number)),
        scenario=clean.get("scenario", ""),
        on=on,
        regime=regime,
        transaction=read_transaction(clean, share=share, regime=regime),
        row=clean,
        expected=clean.get("expected_code", ""),
    )


def read_share(text: str) -> Decimal | None:
    """A share in per cent: "0.1", "0.1 %", "less than 0.1"; None where it is none, or not between 0 and 100."""
    match = SHARE.fullmatch(text.casefold().strip())
    share = number_of(match) if match else None
    return share if share is not None and 0 <= share <= 100 else None


def answer_question(question: Question, register: Register, settings: Settings = DEFAULT_SETTINGS) -> Answered:
    """The answer to a row; its scenario, if it names one, sets the truce."""
    if question.scenario:
        settings = _with_truce(settings, question.scenario)
    if question.regime is not None and question.regime.tariff is not None:
        code, stack = tariff_answer(question.row, question.on, question.regime.tariff, register, settings)
        return Answered(question, code, None, tuple(dict.fromkeys(layer.measure for layer in stack.layers)))
    found, determination = answer(question.transaction, question.on, register, settings, question.regime)
    return Answered(question, found.code, determination)


def _with_truce(settings: Settings, truce: str) -> Settings:
    return replace(settings, truce=truce)


def read_cases(path: Path) -> list[dict[str, str]]:
    """The rows of a case table.

    Raises:
        InputError: the file is missing, too large, not a table, or lacks the columns date and item.
    """
    problems = Problems(f"cases {path.name}")
    if not path.is_file():
        problems.add(why="there is no such file", cure="Check the path", file=str(path))
        problems.raise_if_any()
    if path.stat().st_size > LARGEST_FILE:
        problems.add(why="the file is too large", cure="Split it", file=str(path))
        problems.raise_if_any()
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        problems.add(why=f"not a table of text: {error}", cure="Save it as CSV in UTF-8", file=path.name)
        problems.raise_if_any()
    columns = rows[0].keys() if rows else ()
    for needed in ("date", "item"):
        if needed not in columns:
            problems.add(
                why=f"the column {needed} is missing", cure="Give the columns date and item at least", file=path.name
            )
    problems.raise_if_any()
    return [{key: value or "" for key, value in row.items() if key is not None} for row in rows]


def answer_cases(
    rows: Iterable[Mapping[str, str]], register: Register, settings: Settings, *, file: str = ""
) -> list[Answered]:
    """All rows answered.

    Raises:
        InputError: rows that cannot be read, all at once.
    """
    problems = Problems(f"cases {file}".strip())
    answers = []
    for number, row in enumerate(rows, start=2):
        try:
            answers.append(answer_question(read_question(row, number=number, file=file), register, settings))
        except InputError as error:
            problems.found.extend(error.problems)
    problems.raise_if_any()
    return answers


def settings_from(pairs: Iterable[str], truce: str | None) -> Settings:
    """Settings from ``S2=text`` pairs and a truce.

    Raises:
        InputError: a pair without "=", an unknown switch or choice.
    """
    values: dict[str, str] = {}
    problems = Problems("switches")
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            problems.add(why="not a setting", cure="Write S2=text", value=pair)
        values[name.strip()] = value.strip()
    problems.raise_if_any()
    if truce is not None:
        values["truce"] = truce
    return read_settings(values)
