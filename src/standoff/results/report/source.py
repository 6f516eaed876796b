"""One result with everything that sections share: words, names, and derived numbers computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from standoff.results.charts.series import TimeAxis
from standoff.results.numbers import Spoken
from standoff.results.report.content import Column, Table
from standoff.results.report.figures import chain, controls, cover, stops
from standoff.results.report.labels import Labels
from standoff.results.words import Words

if TYPE_CHECKING:
    from standoff.results.result import Result

WEEKS_BETWEEN_ROWS = 4


@dataclass(frozen=True)
class Source(Spoken):
    """What sections read."""

    result: Result
    words: Words
    draws: Mapping[str, Any] | None = None
    """Ranges beside the run's numbers: `standoff.simulate.ensemble_result.Ensemble.summary` of the same scenario."""

    @cached_property
    def labels(self) -> Labels:
        return Labels(self.result.world, self.words)

    @cached_property
    def controlled(self) -> controls.Controlled:
        return controls.controlled_links(self.result)

    @cached_property
    def queue(self) -> controls.Queue | None:
        return controls.licence_queue(self.result, self.controlled)

    @cached_property
    def effect(self) -> date | None:
        return controls.first_effect(self.result)

    @cached_property
    def chain(self) -> chain.Chain:
        return chain.build_chain(self.result, self.controlled)

    @cached_property
    def stops(self) -> tuple[stops.Stop, ...]:
        return stops.all_stops(self.result)

    @cached_property
    def covers(self) -> tuple[cover.Cover, ...]:
        return cover.cover_by_place(self.result)

    @cached_property
    def dates(self) -> list[date]:
        days: list[date] = self.result.dates.astype(object).tolist()
        return days

    @cached_property
    def axis(self) -> TimeAxis:
        return TimeAxis(self.dates, self.effect, self.say("chart.first_effect"))

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """Sides in the order of the world's places."""
        return tuple(dict.fromkeys(self.result.network.place_side))

    def place(self, position: int) -> str:
        return self.labels.places[self.result.network.places[position]]

    def product(self, position: int) -> str:
        return self.labels.products[self.result.network.products[position]]

    def time_table(self, name: str, title: str, headings: list[tuple[str, str]], columns: list[Any]) -> Table:
        """A table of the values that a chart over time draws: one row a step, some of them on the page."""
        heads = (Column(self.say("column.week"), "date"), *(Column(text, kind) for text, kind in headings))
        rows = [(day.isoformat(), *(float(column[step]) for column in columns)) for step, day in enumerate(self.dates)]
        every = max(round(WEEKS_BETWEEN_ROWS * 7 / self.result.scenario.step_days), 1)
        return Table(name, title, heads, rows, every=every)
