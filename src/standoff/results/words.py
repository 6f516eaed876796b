"""The words that a person sees, by key and language, from ``results/words.csv``."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from standoff.errors import nearest, refuse

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Words:
    """Words of one language.

    Attributes:
        lang: ``en`` or ``zh``.
        table: text by key; ``{name}`` in a text is filled in by `say`.
    """

    lang: str
    table: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """The text of a key with its places filled in. Raises KeyError for a key that the table lacks."""
        return self.table[key].format(**values)

    def family(self, family: str, name: str) -> str:
        """The word for a name that data may extend (stages, sides, causes); the name itself where there is no word."""
        return self.table.get(f"{family}.{name}", name)

    def join(self, parts: Iterable[str]) -> str:
        """Parts as a list within a sentence: ``a, b and c``."""
        parts = list(parts)
        if len(parts) < 2:
            return "".join(parts)
        return self.say("list.last", head=self.say("list.comma").join(parts[:-1]), last=parts[-1])


@cache
def read_words(lang: str) -> Words:
    """The words of a language.

    Raises:
        InputError: a language that the table does not have.
    """
    if lang not in LANGUAGES:
        raise refuse("language", why="there is no such language", cure=nearest(lang, LANGUAGES), value=lang)
    text = resources.files("standoff.results").joinpath("words.csv").read_text(encoding="utf-8")
    return Words(lang, {row["key"]: row[lang] for row in csv.DictReader(text.splitlines())})
