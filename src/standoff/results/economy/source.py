"""What the sections of an economy's report read: a result, words, and numbers written in the table's currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.results.charts.series import TimeAxis
from standoff.results.economy.result import OTHERS, EconomyResult, totals
from standoff.results.numbers import MINUS, Spoken, digits
from standoff.results.report.content import Column, Table
from standoff.results.words import Words

Array = npt.NDArray[np.float64]

ROUNDING = 1e-9
"""Share of the world's usual value added in the run under which a loss is rounding."""


@dataclass(frozen=True)
class EconomySource(Spoken):
    """What sections read."""

    result: EconomyResult
    words: Words

    @cached_property
    def totals(self) -> dict[str, tuple[Array, Array]]:
        """Losses by region and by sector, in units of the currency, rounding taken away."""
        return {
            name: (self.clean(by_region), self.clean(by_sector))
            for name, (by_region, by_sector) in totals(self.result.losses).items()
        }

    def clean(self, values: Array) -> Array:
        """Amounts of the table in units of the currency, rounding taken away."""
        scaled = values * self.scale
        return np.where(np.abs(scaled) < ROUNDING * float(self.usual.sum()), 0.0, scaled)

    @property
    def scale(self) -> float:
        return self.result.mrio.about.money[0]

    @property
    def currency(self) -> str:
        return self.result.mrio.about.money[1]

    @cached_property
    def usual(self) -> Array:
        """Usual value added of each region over the run, in units of the currency."""
        usual: Array = self.result.losses.usual_added * self.result.scenario.days * self.scale
        return usual

    def percent(self, share: float) -> str:
        """A share as percent with three digits: losses of economies are often under a tenth of a per cent."""
        text = digits(abs(share) * 100)
        return self.say("unit.percent", number=MINUS + text if share < 0 and text != "0" else text)

    def money(self, value: float) -> str:
        """An amount in a sentence: ``USD 17.6 billion``."""
        return self.say("economy.amount", currency=self.currency, number=self.numbers.plain(value))

    def lost(self, name: str, side: str) -> float:
        """A loss of a side."""
        return float(self.totals[name][0][list(self.result.sides[side])].sum())

    def share_lost(self, side: str) -> float:
        """Value added lost, as a share of what is usual."""
        usual = float(self.usual[list(self.result.sides[side])].sum())
        return self.lost("value_added_lost", side) / usual if usual > 0 else 0.0

    def side(self, side: str) -> str:
        """Name of a side."""
        return self.say("economy.others") if side == OTHERS else side

    @cached_property
    def dates(self) -> list[date]:
        days: list[date] = self.result.dates.astype(object).tolist()
        return days

    @cached_property
    def axis(self) -> TimeAxis:
        """Days, with the first event marked."""
        first = min((event.start for event in self.result.scenario.events), default=None)
        return TimeAxis(self.dates, first, self.say("economy.first_event"))

    def money_column(self, key: str) -> Column:
        """A column of amounts; its heading names the currency."""
        return Column(self.say("economy.in_currency", what=self.say(key), currency=self.currency), "number")

    def loss_table(self, name: str, title: str, head: str, rows: Sequence[tuple[Any, ...]], *, ranged: bool) -> Table:
        """A table of losses; the range of value added stands beside it where there is one."""
        columns = [Column(self.say(head)), self.money_column("economy.value_added_lost")]
        if ranged:
            columns += [self.money_column("economy.low"), self.money_column("economy.high")]
        columns += [
            Column(self.say("economy.share_of_usual"), "number"),
            self.money_column("economy.output_lost"),
            self.money_column("economy.unmet"),
        ]
        return Table(name, title, tuple(columns), rows, open=True)
