"""The verbs: run a scenario, do a result again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.errors import refuse
from standoff.model.balance import check_mass
from standoff.model.parameters import parameter_values
from standoff.results.result import Result
from standoff.simulate.backend import NUMPY, Backend, backend_named
from standoff.simulate.draws import Clock
from standoff.simulate.initial import resting_state
from standoff.simulate.record import FullRecorder
from standoff.simulate.run import run_steps
from standoff.simulate.scenario import Scenario, read_scenario, scenario_from
from standoff.simulate.setup import Setup, build_setup
from standoff.simulate.stability import own_dynamics
from standoff.world.build import build_network
from standoff.world.mirror import MIRRORED, mirror_world
from standoff.world.network import Network
from standoff.world.tables import World, read_world

if TYPE_CHECKING:
    from standoff.measures.calendar_changes import Dates
    from standoff.measures.gates import Regimes


COMPILED_FROM = ("start", "until", "step_days", "measures", "measure_files", "calendar", "settings", "permits")
"""All that the compiled measures of a scenario depend on, beside the world and the information date."""


def run(
    scenario: str | Path | Scenario = "april-2025",
    *,
    world: str | Path | World | None = None,
    changes: Mapping[str, Any] | None = None,
    until: dt.date | None = None,
    as_of: dt.date | None = None,
    progress: Callable[[int], None] | None = None,
    backend: str = "numpy",
) -> Result:
    """Run one scenario.

    Args:
        scenario: a shipped name, the path of a YAML file, or a `Scenario`.
        world: another world than the scenario's own.
        changes: values by dotted key, see `standoff.simulate.scenario.read_scenario`.
        until: another end.
        as_of: information date: measures, pauses and ends announced later do not exist.
        progress: called with the number of steps done.
        backend: array library that takes the steps, ``numpy`` or ``jax`` (extra ``[jax]``); results agree to rounding.

    Returns:
        The result. Its mass balance was checked in every step.

    Raises:
        InputError: with everything that is wrong with scenario, world or measures.
    """
    asked = scenario if isinstance(scenario, Scenario) else read_scenario(scenario, changes=changes)
    if until is not None:
        asked = scenario_from({**asked.as_dict(), "until": until})
    exists = scenario_world(asked, world)
    library = backend_named(backend)
    return simulate(asked, exists, build_network(exists), as_of=as_of, progress=progress, backend=library)


def simulate(
    scenario: Scenario,
    world: World,
    network: Network,
    *,
    as_of: dt.date | None = None,
    kept: MutableMapping[str, Regimes] | None = None,
    record: Collection[str] | None = None,
    progress: Callable[[int], None] | None = None,
    backend: Backend = NUMPY,
) -> Result:
    """Run a scenario on a world whose network is built already: what `run` does once everything is read.

    Args:
        scenario, world, network: what is run.
        as_of: information date.
        kept: compiled measures of earlier runs, for callers that run much the same scenario many times; filled here.
        record: names of the records that the caller reads of the result, at least `standoff.model.balance.ACCOUNTED`; all if not given.
        progress: called with the number of steps done.
        backend: array library that takes the steps.
    """
    setup, regimes, parameters = prepare(scenario, world, network, as_of=as_of, kept=kept)
    first = FullRecorder(setup, resting_state(setup), only=record)
    records = run_steps(setup, first, progress=progress, backend=backend).records()
    residual = check_mass(setup.network, records, first.first)
    return Result(
        scenario=scenario,
        world=world,
        network=setup.network,
        setup=setup,
        regimes=regimes,
        parameters=parameters,
        records=records,
        first=first.first,
        residual=residual,
        status=own_dynamics(setup, records),
        as_of=as_of,
    )


def scenario_world(scenario: Scenario, world: str | Path | World | None = None) -> World:
    """The world that a scenario runs on: its own or another, mirrored where it says so. A mirrored world is left as it is."""
    exists = world if isinstance(world, World) else read_world(world if world is not None else scenario.world)
    if scenario.mirror is None or exists.name.endswith(MIRRORED):
        return exists
    return mirror_world(exists, *scenario.mirror)


def prepare(
    scenario: Scenario,
    world: World,
    network: Network,
    *,
    as_of: dt.date | None = None,
    kept: MutableMapping[str, Regimes] | None = None,
) -> tuple[Setup, Regimes, dict[str, float]]:
    """Compile a scenario's measures for a network and build the setup of a single run."""
    regimes, parameters = prepare_measures(scenario, world, network, as_of=as_of, kept=kept)
    clock = Clock(start=scenario.start, steps=scenario.steps, step_days=scenario.step_days)
    setup = build_setup(
        network,
        clock,
        regimes=regimes,
        parameters=parameters,
        rules=scenario.chosen,
        numbers=scenario.rule_numbers(),
        home_first=scenario.home_first,
        demand_factor=demand_factors(scenario, network, clock),
    )
    return setup, regimes, parameters


def prepare_measures(
    scenario: Scenario,
    world: World,
    network: Network,
    *,
    as_of: dt.date | None = None,
    kept: MutableMapping[str, Regimes] | None = None,
) -> tuple[Regimes, dict[str, float]]:
    """Regimes and behavioural parameters of a scenario on a world.

    Raises:
        InputError: the scenario begins before the world does, or names measures or numbers that do not exist.
    """
    from standoff.measures.administer import check_changes, with_changes
    from standoff.measures.calendar_changes import with_dates
    from standoff.measures.compile import compile_measures
    from standoff.measures.register import load_register
    from standoff.measures.settings import read_settings

    if scenario.start < world.meta.start:
        raise refuse(
            f"scenario {scenario.name}",
            why=f"it begins before the world {world.name} does",
            cure=f"Begin on {world.meta.start} or later",
            column="start",
            value=scenario.start,
        )
    clock = Clock(start=scenario.start, steps=scenario.steps, step_days=scenario.step_days)
    register = load_register(ids=scenario.measures, extra_paths=scenario.measure_files)
    register = with_dates(register, _dates(scenario))
    if as_of is not None:
        register = register.known_by(as_of)
    check_changes(scenario.administration, register)
    key = f"{world.fingerprint} {as_of} {scenario.model_dump_json(include=set(COMPILED_FROM))}"
    regimes = kept.get(key) if kept is not None else None
    if regimes is None:
        regimes = compile_measures(
            world,
            network,
            clock,
            register=register,
            settings=read_settings(scenario.settings),
            permits=scenario.permits,
        )
        if kept is not None:
            kept[key] = regimes
    parameters = parameter_values(scenario.parameters, what=f"scenario {scenario.name}")
    return with_changes(regimes, scenario.administration), parameters


def _dates(scenario: Scenario) -> dict[str, Dates]:
    from standoff.measures.calendar_changes import Dates

    return {
        measure: Dates(
            start=other.start,
            end=other.end,
            pauses=None if other.pauses is None else [(pause.start, pause.until) for pause in other.pauses],
        )
        for measure, other in scenario.calendar.items()
    }


def demand_factors(scenario: Scenario, network: Network, clock: Clock) -> Any:
    """Factor on each use's demand in each step, (steps, use nodes); None without changes of demand."""
    if not scenario.demand:
        return None
    nodes = network.nodes
    uses = range(nodes.producers, len(nodes))
    begin = np.arange(clock.steps) * clock.step_days
    factor = np.ones((clock.steps, len(uses)))
    for change in scenario.demand:
        matches = np.array(
            [
                (not change.place or network.places[nodes.place[use]] == change.place)
                and (not change.kind or nodes.kind[use] == change.kind)
                for use in uses
            ]
        )
        if not matches.any():
            raise refuse(
                f"scenario {scenario.name}",
                why=f"a change of demand matches no use of the world {network.world_name}",
                cure="Check place and kind against the table uses",
                value=f"{change.place} {change.kind}".strip(),
            )
        start = (change.start - clock.start).days if change.start else -np.inf
        until = (change.until - clock.start).days if change.until else np.inf
        covered = np.clip(
            (np.minimum(begin + clock.step_days, until) - np.maximum(begin, start)) / clock.step_days, 0, 1
        )
        factor[:, matches] *= (1.0 + (change.factor - 1.0) * covered)[:, None]
    return factor


def rerun(path: str | Path, *, world: str | Path | None = None) -> Result:
    """Do a result again from what its file says, with the information date that it had.

    Args:
        path: a ``result.nc``.
        world: where the world lies now, if it is not one that ships.

    Raises:
        InputError: the world is not the one that the result was made with.
    """
    from standoff.results.files import read_config

    config = read_config(path)
    if "kind" in config:
        raise refuse(
            f"result {Path(path).name}",
            why=f"this is the result of an {config['kind']}, which has no goods to look up",
            cure="Do it again with `standoff rerun`, or read its report",
        )
    place = world if world is not None else config["world"].removesuffix(MIRRORED)
    exists = scenario_world(scenario_from(config["scenario"]), place)
    if exists.fingerprint != config["world_fingerprint"]:
        raise refuse(
            f"rerun {Path(path).name}",
            why=f"the world {exists.name} has changed since the result was made",
            cure="Give the world of that time with --world",
        )
    known = config.get("as_of")
    return run(scenario_from(config["scenario"]), world=exists, as_of=dt.date.fromisoformat(known) if known else None)
