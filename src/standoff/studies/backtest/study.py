"""The whole back-test: calibrate, forecast, freeze, and only then look at what was observed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from standoff.studies.backtest.calibrate import ROUND, ROUNDS, Posterior, Study, calibrate, open_study
from standoff.studies.backtest.checks import predictive_checks
from standoff.studies.backtest.episode import Episode
from standoff.studies.backtest.forecast import DRAWS, baseline_tonnes, predict, predict_open
from standoff.studies.backtest.frozen import Frozen, freeze
from standoff.studies.backtest.months import Month, label_of
from standoff.studies.backtest.observed import read_observed
from standoff.studies.backtest.rows import StopRow, by_month, open_tonnes, read_stops
from standoff.studies.backtest.scores import monthly_history, score

SCORED = ("World", "USA")
"""Destinations of the summary."""
OFF, AHEAD = "measure_off", "one_month_ahead"
"""Names of the forecast without the measure, and of the open months' forecasts from the months before them."""


def make_frozen(
    episode: Episode,
    *,
    draws: int = ROUND,
    rounds: int = ROUNDS,
    forecast_draws: int = DRAWS,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> tuple[Study, Posterior, Frozen]:
    """Calibrate an episode and make its forecasts. Reads nothing but the episode's open rows.

    Args:
        episode: what is studied.
        draws, rounds: of the calibration, in each structure.
        forecast_draws: equally likely draws of each forecast.
        seed: of everything.
        progress: called with the number of calibration draws done.
    """
    study = open_study(episode)
    posterior = calibrate(study, draws=draws, rounds=rounds, seed=seed, progress=progress)
    predicted = [predict(study, posterior, name, draws=forecast_draws, seed=seed) for name in episode.forecasts]
    ahead = predict_open(study, posterior, draws=forecast_draws, seed=seed)
    samples = {
        OFF: baseline_tonnes(study, seed=seed),
        AHEAD: {
            name: {month: sample[:, column] for column, month in enumerate(episode.open_months)}
            for name, sample in ahead.items()
        },
    }
    checks = predictive_checks(study, posterior, draws=forecast_draws, seed=seed)
    return study, posterior, freeze(study, posterior, predicted, samples, checks=checks)


def backtest(episode: Episode, frozen: Frozen, *, observed: Path | None = None) -> dict[str, Any]:
    """Forecasts of an episode, held against what was observed.

    Args:
        episode: what is studied.
        frozen: its forecasts; nothing in them depends on ``observed``.
        observed: a file with the columns of the episode's tonnes or stops, read last.

    Returns:
        Plain values: ``episode``, ``information_date``, ``frozen``, ``series``, ``summary`` (months after the information date),
        ``open_months`` and ``summary_open`` (each open month from those before it), ``stops``, ``observed`` (which rows were used).

    Raises:
        InputError: the observed file has neither kind of columns, or with every row that cannot be read.
    """
    series = series_of(episode, frozen, tuple(episode.forecasts), episode.predicted)
    ahead = series_of(episode, frozen, (AHEAD,), episode.open_months)
    tonnes = open_tonnes(episode)
    seen = {name: by_month(totals) for name, totals in tonnes.items()}
    stops = read_stops(episode.folder / episode.stops, episode)[0] if episode.stops else []
    later = read_observed(observed, episode, known=tonnes) if observed is not None else None
    if later is not None:
        for name, months in later.tonnes.items():
            seen[name] = {**seen.get(name, {}), **months}
        stops = later.stops or stops
    for row in (*series, *ahead):
        row["observed"] = seen.get(row["destination"], {}).get(row.pop("key"))
    history = {name: monthly_history(totals) for name, totals in tonnes.items()}
    last = episode.open_months[-1]
    return {
        "episode": episode.name,
        "information_date": episode.information_date.isoformat(),
        "frozen": frozen.record,
        "series": series,
        "summary": {
            name: _score(frozen, name, "strict", seen[name], history[name], episode, origin=lambda month: last)
            for name in SCORED
            if name in episode.destinations
        },
        "open_months": ahead,
        "summary_open": {
            name: _score(frozen, name, AHEAD, seen[name], history[name], episode, origin=lambda month: month - 1)
            for name in SCORED
            if name in episode.destinations
        },
        "stops": score_stops(episode, frozen, stops),
        "observed": later.as_dict() if later is not None else None,
    }


def series_of(
    episode: Episode, frozen: Frozen, forecasts: Sequence[str], months: Sequence[Month]
) -> list[dict[str, Any]]:
    """Median and 80 % interval of each destination, month and forecast. ``key`` is the month as a number."""
    found = []
    for forecast in forecasts:
        for name in episode.destinations:
            for month in months:
                quantiles = frozen.quantiles.get((forecast, name, month))
                if quantiles is not None:
                    low, median, high = (float(value) for value in quantiles[[9, 49, 89]])
                    found.append(
                        {
                            "product": episode.product,
                            "destination": name,
                            "month": label_of(month),
                            "forecast": forecast,
                            "median": median,
                            "lo80": low,
                            "hi80": high,
                            "key": month,
                        }
                    )
    return found


def _score(
    frozen: Frozen,
    name: str,
    forecast: str,
    seen: dict[Month, float],
    history: dict[Month, float],
    episode: Episode,
    *,
    origin: Callable[[Month], Month],
) -> dict[str, Any]:
    rows = [
        (month, sample, seen[month])
        for (kind, destination, month), sample in frozen.quantiles.items()
        if kind == forecast and destination == name and month in seen
    ]
    off = {month: frozen.quantiles[OFF, name, month] for month, _, _ in rows}
    return score(rows, off=off, history=history, origin=origin, control=episode.open_months[0])


def score_stops(episode: Episode, frozen: Frozen, rows: Sequence[StopRow]) -> dict[str, dict[str, Any]]:
    """Hits, misses and false alarms of the strict forecast by firm class.

    A class is said to have stops when the probability that some of it stands still by the day is at least one half; a firm is said to
    stop when the share of its class that does is. A stop in a class that was said to have none is a miss; a firm that was said to stop
    and did not is a false alarm.
    """
    found: dict[str, dict[str, Any]] = {}
    end = max((row["week"] for row in frozen.stops), default="")
    for name in episode.firm_classes:
        weeks = [row for row in frozen.stops if row["forecast"] == "strict" and row["firm_class"] == name]
        firms = [row for row in rows if row.firm_class == name]
        tally = {"hits": 0, "misses": 0, "false_alarms": 0, "correct_no_stop": 0}
        errors = []
        for firm in firms:
            day = firm.by or episode.information_date
            until = [row for row in weeks if row["week"] <= min(day.isoformat(), end)]
            any_stop = until[-1]["probability_of_any"] if until else 0.0
            share = until[-1]["share_of_firms"] if until else 0.0
            if firm.stopped:
                tally["hits" if any_stop >= 0.5 else "misses"] += 1
            else:
                tally["false_alarms" if share >= 0.5 else "correct_no_stop"] += 1
            errors.append((share - firm.stopped) ** 2)
        found[name] = {
            **tally,
            "brier": float(np.mean(errors)) if errors else None,
            "weeks": [{key: row[key] for key in ("week", "share_of_firms", "probability_of_any")} for row in weeks],
        }
    return found


def is_current(frozen: Frozen, episode: Episode) -> bool:
    """Whether a frozen calibration was made from the episode as it is."""
    return bool(frozen.record["data_fingerprint"] == episode.fingerprint())
