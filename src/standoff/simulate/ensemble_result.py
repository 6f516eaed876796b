"""What many draws of one scenario gave: paths, ledgers by side, and what is said of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.results.ledgers import LINES
from standoff.simulate.sampling import Range
from standoff.simulate.scenario import Scenario
from standoff.simulate.side_ledger import sides_of
from standoff.simulate.spread import LEVELS, quantiles
from standoff.world.network import Network
from standoff.world.tables import World

if TYPE_CHECKING:
    import xarray as xr

    from standoff.results.netcdf import Labelled

LEAST_STOPPED = 1e-6
"""A smaller share of a use that stands still is rounding of single precision."""


@dataclass(frozen=True)
class Ensemble:
    """Many draws of one scenario.

    Attributes:
        scenario, world, network: what was run.
        ranges: every number that was drawn.
        values: drawn values by name, (draws,).
        kept: ``unmet``, ``stopped_share`` (steps, uses, draws), ``trade`` (steps, corridors, draws), ``ledger`` (lines, sides, draws).
        corridors: (product, origin, destination) of each corridor under a regime.
        parameters: behavioural parameters at their stated values.
        seed: of the draws.
        as_of: information date, or None.
    """

    scenario: Scenario
    world: World
    network: Network
    ranges: tuple[Range, ...]
    values: dict[str, Any]
    kept: dict[str, Any]
    corridors: tuple[tuple[str, str, str], ...]
    parameters: dict[str, float]
    seed: int
    as_of: dt.date | None = None

    @property
    def draws(self) -> int:
        return int(self.kept["unmet"].shape[-1])

    @property
    def sides(self) -> tuple[str, ...]:
        """Sides of the ledger."""
        return sides_of(self.network.place_side)

    @property
    def uses(self) -> tuple[str, ...]:
        return tuple(self.world.tables["uses"]["use"])

    def to_dataset(self) -> xr.Dataset:
        """Everything as a labelled dataset."""
        return self.labelled().to_dataset()

    def labelled(self) -> Labelled:
        """Everything with its labels, as an ``ensemble.nc`` holds it."""
        import json

        from standoff import __version__
        from standoff.results.netcdf import Labelled

        days = np.floor(np.arange(self.scenario.steps) * self.scenario.step_days).astype("timedelta64[D]")
        config = {
            "version": __version__,
            "scenario": self.scenario.as_dict(),
            "world": self.world.name,
            "world_fingerprint": self.world.fingerprint,
            "draws": self.draws,
            "seed": self.seed,
            "as_of": self.as_of.isoformat() if self.as_of else None,
        }
        return Labelled(
            variables={
                "unmet": (("step", "use", "draw"), self.kept["unmet"], {"units": "units of use per step"}),
                "stopped_share": (("step", "use", "draw"), self.kept["stopped_share"], {"units": "share"}),
                "trade": (("step", "corridor", "draw"), self.kept["trade"], {"units": "units per step"}),
                "ledger": (("line", "side", "draw"), self.kept["ledger"], {"units": "USD"}),
                "value": (("number", "draw"), np.array([self.values[each.name] for each in self.ranges]), {}),
            },
            labels={
                "use": list(self.uses),
                "corridor": [f"{product}: {origin} > {place}" for product, origin, place in self.corridors],
                "line": [name for name, _ in LINES],
                "side": list(self.sides),
                "number": [each.name for each in self.ranges],
            },
            days=np.datetime64(self.scenario.start) + days,
            attributes={"standoff": json.dumps(config, ensure_ascii=False)},
        )

    @property
    def loss(self) -> Any:
        """Unmet final use of all sides, USD, (draws,)."""
        return self.kept["ledger"][[name for name, _ in LINES].index("unmet_use")].sum(axis=0)

    def ledger_quantiles(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Quantiles of every line of the ledger by side and line."""
        return {
            side: {name: quantiles(self.kept["ledger"][line, row]) for line, (name, _) in enumerate(LINES)}
            for row, side in enumerate(self.sides)
        }

    def first_use_stop(self) -> dict[str, Any]:
        """In which share of draws any part of a final use stands still, and by which day of the run; None where it does not."""
        ever = (self.kept["stopped_share"] > LEAST_STOPPED).any(axis=1)
        days = np.where(ever.any(axis=0), (np.argmax(ever, axis=0) + 1) * self.scenario.step_days, np.inf)
        found = {name: np.quantile(days, level, method="inverted_cdf") for name, level in LEVELS.items()}
        return {
            "share_of_draws": float(np.isfinite(days).mean()),
            **{name: float(value) if np.isfinite(value) else None for name, value in found.items()},
        }

    def summary(self) -> dict[str, Any]:
        """Quantiles of the headline numbers, and how soon each use is paralysed in which share of draws."""
        from standoff.studies.paralysis import conditions_for, paralysis_table

        share = self.parameters["paralysis_share"]
        table = paralysis_table(self, share=share)
        early = [row["use"] for row in table if 0 < row["within_3_months"] < 1]
        return {
            "scenario": self.scenario.name,
            "world": self.world.name,
            "draws": self.draws,
            "seed": self.seed,
            "unmet_use_usd": quantiles(self.loss),
            "ledger_usd": self.ledger_quantiles(),
            "first_use_stop": self.first_use_stop(),
            "paralysis": {
                "definition": f"output below {share:.0%} of baseline for four weeks",
                "uses": table,
                "for_three_months": {
                    use: [vars(condition) for condition in conditions_for(self, use, share=share)] for use in early
                },
            },
        }


def write_ensemble(ensemble: Ensemble, path: Path) -> Path:
    """Write an ensemble to a netCDF file, whole or not at all."""
    from standoff.results.netcdf import write_labelled

    return write_labelled(ensemble.labelled(), path)
