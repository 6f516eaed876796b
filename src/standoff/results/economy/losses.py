"""What an economy lost in a run: output, value added and final use, by region, by sector and over time. Money of the table's unit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from standoff.model.rulesets import RuleSet
from standoff.simulate.economy_events import Events
from standoff.simulate.economy_run import EconomyRun
from standoff.world.mrio.table import Mrio

Array = npt.NDArray[np.float64]

KEPT, KEPT_BY_PLACE = ("output", "final_share"), ("home_share", "rest_share")
"""What a run has to keep for its losses; the second where a producer serves its own region first."""


@dataclass(frozen=True)
class Losses:
    """Losses of one run against rest, summed over its days.

    A loss is usual less actual; a gain is negative. Value added follows output at the usual share of each producer. Unmet final use is what
    buyers wanted before any cut and did not get, at the place where they are; by sector, the goods that they lack.
    """

    mrio: Mrio
    usual_output: Array
    """Per step, (nodes,)."""
    added_share: Array
    """Value added per output, (nodes,)."""
    output: Array
    """Mean output over the run, per step, (nodes,)."""
    value_added_path: Array
    """Value added by region, (steps, regions)."""
    unmet_path: Array
    """Unmet final use by region, (steps, regions)."""
    unmet_sector: Array
    """Unmet final use by sector of the goods, whole run, (sectors,)."""
    wanted: Array
    """Final use wanted by region, whole run, (regions,)."""

    @property
    def steps(self) -> int:
        return len(self.value_added_path)

    @cached_property
    def output_lost(self) -> Array:
        """Whole run, (nodes,)."""
        return (self.usual_output - self.output) * self.steps

    @cached_property
    def value_added_lost(self) -> Array:
        """Whole run, (nodes,)."""
        return self.output_lost * self.added_share

    def by_region(self, values: Array) -> Array:
        """Sums over the sectors of each region, from (nodes,)."""
        summed: Array = values.reshape(len(self.mrio.regions), -1).sum(axis=1)
        return summed

    def by_sector(self, values: Array) -> Array:
        """Sums over the regions of each sector, from (nodes,)."""
        summed: Array = values.reshape(len(self.mrio.regions), -1).sum(axis=0)
        return summed

    @cached_property
    def usual_added(self) -> Array:
        """Usual value added by region, per step, (regions,)."""
        return self.by_region(self.usual_output * self.added_share)


def kept_for(rules: RuleSet) -> tuple[str, ...]:
    """What a run under some rules has to keep for its losses."""
    return (*KEPT, *KEPT_BY_PLACE) if rules.chosen["rationing"] == "tiers" else KEPT


def losses_of(events: Events, run: EconomyRun) -> Losses:
    """Losses of a run that kept what `kept_for` names."""
    mrio, economy = events.mrio, events.economy
    usual = economy.output
    added = np.divide(economy.value_added, usual, out=np.zeros_like(usual), where=usual > 0)
    steps, regions = len(run["output"]), len(mrio.regions)
    unmet, wanted = np.empty((steps, regions)), np.zeros(regions)
    by_sector = np.zeros(len(mrio.sectors))
    for span, want, asked in events.demands():
        days = span.stop - span.start
        by_region, by_node = _final_served(run, span, asked, mrio)
        unmet[span] = want.sum(axis=0) - by_region
        wanted += want.sum(axis=0) * days
        missing = want.sum(axis=1) * days - by_node
        by_sector += missing.reshape(regions, -1).sum(axis=0)
    path = (run["output"] * added).reshape(steps, regions, -1).sum(axis=2)
    return Losses(mrio, usual, added, run["output"].mean(axis=0), path, unmet, by_sector, wanted)


def _final_served(run: EconomyRun, span: slice, asked: Array, mrio: Mrio) -> tuple[Array, Array]:
    """Final use delivered in a span of days by region that asked for it, (days, regions), and in all of them by producer, (nodes,)."""
    if KEPT_BY_PLACE[0] not in run.values:
        served = run["final_share"][span]
        return served @ asked, served.sum(axis=0) * asked.sum(axis=1)
    home, rest = (run[name][span] for name in KEPT_BY_PLACE)
    more = (home - rest) * asked[np.arange(len(asked)), mrio.region_of]
    by_region = rest @ asked + more.reshape(len(more), len(mrio.regions), -1).sum(axis=2)
    return by_region, rest.sum(axis=0) * asked.sum(axis=1) + more.sum(axis=0)
