"""A finished run: its numbers, labelled, with everything that is needed to do it again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.measures.gates import Regimes
from standoff.results import indicators
from standoff.results.attribution.parts import Attribution, attribute, by_product, with_borders
from standoff.results.causes import CAUSES, unmet_by_cause
from standoff.results.ledgers import Ledger, build_ledger
from standoff.simulate.scenario import Scenario
from standoff.simulate.setup import Setup
from standoff.world.network import DAYS_PER_YEAR, Network
from standoff.world.tables import World

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True)
class Result:
    """One run of one scenario on one world.

    Attributes:
        scenario: what was asked.
        world, network: what exists, as tables and as arrays.
        setup: constants and calendars of the run.
        regimes: what governments did.
        parameters: behavioural parameters used.
        records: every flow and state by name, see ``variables.csv``.
        first: stocks before the first step.
        status: ``done``, or a warning with what to try.
        as_of: information date, or None: what was announced later did not exist in the run.
    """

    scenario: Scenario
    world: World
    network: Network
    setup: Setup
    regimes: Regimes
    parameters: Mapping[str, float]
    records: Mapping[str, Any]
    first: Mapping[str, Any]
    residual: float
    status: str = "done"
    as_of: dt.date | None = None

    @cached_property
    def demand(self) -> Any:
        """Demand by row of ``uses``, (steps, uses)."""
        return indicators.demand_and_unmet(self.network, self.records)[0]

    @cached_property
    def unmet(self) -> Any:
        """Unmet final use by row of ``uses``, (steps, uses)."""
        return indicators.demand_and_unmet(self.network, self.records)[1]

    @cached_property
    def unmet_value(self) -> Any:
        """USD per step, (steps, uses)."""
        return self.unmet * indicators.use_values(self.network)

    @cached_property
    def stopped_share(self) -> Any:
        """Share standing still, (steps, consumers): producers first, then uses."""
        return indicators.stopped_share(self.network, self.records, stop_share=self.parameters["stop_share"])

    @cached_property
    def link_flows(self) -> Any:
        """Shipments on every ordinary link, units per step, (steps, links)."""
        return indicators.link_flows(self.setup, self.records)

    @cached_property
    def trade(self) -> Any:
        """Flow from place to place on ordinary links, (steps, trades)."""
        groups, trades = indicators.trade_groups(self.network)
        return indicators.by_group(self.link_flows, groups, len(trades))

    @cached_property
    def trade_usual(self) -> Any:
        """Flow of each trade in the base year, per step, (trades,)."""
        groups, trades = indicators.trade_groups(self.network)
        per_step = self.scenario.step_days / DAYS_PER_YEAR
        return np.bincount(groups, weights=self.network.links.flow, minlength=len(trades)) * per_step

    @cached_property
    def trades(self) -> list[tuple[str, str, str]]:
        """(product, origin, destination) of each trade."""
        network = self.network
        return [
            (network.products[p], network.places[o], network.places[d])
            for p, o, d in indicators.trade_groups(network)[1]
        ]

    @cached_property
    def ledger(self) -> Ledger:
        """What each side loses, line by line."""
        return build_ledger(self)

    @cached_property
    def losses(self) -> Attribution:
        """Every loss by cause, measure and product that it goes back to."""
        return attribute(self.setup, self.records, self.first, merge=by_product)

    @cached_property
    def attribution(self) -> Attribution:
        """The same with borders: from which place to which, wherever it counts."""
        return with_borders(self.setup, self.records, self.first, self.losses)

    @cached_property
    def unmet_by_cause(self) -> Any:
        """USD per step, (steps, uses, causes)."""
        return unmet_by_cause(self)

    @cached_property
    def dates(self) -> Any:
        """First day of each step."""
        start = np.datetime64(self.scenario.start)
        return start + np.floor(np.arange(self.setup.clock.steps) * self.scenario.step_days).astype("timedelta64[D]")

    @cached_property
    def dataset(self) -> xr.Dataset:
        """Everything as a self-describing xarray dataset."""
        from standoff.results.files import to_dataset

        return to_dataset(self)

    def table(self, name: str) -> pd.DataFrame:
        """A variable of the dataset as a table, dates down and labels across (``unmet``, ``trade``, ``inventory`` ...)."""
        return self.dataset[name].to_series().unstack(level=-1)

    def to_netcdf(self, path: str | Path) -> Path:
        """Write the dataset; the file carries all that `standoff rerun` needs."""
        from standoff.results.files import write_netcdf

        return write_netcdf(self, Path(path))

    def config(self) -> dict[str, Any]:
        """What the run was, as plain values."""
        from standoff import __version__

        return {
            "version": __version__,
            "scenario": self.scenario.as_dict(),
            "world": self.world.name,
            "world_fingerprint": self.world.fingerprint,
            "rules": self.scenario.chosen,
            "parameters": dict(self.parameters),
            "status": self.status,
            "as_of": self.as_of.isoformat() if self.as_of else None,
        }

    def summary(self) -> dict[str, Any]:
        """The few numbers that a person asks for first."""
        value = self.unmet_value.sum(axis=0)
        uses = self.network.nodes.parent_labels[-len(value) :]
        stops = indicators.first_stop_days(self.stopped_share, step_days=self.scenario.step_days)
        first = int(np.argmin(stops))
        return {
            "scenario": self.scenario.name,
            "world": self.world.name,
            "rules": self.scenario.chosen,
            "status": self.status,
            "start": self.scenario.start.isoformat(),
            "until": self.scenario.until.isoformat(),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "steps": self.setup.clock.steps,
            "unmet_use_usd": float(value.sum()),
            "unmet_use_by_use_usd": {use: float(v) for use, v in zip(uses, value, strict=True) if v > 0},
            "unmet_use_by_cause_usd": dict(zip(CAUSES, self.unmet_by_cause.sum(axis=(0, 1)).tolist(), strict=True)),
            "first_stop": None
            if not np.isfinite(stops[first])
            else {"where": self.network.nodes.parent_labels[first], "days": float(stops[first])},
            "ledger_usd": self.ledger.as_dict(),
            "mass_residual": self.residual,
        }

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(json.dumps(self.summary(), indent=2, ensure_ascii=False))}</pre>"
