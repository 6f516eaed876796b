"""Finding known phrases in text.

Texts and phrases are compared without case, with hyphens, slashes and plus signs as blanks. Longer phrases win over shorter
ones at the same place. Chinese phrases are found anywhere; others as whole words, with an optional plural.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from standoff.measures.data_files import read_data
from standoff.measures.vocabulary import FOLDER

LONGEST_TEXT = 5_000
BLANKS = re.compile(r"[\s\-‐‑‒–—/+_]+")
HAN = re.compile(r"[一-鿿]")


def plain_text(text: str) -> str:
    """Text without case and with hyphens, slashes and plus signs as blanks; very long text is cut."""
    text = unicodedata.normalize("NFKC", text[:LONGEST_TEXT])
    return BLANKS.sub(" ", text).casefold().strip()


@dataclass(frozen=True, slots=True)
class Match:
    meaning: str
    start: int
    end: int
    phrase: str


class Finder:
    """Finds phrases and tells what each means. A phrase may have only one meaning."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        self.meanings: dict[str, str] = {}
        for phrase, meaning in phrases:
            self.meanings.setdefault(plain_text(phrase), meaning)
        ordered = sorted(self.meanings, key=len, reverse=True)
        words = [phrase for phrase in ordered if not HAN.search(phrase)]
        chinese = [phrase for phrase in ordered if HAN.search(phrase)]
        parts = []
        if words:
            parts.append(r"(?<![\w.])(?P<word>" + "|".join(map(re.escape, words)) + r")(?:'s|s|es)?(?!\w)")
        if chinese:
            parts.append("(?P<han>" + "|".join(map(re.escape, chinese)) + ")")
        self._pattern = re.compile("|".join(parts)) if parts else None

    def find(self, plain: str) -> list[Match]:
        """Matches in text that went through ``plain_text``, left to right, without overlaps."""
        if self._pattern is None:
            return []
        found = []
        for match in self._pattern.finditer(plain):
            word = match.groupdict().get("word")
            phrase = word or match.group(0)
            found.append(Match(self.meanings[phrase], match.start(), match.end(), phrase))
        return found

    def find_overlapping(self, plain: str) -> list[Match]:
        """Matches that may share words ("man-made diamond micropowder"), without those inside a longer one."""
        found: list[Match] = []
        place = 0
        while self._pattern is not None and (match := self._pattern.search(plain, place)) is not None:
            phrase = match.groupdict().get("word") or match.group(0)
            if not found or match.end() > found[-1].end:
                found.append(Match(self.meanings[phrase], match.start(), match.end(), phrase))
            place = match.start() + 1
        return found

    def meanings_in(self, plain: str) -> frozenset[str]:
        return frozenset(match.meaning for match in self.find(plain))


@cache
def phrase_file() -> Mapping[str, Any]:
    content: Mapping[str, Any] = read_data(FOLDER / "phrases.yaml")
    return content


@cache
def finder(section: str) -> Finder:
    """The finder of one section of ``phrases.yaml``: a table of meanings, or one list whose meaning is the section."""
    content = phrase_file()[section]
    if isinstance(content, list):
        return Finder((str(phrase), section) for phrase in content)
    return Finder((str(phrase), meaning) for meaning, phrases in content.items() for phrase in phrases)


def says(section: str, plain: str) -> bool:
    return bool(finder(section).find(plain))
