"""A calibration and its forecasts, written down with the code and the data that they came from, so that a later score is honest."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.errors import refuse
from standoff.studies.backtest.calibrate import Posterior, Study
from standoff.studies.backtest.checks import Check
from standoff.studies.backtest.episode import Episode
from standoff.studies.backtest.forecast import Predicted
from standoff.studies.backtest.months import Month, label_of, month_of

Floats = npt.NDArray[np.float64]

LEVELS = np.arange(1, 100) / 100
"""Quantiles that are kept of every forecast."""
LEAST_WEIGHT = 3e-4
"""Draws with less of the posterior's weight are not written."""
FOLDER = "frozen"
FILES = ("frozen.json", "predictions.csv", "stops.csv", "posterior.csv")


@dataclass(frozen=True)
class Frozen:
    """What a calibration found.

    Attributes:
        record: code version, fingerprints, seed, how well each number is known, posterior predictive checks.
        quantiles: by (forecast, destination, month), (99,).
        stops: rows of forecast, firm class, day, share of the class that has stood still, probability that some of it has.
        posterior: rows of structure, index, weight, log likelihood and the prior probability of each moved number.
    """

    record: dict[str, Any]
    quantiles: dict[tuple[str, str, Month], Floats]
    stops: list[dict[str, Any]]
    posterior: list[dict[str, Any]]


def code_fingerprint() -> str:
    """Of the engine and of this study: every file of the package that a forecast runs through."""
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for room in ("measures", "model", "simulate", "studies/backtest", "world"):
        for path in sorted((root / room).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def freeze(
    study: Study,
    posterior: Posterior,
    predicted: Sequence[Predicted],
    samples: Mapping[str, Mapping[str, Mapping[Month, Floats]]],
    *,
    checks: Sequence[Check],
) -> Frozen:
    """Put a calibration and its forecasts together.

    Args:
        study, posterior: what was calibrated.
        predicted: the forecasts.
        samples: other samples by forecast, destination and month.
        checks: of the fit.
    """
    from standoff import __version__

    quantiles = {
        (each.forecast, name, month): np.quantile(sample[:, column], LEVELS)
        for each in predicted
        for name, sample in each.tonnes.items()
        for column, month in enumerate(each.months)
    }
    for forecast, by_destination in samples.items():
        for name, by_month in by_destination.items():
            for month, sample in by_month.items():
                quantiles[forecast, name, month] = np.quantile(sample, LEVELS)
    weight = posterior.weight
    record = {
        "episode": study.episode.name,
        "information_date": study.episode.information_date.isoformat(),
        "version": __version__,
        "code_fingerprint": code_fingerprint(),
        "data_fingerprint": study.episode.fingerprint(),
        "world_fingerprint": study.world.fingerprint,
        "seed": posterior.seed,
        "draws": len(weight),
        "draws_per_structure": posterior.total,
        "effective_draws": round(posterior.effective, 1),
        "structure": {
            "parameter": study.episode.structure.parameter,
            "probability": {
                f"{value:g}": round(float(weight[posterior.structure == value].sum()), 4)
                for value in study.episode.structure.values
            },
        },
        "numbers": identifiability(posterior),
        "checks": [asdict(check) for check in checks],
    }
    kept = np.flatnonzero(weight > LEAST_WEIGHT)
    rows = [
        {
            "structure": posterior.structure[draw],
            "index": int(posterior.index[draw]),
            "weight": float(weight[draw]),
            "log_likelihood": float(posterior.log_likelihood[draw]),
            **{name: float(posterior.points[draw, column]) for column, name in enumerate(posterior.names)},
        }
        for draw in kept
    ]
    return Frozen(record, quantiles, _stop_rows(study.episode, predicted), rows)


def identifiability(posterior: Posterior) -> dict[str, dict[str, Any]]:
    """How far the data moved each number: medians and 80 % intervals before and after, and what share of the spread is left.

    ``spread_left`` is the 80 % width of the posterior over that of the prior in prior probability. A number is *moved* when less than
    three quarters are left or its median left the middle half of its prior.
    """
    found = {}
    for column, name in enumerate(posterior.names):
        points, values = posterior.points[:, column], posterior.values[:, column]
        order = np.argsort(points)
        cumulated = np.cumsum(posterior.weight[order])
        at = order[np.minimum(np.searchsorted(cumulated, (0.1, 0.5, 0.9)), len(order) - 1)]
        low, median, high = points[at]
        left = (high - low) / 0.8
        found[name] = {
            "lo80": float(values[at[0]]),
            "median": float(values[at[1]]),
            "hi80": float(values[at[2]]),
            "prior_probability_of_median": round(float(median), 3),
            "spread_left": round(float(left), 3),
            "moved": bool(left < 0.75 or not 0.25 <= median <= 0.75),
        }
    return found


def _stop_rows(episode: Episode, predicted: Sequence[Predicted]) -> list[dict[str, Any]]:
    rows = []
    for each in predicted:
        for column, name in enumerate(episode.firm_classes):
            for step, day in enumerate(each.step_starts):
                share = each.stopped[step, column]
                rows.append(
                    {
                        "forecast": each.forecast,
                        "firm_class": name,
                        "week": day.isoformat(),
                        "share_of_firms": round(float(share.mean()), 5),
                        "probability_of_any": round(float((share > 0).mean()), 4),
                    }
                )
    return rows


def write_frozen(frozen: Frozen, folder: Path) -> list[Path]:
    """Write `FILES`."""
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "frozen.json"
    record.write_text(json.dumps(frozen.record, indent=2) + "\n", encoding="utf-8")
    predictions = [
        {"forecast": forecast, "destination": name, "month": label_of(month)}
        | {f"q{level:.2f}": round(float(value), 2) for level, value in zip(LEVELS, quantiles, strict=True)}
        for (forecast, name, month), quantiles in frozen.quantiles.items()
    ]
    tables = {"predictions.csv": predictions, "stops.csv": frozen.stops, "posterior.csv": frozen.posterior}
    written = [record]
    for name, rows in tables.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        written.append(folder / name)
    return written


def read_frozen(folder: Path) -> Frozen:
    """Read what `write_frozen` wrote.

    Raises:
        InputError: nothing is frozen there.
    """
    if not (folder / "frozen.json").is_file():
        raise refuse(
            f"frozen calibration {folder}",
            why="there is none",
            cure="Make one with `standoff backtest EPISODE --freeze`",
        )
    record = json.loads((folder / "frozen.json").read_text(encoding="utf-8"))
    tables = {}
    for name in ("predictions", "stops", "posterior"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            tables[name] = list(csv.DictReader(file))
    quantiles = {
        (row["forecast"], row["destination"], month_of(row["month"])): np.array(
            [float(row[f"q{level:.2f}"]) for level in LEVELS]
        )
        for row in tables["predictions"]
    }
    stops = [
        {**row, "share_of_firms": float(row["share_of_firms"]), "probability_of_any": float(row["probability_of_any"])}
        for row in tables["stops"]
    ]
    posterior = [{name: float(value) for name, value in row.items()} for row in tables["posterior"]]
    return Frozen(record, quantiles, stops, posterior)
