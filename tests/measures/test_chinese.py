"""What a determination says is all there in Chinese."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from standoff.measures.cases import Question, answer_question, read_question
from standoff.measures.chinese import TABLE, answer_in_chinese, in_chinese
from standoff.measures.reading.report import understood
from standoff.measures.register import shipped_register
from standoff.measures.settings import Settings

HAN = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"(?<![\w/.-])[a-z]{3,}(?![\w/-])")
CASES = Path(__file__).parent / "data" / "open_cases.csv"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _register_words() -> set[str]:
    words: set[str] = set()
    for measure in shipped_register():
        if measure.limbs:
            words |= {*measure.documents, measure.policy}
        for limb in measure.limbs:
            words |= {limb.text, limb.policy}
    return words - {""}


def test_every_word_of_the_register_has_its_chinese() -> None:
    assert sorted(text for text in _register_words() if not HAN.search(in_chinese(text))) == []


def test_the_table_is_whole() -> None:
    rows = _rows(TABLE)
    english = [row["english"] for row in rows]
    assert len(english) == len(set(english))
    for row in rows:
        assert re.search(r"[\u4e00-\u9fff：]", row["chinese"]), row
        used = {int(number) for number in re.findall(r"\{(\d)\}", row["chinese"])}
        assert used == set(range(row["english"].count("{}"))), row
    sentences = [text for text in english if text.endswith(".") and not re.search(r"\{\}|^\w+ =", text)]
    assert set(sentences) <= _register_words(), "a clause that the register no longer has"


@pytest.mark.parametrize("truce", ["lapse", "ext_1y"])
def test_no_english_is_left_in_an_answer(truce: str) -> None:
    register, settings = shipped_register(), Settings(truce=truce)
    answered = 0
    for row in _rows(CASES):
        question = read_question(row)
        found = answer_question(question, register, settings).determination
        answer: dict[str, Any] = found.as_dict() if found else {}
        answer |= {"understood": _ours(question), "readings": list(settings.notes())}
        answered += found is not None
        words = answer_in_chinese(answer)
        for text in (*_texts(words), *words["understood"]):
            assert not ENGLISH.search(text), (row["case_id"], text)
    assert answered > 50


def _ours(question: Question) -> dict[str, Any]:
    """What was understood, without what stays in the shipper's words: codes and names."""
    given = understood(replace(question.transaction, end_user=replace(question.transaction.end_user, name="")))
    return {name: value for name, value in given.items() if name != "control code"}


def _texts(words: Any) -> Iterator[str]:
    if isinstance(words, str):
        yield words
    elif isinstance(words, dict):
        for value in words.values():
            yield from _texts(value)
    else:
        for each in words:
            yield from _texts(each)


def test_words_that_the_table_does_not_know_stay_as_they_are() -> None:
    clause = "A clause, with a comma; of somebody's own register."
    assert in_chinese(clause) == clause
