"""What a determination says, in Chinese: sentence by sentence, from ``data/register/chinese.csv``.

English is the language of the register. The table says the same in Chinese, for every clause, policy, document and fact that an answer can
name. A row with ``{}`` is a pattern: what stands there is put into Chinese by itself. Translations of clauses are of the register's own
summaries, not the official texts.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from typing import Any

from standoff.measures.data_files import DATA
from standoff.measures.vocabulary import vocabulary

TABLE = DATA / "register" / "chinese.csv"
LISTS = (("; ", "；"), (", ", "、"))
NUMBER = re.compile(r"\d+(\.\d+)?")
SAID = ("policy", "missing", "documents", "red_flags", "trace", "understood", "readings")
"""Parts of an answer that are words."""


def answer_in_chinese(answer: dict[str, Any]) -> dict[str, Any]:
    """The words of an answer in Chinese: its parts `SAID`, and the deciding clause."""
    words = {name: _each_in_chinese(answer[name]) for name in SAID if name in answer}
    decided = answer.get("decided_by")
    return words if decided is None else {**words, "clause": in_chinese(decided["clause"])}


def in_chinese(text: str) -> str:
    """The text in Chinese; unchanged where the table has nothing for it."""
    sentences, patterns = _table()
    if text in sentences:
        return sentences[text]
    for pattern, chinese in patterns:
        found = pattern.fullmatch(text)
        if found:
            return chinese.format(*(in_chinese(part) for part in found.groups()))
    for comma, chinese_comma in LISTS:
        parts = text.split(comma)
        words = [in_chinese(part) for part in parts] if len(parts) > 1 else parts
        if words != parts:
            return chinese_comma.join(words)
    name, _, value = text.rpartition(" ")
    return f"{sentences[name]} {value}" if name in sentences and NUMBER.fullmatch(value) else text


def _each_in_chinese(words: Any) -> Any:
    if isinstance(words, dict):
        return {in_chinese(name): in_chinese(value) for name, value in words.items()}
    return in_chinese(words) if isinstance(words, str) else [in_chinese(each) for each in words]


@cache
def _table() -> tuple[dict[str, str], tuple[tuple[re.Pattern[str], str], ...]]:
    """(Chinese by sentence, patterns, the most telling first)."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows = [(row["english"], row["chinese"]) for row in csv.DictReader(stream)]
    classes = vocabulary().classes.values()
    sentences = {each.english[0]: (each.chinese or each.english)[0] for each in classes}
    sentences |= {each.id: (each.chinese or each.english)[0] for each in classes}
    sentences |= {english: chinese for english, chinese in rows if "{}" not in english}
    patterns = [
        (_pattern(english), chinese) for english, chinese in sorted(rows, key=_fixed, reverse=True) if "{}" in english
    ]
    return sentences, tuple(patterns)


def _fixed(row: tuple[str, str]) -> int:
    """Length of a pattern without what is put in: of two that fit, the longer one is meant."""
    return len(row[0].replace("{}", ""))


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(re.escape(part) for part in english.split("{}")))
