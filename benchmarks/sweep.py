"""Speed of ensembles: draws a second, what the sweep's bookkeeping costs, and the share of a second process that is lost.

python -m benchmarks.sweep [WORLD ...]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import machine, row
from standoff.simulate.ensemble import plan_ensemble, run_block
from standoff.simulate.scenario import read_scenario
from standoff.simulate.sweep import sweep
from standoff.world.build import build_network
from standoff.world.tables import read_world

SCENARIO, DRAWS, SEED = "april-2025", 512, 0
TARGET_DRAWS, TARGET_SECONDS, TARGET_LOST = 2000, 60, 0.15


def main() -> None:
    print(machine())
    for name in sys.argv[1:] or ["magnets-small", "rare-earths"]:
        print(f"\n{name}, {DRAWS} draws of {SCENARIO}")
        world, scenario = read_world(name), read_scenario(SCENARIO)
        network = build_network(world)
        job = plan_ensemble(scenario, world, draws=DRAWS, seed=SEED, network=network)
        begin = time.perf_counter()
        for part in job.slices():
            run_block(job, network, part)
        steps = time.perf_counter() - begin
        row("steps alone, one process", f"{DRAWS / steps:.1f} draws/s")
        for processes in (1, 2):
            begin = time.perf_counter()
            with tempfile.TemporaryDirectory() as folder:
                sweep(scenario, world, draws=DRAWS, seed=SEED, processes=processes, folder=Path(folder))
            seconds = time.perf_counter() - begin
            lost = 1.0 - steps / (processes * seconds)
            row(f"sweep, {processes} process(es)", f"{DRAWS / seconds:.1f} draws/s")
            row("share lost to overhead", f"{lost:.0%}", f"target under {TARGET_LOST:.0%}")
            row(
                f"{TARGET_DRAWS} draws at this rate",
                f"{TARGET_DRAWS * seconds / DRAWS:.0f} s",
                f"target {TARGET_SECONDS} s on two cores",
            )


if __name__ == "__main__":
    main()
