"""The page's own tables: words, levers, graphs. Each row carries English and Chinese."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

LANGUAGES = ("en", "zh")


@cache
def read_rows(name: str) -> tuple[dict[str, str], ...]:
    """Rows of ``strings.csv``, ``levers.csv`` or ``graphs.csv``."""
    text = resources.files("standoff.web").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def say(row: dict[str, str], field: str) -> dict[str, str]:
    """A field of a row in both languages."""
    return {language: row[f"{field}_{language}"] for language in LANGUAGES}
