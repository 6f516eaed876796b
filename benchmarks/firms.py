"""Networks of firms from ten thousand to a million: seconds and memory of a step, and how both grow.

python -m benchmarks.firms [FIRMS ...]

Each size runs in a process of its own on one thread. Seconds are CPU seconds. Memory is the peak of the process above what it had before
it was handed the network, against the bytes of the lists handed over (supplier, buyer, sales; product and final demand of each firm).
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import machine, measured_apart, memory_bandwidth, peak_memory, row

LINKS_PER_FIRM = 10
SECTORS = 100
STEPS = 4
REPEATS = 5
USUAL = (10_000, 100_000, 1_000_000)


def main() -> None:
    print(machine())
    bandwidth = memory_bandwidth()
    row("memory bandwidth of one core", f"{bandwidth / 1e9:.1f} GB/s")
    before: dict[str, float] = {}
    for firms in [int(each) for each in sys.argv[1:]] or USUAL:
        with tempfile.TemporaryDirectory() as folder:
            network = Path(folder) / "network"
            network.mkdir()
            for name, values in scale_free(firms).items():
                np.save(network / f"{name}.npy", values)
            now = measure(network)
        print(f"\n{firms:,} firms, {now['links']:,.0f} links")
        growth = ""
        if before:
            exponent = math.log(now["step"] / before["step"]) / math.log(now["firms"] / before["firms"])
            growth = f"grows with exponent {exponent:.2f}"
        row("  seconds of a step", f"{now['step']:.4f}", growth)
        row("  seconds of a year of days", f"{365 * now['step']:.0f}")
        bound = 2 * now["read"] / bandwidth
        row("  bound: two reads of the links", f"{bound:.4f}", f"a step is {now['step'] / bound:.1f} times it")
        row("  seconds to build", f"{now['build']:.2f}")
        times = now["peak"] / now["given"]
        row("  peak memory, MB", f"{now['peak'] / 1e6:.0f}", f"{times:.2f} times the lists handed over; target 2.5")
        before = now


def measure(network: Path) -> dict[str, float]:
    """Run one size in a process of its own."""
    return measured_apart("benchmarks.firms", str(network))


def worker(network: Path) -> None:
    """Build, run under `inoue_todo` with the same share for all, print what it took."""
    from scipy import sparse  # noqa: F401 - the library's own memory is not the network's

    from standoff.model.rulesets import compose
    from standoff.simulate.damage import Damage, Schedule
    from standoff.simulate.economy_run import run_economy
    from standoff.world.economies import economy_from_firms

    empty = peak_memory()
    lists = {path.stem: np.load(path) for path in network.iterdir()}
    given, firms = sum(values.nbytes for values in lists.values()), len(lists["final"])
    start = time.process_time()
    economy = economy_from_firms(**lists, cover=15.0, restock=6.0, stock_by_link=False)
    build, links = time.process_time() - start, len(lists["flow"])
    del lists
    lost = np.zeros(firms)
    lost[:: max(firms // 100, 1)] = 0.5
    rules = compose("inoue_todo", rationing="same_share")

    def seconds(steps: int) -> float:
        start = time.process_time()
        schedule = Schedule(economy, [Damage(impact=lost, occurrence=0, duration=steps)])
        run_economy(economy, rules, schedule, steps=steps, keep=())
        return time.process_time() - start

    seconds(1)
    one, more = (min(seconds(steps) for _ in range(REPEATS)) for steps in (1, STEPS + 1))
    step = (more - one) / STEPS
    print(
        json.dumps(
            {
                "firms": firms,
                "links": links,
                "step": step,
                "build": build,
                "read": economy.supply.nbytes,
                "given": given,
                "peak": peak_memory() - empty,
            }
        )
    )


def scale_free(firms: int) -> dict[str, Any]:
    """Suppliers drawn with a probability that falls with their rank, firms in no order."""
    draw = np.random.default_rng(1)
    links = firms * LINKS_PER_FIRM
    name = draw.permutation(firms)
    supplier = name[np.minimum((firms * draw.random(links) ** 2.0).astype(np.int64), firms - 1)]
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
    if "--worker" in sys.argv:
        worker(Path(sys.argv[2]))
    else:
        main()
