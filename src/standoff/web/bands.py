"""Bands over draws: long runs in a process of their own, with progress and cancel. One at a time; of a page's jobs the newest wins."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.errors import InputError, refuse
from standoff.simulate.scenario import Scenario
from standoff.web.payload import HALF, by_side, rounded, run_id
from standoff.world.network import DAYS_PER_YEAR
from standoff.world.tables import World

if TYPE_CHECKING:
    from standoff.simulate.ensemble import Ensemble

BLOCK = 16
"""Draws between two looks at the cancel flag."""
MOST_JOBS = 200
LEVELS = (0.1, 0.5, 0.9)


class _Cancelled(Exception):  # noqa: N818 - how a run is left when nobody wants it any more
    pass


_SHARED: dict[str, Any] = {}
"""In the worker process: flags of cancelled jobs and draws done, by slot; set once when it starts."""


def _start(cancelled: Any, done: Any) -> None:
    _SHARED.update(cancelled=cancelled, done=done)


@dataclass
class Job:
    """One ensemble that was asked for."""

    number: int
    client: str
    draws: int
    future: Future[Any]

    @property
    def slot(self) -> int:
        return self.number % MOST_JOBS


@dataclass
class Bands:
    """The jobs of a server. The worker process starts with the first job."""

    jobs: OrderedDict[int, Job] = field(default_factory=OrderedDict)
    numbers: Any = field(default_factory=lambda: count(1))
    lock: Lock = field(default_factory=Lock)
    pool: ProcessPoolExecutor | None = None
    cancelled: Any = None
    done: Any = None

    def begin(self, scenario: Scenario, world: World, *, draws: int, seed: int, client: str) -> Job:
        """Queue an ensemble; jobs of the same page that are not finished are cancelled."""
        with self.lock:
            if self.pool is None:
                self._open()
            for other in list(self.jobs.values()):
                if client and other.client == client and not other.future.done():
                    self._cancel(other)
            number = next(self.numbers)
            slot = number % MOST_JOBS
            if (old := self.jobs.pop(number - MOST_JOBS, None)) is not None:
                self._cancel(old)
            self.cancelled[slot], self.done[slot] = 0, 0
            assert self.pool is not None
            job = Job(number, client, draws, self.pool.submit(_work, scenario, world, draws, seed, slot))
            self.jobs[number] = job
            return job

    def look(self, number: int) -> dict[str, Any]:
        """How far a job is; with its bands once it is done.

        Raises:
            InputError: there is no such job, or the run that it asked for cannot be.
        """
        job = self._find(number)
        answer: dict[str, Any] = {"job": number, "draws": job.draws, "done": int(self.done[job.slot]), "bands": None}
        if not job.future.done():
            return {**answer, "state": "running"}
        if job.future.cancelled():
            return {**answer, "state": "cancelled"}
        found = job.future.result()
        if isinstance(found, InputError):
            raise found
        if found is None:
            return {**answer, "state": "cancelled"}
        return {**answer, "state": "done", "done": job.draws, "bands": found}

    def cancel(self, number: int) -> None:
        self._cancel(self._find(number))

    def close(self) -> None:
        """End the worker process with all its jobs."""
        with self.lock:
            for job in self.jobs.values():
                self._cancel(job)
            if self.pool is not None:
                self.pool.shutdown(cancel_futures=True)
                self.pool = None

    def warm(self) -> None:
        """Start the worker process now, so that the first band does not wait for it."""
        with self.lock:
            if self.pool is None:
                self._open()
            assert self.pool is not None
            self.pool.submit(_import_all)

    def _open(self) -> None:
        context = get_context("spawn")
        self.cancelled, self.done = context.RawArray("b", MOST_JOBS), context.RawArray("i", MOST_JOBS)
        self.pool = ProcessPoolExecutor(1, mp_context=context, initializer=_start, initargs=(self.cancelled, self.done))

    def _find(self, number: int) -> Job:
        if number not in self.jobs:
            raise refuse("job", why="there is no such job", cure="Ask for the bands again", value=number)
        return self.jobs[number]

    def _cancel(self, job: Job) -> None:
        self.cancelled[job.slot] = 1
        job.future.cancel()


def _import_all() -> None:
    import scipy.stats

    import standoff.simulate.ensemble  # noqa: F401

    scipy.stats.qmc.Sobol(d=1)


def _work(scenario: Scenario, world: World, draws: int, seed: int, slot: int) -> Any:
    """In the worker: the bands of an ensemble, None if it was cancelled, or the report of what cannot be."""

    def watch(done: int) -> None:
        _SHARED["done"][slot] = done
        if _SHARED["cancelled"][slot]:
            raise _Cancelled

    try:
        watch(0)
        return bands_of(scenario, world, draws=draws, seed=seed, progress=watch)
    except _Cancelled:
        return None
    except InputError as error:
        return InputError(error.what, error.problems)


def bands_of(
    scenario: Scenario, world: World, *, draws: int, seed: int, progress: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Low, median and high of the page's lines over draws, and the chance that half of a line stands still in time.

    The band holds 80 of 100 draws.
    """
    from standoff.simulate.ensemble import run_ensemble

    ensemble = run_ensemble(scenario, world, draws=draws, seed=seed, block=BLOCK, progress=progress)
    value = np.asarray(world.tables["uses"]["value"], dtype=float)
    unmet = by_side(world, ensemble.kept["unmet"].astype(float) * value[:, None])
    network = ensemble.network
    price = dict(zip(network.products, network.product_price, strict=True))
    prices = np.array([price[product] for product, _, _ in ensemble.corridors])
    traded = (
        np.einsum("scd,c->sd", ensemble.kept["trade"].astype(float), prices) if len(prices) else np.zeros((0, draws))
    )
    total = {side: np.quantile(values.sum(axis=0), LEVELS) for side, values in unmet.items()}
    return {
        "id": run_id(scenario, world),
        "draws": draws,
        "ranges": len(ensemble.ranges),
        "lines": {
            "unmet": {side: _band(values) for side, values in unmet.items()},
            "controlled_value": _band(traded),
        },
        "unmet": {side: [float(f"{each:.6g}") for each in values] for side, values in total.items()},
        "stops": dict(zip(ensemble.uses, half_stopped_within_a_year(ensemble), strict=True)),
    }


def half_stopped_within_a_year(ensemble: Ensemble) -> list[float]:
    """Share of draws in which at least half of each final use stands still in some step of the first year, (uses,)."""
    steps = int(np.ceil(DAYS_PER_YEAR / ensemble.scenario.step_days))
    share = (ensemble.kept["stopped_share"][:steps] >= HALF).any(axis=0).mean(axis=-1)
    return [round(float(each), 4) for each in share]


def _band(values: Any) -> list[list[float]]:
    if not values.size:
        return [[], [], []]
    return [rounded(row) for row in np.quantile(values, LEVELS, axis=-1)]
