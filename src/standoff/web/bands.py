"""Bands over draws: runs on processes of their own, with progress and cancel. Of a page's jobs the newest wins."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.errors import refuse
from standoff.simulate.scenario import Scenario
from standoff.web import workers
from standoff.web.payload import HALF, by_side, rounded, run_id
from standoff.web.requests import DRAWS, RunRequest
from standoff.web.workers import WORKERS
from standoff.world.network import DAYS_PER_YEAR, Network
from standoff.world.tables import World

if TYPE_CHECKING:
    from standoff.simulate.ensemble import Job as Plan

BLOCK = 16
"""Draws that run together in a worker: few, so that the workers end at about the same time though the system takes one of them away."""
MOST_JOBS = 200
LEVELS = (0.1, 0.5, 0.9)
POLITENESS = 5
"""How far draws stand back, as a niceness of the operating system: a lever that moves again comes first."""


class _Cancelled(Exception):  # noqa: N818 - how a run is left when nobody wants it any more
    pass


_FLAGS: dict[str, Any] = {}
"""In a worker, set once when it starts: which jobs are cancelled."""


@dataclass(frozen=True)
class Drawn:
    """What the page shows of some of the draws of a job.

    Attributes:
        id: names the run that the draws are of.
        ranges: how many numbers were drawn.
        unmet: value of unmet final use, USD per step, by side, (steps, draws).
        traded: trade under regimes, USD per step at base prices, (steps, draws).
        stopped: whether at least half of each final use stands still in some step of the first year, (uses, draws).
    """

    id: str
    ranges: int
    unmet: dict[str, Any]
    traded: Any
    stopped: dict[str, Any]


@dataclass
class Job:
    """One ensemble that was asked for, in parts: each worker takes the next one when it is done with one."""

    number: int
    client: str
    draws: int
    parts: list[Future[Any]]
    bands: dict[str, Any] | None = None

    @property
    def slot(self) -> int:
        return self.number % MOST_JOBS

    @property
    def over(self) -> bool:
        return all(part.done() for part in self.parts)


@dataclass
class Bands:
    """The jobs of a server. The worker processes start with the first job."""

    jobs: OrderedDict[int, Job] = field(default_factory=OrderedDict)
    numbers: Any = field(default_factory=lambda: count(1))
    lock: Lock = field(default_factory=Lock)
    pool: ProcessPoolExecutor | None = None
    cancelled: Any = None

    def begin(self, scenario: Scenario, world: str | World, *, draws: int, seed: int, client: str) -> Job:
        """Queue an ensemble; jobs of the same page that are not finished are cancelled.

        Args:
            scenario: what is run.
            world: name of a bundled world, or one that was uploaded.
            draws, seed: how many, and of which points.
            client: the page that asks.
        """
        with self.lock:
            self._opened()
            for other in list(self.jobs.values()):
                if client and other.client == client and not other.over:
                    self._cancel(other)
            number = next(self.numbers)
            slot = number % MOST_JOBS
            if (old := self.jobs.pop(number - MOST_JOBS, None)) is not None:
                self._cancel(old)
            self.cancelled[slot] = 0
            try:
                parts = self._submit(scenario, world, draws=draws, seed=seed, slot=slot)
            except BrokenProcessPool:  # the system took a process away: this job gets others
                self.pool = None
                parts = self._submit(scenario, world, draws=draws, seed=seed, slot=slot)
            job = Job(number, client, draws, parts)
            self.jobs[number] = job
            return job

    def _submit(self, scenario: Scenario, world: str | World, *, draws: int, seed: int, slot: int) -> list[Future[Any]]:
        """The draws of a job in parts of one block."""
        pool = self._opened()
        parts = [slice(start, min(start + BLOCK, draws)) for start in range(0, draws, BLOCK)]
        return [pool.submit(_work, scenario, world, draws, seed, part, slot) for part in parts]

    def look(self, number: int) -> dict[str, Any]:
        """How far a job is; with its bands once it is done.

        Raises:
            InputError, ModelError: there is no such job, or the run that it asked for cannot be.
        """
        job = self._find(number)
        done = min(sum(part.done() and not part.cancelled() for part in job.parts) * BLOCK, job.draws)
        answer: dict[str, Any] = {"job": number, "draws": job.draws, "done": done, "bands": None}
        if not job.over:
            return {**answer, "state": "running"}
        if job.bands is None:
            found = [None if part.cancelled() else part.result() for part in job.parts]
            drawn = [part for part in found if isinstance(part, Drawn)]
            if len(drawn) < len(found):
                return {**answer, "state": "cancelled"}
            job.bands = bands_of(drawn)
            job.parts = []
        return {**answer, "state": "done", "done": job.draws, "bands": job.bands}

    def cancel(self, number: int) -> None:
        self._cancel(self._find(number))

    def close(self) -> None:
        """End the worker processes with all their jobs."""
        with self.lock:
            for job in self.jobs.values():
                self._cancel(job)
            if self.pool is not None:
                self.pool.shutdown(cancel_futures=True)
                self.pool = None

    def warm(self) -> None:
        """Start the worker processes now, so that the first band does not wait for them."""
        with self.lock:
            pool = self._opened()
            for _ in range(WORKERS):
                pool.submit(workers.nothing)

    def _opened(self) -> ProcessPoolExecutor:
        if self.pool is None:
            shared = workers.context()
            self.cancelled = shared.RawArray("b", MOST_JOBS)
            self.pool = workers.pool(WORKERS, start=_start, arguments=(self.cancelled,))
        return self.pool

    def _find(self, number: int) -> Job:
        if number not in self.jobs:
            raise refuse("job", why="there is no such job", cure="Ask for the bands again", value=number)
        return self.jobs[number]

    def _cancel(self, job: Job) -> None:
        self.cancelled[job.slot] = 1
        for part in job.parts:
            part.cancel()


def _start(cancelled: Any) -> None:
    if hasattr(os, "nice"):
        os.nice(POLITENESS)
    _FLAGS.update(cancelled=cancelled)
    engine = workers.begin()
    engine.planned(*engine.asked(RunRequest()), draws=DRAWS, seed=0)


def _work(scenario: Scenario, world: str | World, draws: int, seed: int, part: slice, slot: int) -> Any:
    """In a worker: some of the draws of a job, None if it was cancelled."""

    def watch(_: int) -> None:
        if _FLAGS["cancelled"][slot]:
            raise _Cancelled

    try:
        watch(0)
        engine, exists, network = workers.found_here(scenario, world)
        return draw(engine.planned(scenario, exists, network, draws=draws, seed=seed), network, part=part, watch=watch)
    except _Cancelled:
        return None


def draw(plan: Plan, network: Network, *, part: slice, watch: Callable[[int], None]) -> Drawn:
    """Run some of the draws of an ensemble.

    Args:
        plan, network: what is run.
        part: the draws that are run here.
        watch: called in every step with the number of steps done.
    """
    from standoff.simulate.ensemble import run_block
    from standoff.simulate.record import SummaryRecorder

    scenario, world = plan.scenario, plan.world
    job = replace(plan, record=partial(SummaryRecorder, stop_share=plan.parameters["stop_share"]))
    value = np.asarray(world.tables["uses"]["value"], dtype=float)[:, None]
    first_year = int(np.ceil(DAYS_PER_YEAR / scenario.step_days))
    block = run_block(job, network, part, progress=watch)
    prices = network.product_price[[product for product, _, _ in block.corridors]]
    traded = np.einsum("scd,c->sd", block.kept["trade"].astype(float), prices)
    return Drawn(
        id=run_id(scenario, world),
        ranges=len(job.ranges),
        unmet=by_side(world, block.kept["unmet"].astype(float) * value),
        traded=traded if len(prices) else traded[:0],
        stopped=dict(
            zip(
                world.tables["uses"]["use"], (block.kept["stopped_share"][:first_year] >= HALF).any(axis=0), strict=True
            )
        ),
    )


def bands_of(parts: list[Drawn]) -> dict[str, Any]:
    """Low, median and high of the page's lines over all draws, and the chance that half of a line stands still within a year.

    The band holds 80 of 100 draws.
    """
    unmet = {side: np.concatenate([part.unmet[side] for part in parts], axis=-1) for side in parts[0].unmet}
    traded = np.concatenate([part.traded for part in parts], axis=-1)
    total = {side: np.quantile(values.sum(axis=0), LEVELS) for side, values in unmet.items()}
    return {
        "id": parts[0].id,
        "draws": traded.shape[-1],
        "ranges": parts[0].ranges,
        "lines": {
            "unmet": {side: _band(values) for side, values in unmet.items()},
            "controlled_value": _band(traded),
        },
        "unmet": {side: [float(f"{each:.6g}") for each in values] for side, values in total.items()},
        "stops": {
            use: round(float(np.concatenate([part.stopped[use] for part in parts]).mean()), 4)
            for use in parts[0].stopped
        },
    }


def _band(values: Any) -> list[list[float]]:
    if not values.size:
        return [[], [], []]
    return [rounded(row) for row in np.quantile(values, LEVELS, axis=-1)]
