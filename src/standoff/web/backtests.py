"""The page *Back-tests*: what is frozen of an episode, and the same held against a file that a person brings."""

from __future__ import annotations

import csv
import io
import math
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from standoff.errors import Problems, nearest, refuse
from standoff.results.report.backtests import held_of
from standoff.results.report.sections.backtest import backtest_sections
from standoff.results.words import LANGUAGES, read_words
from standoff.studies.backtest.episode import Episode, read_episode, shipped_episodes
from standoff.studies.backtest.frozen import FOLDER, Frozen, read_frozen
from standoff.studies.backtest.study import backtest
from standoff.web.sections import section_values

LARGEST_OBSERVED = 2_000_000
MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])(-\d\d)?$")


def episodes() -> list[dict[str, Any]]:
    """The episodes that ship, by name."""
    found = [read_episode(name) for name in shipped_episodes()]
    return [
        {"name": each.name, "title": each.title.model_dump(), "summary": each.summary.model_dump()} for each in found
    ]


@cache
def frozen_view(name: str) -> dict[str, Any]:
    """What is frozen of an episode, in sections, in both languages.

    Raises:
        InputError: there is no such episode.
    """
    episode, frozen = _episode(name)
    return _view(episode, frozen, None)


def observed_view(name: str, content: bytes) -> dict[str, Any]:
    """The same with later rows from a file with the columns of the episode's own.

    Raises:
        InputError: there is no such episode, or with everything that is wrong with the file.
    """
    episode, frozen = _episode(name)
    with tempfile.TemporaryDirectory(prefix="standoff-") as folder:
        path = Path(folder) / "observed.csv"
        path.write_text(_cleaned(content), encoding="utf-8", newline="")
        return _view(episode, frozen, path)


def _episode(name: str) -> tuple[Episode, Frozen]:
    if name not in shipped_episodes():
        raise refuse("episode", why="there is no such episode", cure=nearest(name, shipped_episodes()), value=name)
    episode = read_episode(name)
    return episode, read_frozen(episode.folder / FOLDER)


def _view(episode: Episode, frozen: Frozen, observed: Path | None) -> dict[str, Any]:
    found = backtest(episode, frozen, observed=observed)
    sections = {}
    for language in LANGUAGES:
        held = held_of(episode, frozen, found, read_words(language))
        sections[language] = [section_values(section, held.numbers) for section in backtest_sections(held)]
    return {
        "episode": episode.name,
        "title": episode.title.model_dump(),
        "summary": episode.summary.model_dump(),
        "terms": episode.terms,
        "observed": found.get("observed"),
        "scored": sum(row["n"] for row in found["summary"].values()),
        "sections": sections,
    }


def _cleaned(content: bytes) -> str:
    """The file as it will be read: UTF-8, a cell for every column, and numbers that are numbers."""
    what = "the observed file"
    if len(content) > LARGEST_OBSERVED:
        raise refuse(what, why="the file is too large", cure=f"At most {LARGEST_OBSERVED:,} bytes")
    try:
        text = content.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), restval="", strict=True)
        rows = list(reader)
    except UnicodeDecodeError:
        raise refuse(what, why="not a text in UTF-8", cure="Save it as UTF-8") from None
    except csv.Error as error:
        raise refuse(what, why=f"not a CSV file ({error})", cure="Save it as CSV with commas") from None
    columns = list(reader.fieldnames or ())
    _check_ranges(rows, what)
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _check_ranges(rows: list[dict[str, str]], what: str) -> None:
    """Refuse numbers without end and years that no calendar has: the study takes both for what they look like."""
    problems = Problems(what)
    for number, row in enumerate(rows, start=2):
        if _endless(row.get("value", "")):
            problems.add(why="not a finite number", cure="Write 5280", row=number, column="value", value=row["value"])
        for column in ("month", "period_end"):
            text = row.get(column, "")
            if text and not MONTH.match(text):
                problems.add(why="not a month", cure="Write 2025-07", row=number, column=column, value=text)
    problems.raise_if_any()


def _endless(text: str) -> bool:
    try:
        return not math.isfinite(float(text))
    except ValueError:
        return False
