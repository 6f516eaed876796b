"""Many runs at once: the same steps with the draws on the last axis, in blocks that fit the cache, on several processes.

Results do not depend on the number of processes or on the size of a block: draws are numbered, and draw n is the same everywhere.
"""

from __future__ import annotations

import datetime as dt
import os
import warnings
from collections.abc import Callable, Collection, Iterator, MutableMapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from standoff.model.state import Flows, State
from standoff.results.ledgers import LINES
from standoff.simulate.api import demand_factors, prepare_measures
from standoff.simulate.backend import NUMPY, Backend
from standoff.simulate.draws import Clock, Draws
from standoff.simulate.record import Recorder, SummaryRecorder
from standoff.simulate.run import run_steps
from standoff.simulate.sampling import KINDS, Range, build_draws, draw_values, ranges_of, sobol_points
from standoff.simulate.scenario import Scenario
from standoff.simulate.setup import Setup, build_setup
from standoff.simulate.side_ledger import sides_of
from standoff.simulate.spread import LEVELS, quantiles
from standoff.world.build import build_network, rated_needs
from standoff.world.network import Network
from standoff.world.tables import World

if TYPE_CHECKING:
    import xarray as xr

    from standoff.measures.gates import Regimes
    from standoff.results.netcdf import Labelled

LEAST_STOPPED = 1e-6
"""A smaller share of a use that stands still is rounding of single precision."""
BLOCK = 64
"""Draws in a block: the arrays of a step of a few thousand links then stay in the cache (measured)."""


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


@dataclass(frozen=True)
class Job:
    """What a process or another machine needs to run a block of draws.

    Attributes:
        scenario, world: what is run.
        regimes, parameters: from `standoff.simulate.api.prepare_measures`.
        ranges: every number that is drawn.
        values: drawn values by name, (draws,).
        record: makes the recorder of a block from its setup; None keeps unmet use, stops and trade under regimes.
        as_of: information date of the measures, or None.
    """

    scenario: Scenario
    world: World
    regimes: Regimes
    parameters: dict[str, float]
    ranges: tuple[Range, ...]
    values: dict[str, Any]
    record: Callable[[Setup], BlockRecorder] | None = None
    as_of: dt.date | None = None

    @property
    def draws(self) -> int:
        return len(next(iter(self.values.values())))

    def slices(self, block: int = BLOCK) -> list[slice]:
        """The draws in blocks."""
        return [slice(start, min(start + block, self.draws)) for start in range(0, self.draws, block)]


class BlockRecorder(Recorder, Protocol):
    """A recorder that says what the rows of its arrays are."""

    corridor_labels: list[tuple[int, int, int]]


def plan_ensemble(
    scenario: Scenario,
    world: World,
    *,
    draws: int,
    seed: int = 0,
    as_of: dt.date | None = None,
    record: Callable[[Setup], BlockRecorder] | None = None,
    network: Network | None = None,
    kinds: Collection[str] = KINDS,
    kept: MutableMapping[str, Regimes] | None = None,
) -> Job:
    """Draw every ranged number of a scenario.

    Args:
        scenario, world: what is run.
        draws: how many.
        seed: of the Sobol scrambling; the same seed gives the same draws, also as a beginning of a longer set.
        as_of: information date: measures announced later do not exist.
        record: what is kept of each block.
        network: of the world, where it is already built.
        kinds: of numbers of the world that are drawn; numbers of measures always are.
        kept: compiled measures of earlier runs, see `standoff.simulate.api.simulate`.
    """
    built = network if network is not None else build_network(world)
    regimes, parameters = prepare_measures(scenario, world, built, as_of=as_of, kept=kept)
    ranges = ranges_of(world, built, regimes, parameters, kinds=kinds)
    values = draw_values(ranges, sobol_points(draws, dimensions=len(ranges), seed=seed))
    return Job(scenario, world, regimes, parameters, tuple(ranges), values, record, as_of)


def run_ensemble(
    scenario: Scenario,
    world: World,
    *,
    draws: int,
    seed: int = 0,
    processes: int = 1,
    block: int = BLOCK,
    as_of: dt.date | None = None,
    progress: Callable[[int], None] | None = None,
    backend: Backend = NUMPY,
) -> Ensemble:
    """Run a scenario with every ranged number drawn.

    Args:
        scenario: what is asked.
        world: what exists.
        draws: how many.
        seed: of the Sobol scrambling; the same seed gives the same draws, also as a beginning of a longer set.
        processes: how many run at the same time.
        block: draws that run together.
        as_of: information date: measures announced later do not exist.
        progress: called with the number of draws done.
        backend: array library that takes the steps. JAX uses all cores by itself: one process then.
    """
    network = build_network(world)
    job = plan_ensemble(scenario, world, draws=draws, seed=seed, as_of=as_of, network=network)
    slices = job.slices(block)
    parts: dict[int, Block] = {}
    done = 0
    for number, part in run_blocks(job, network, slices, processes=processes, backend=backend):
        parts[number] = part
        done += slices[number].stop - slices[number].start
        if progress:
            progress(done)
    return join_blocks(job, network, [parts[number] for number in range(len(slices))], seed=seed)


@dataclass(frozen=True)
class Block:
    """What is kept of one block of draws, and the corridors that its trade is of."""

    kept: dict[str, Any]
    corridors: list[tuple[int, int, int]]


def join_blocks(job: Job, network: Network, blocks: Sequence[Block], *, seed: int) -> Ensemble:
    """The ensemble of blocks in the order of their draws."""
    kept = {name: np.concatenate([block.kept[name] for block in blocks], axis=-1) for name in blocks[0].kept}
    corridors = tuple((network.products[p], network.places[o], network.places[d]) for p, o, d in blocks[0].corridors)
    return Ensemble(
        scenario=job.scenario,
        world=job.world,
        network=network,
        ranges=job.ranges,
        values=job.values,
        kept=kept,
        corridors=corridors,
        parameters=job.parameters,
        seed=seed,
        as_of=job.as_of,
    )


def run_blocks(
    job: Job, network: Network, slices: Sequence[slice], *, processes: int = 1, backend: Backend = NUMPY
) -> Iterator[tuple[int, Block]]:
    """Run blocks of draws here, each with its number, in the order in which they are done."""
    if min(processes, len(slices)) <= 1 or backend is not NUMPY:
        steps = None if backend is NUMPY else _compiled(job, network, backend)
        for number, part in enumerate(slices):
            yield number, run_block(job, network, part, steps=steps)
        return
    workers, start = min(processes, len(slices)), get_context("fork")
    with ProcessPoolExecutor(workers, mp_context=start, initializer=_start, initargs=(job, network)) as pool:
        with warnings.catch_warnings():
            # JAX, where it is loaded, has threads and warns of any fork. A worker takes NumPy's steps and never calls it.
            warnings.filterwarnings("ignore", message=r"os\.fork\(\) was called|This process .* is multi-threaded")
            waiting = {pool.submit(_run_slice, part): number for number, part in enumerate(slices)}
        for finished in as_completed(waiting):
            yield waiting[finished], finished.result()


_HERE: dict[str, Any] = {}
"""The job of this worker process, set once when it starts."""


def _start(job: Job, network: Network) -> None:
    _HERE.update(job=job, network=network)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker waits for work for ever; where its parent is killed, nobody would end it."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run_slice(part: slice) -> Block:
    return run_block(_HERE["job"], _HERE["network"], part)


Steps = Callable[[Any], Iterator[tuple[State, Flows]]]


def _compiled(job: Job, network: Network, backend: Backend) -> Steps:
    """The steps of any block of a job, compiled once for each size of a block."""
    from standoff.simulate.traced import compile_steps

    return compile_steps(
        lambda arrays: block_setup(job, network, Draws.of_arrays(arrays), backend=backend), steps=job.scenario.steps
    )


def run_block(
    job: Job,
    network: Network,
    part: slice,
    *,
    steps: Steps | None = None,
    progress: Callable[[int], None] | None = None,
) -> Block:
    """Run some of the draws of a job.

    Args:
        job, network: what is run.
        part: which draws.
        steps: where the steps are taken from; else they are taken here.
        progress: called with the number of steps done, where they are taken here.
    """
    draws = build_draws(network, job.regimes, job.world, {name: v[part] for name, v in job.values.items()})
    setup = block_setup(job, network, draws)
    plain = partial(SummaryRecorder, stop_share=job.parameters["stop_share"], draws=draws)
    recorder: BlockRecorder = (job.record or plain)(setup)
    if steps is None:
        run_steps(setup, recorder, progress=progress)
    else:
        for number, (state, flows) in enumerate(steps(draws.arrays())):
            recorder.keep(number, state=state, flows=flows)
    return Block(dict(recorder.records()), recorder.corridor_labels)


def block_setup(job: Job, network: Network, draws: Draws, *, backend: Backend = NUMPY) -> Setup:
    """The setup of some draws of a job."""
    scenario = job.scenario
    clock = Clock(start=scenario.start, steps=scenario.steps, step_days=scenario.step_days)
    return build_setup(
        rated_needs(network, scenario.production),
        clock,
        regimes=job.regimes,
        parameters=job.parameters,
        sourcing=scenario.sourcing,
        home_first=scenario.home_first,
        served=scenario.rationing,
        demand_factor=demand_factors(scenario, network, clock),
        draws=draws,
        backend=backend,
    )


def write_ensemble(ensemble: Ensemble, path: Path) -> Path:
    """Write an ensemble to a netCDF file, whole or not at all."""
    from standoff.results.netcdf import write_labelled

    return write_labelled(ensemble.labelled(), path)
