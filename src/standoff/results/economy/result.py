"""A finished run of an economy: labelled numbers, and what is needed to do it again."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from standoff.results.economy.due import DueTo
from standoff.results.economy.losses import Losses
from standoff.results.files import write_dataset
from standoff.simulate.collapse import Diagnosis
from standoff.simulate.economy_events import Events
from standoff.simulate.economy_run import EconomyRun
from standoff.simulate.economy_scenario import EconomyScenario, ExportCut
from standoff.world.mrio.table import Mrio

if TYPE_CHECKING:
    import xarray as xr

Array = npt.NDArray[np.float64]

KIND = "economy"
"""Told in the configuration of a result file, so that ``standoff rerun`` knows what to do again."""
MOST_SIDES = 6
"""Sides that a report shows beside each other, the others not counted."""
LOST = ("value_added_lost", "output_lost", "unmet_final_use")


def totals(losses: Losses) -> dict[str, tuple[Array, Array]]:
    """Losses of the whole run by region and by sector, by name."""
    unmet = losses.unmet_path.sum(axis=0)
    return {
        "value_added_lost": (losses.by_region(losses.value_added_lost), losses.by_sector(losses.value_added_lost)),
        "output_lost": (losses.by_region(losses.output_lost), losses.by_sector(losses.output_lost)),
        "unmet_final_use": (unmet, losses.unmet_sector),
    }


@dataclass(frozen=True)
class Spread:
    """Losses over runs at other values of the ranged numbers."""

    drawn: bool
    """Drawn all at once, or each number at its ends."""
    cases: tuple[Mapping[str, float], ...]
    each: Mapping[str, tuple[Array, Array]]
    """Losses of every run by region (runs, regions) and by sector (runs, sectors), by name."""
    percentiles: tuple[float, float]
    """Of the runs, that a range shows."""

    @classmethod
    def of(
        cls,
        cases: Sequence[Mapping[str, float]],
        found: Sequence[Losses],
        *,
        percentiles: tuple[float, float],
        drawn: bool,
    ) -> Spread:
        """The spread of some runs."""
        runs = [totals(losses) for losses in found]
        each = {
            name: (np.stack([run[name][0] for run in runs]), np.stack([run[name][1] for run in runs])) for name in LOST
        }
        return cls(drawn, tuple(cases), each, percentiles)

    @property
    def world(self) -> dict[str, Array]:
        """Losses of the world in each run, (runs,), by name."""
        return {name: by_region.sum(axis=1) for name, (by_region, _) in self.each.items()}

    def world_range(self, name: str) -> tuple[float, float]:
        """Lower and upper end of a loss of the world."""
        low, high = np.percentile(self.world[name], self.percentiles)
        return float(low), float(high)


@dataclass(frozen=True)
class EconomyResult:
    """One run of one scenario on one table.

    Attributes:
        scenario, mrio, events: what was asked, and on what.
        run: flows by node and step.
        losses: against rest.
        warnings: said of the settings beforehand.
        diagnosis: what became of the economy after the last event; None where the run ends too early to tell.
        status: ``done``, ``depressed``, ``collapsed`` or ``swings``.
        spread: other values of ranged numbers; None where there are none.
        due: what losses of output are due to; None where the scenario does not ask.
        draws, seed: how these were chosen.
    """

    scenario: EconomyScenario
    mrio: Mrio
    events: Events
    run: EconomyRun
    losses: Losses
    warnings: tuple[str, ...]
    diagnosis: Diagnosis | None
    status: str
    spread: Spread | None = None
    due: DueTo | None = None
    draws: int = 0
    seed: int = 0

    @cached_property
    def dates(self) -> npt.NDArray[np.datetime64]:
        """Day of each step."""
        return np.datetime64(self.scenario.start) + np.arange(self.scenario.days)

    @cached_property
    def sides(self) -> dict[str, tuple[int, ...]]:
        """Positions of regions by side: those of the scenario, then the regions that its events name, then all others together.

        Regions that only events name stand alone as long as there are no more than `MOST_SIDES`.
        """
        regions = self.mrio.regions
        chosen = {name: list(members) for name, members in self.scenario.sides.items()}
        placed = {member for members in chosen.values() for member in members}
        for event in self.scenario.events:
            named = [*event.exporters, *event.destinations] if isinstance(event, ExportCut) else event.regions
            for name in named:
                if name not in chosen and name not in placed and len(chosen) < MOST_SIDES:
                    chosen[name] = [name]
                    placed.add(name)
        rest = tuple(position for position, name in enumerate(regions) if name not in placed)
        sides = {name: tuple(regions.index(member) for member in members) for name, members in chosen.items()}
        return {**sides, OTHERS: rest} if rest else sides

    @cached_property
    def dataset(self) -> xr.Dataset:
        """Everything as a self-describing xarray dataset."""
        import xarray as xr

        regions, sectors = list(self.mrio.regions), list(self.mrio.sectors)
        shape = (self.scenario.days, len(regions), len(sectors))
        values: dict[str, Any] = {name: path.reshape(shape) for name, path in self.run.values.items()}
        values |= {
            "value_added": self.losses.value_added_path,
            "unmet_final_use": self.losses.unmet_path,
            "usual_output": self.losses.usual_output.reshape(shape[1:]),
            "output_lost": self.losses.output_lost.reshape(shape[1:]),
            "value_added_lost": self.losses.value_added_lost.reshape(shape[1:]),
        }
        money = self.mrio.about.unit
        units = {"per_day": f"{money} per day", "money": money, "share": "1"}
        data = {
            row["variable"]: (
                tuple(row["dims"].split()),
                values[row["variable"]],
                {
                    "units": units[row["unit"]],
                    "long_name": row["description_en"],
                    "long_name_zh": row["description_zh"],
                },
            )
            for row in economy_variables()
        }
        labels = {"step": self.dates.astype("datetime64[ns]"), "region": regions, "sector": sectors}
        return xr.Dataset(data, coords=labels, attrs={"standoff": json.dumps(self.config(), ensure_ascii=False)})

    def to_netcdf(self, path: str | Path) -> Path:
        """Write the dataset; the file carries all that `standoff rerun` needs."""
        return write_dataset(self.dataset, Path(path))

    def config(self) -> dict[str, Any]:
        """What the run was, as plain values."""
        from standoff import __version__

        return {
            "kind": KIND,
            "version": __version__,
            "scenario": self.scenario.as_dict(),
            "rules": dict(self.scenario.rule_set().chosen),
            "world": self.mrio.about.name,
            "world_fingerprint": self.mrio.fingerprint,
            "draws": self.draws,
            "seed": self.seed,
            "status": self.status,
        }

    def summary(self) -> dict[str, Any]:
        """The few numbers that a person asks for first, losses in the table's currency."""
        scale, currency = self.mrio.about.money
        days = self.scenario.days
        usual = self.losses.usual_added * days
        by_name = totals(self.losses)

        def losses_at(positions: Sequence[int]) -> dict[str, float]:
            at = list(positions)
            found = {name: float(by_name[name][0][at].sum()) * scale for name in LOST}
            share = by_name["value_added_lost"][0][at].sum() / max(usual[at].sum(), 1e-300)
            return {**found, "value_added_lost_share": float(share)}

        regions = range(len(self.mrio.regions))
        return {
            "scenario": self.scenario.name,
            "world": self.mrio.about.name,
            "rules": self.scenario.rules,
            "status": self.status,
            "start": self.scenario.start.isoformat(),
            "until": self.scenario.until.isoformat(),
            "steps": days,
            "currency": currency,
            "losses": {
                "world": losses_at(regions),
                "by_side": {name: losses_at(positions) for name, positions in self.sides.items()},
                "by_region": {self.mrio.regions[each]: losses_at([each]) for each in regions},
                "by_sector": {
                    sector: {name: float(by_name[name][1][at]) * scale for name in LOST}
                    for at, sector in enumerate(self.mrio.sectors)
                },
            },
            "range": None
            if self.spread is None
            else {
                "runs": len(self.spread.cases),
                "of": "draws" if self.spread.drawn else "ends, one number at a time",
                "percentiles": list(self.spread.percentiles),
                "world": {name: [end * scale for end in self.spread.world_range(name)] for name in LOST},
            },
            "diagnosis": self.diagnosis.text if self.diagnosis else "",
            "warnings": list(self.warnings),
        }


OTHERS = "others"
"""The side of all regions that no other side has."""


def economy_variables() -> list[dict[str, str]]:
    """Every variable of a result: dims, unit and description."""
    text = resources.files("standoff.results.economy").joinpath("variables.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
