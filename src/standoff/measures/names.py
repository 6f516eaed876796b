"""Finding a party's name on the lists: the same name, or a name near enough that a person must look."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from standoff.measures.measure import Measure

LEGAL_FORMS = frozenset(
    [
        "ag",
        "co",
        "company",
        "corp",
        "corporation",
        "gmbh",
        "inc",
        "incorporated",
        "kabushiki",
        "kaisha",
        "kg",
        "kk",
        "limited",
        "llc",
        "llp",
        "ltd",
        "nv",
        "oy",
        "plc",
        "pte",
        "pty",
        "sa",
        "sas",
        "se",
        "spa",
        "srl",
        "the",
        "ab",
        "as",
        "bv",
        "holdings",
        "group",
    ]
)
WORD = re.compile(r"[^\W_]+", re.UNICODE)
SHORTEST_NEAR_NAME = 3
MOST_NAMES_REMEMBERED = 50_000


@lru_cache(maxsize=MOST_NAMES_REMEMBERED)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name without case, punctuation and legal form."""
    words = tuple(WORD.findall(name.casefold()[:400]))
    kept = tuple(word for word in words if word not in LEGAL_FORMS)
    return kept or words


Listed = tuple[str, date]
"""A measure and the day from which it names the party."""


class NameIndex:
    """Listed names by their words. ``find`` gives the measures that surely and perhaps name a party on a day."""

    def __init__(self, measures: Iterable[Measure]) -> None:
        self._exact: dict[tuple[str, ...], set[Listed]] = {}
        self._found: dict[str, tuple[frozenset[Listed], frozenset[Listed]]] = {}
        for measure in measures:
            for party in measure.party_list.parties if measure.party_list else ():
                for name in (party.name, *party.other_names):
                    self._exact.setdefault(words_of(name), set()).add((measure.id, party.start or date.min))

    def find(self, name: str, on: date = date.max) -> tuple[frozenset[str], frozenset[str]]:
        known = self._found.get(name)
        if known is None:
            known = self._search(words_of(name))
            if len(self._found) < MOST_NAMES_REMEMBERED:
                self._found[name] = known
        sure, near = known
        return frozenset(m for m, start in sure if start <= on), frozenset(m for m, start in near if start <= on)

    def _search(self, words: tuple[str, ...]) -> tuple[frozenset[Listed], frozenset[Listed]]:
        sure = frozenset(self._exact.get(words, ()))
        near: set[Listed] = set()
        for length in range(1, len(words)):
            for start in range(len(words) - length + 1):
                part = words[start : start + length]
                if len("".join(part)) >= SHORTEST_NEAR_NAME:
                    near |= self._exact.get(part, set())
        return sure, frozenset(near) - sure
