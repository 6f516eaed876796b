"""From which share of flows above 0 a dense table is faster than a list of the flows that there are.

python -m benchmarks.shapes [NODES]

CPU seconds of a step of `ario` on one thread, the best of several runs, over drawn tables of which ever more flows are 0.
"""

from __future__ import annotations

import os
import sys

os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import time
from typing import Any

import numpy as np

from benchmarks.measure import machine
from benchmarks.peers import random_table
from standoff.model.rulesets import compose
from standoff.simulate.damage import Damage, Schedule
from standoff.simulate.economy_run import run_economy
from standoff.world.economies import economy_from_table

NODES, PRODUCTS, STEPS, REPEATS = 1500, 50, 30, 5
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
SHAPES = {"dense": "float64", "sparse": "float64", "dense, float32": "float32"}


def main() -> None:
    nodes = int(sys.argv[1]) if len(sys.argv) > 1 else NODES
    print(machine())
    print(f"{nodes:,} producers, {PRODUCTS} products, ms a step")
    print(f"{'share of flows above 0':<26}" + "".join(f"{shape:>18}" for shape in SHAPES))
    for share in SHARES:
        table = thinned(random_table(nodes), share)
        times = [step_seconds(table, shape.split(",")[0], storage) for shape, storage in SHAPES.items()]
        print(f"{share:<26}" + "".join(f"{1e3 * seconds:>18.2f}" for seconds in times), flush=True)


def thinned(table: dict[str, Any], share: float) -> dict[str, Any]:
    """The table with this share of its flows, drawn; what was sold over the others goes to final demand."""
    kept = np.random.default_rng(2).random(table["flows"].shape) < share
    flows = np.where(kept, table["flows"], 0.0)
    return {**table, "flows": flows, "final": table["output"] - flows.sum(axis=1)}


def step_seconds(table: dict[str, Any], shape: str, storage: str) -> float:
    """CPU seconds of a step."""
    economy = economy_from_table(**table, products=PRODUCTS, cover=90.0, restock=60.0, shape=shape, storage=storage)
    impact = np.zeros(len(economy.output))
    impact[0] = 0.3
    best = float("inf")
    for _ in range(REPEATS):
        damage = Damage(impact=impact, occurrence=2, duration=4, recovery="linear", recovery_steps=10)
        schedule = Schedule(economy, [damage])
        start = time.process_time()
        run_economy(economy, compose("ario"), schedule, steps=STEPS)
        best = min(best, time.process_time() - start)
    return best / STEPS


if __name__ == "__main__":
    main()
