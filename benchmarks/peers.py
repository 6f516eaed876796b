"""BoARIO and rule set ``ario`` on the same table and the same event, in one run, one thread each, results compared.

python -m benchmarks.peers [NODES ...] [--table FILE]

FILE is a real table: an ``.npz`` with ``flows`` (producers by region, then product), ``final`` (producers,), ``output`` and the number of
``products``. Each engine runs in a process of its own, so that its peak memory is its own. Beside the time per step stands the bound: three
reads of the table at the bandwidth of one core, measured in the same run. ``ario`` may be under it, because it reads the table from
memory once a step and the other two times from the cache.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

SECTORS = {48: 8}
"""Products of a region, 50 where not told."""
USUAL = (48, 500, 1500, 3000, 5000)
STEPS = {48: 200, 500: 60, 1500: 20}
LARGE_STEPS = 8
PRODUCTS_PER_STEP = 3
REPEATS = {48: 5, 500: 3, 1500: 3}
LARGE_REPEATS = 2
"""Runs of which the fastest counts, of both engines alike."""


def main() -> None:
    from benchmarks.measure import machine, memory_bandwidth, row

    arguments = sys.argv[1:]
    given = Path(arguments.pop(arguments.index("--table") + 1)) if "--table" in arguments else None
    sizes = [int(each) for each in arguments if each != "--table"]
    print(machine())
    bandwidth = memory_bandwidth()
    row("memory bandwidth of one core", f"{bandwidth / 1e9:.1f} GB/s")
    for source in [given] if given else sizes or USUAL:
        with tempfile.TemporaryDirectory() as folder:
            theirs, ours = (measure(engine, source, Path(folder)) for engine in ("boario", "standoff"))
            gap = worst_gap(Path(folder))
        bound = PRODUCTS_PER_STEP * 8 * ours["nodes"] ** 2 / bandwidth
        print(
            f"\n{ours['nodes']:.0f} producers, {ours['steps']:.0f} steps; largest relative difference of output {gap:.1e}"
        )
        compare("CPU per step, ms", theirs["cpu_step"] * 1e3, ours["cpu_step"] * 1e3)
        compare("building, s", theirs["build"], ours["build"])
        compare("peak memory, MB", theirs["peak"] / 1e6, ours["peak"] / 1e6)
        compare("peak memory above that before building, MB", theirs["added"] / 1e6, ours["added"] / 1e6)
        row(
            "  bound: three reads of the table, ms",
            f"{bound * 1e3:.3f}",
            f"ours is {ours['cpu_step'] / bound:.2f} times it",
        )


def compare(what: str, theirs: float, ours: float) -> None:
    from benchmarks.measure import row

    row(f"  {what}", f"{ours:.3g}", f"BoARIO {theirs:.3g}, {theirs / max(ours, 1e-12):.1f} times")


def measure(engine: str, source: int | Path, folder: Path) -> dict[str, float]:
    """Run one engine in a process of its own."""
    from benchmarks.measure import measured_apart

    return measured_apart("benchmarks.peers", engine, str(source), str(folder))


def worst_gap(folder: Path) -> float:
    import numpy as np

    theirs, ours = (np.load(folder / f"{engine}.npy") for engine in ("boario", "standoff"))
    return float((np.abs(ours - theirs) / theirs).max())


def random_table(nodes: int) -> dict[str, Any]:
    """A table of which producers buy a share of output between 0.3 and 0.7, from everybody."""
    import numpy as np

    draw = np.random.default_rng(1)
    flows = draw.lognormal(0.0, 2.0, (nodes, nodes))
    final = np.full(nodes, flows.sum() / nodes)
    output = flows.sum(axis=1) + final
    flows *= draw.uniform(0.3, 0.7, nodes) * output / flows.sum(axis=0)
    flows *= 0.7 / max(0.7, float((flows.sum(axis=0) / (flows.sum(axis=1) + final)).max()))
    return {"flows": flows, "final": final, "output": flows.sum(axis=1) + final}


def worker(engine: str, source: str, folder: Path) -> None:
    """Build, run, save output, print what it took."""
    import numpy as np

    from benchmarks.measure import peak_memory

    table = random_table(int(source)) if source.isdigit() else dict(np.load(source))
    nodes = len(table["output"])
    sectors = int(table.pop("products", SECTORS.get(nodes, 50)))
    steps = STEPS.get(nodes, LARGE_STEPS)
    run_it = {"boario": run_boario, "standoff": run_standoff}[engine]
    output, build, cpu, before = run_it(table, nodes // sectors, sectors, steps, REPEATS.get(nodes, LARGE_REPEATS))
    np.save(folder / f"{engine}.npy", output)
    peak = peak_memory()
    print(
        json.dumps(
            {
                "nodes": nodes,
                "steps": steps,
                "build": build,
                "cpu_step": cpu / steps,
                "peak": peak,
                "added": peak - before,
            }
        )
    )


def run_standoff(
    table: dict[str, Any], regions: int, sectors: int, steps: int, repeats: int
) -> tuple[Any, float, float, float]:
    from benchmarks.measure import peak_memory
    from standoff.model.rulesets import compose, rule_numbers
    from standoff.simulate.damage import Damage, Schedule
    from standoff.simulate.economy_run import run_economy
    from standoff.world.economies import economy_from_table

    before = peak_memory()
    start = time.process_time()
    economy = economy_from_table(**table, products=sectors, cover=90.0, restock=60.0, peer_compatible=True)
    impact = 0.0 * economy.capital
    impact[0] = 0.3 * economy.capital[0]
    damage = Damage(
        impact=impact, occurrence=2, duration=4, destroys_capital=True, recovery="linear", recovery_steps=30
    )
    rules, numbers = compose("ario"), rule_numbers({"peer_compatible": True})
    build = time.process_time() - start
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        schedule = Schedule(economy, [damage], peer_compatible=True)
        run = run_economy(economy, rules, schedule, steps=steps, numbers=numbers, keep=("output",))
        seconds.append(time.process_time() - start)
    return run["output"], build, min(seconds), before


def run_boario(
    table: dict[str, Any], regions: int, sectors: int, steps: int, repeats: int
) -> tuple[Any, float, float, float]:
    import numpy as np
    import pandas as pd
    import pymrio
    from boario.event import from_series
    from boario.extended_models import ARIOPsiModel
    from boario.simulation import Simulation

    from benchmarks.measure import peak_memory

    warnings.simplefilter("ignore")
    before = peak_memory()
    start = time.process_time()
    names = [f"r{number:03d}" for number in range(regions)], [f"s{number:03d}" for number in range(sectors)]
    index = pd.MultiIndex.from_product(names, names=["region", "sector"])
    columns = pd.MultiIndex.from_product([names[0], ["final"]], names=["region", "category"])
    final = np.repeat(table["final"][:, None] / regions, regions, axis=1)
    tables = pymrio.IOSystem(
        Z=pd.DataFrame(table["flows"], index, index), Y=pd.DataFrame(final, index, columns), name="random"
    )
    tables.calc_all()
    model = ARIOPsiModel(tables)
    build = time.process_time() - start
    impact = pd.Series([0.3 * float(model.productive_capital[0])], index=index[:1])
    event = from_series(
        impact,
        event_type="recovery",
        occurrence=2,
        duration=4,
        recovery_tau=30,
        recovery_function="linear",
        event_monetary_factor=10**6,
    )
    seconds = []
    for repeat in range(repeats):
        if repeat:  # a model runs once
            model = ARIOPsiModel(tables)
        simulation = Simulation(model, n_temporal_units_to_sim=steps)
        simulation.add_event(event)
        start = time.process_time()
        simulation.loop()
        seconds.append(time.process_time() - start)
        output = simulation.production_realised.to_numpy().copy()
        del simulation, model
    return output, build, min(seconds), before


if __name__ == "__main__":
    if "--worker" in sys.argv:
        worker(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    else:
        main()
