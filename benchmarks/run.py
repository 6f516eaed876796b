"""Speed of a run: the whole process and inside it, beside the limit that reading the share matrix sets.

python -m benchmarks.run [WORLD ...]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time

from benchmarks.measure import machine, median_seconds, memory_bandwidth, row
from standoff.simulate.api import prepare
from standoff.simulate.ensemble import run_ensemble
from standoff.simulate.run import run_steps
from standoff.simulate.scenario import Scenario, read_scenario
from standoff.simulate.setup import Setup
from standoff.world.build import build_network
from standoff.world.tables import World, read_world

SCENARIO = "april-2025"
DRAWS = 1000


def main() -> None:
    print(machine())
    bandwidth = memory_bandwidth()
    row("memory bandwidth of one core", f"{bandwidth / 1e9:.1f} GB/s")
    row("cold `standoff --help`", f"{cold('--help') * 1e3:.0f} ms", "target 300 ms")
    for name in sys.argv[1:] or ["magnets-small", "rare-earths"]:
        world = read_world(name)
        scenario = read_scenario(SCENARIO)
        with tempfile.TemporaryDirectory() as folder:
            seconds = cold("run", SCENARIO, "--world", name, "--no-report", "--out", folder)
            whole = cold("run", SCENARIO, "--world", name, "--out", folder)
        print(f"\n{name}")
        row("cold `standoff run april-2025 --no-report`", f"{seconds:.2f} s", "target 2 s on magnets-small")
        row("cold `standoff run april-2025`, report included", f"{whole:.2f} s", "target 6 s on rare-earths")
        inside(scenario, world, bandwidth)
        draws(scenario, world)


def cold(*arguments: str) -> float:
    """Seconds of a whole process, the best of three: a cold start is spoiled by whatever else the machine does."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "standoff", *arguments], check=True, capture_output=True)
        best = min(best, time.perf_counter() - start)
    return best


def inside(scenario: Scenario, world: World, bandwidth: float) -> None:
    """Warm times of the phases of one run."""
    network = build_network(world)
    nodes, links = network.nodes, network.links
    row(
        "producers, uses, needs, links (by cover class)",
        f"{nodes.producers}, {len(nodes) - nodes.producers}, {len(network.needs.use)}, {len(links) + len(network.latent)}",
    )
    row("read the world", f"{median_seconds(lambda: read_world(world.name)) * 1e3:.1f} ms")
    row("build the network", f"{median_seconds(lambda: build_network(world)) * 1e3:.1f} ms")
    row(
        "compile the measures, build the setup",
        f"{median_seconds(lambda: prepare(scenario, world, network)) * 1e3:.1f} ms",
    )
    setup, _, _ = prepare(scenario, world, network)
    seconds = median_seconds(lambda: run_steps(setup))
    steps = setup.clock.steps
    row(f"warm run of {steps} weeks", f"{seconds * 1e3:.1f} ms", "targets 25 ms (magnets-small), 60 ms (rare-earths)")
    bound = share_bytes(setup) / bandwidth
    row("one step", f"{seconds / steps * 1e6:.0f} us")
    row(
        "  bound: reading the shares twice from memory",
        f"{bound * 1e6:.2f} us",
        f"{seconds / steps / bound:.0f} times the bound",
    )


def share_bytes(setup: Setup) -> int:
    """Bytes of the share matrix in both directions, with the links whose shares can change."""
    maps = (setup.needs_to_slots, setup.slots_to_cells, setup.tracked_to_slots, setup.tracked_to_cells)
    return sum(each.nbytes for each in maps)


def draws(scenario: Scenario, world: World) -> None:
    """Cost of a draw in an ensemble."""
    for processes in (1, 2):
        start = time.perf_counter()
        run_ensemble(scenario, world, draws=DRAWS, seed=1, processes=processes)
        seconds = time.perf_counter() - start
        row(
            f"{DRAWS} draws on {processes} process{'es' if processes > 1 else ''}",
            f"{seconds:.1f} s",
            f"{seconds / DRAWS * 1e3:.2f} ms a draw; target 15 s on two for rare-earths",
        )


if __name__ == "__main__":
    main()
