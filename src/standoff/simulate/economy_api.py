"""Run a scenario on an economy of regions and sectors, and again at other values of the numbers that have a range."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from standoff.errors import refuse
from standoff.model.economy import Economy, RuleNumbers
from standoff.model.rulesets import RuleSet, compose
from standoff.results.attribution.economy import losses_of_run
from standoff.results.economy.due import DueTo, due_to
from standoff.results.economy.losses import Losses, kept_for, losses_of
from standoff.results.economy.result import KIND, EconomyResult, Spread
from standoff.results.files import read_config
from standoff.simulate.backend import Backend, backend_named
from standoff.simulate.collapse import diagnose, warn_beforehand
from standoff.simulate.economy_events import Events, Places
from standoff.simulate.economy_run import EconomyRun, run_economy
from standoff.simulate.economy_scenario import (
    EconomyScenario,
    Unknown,
    economy_scenario_from,
    read_economy_scenario,
    unknowns,
    with_values,
)
from standoff.world.mrio.at_rest import economy_from_mrio
from standoff.world.mrio.folder import read_mrio_folder
from standoff.world.mrio.ratings import read_ratings
from standoff.world.mrio.table import Mrio

REST_DAYS = 90
"""Days after the last event from which an economy should be back; before that nothing is said of how it ends."""
LOWEST, HIGHEST = 10.0, 90.0
"""Percentiles of draws that a range shows."""


class Taking(NamedTuple):
    """What takes the steps of all runs of a scenario."""

    backend: Backend
    compiled: list[Any]


def run_scenario(
    scenario: str | Path | EconomyScenario,
    *,
    world: str | Path | Mrio | None = None,
    changes: Mapping[str, Any] | None = None,
    draws: int = 0,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
    backend: str = "numpy",
) -> EconomyResult:
    """Run a scenario on a table.

    Numbers that have a range are also run at their ends, one at a time, or, with draws, all at once from even distributions.

    Args:
        scenario: path of a YAML file, or a scenario.
        world: folder of a table, or a table; the scenario's own if not given.
        changes: see `standoff.simulate.economy_scenario.read_economy_scenario`.
        draws: how many draws of all ranged numbers.
        seed: of the draws.
        progress: called with the number of runs done, and then of days whose losses were followed, if asked for.
        backend: array library that takes the steps, ``numpy`` or ``jax`` (extra ``[jax]``); results agree to rounding.

    Raises:
        InputError: with everything that is wrong with scenario or table; what JAX does not run.
    """
    taken_by = Taking(backend_named(backend), [])
    asked = scenario if isinstance(scenario, EconomyScenario) else read_economy_scenario(scenario, changes=changes)
    if world is not None and not isinstance(world, Mrio):
        asked = asked.model_copy(update={"world": str(world)})
    mrio = world if isinstance(world, Mrio) else read_mrio_folder(folder_of(asked))
    Places(mrio, asked).check()
    economy = economy_of(mrio, asked)
    run, events = _run(
        asked, mrio, economy, keep=(*kept_for(asked.rule_set()), "capacity", "capital_lost"), by=taken_by
    )
    if progress:
        progress(1)
    numbers, rules = asked.rule_numbers(), asked.rule_set()
    diagnosis = diagnose(run)
    settled = asked.days - events.last_day() >= REST_DAYS and _healed(run)
    status = diagnosis.status if settled and diagnosis.status != "rests" else "done"
    spread = _spread(asked, mrio, economy, draws=draws, seed=seed, progress=progress, by=taken_by)
    return EconomyResult(
        scenario=asked,
        mrio=mrio,
        events=events,
        run=run,
        losses=losses_of(events, run),
        warnings=(
            *(f"event {name} strikes nothing: the table has nothing there" for name in events.idle()),
            *warn_beforehand(economy, rules, numbers),
        ),
        diagnosis=diagnosis if settled else None,
        status="collapsed" if diagnosis.status == "collapsed" else status,
        spread=spread,
        due=_due(asked, mrio, economy, progress=progress, before=runs_of(asked, draws)) if asked.losses else None,
        draws=draws,
        seed=seed,
    )


def runs_of(scenario: EconomyScenario, draws: int) -> int:
    """Runs that a scenario takes: as stated, and at other values of its ranged numbers."""
    ranged = len(unknowns(scenario))
    return 1 + (draws or 2 * ranged + 1 if ranged else 0)


def is_economy(path: str | Path) -> bool:
    """Whether a result file is that of an economy."""
    return read_config(path).get("kind") == KIND


def rerun_economy(path: str | Path, *, world: str | Path | None = None) -> EconomyResult:
    """Do a result again.

    Args:
        path: a ``result.nc``.
        world: folder of the table, where the scenario does not name it.

    Raises:
        InputError: the table is not the one that the result was made with.
    """
    config = read_config(path)
    scenario = economy_scenario_from(config["scenario"])
    place = world if world is not None else scenario.world
    if not place:
        raise refuse(
            f"rerun {Path(path).name}", why="the result does not say where its table lies", cure="Give it with --world"
        )
    mrio = read_mrio_folder(place)
    if mrio.fingerprint != config["world_fingerprint"]:
        raise refuse(
            f"rerun {Path(path).name}",
            why=f"the table {mrio.about.name} is not the one that the result was made with",
            cure="Give the folder of that time with --world",
        )
    return run_scenario(scenario, world=mrio, draws=config["draws"], seed=config["seed"])


def economy_of(mrio: Mrio, scenario: EconomyScenario) -> Economy:
    """The economy at rest of a table, with the stocks that a scenario asks for."""
    sectors = mrio.sectors
    days, regions = _by_sector(scenario.cover, sectors), len(mrio.regions)
    shape = (len(sectors), len(mrio.output))
    cover = np.broadcast_to(np.tile(days, regions) if scenario.cover_of == "buyer" else days[:, None], shape).copy()
    cover[[sectors.index(name) for name in scenario.never_binding]] = np.inf
    rating = read_ratings(scenario.ratings, sectors) if scenario.ratings else None
    return economy_from_mrio(
        mrio,
        cover=cover,
        restock=_by_sector(scenario.restock, sectors),
        critical=None if rating is None else np.tile(rating == 1.0, (1, regions)).astype(float),
        important=None if rating is None else np.tile(rating == 0.5, (1, regions)).astype(float),
    )


def _healed(run: EconomyRun) -> bool:
    """Whether all but a hundredth of the destroyed capital is back at the end."""
    lost = run["capital_lost"].sum(axis=1)
    return bool(lost[-1] <= 0.01 * lost.max())


def folder_of(scenario: EconomyScenario) -> Path:
    if not scenario.world:
        raise refuse(
            f"scenario {scenario.name}", why="it names no world", cure="Give --world FOLDER, or `world:` in the file"
        )
    return Path(scenario.world)


def _by_sector(days: Mapping[str, float], sectors: tuple[str, ...]) -> Any:
    return np.array([days.get(name, days["default"]) for name in sectors])


def prepared(scenario: EconomyScenario, mrio: Mrio, economy: Economy) -> tuple[RuleSet, RuleNumbers, Events]:
    """Rules, their numbers and the events of a scenario on an economy."""
    rules, numbers = scenario.rule_set(), scenario.rule_numbers()
    shifts = rules.chosen["consumption"] == "pichler"
    events = Events(
        mrio,
        economy,
        scenario,
        reroutes=rules.chosen["sourcing"] == "capacity",
        saved=numbers.saved if shifts else None,
        turns_in=numbers.sourcing_steps if rules.chosen["sourcing"] == "adaptive" else None,
        tells_home=rules.chosen["rationing"] == "tiers",
    )
    # households shift between goods where they live, which only the table knows: the demand that the step is given has it in
    return compose(scenario.rules, **{**scenario.rule_changes, "consumption": "fixed"}), numbers, events


def _run(
    scenario: EconomyScenario, mrio: Mrio, economy: Economy, *, keep: tuple[str, ...], by: Taking
) -> tuple[EconomyRun, Events]:
    rules, numbers, events = prepared(scenario, mrio, economy)
    run = run_economy(
        economy,
        rules,
        events.schedule(),
        steps=scenario.days,
        numbers=numbers,
        keep=keep,
        backend=by.backend,
        compiled=by.compiled,
    )
    return run, events


def _due(
    scenario: EconomyScenario, mrio: Mrio, economy: Economy, *, progress: Callable[[int], None] | None, before: int
) -> DueTo:
    rules, numbers, events = prepared(scenario, mrio, economy)
    losses = losses_of_run(
        economy,
        rules,
        events.schedule(),
        steps=scenario.days,
        numbers=numbers,
        progress=None if progress is None else lambda day: progress(before + day),
    )
    return due_to(losses, economy.supply, regions=len(mrio.regions))


def _spread(
    scenario: EconomyScenario,
    mrio: Mrio,
    economy: Economy,
    *,
    draws: int,
    seed: int,
    progress: Callable[[int], None] | None,
    by: Taking,
) -> Spread | None:
    ranged = unknowns(scenario)
    if not ranged:
        return None
    cases = _drawn(ranged, draws, seed) if draws else _ends(ranged)
    found: list[Losses] = []
    kept = kept_for(scenario.rule_set())
    for case in cases:
        run, events = _run(with_values(scenario, case), mrio, economy, keep=kept, by=by)
        found.append(losses_of(events, run))
        if progress:
            progress(1 + len(found))
    return Spread.of(cases, found, percentiles=(LOWEST, HIGHEST) if draws else (0.0, 100.0), drawn=bool(draws))


def _ends(ranged: tuple[Unknown, ...]) -> list[dict[str, float]]:
    """As stated, then each number at its low and its high end."""
    return [{}, *({each.label: end} for each in ranged for end in (each.low, each.high))]


def _drawn(ranged: tuple[Unknown, ...], draws: int, seed: int) -> list[dict[str, float]]:
    """Even draws, all numbers at once."""
    generator = np.random.default_rng(seed)
    points = generator.random((draws, len(ranged)))
    return [
        {each.label: each.low + (each.high - each.low) * float(at) for each, at in zip(ranged, row, strict=True)}
        for row in points
    ]
