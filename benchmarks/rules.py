"""CPU time of a step of every rule set on a drawn table, and of sets with one rule of the default set in the place of their own.

python -m benchmarks.rules [NODES ...]

A fifth of the producers lose a third of their capacity for thirty days. Sets are run in turn, again and again, and the fastest run of each
counts, so that what else the machine does strikes all alike.
"""

from __future__ import annotations

import sys
import time
from typing import Any

USUAL = ("500", "1500")
PRODUCTS, STEPS, REPEATS = 50, 40, 7
SWAPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("ario", {}),
    ("pichler", {}),
    ("inoue_todo", {"rationing": "same_share"}),
    ("standoff", {}),
    ("ario", {"rationing": "tiers"}),
    ("pichler", {"ordering": "planned_use"}),
    ("pichler", {"sourcing": "adaptive"}),
    ("pichler", {"sourcing": "capacity"}),
)


def main() -> None:
    from benchmarks.measure import machine, row

    print(machine())
    for nodes in sys.argv[1:] or USUAL:
        best = fastest(int(nodes))
        print(f"{nodes} producers, CPU ms a step; beside it times that of ario")
        for name, taken in best.items():
            row(f"  {name}", f"{taken * 1e3:.3f}", f"{taken / best['ario']:.2f}")


def fastest(nodes: int) -> dict[str, float]:
    """CPU seconds a step of each set in the fastest of its runs."""
    from benchmarks.peers import random_table
    from standoff.model.rulesets import compose
    from standoff.world.economies import economy_from_table

    economy = economy_from_table(**random_table(nodes), products=PRODUCTS, cover=90.0, restock=60.0, shape="dense")
    sets = {
        " ".join((name, *(f"{slot}={rule}" for slot, rule in changes.items()))): compose(name, **changes)
        for name, changes in SWAPS
    }
    best = dict.fromkeys(sets, float("inf"))
    for _ in range(REPEATS):
        for name, rules in sets.items():
            best[name] = min(best[name], taken(economy, rules))
    return best


def taken(economy: Any, rules: Any) -> float:
    """CPU seconds a step of one run."""
    import numpy as np

    from standoff.simulate.damage import Damage, Schedule
    from standoff.simulate.economy_run import run_economy

    impact = np.where(np.arange(economy.supply.nodes) < economy.supply.nodes // 5, 0.3, 0.0)
    damage = Damage(impact=impact, occurrence=2, duration=30, recovery="linear", recovery_steps=30)
    schedule, start = Schedule(economy, [damage]), time.process_time()
    run_economy(economy, rules, schedule, steps=STEPS, keep=("output",))
    return (time.process_time() - start) / STEPS


if __name__ == "__main__":
    main()
