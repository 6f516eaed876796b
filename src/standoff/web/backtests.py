"""The page *Back-tests*: what is frozen of an episode, and the same held against a file that a person brings."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from standoff.errors import nearest, refuse
from standoff.results.report.backtests import held_of
from standoff.results.report.sections.backtest import backtest_sections
from standoff.results.words import LANGUAGES, read_words
from standoff.studies.backtest.episode import Episode, read_episode, shipped_episodes
from standoff.studies.backtest.frozen import FOLDER, Frozen, read_frozen
from standoff.studies.backtest.study import backtest
from standoff.web.sections import section_values

LARGEST_OBSERVED = 2_000_000


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
    if len(content) > LARGEST_OBSERVED:
        raise refuse("the observed file", why="the file is too large", cure=f"At most {LARGEST_OBSERVED:,} bytes")
    with tempfile.TemporaryDirectory(prefix="standoff-") as folder:
        path = Path(folder) / "observed.csv"
        path.write_bytes(content)
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
