"""Networks of firms from ten thousand to a million: seconds and memory of a step, and how both grow.

python -m benchmarks.firms [FIRMS ...]
"""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from benchmarks.measure import machine, median_seconds, memory_bandwidth, row
from standoff.model.rulesets import compose
from standoff.simulate.damage import Damage, Schedule
from standoff.simulate.economy_run import run_economy
from standoff.world.economies import economy_from_firms

LINKS_PER_FIRM = 10
SECTORS = 100
STEPS = 3
USUAL = (10_000, 100_000)


def main() -> None:
    print(machine())
    bandwidth = memory_bandwidth()
    row("memory bandwidth of one core", f"{bandwidth / 1e9:.1f} GB/s")
    before = None
    for firms in [int(each) for each in sys.argv[1:]] or USUAL:
        seconds, size = one_size(firms)
        growth = (
            ""
            if before is None
            else f"grows with exponent {math.log(seconds / before[1]) / math.log(firms / before[0]):.2f}"
        )
        row(f"{firms:,} firms, seconds per step", f"{seconds:.4f}", growth)
        row("  bound: three reads of the links", f"{3 * size / bandwidth:.4f}", f"a year of days {365 * seconds:.0f} s")
        before = (firms, seconds)


def one_size(firms: int) -> tuple[float, float]:
    """(seconds of a step under `inoue_todo` with the same share for all, bytes of the links)."""
    economy = economy_from_firms(**scale_free(firms), cover=15.0, restock=6.0, stock_by_link=False)
    lost = np.zeros(firms)
    lost[:: max(firms // 100, 1)] = 0.5
    rules = compose("inoue_todo", rationing="same_share")

    def work() -> None:
        schedule = Schedule(economy, [Damage(impact=lost, occurrence=0, duration=STEPS)])
        run_economy(economy, rules, schedule, steps=STEPS, keep=())

    return median_seconds(work, repeats=3) / STEPS, 12.0 * firms * LINKS_PER_FIRM


def scale_free(firms: int) -> dict[str, Any]:
    """Suppliers drawn with a probability that falls with their rank, buyers alike."""
    draw = np.random.default_rng(1)
    links = firms * LINKS_PER_FIRM
    supplier = np.minimum((firms * draw.random(links) ** 2.0).astype(np.int64), firms - 1)
    buyer = draw.integers(0, firms, links)
    pairs = np.unique(supplier * firms + buyer)
    return {
        "supplier": pairs // firms,
        "buyer": pairs % firms,
        "flow": draw.lognormal(0.0, 1.0, len(pairs)),
        "product": draw.integers(0, SECTORS, firms),
        "final": draw.lognormal(3.0, 1.0, firms),
    }


if __name__ == "__main__":
    main()
