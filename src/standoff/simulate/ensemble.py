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
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from standoff.model.state import Flows, State
from standoff.simulate.allocator import keep_freed_memory
from standoff.simulate.api import demand_factors, prepare_measures
from standoff.simulate.backend import NUMPY, Backend
from standoff.simulate.draws import Clock, Draws
from standoff.simulate.ensemble_result import Ensemble
from standoff.simulate.record import Recorder, SummaryRecorder
from standoff.simulate.run import run_steps
from standoff.simulate.sampling import KINDS, Range, build_draws, draw_values, ranges_of, sobol_points
from standoff.simulate.scenario import Scenario
from standoff.simulate.setup import Setup, build_setup
from standoff.simulate.side_ledger import SideLedger
from standoff.world.build import build_network
from standoff.world.network import Network
from standoff.world.tables import World

if TYPE_CHECKING:
    from standoff.measures.gates import Regimes

BLOCK = 64
"""Draws in a block: the arrays of a step of a few thousand links then stay in the cache (measured)."""


@dataclass(frozen=True)
class Job:
    """What a process or another machine needs to run a block of draws.

    Attributes:
        scenario, world: what is run.
        regimes, parameters: from `standoff.simulate.api.prepare_measures`.
        ranges: every number that is drawn.
        values: drawn values by name, (draws,).
        record: makes the recorder of a block from its setup; None keeps unmet use, stops, trade under regimes and the ledger.
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
    keep_freed_memory()
    draws = build_draws(network, job.regimes, job.world, {name: v[part] for name, v in job.values.items()})
    setup = block_setup(job, network, draws)
    recorder: BlockRecorder
    if job.record is not None:
        recorder = job.record(setup)
    else:
        ledger = SideLedger(setup, draws=draws)
        recorder = SummaryRecorder(setup, stop_share=job.parameters["stop_share"], ledger=ledger)
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
        network,
        clock,
        regimes=job.regimes,
        parameters=job.parameters,
        rules=scenario.chosen,
        numbers=scenario.rule_numbers(),
        home_first=scenario.home_first,
        demand_factor=demand_factors(scenario, network, clock),
        draws=draws,
        backend=backend,
    )
