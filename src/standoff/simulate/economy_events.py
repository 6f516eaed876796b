"""From a scenario's events to what a run reads: damage, labour, open links and final demand in each stretch of days between two dates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from standoff.errors import Problems, nearest
from standoff.model.consumption import shifted_consumption
from standoff.model.economy import Economy
from standoff.model.link_cuts import cut_table
from standoff.model.planning import smooth
from standoff.model.rebuilding import rebuilding_needs
from standoff.model.supply import Supply, ratio
from standoff.simulate.damage import Damage, Rebuilding, Schedule
from standoff.simulate.economy_scenario import EconomyScenario, ExportCut, Restriction, Struck
from standoff.world.economies import share_at_home
from standoff.world.mrio.table import Mrio

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

PER_DAY = 1.0 / 365.0


@dataclass(frozen=True)
class Places:
    """Looks up regions, sides and sectors of a table by name."""

    mrio: Mrio
    scenario: EconomyScenario

    def regions(self, names: Sequence[str]) -> Index:
        """Positions of regions, all if no name is given; a side stands for its regions."""
        if not names:
            return np.arange(len(self.mrio.regions))
        members = [member for name in names for member in self.scenario.sides.get(name, (name,))]
        return np.array([self.mrio.regions.index(member) for member in dict.fromkeys(members)], dtype=np.int64)

    def sectors(self, names: Sequence[str]) -> Index:
        """Positions of sectors, all if no name is given."""
        if not names:
            return np.arange(len(self.mrio.sectors))
        return np.array([self.mrio.sectors.index(name) for name in names], dtype=np.int64)

    def nodes(self, event: Struck | Restriction) -> npt.NDArray[np.bool_]:
        """Producers that an event strikes, (nodes,)."""
        regions, sectors = self.regions(event.regions), self.sectors(event.sectors)
        return np.isin(self.mrio.region_of, regions) & np.isin(self.mrio.sector_of, sectors)

    def check(self) -> None:
        """Raise InputError naming every region and sector that the table does not have."""
        problems = Problems(f"scenario {self.scenario.name}")
        sectors, regions = set(self.mrio.sectors), set(self.mrio.regions)
        known = regions | set(self.scenario.sides)

        def look(names: Sequence[str], there: set[str], what: str, where: str) -> None:
            for name in names:
                if name not in there:
                    cure = nearest(name, there)
                    problems.add(why=f"the table has no such {what}", cure=cure, column=where, value=name)

        for side, members in self.scenario.sides.items():
            look(members, regions, "region", f"sides.{side}")
        sided = [member for each in self.scenario.sides.values() for member in each]
        for member in sorted({member for member in sided if sided.count(member) > 1}):
            problems.add(why="this region is on two sides", cure="Keep it on one", column="sides", value=member)
        for key in ("cover", "restock"):
            look([name for name in getattr(self.scenario, key) if name != "default"], sectors, "sector", key)
        look(self.scenario.never_binding, sectors, "sector", "never_binding")
        for event in self.scenario.events:
            look(event.sectors, sectors, "sector", event.name)
            if isinstance(event, ExportCut):
                look((*event.exporters, *event.destinations), known, "region or side", event.name)
            else:
                look(event.regions, known, "region or side", event.name)
            if isinstance(event, Struck) and event.rebuilding:
                look(tuple(event.rebuilding.sectors), sectors, "sector", f"{event.name}.rebuilding")
        problems.raise_if_any()


class FinalDemand(NamedTuple):
    """What final users ask of producers in a step."""

    asked: Array
    """By producer and destination, after cuts, (nodes, regions)."""
    household_shock: Array
    final_shock: Array
    final_at_home: Array
    """Share that is asked in the region of the producer, (nodes,)."""


@dataclass(frozen=True)
class Stretch:
    """Days between two dates in which nothing changes from outside but damage that heals."""

    first: int
    supply: Supply
    labour_left: Array
    wanted: Array
    """Final demand by producer and destination before any cut, per step, (nodes, regions)."""
    demand: FinalDemand
    """What is asked after cuts; where final users turn to others by and by, what is asked before they do."""
    left: Array | None
    """Demand of households and other demand of what is open, (2, nodes, regions); None without a cut."""
    still: Array
    """Share of their demand by sector and destination that is of what is open, (2, sectors, regions)."""

    @property
    def asked(self) -> Array:
        """Of `demand`."""
        return self.demand.asked


@dataclass(frozen=True)
class Events:
    """All that a scenario does to an economy."""

    mrio: Mrio
    economy: Economy
    scenario: EconomyScenario
    reroutes: bool
    """Whether final users turn at once to the sellers that are left."""
    saved: float | None
    """Share of unspent money that households save; None if they do not shift."""
    turns_in: float | None = None
    """Steps over which they turn to them by and by; None where they do it at once or never."""
    tells_home: bool = False
    """Whether rationing asks which final demand is in the region of its producer."""

    @cached_property
    def places(self) -> Places:
        return Places(self.mrio, self.scenario)

    def day(self, date: Any) -> int:
        """Step of a date; a date that is left out never comes."""
        return self.scenario.days if date is None else int((date - self.scenario.start).days)

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """The run cut at every date on which something begins or ends."""
        lasting = [each for each in self.scenario.events if not isinstance(each, Struck)]
        days = {0, *(self.day(each.start) for each in lasting), *(self.day(each.until) for each in lasting)}
        return tuple(self._stretch(day) for day in sorted(days) if day < self.scenario.days)

    def stretch(self, number: int) -> Stretch:
        """The stretch that a step lies in."""
        return next(each for each in reversed(self.stretches) if each.first <= number)

    def demand(self, number: int) -> FinalDemand:
        """What final users ask in a step."""
        stretch = self.stretch(number)
        if stretch.left is None or self.turns_in is None:
            return stretch.demand
        counted_on = self.counted_on[number].repeat(len(self.mrio.regions), axis=0)
        by_seller = stretch.left.reshape(-1, *counted_on.shape[1:])
        turned = np.divide(by_seller, counted_on, out=np.zeros_like(by_seller), where=counted_on > 0)
        return self._final_demand(turned.reshape(stretch.left.shape))

    @cached_property
    def counted_on(self) -> Array:
        """Share of what was delivered to them before any cut that final users still count on, (steps, 2, sectors, regions).

        It drifts to what is open as that of firms does (`standoff.model.slots.suppliers_by_reliability`), and is never below it.
        """
        steps = max(self.turns_in or 1.0, 1.0)
        before = now = np.ones_like(self.stretches[0].still)
        path = np.empty((self.scenario.days, *now.shape))
        for number in range(self.scenario.days):
            still = self.stretch(number).still
            path[number] = now = np.maximum(still, smooth(now, before, steps=steps))
            before = still
        return path

    def demands(self) -> Iterator[tuple[slice, Array, Array]]:
        """Steps in which final users want and ask the same: (steps, wanted, asked), both (nodes, regions)."""
        for place, stretch in enumerate(self.stretches):
            after = self.stretches[place + 1].first if place + 1 < len(self.stretches) else self.scenario.days
            if stretch.left is None or self.turns_in is None:
                yield slice(stretch.first, after), stretch.wanted, stretch.asked
                continue
            for number in range(stretch.first, after):
                yield slice(number, number + 1), stretch.wanted, self.demand(number).asked

    def open_share(self, day: int) -> Array | None:
        """Share of flows that is open on a day, (products, regions, regions); None without a cut."""
        cuts = [each for each in self.scenario.events if isinstance(each, ExportCut) and self._lasts(each, day)]
        if not cuts:
            return None
        regions = len(self.mrio.regions)
        share = np.ones((len(self.mrio.sectors), regions, regions))
        for cut in cuts:
            sellers = self.places.regions(cut.exporters)
            closed = cut.share.value * (1.0 - cut.leakage.value)
            share[np.ix_(self.places.sectors(cut.sectors), sellers, self._buyers(cut))] *= 1.0 - closed
        return share

    def damages(self) -> list[Damage]:
        """Destroyed capital and lost capacity."""
        return [self._damage(event) for event in self.scenario.events if isinstance(event, Struck)]

    def schedule(self) -> Schedule:
        """What a run reads; for one run."""

        demand = lru_cache(maxsize=1)(self.demand)

        def path(name: str) -> Callable[[int], Any]:
            return lambda number: getattr(demand(number) if name in FinalDemand._fields else self.stretch(number), name)

        return Schedule(
            self.economy,
            self.damages(),
            labour_left=path("labour_left"),
            household_shock=path("household_shock"),
            final_shock=path("final_shock"),
            supply_in=path("supply"),
            final_at_home=path("final_at_home") if self.tells_home else None,
        )

    def idle(self) -> tuple[str, ...]:
        """Names of events that strike nothing, because nobody makes, sells or uses anything there at rest."""
        return tuple(event.name for event in self.scenario.events if not self._struck(event) > 0)

    def _struck(self, event: ExportCut | Struck | Restriction) -> float:
        """Money a year that an event strikes, in full or in part."""
        mrio, sectors = self.mrio, self.places.sectors(event.sectors)
        if isinstance(event, ExportCut):
            sellers = np.isin(mrio.sector_of, sectors) & np.isin(mrio.region_of, self.places.regions(event.exporters))
            buyers = self._buyers(event)
            final = (mrio.households + mrio.other)[sellers][:, buyers]
            return float(mrio.flows[sellers][:, np.isin(mrio.region_of, buyers)].sum() + final.sum())
        if event.kind in ("household_demand", "other_final_demand"):
            demand = mrio.households if event.kind == "household_demand" else mrio.other
            return float(demand[np.isin(mrio.sector_of, sectors)][:, self.places.regions(event.regions)].sum())
        return float(mrio.output[self.places.nodes(event)].sum())

    def _buyers(self, cut: ExportCut) -> Index:
        """Regions that a cut keeps goods from: all others than the exporters if it names none."""
        buyers = self.places.regions(cut.destinations)
        return buyers if cut.destinations else np.setdiff1d(buyers, self.places.regions(cut.exporters))

    def last_day(self) -> int:
        """Day on which the last event is over, healing included where it has an end."""
        ends = [0]
        for event in self.scenario.events:
            if isinstance(event, Struck):
                healing = event.rebuilding.days if event.rebuilding else event.recovery_days.value
                ends.append(self.day(event.start) + event.duration_days + int(healing))
            else:
                ends.append(self.day(event.until))
        return max(ends)

    def _lasts(self, event: ExportCut | Restriction, day: int) -> bool:
        return self.day(event.start) <= day < self.day(event.until)

    def _stretch(self, day: int) -> Stretch:
        share = self.open_share(day)
        whole = self.economy.supply
        supply = whole if share is None else cut_table(whole, share)
        labour, falls = np.ones(whole.nodes), {}
        sectors, regions = len(self.mrio.sectors), len(self.mrio.regions)
        for kind in ("household_demand", "other_final_demand"):
            falls[kind] = np.zeros((sectors, regions))
        for event in self.scenario.events:
            if not isinstance(event, Restriction) or not self._lasts(event, day):
                continue
            if event.kind == "labour_lost":
                labour[self.places.nodes(event)] *= 1.0 - event.share.value
            else:
                place = np.ix_(self.places.sectors(event.sectors), self.places.regions(event.regions))
                falls[event.kind][place] = 1.0 - (1.0 - falls[event.kind][place]) * (1.0 - event.share.value)
        households = self._households(falls["household_demand"])
        other = self.mrio.other * PER_DAY * (1.0 - falls["other_final_demand"][self.mrio.sector_of])
        asked = wanted = np.stack([households, other])
        left, still = None, np.ones((2, sectors, regions))
        if share is not None:
            by_seller = wanted.reshape(2, regions, sectors, regions)
            open_to = by_seller * share.transpose(1, 0, 2)
            there, all_there = open_to.sum(axis=1), by_seller.sum(axis=1)
            left, still = open_to.reshape(wanted.shape), np.where(all_there > 0, ratio(there, all_there), 1.0)
            asked = left
            if self.reroutes:  # what is closed is asked of the others that sell the same product there, by usual shares
                anew = np.where(there > 0, ratio(all_there, there), 1.0)
                asked = (open_to * anew[:, None]).reshape(wanted.shape)
        return Stretch(day, supply, labour, households + other, self._final_demand(asked), left, still)

    def _final_demand(self, asked: Array) -> FinalDemand:
        """What is asked from what households and others ask, (2, nodes, regions)."""
        usual = [each.sum(axis=1) * PER_DAY for each in (self.mrio.households, self.mrio.other)]
        shocks = [np.where(u > 0, 1.0 - ratio(a.sum(axis=1), u), 0.0) for a, u in zip(asked, usual, strict=True)]
        both = asked[0] + asked[1]
        at_home = share_at_home(both.sum(axis=1), both[np.arange(len(both)), self.mrio.region_of])
        return FinalDemand(both, shocks[0], shocks[1], at_home)

    def _households(self, fall: Array) -> Array:
        """Demand of households by producer and destination; in each region part of what is not spent goes to other goods."""
        base = self.mrio.households * PER_DAY
        shock = fall[self.mrio.sector_of]
        if self.saved is None or not fall.any():
            return base * (1.0 - shock)
        columns = [shifted_consumption(base=b, shock=s, saved=self.saved) for b, s in zip(base.T, shock.T, strict=True)]
        return np.column_stack(columns)

    def _damage(self, event: Struck) -> Damage:
        struck = self.places.nodes(event).astype(float) * event.share.value
        capital = event.kind == "capital_destroyed"
        impact: Array = struck * (self.economy.capital if capital else 1.0)
        return Damage(
            impact=impact,
            occurrence=self.day(event.start),
            duration=event.duration_days,
            destroys_capital=capital,
            recovery=event.recovery or None,
            recovery_steps=event.recovery_days.value,
            rebuilding=self._rebuilding(event, impact) if event.rebuilding else None,
        )

    def _rebuilding(self, event: Struck, impact: Array) -> Rebuilding | None:
        if event.rebuilding is None:
            return None
        columns = np.flatnonzero(impact)
        shares = np.zeros(len(self.mrio.sectors))
        for name, share in event.rebuilding.sectors.items():
            shares[self.mrio.sectors.index(name)] = share
        needs = rebuilding_needs(
            impact=impact[columns],
            sector_shares=shares,
            factor=event.rebuilding.factor,
            flows=self.mrio.flows[:, columns],
            product=self.mrio.sector_of,
        )
        return Rebuilding(needs, columns, event.rebuilding.factor, event.rebuilding.days)
