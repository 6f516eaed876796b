"""Speed of ensembles: draws a second, what the sweep's bookkeeping costs, and what two processes lose.

python -m benchmarks.sweep [WORLD ...]

Two processes lose in two ways. They share clock, cache and memory, so each takes its steps more slowly than alone: measured with two
processes that take the steps of half of the draws each and know nothing of each other. What a sweep takes longer than these is its own.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

from benchmarks.measure import machine, row
from standoff.simulate.ensemble import Job, plan_ensemble, run_block
from standoff.simulate.scenario import read_scenario
from standoff.simulate.sweep import sweep
from standoff.world.build import build_network
from standoff.world.network import Network
from standoff.world.tables import read_world

SCENARIO, DRAWS, SEED = "april-2025", 2000, 0
TARGET_SECONDS, TARGET_LOST = 60, 0.15


def main() -> None:
    print(machine())
    for name in sys.argv[1:] or ["magnets-small", "rare-earths"]:
        print(f"\n{name}, {DRAWS:,} draws of {SCENARIO}")
        world, scenario = read_world(name), read_scenario(SCENARIO)
        network = build_network(world)
        job = plan_ensemble(scenario, world, draws=DRAWS, seed=SEED, network=network)
        run_block(job, network, slice(0, 64))
        before, together = steps_alone(job, network), steps_at_once(job, network, processes=2)
        swept = []
        for processes in (1, 2):
            begin, spent = time.perf_counter(), processor_seconds()
            with tempfile.TemporaryDirectory() as folder:
                sweep(scenario, world, draws=DRAWS, seed=SEED, processes=processes, folder=Path(folder))
            swept.append((processes, time.perf_counter() - begin, processor_seconds() - spent))
        wall, processor = ((one + other) / 2 for one, other in zip(before, steps_alone(job, network), strict=True))
        row("steps alone, one process", f"{DRAWS / wall:.1f} draws/s", f"{processor:.1f} s of processor time")
        for processes, seconds, used in swept:
            row(f"sweep, {processes} process(es)", f"{DRAWS / seconds:.1f} draws/s")
            row(f"{DRAWS:,} draws", f"{seconds:.1f} s", f"target {TARGET_SECONDS} s on two cores")
            row(
                "share of processor time that is not steps",
                f"{1 - processor / used:.0%}",
                f"target under {TARGET_LOST:.0%}",
            )
            row(
                "share of all cores' time lost",
                f"{1 - wall / (processes * seconds):.0%}",
                f"target under {TARGET_LOST:.0%}; means little on a busy machine",
            )
        seconds = swept[-1][1]
        row("two processes that know nothing of each other", f"{DRAWS / together:.1f} draws/s")
        row(
            "share of their time that they lose to each other",
            f"{1 - wall / (2 * together):.0%}",
            "clock, cache, memory",
        )
        row("share of the sweep's time that is bookkeeping", f"{1 - together / seconds:.0%}", "on two processes")


def steps_alone(job: Job, network: Network) -> tuple[float, float]:
    """Seconds on the wall and of the processor that the steps of all draws take."""
    begin, spent = time.perf_counter(), processor_seconds()
    for part in job.slices():
        run_block(job, network, part)
    return time.perf_counter() - begin, processor_seconds() - spent


def steps_at_once(job: Job, network: Network, *, processes: int) -> float:
    """Seconds on the wall until processes that know nothing of each other have taken the steps of all draws."""
    context = get_context("fork")
    ready = context.Barrier(processes + 1)
    workers = [
        context.Process(target=_every_other, args=(job, network, part, processes, ready)) for part in range(processes)
    ]
    for worker in workers:
        worker.start()
    ready.wait()
    begin = time.perf_counter()
    for worker in workers:
        worker.join()
    return time.perf_counter() - begin


def _every_other(job: Job, network: Network, first: int, processes: int, ready: Barrier) -> None:
    ready.wait()
    for part in job.slices()[first::processes]:
        run_block(job, network, part)


def processor_seconds() -> float:
    """Of this process and of those it waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
