"""Two runs side by side: the same numbers, the same words, and the differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from standoff.results.ledgers import LINES
from standoff.results.report.figures.stops import all_stops

if TYPE_CHECKING:
    from standoff.results.result import Result

Key = TypeVar("Key")


@dataclass(frozen=True)
class Comparison:
    """Two runs, the second against the first.

    Attributes:
        a, b: the runs; they may be of different worlds, labels that only one has count as nothing in the other.
    """

    a: Result
    b: Result

    @property
    def same_world(self) -> bool:
        return self.a.world.fingerprint == self.b.world.fingerprint

    def unmet_by_use(self) -> dict[str, tuple[float, float]]:
        """USD over the whole run by use, of both runs."""
        return _paired(*(_unmet_by_use(result) for result in (self.a, self.b)))

    def ledger_by_side(self) -> dict[tuple[str, str], tuple[float, float]]:
        """USD over the whole run by (side, line), of both runs."""
        found = []
        for result in (self.a, self.b):
            sides = result.ledger.by_side()
            found.append({(side, line): row[line] for side, row in sides.items() for line, _ in LINES})
        return _paired(*found)

    def stops(self) -> dict[str, tuple[float, float]]:
        """Days from the start of each run to the first stop by producer and use, infinite for never."""
        found = [{stop.label: stop.days for stop in all_stops(result)} for result in (self.a, self.b)]
        return _paired(*found, missing=np.inf)

    def as_dict(self) -> dict[str, Any]:
        """Both summaries and their differences, as plain values."""
        summaries = [result.summary() for result in (self.a, self.b)]
        change: dict[str, dict[str, float]] = {}
        for (side, line), (first, second) in self.ledger_by_side().items():
            change.setdefault(side, {})[line] = second - first
        return {
            "a": summaries[0],
            "b": summaries[1],
            "difference": {
                "unmet_use_usd": summaries[1]["unmet_use_usd"] - summaries[0]["unmet_use_usd"],
                "unmet_use_by_use_usd": {use: b - a for use, (a, b) in self.unmet_by_use().items() if a != b},
                "ledger_by_side_usd": change,
            },
        }


def compare_results(a: Result, b: Result) -> Comparison:
    """Put two runs side by side; differences are the second less the first."""
    return Comparison(a, b)


def write_comparison(comparison: Comparison, path: str | Path, *, lang: str = "en") -> Path:
    """Write two runs side by side as one HTML file.

    Args:
        comparison: from `compare_results`.
        path: the HTML file; folders are made.
        lang: ``en`` or ``zh``.

    Raises:
        InputError: a language that does not exist.
    """
    from standoff.results.report.pages import render_comparison, write_whole
    from standoff.results.words import read_words

    return write_whole(Path(path), render_comparison(comparison, words=read_words(lang)))


def _unmet_by_use(result: Result) -> dict[str, float]:
    value = result.unmet_value.sum(axis=0)
    uses = result.network.nodes.parent_labels[-len(value) :] if len(value) else ()
    return {use: float(part) for use, part in zip(uses, value, strict=True)}


def _paired(a: Mapping[Key, float], b: Mapping[Key, float], *, missing: float = 0.0) -> dict[Key, tuple[float, float]]:
    return {key: (a.get(key, missing), b.get(key, missing)) for key in dict.fromkeys((*a, *b))}
