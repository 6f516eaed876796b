"""Words do not matter, classes do: nouns of an open case are replaced by other words for the same class, and the answer stays."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from standoff.measures.cases import answer_question, read_cases, read_question
from standoff.measures.reading.items import class_finder, class_in
from standoff.measures.reading.phrases import plain_text
from standoff.measures.register import load_register
from standoff.measures.vocabulary import vocabulary

DATA = Path(__file__).parent / "data"
OPEN = read_cases(DATA / "open_cases.csv")


def read_cases_like(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def synonyms(item: str) -> list[str]:
    """The item's text with the phrase that names its class replaced by each other English word of that class."""
    identifier = class_in(item)
    if identifier is None:
        return []
    plain = plain_text(item)
    found = [match for match in class_finder().find(plain) if match.meaning == identifier]
    if not found:
        return []
    phrase = re.compile(r"[\s\-/+]+".join(map(re.escape, found[0].phrase.split())), re.IGNORECASE)
    words = vocabulary().classes[identifier].english
    return [phrase.sub(word, item, count=1) for word in words]


@pytest.mark.parametrize("row", OPEN, ids=[f"{row['case_id']}{row['scenario']}" for row in OPEN])
def test_another_word_for_the_same_class_gives_the_same_answer(row: dict[str, str]) -> None:
    register = load_register()
    before = answer_question(read_question(row), register).got
    for text in synonyms(row["item"]):
        assert answer_question(read_question({**row, "item": text}), register).got == before, text


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("dysprosium oxide", "氧化镝 氧化物"),
        ("gallium metal", "金属镓"),
        ("SmCo magnet", "钐钴磁体"),
        ("NdFeB magnet with dysprosium", "含镝钕铁硼"),
        ("motor rotor", "电机转子"),
        ("antimony metal", "金属锑"),
    ],
)
def test_chinese_words_are_read_like_english_ones(english: str, chinese: str) -> None:
    register = load_register()
    row = {"date": "2026-02-01", "ship_from": "CN", "ship_to": "DE", "end_user": "civil", "end_use": "civil"}
    answers = {answer_question(read_question({**row, "item": item}), register).got for item in (english, chinese)}
    assert len(answers) == 1


def test_no_two_classes_claim_the_same_word() -> None:
    seen: dict[str, str] = {}
    for identifier, each in vocabulary().classes.items():
        for word in (*each.english, *each.chinese):
            plain = plain_text(word)
            assert seen.setdefault(plain, identifier) == identifier, f"{word}: {identifier} and {seen[plain]}"


def test_every_parent_is_a_class_and_no_class_is_its_own_ancestor() -> None:
    words = vocabulary()
    for identifier, each in words.classes.items():
        assert set(each.parents) <= words.classes.keys()
        assert not any(identifier in words.ancestors[parent] for parent in each.parents)


PARAPHRASES = read_cases_like(DATA / "paraphrases.csv")


@pytest.mark.parametrize(
    "change", PARAPHRASES, ids=[f"{row['case_id']}-{number}" for number, row in enumerate(PARAPHRASES)]
)
def test_the_same_facts_in_other_words_give_the_same_answer(change: dict[str, str]) -> None:
    row = next(each for each in OPEN if (each["case_id"], each["scenario"]) == (change["case_id"], change["scenario"]))
    answered = answer_question(read_question({**row, change["column"]: change["text"]}), load_register())
    assert answered.agree, (change["text"], answered.got)
