"""BoARIO and rule set ``ario`` on the same table and the same event, in one run, one thread each, results compared.

python -m benchmarks.peers [NODES ...] [--icio]

Tables of so many producers are drawn. ``--icio`` is the OECD's table of 2022 (80 economies x 50 sectors, from the package
sanction-simulator) as `standoff.world.mrio.read.read_mrio` settles it; without arguments all are run. Both engines get the same arrays:
none of the flows is negative, and 51 producers of the real table make, buy and sell nothing. Each engine runs in a process of its own, so
that its peak memory is its own.

Runs are long enough for the event to reach everybody; beside them stands the share of producers that in the last step do not serve all
orders or whose capacity is not the usual one. Beside the time per step stand two bounds: three reads of the table at the bandwidth of
one core (``ario`` may be under it, because two of its three products with the table find it in the cache), and those three products alone.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any, NamedTuple

ICIO = "icio"
SECTORS = {48: 8}
"""Products of a region, 50 where not told."""
USUAL = ("48", "500", "1500", "3000", ICIO, "5000")
STEPS = {48: 365, 500: 120, 1500: 60, 3000: 40}
LARGE_STEPS = 30
PRODUCTS_PER_STEP = 3
REPEATS = {48: 5, 500: 3, 1500: 3}
LARGE_REPEATS = 2
STORAGE = {"standoff": "float64", "standoff-single": "float32"}
"""How the flows of a table are kept, by the name of a run here."""
"""Runs of which the fastest counts, of both engines alike."""


class Measured(NamedTuple):
    """What an engine made of a table, and what it took."""

    output: Any
    """By step and producer."""
    build: float
    """CPU seconds."""
    run: float
    """CPU seconds of the fastest run."""
    before: float
    """Peak memory before building, bytes."""
    more: dict[str, float]


def main() -> None:
    from benchmarks.measure import machine, memory_bandwidth

    sources = [ICIO if each == "--icio" else each for each in sys.argv[1:]]
    print(machine())
    bandwidth = memory_bandwidth()
    print(f"memory bandwidth of one core: {bandwidth / 1e9:.1f} GB/s")
    for source in sources or USUAL:
        with tempfile.TemporaryDirectory() as folder:
            theirs, ours, single = (measure(engine, source, Path(folder)) for engine in ("boario", *STORAGE))
            gaps = [worst_gap(Path(folder), engine) for engine in STORAGE]
        report(source, theirs, ours, gaps[0], bandwidth)
        print(f"  the same with flows in single precision; largest relative difference {gaps[1]:.1e}")
        compare("CPU per step, ms", theirs["cpu_step"] * 1e3, single["cpu_step"] * 1e3)
        compare("peak memory, MB", theirs["peak"] / 1e6, single["peak"] / 1e6)


def report(source: str, theirs: dict[str, float], ours: dict[str, float], gap: float, bandwidth: float) -> None:
    """Print what both took."""
    from benchmarks.measure import row

    name = "ICIO 2022, " if source == ICIO else ""
    print(
        f"\n{name}{ours['nodes']:.0f} producers, {ours['steps']:.0f} steps, {ours['reached']:.0%} of producers reached;"
        f" largest relative difference of output {gap:.1e}"
    )
    compare("CPU per step, ms", theirs["cpu_step"] * 1e3, ours["cpu_step"] * 1e3)
    compare("building, s", theirs["build"], ours["build"])
    compare("peak memory, MB", theirs["peak"] / 1e6, ours["peak"] / 1e6)
    compare("peak memory above that before building, MB", theirs["added"] / 1e6, ours["added"] / 1e6)
    reads = PRODUCTS_PER_STEP * 8 * ours["nodes"] ** 2 / bandwidth
    for what, bound in {"three reads of the table": reads, "the three products alone": ours["products"]}.items():
        row(f"  bound: {what}, ms", f"{bound * 1e3:.3f}", f"ours is {ours['cpu_step'] / bound:.2f} times it")


def compare(what: str, theirs: float, ours: float) -> None:
    from benchmarks.measure import row

    row(f"  {what}", f"{ours:.3g}", f"BoARIO {theirs:.3g}" + (f", {theirs / ours:.1f} times" if ours else ""))


def measure(engine: str, source: str, folder: Path) -> dict[str, float]:
    """Run one engine in a process of its own."""
    from benchmarks.measure import measured_apart

    return measured_apart("benchmarks.peers", engine, source, str(folder))


def worst_gap(folder: Path, engine: str) -> float:
    """Largest difference of output relative to BoARIO's; producers that never make anything have to be the same in both."""
    import numpy as np

    theirs, ours = (np.load(folder / f"{each}.npy") for each in ("boario", engine))
    idle = ~theirs.any(axis=0)
    if ours[:, idle].any():
        raise SystemExit("a producer without output in BoARIO has some here")
    return float((np.abs(ours - theirs)[:, ~idle] / theirs[:, ~idle]).max())


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


def icio_table() -> dict[str, Any]:
    """The OECD's table of 2022, settled."""
    from standoff.world.mrio.read import read_mrio

    mrio = read_mrio("sanction-simulator")
    return {"flows": mrio.flows, "final": (mrio.households + mrio.other).sum(axis=1), "output": mrio.output}


def worker(engine: str, source: str, folder: Path) -> None:
    """Build, run, save output, print what it took."""
    import numpy as np

    from benchmarks.measure import peak_memory

    table = icio_table() if source == ICIO else random_table(int(source))
    nodes = len(table["output"])
    sectors, steps = SECTORS.get(nodes, 50), STEPS.get(nodes, LARGE_STEPS)
    repeats = REPEATS.get(nodes, LARGE_REPEATS)
    if engine == "boario":
        measured = run_boario(table, nodes // sectors, sectors, steps, repeats)
    else:
        measured = run_standoff(table, sectors, steps, repeats, storage=STORAGE[engine])
    np.save(folder / f"{engine}.npy", measured.output)
    peak = peak_memory()
    taken = {
        "nodes": nodes,
        "steps": steps,
        "build": measured.build,
        "cpu_step": measured.run / steps,
        "peak": peak,
        "added": peak - measured.before,
    }
    print(json.dumps({**taken, **measured.more}))


def run_standoff(table: dict[str, Any], sectors: int, steps: int, repeats: int, *, storage: str) -> Measured:
    from benchmarks.measure import peak_memory
    from standoff.model.rulesets import compose, rule_numbers
    from standoff.simulate.damage import Damage, Schedule
    from standoff.simulate.economy_run import run_economy
    from standoff.world.economies import economy_from_table

    before = peak_memory()
    start = time.process_time()
    economy = economy_from_table(
        **table, products=sectors, cover=90.0, restock=60.0, peer_compatible=True, shape="dense", storage=storage
    )
    impact = 0.0 * economy.capital
    impact[0] = 0.3 * economy.capital[0]
    damage = Damage(
        impact=impact, occurrence=2, duration=4, destroys_capital=True, recovery="linear", recovery_steps=30
    )
    rules, numbers = compose("ario"), rule_numbers({"peer_compatible": True})
    build = time.process_time() - start

    def run(*keep: str) -> Any:
        schedule = Schedule(economy, [damage], peer_compatible=True)
        return run_economy(economy, rules, schedule, steps=steps, numbers=numbers, keep=keep)

    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        output = run("output")["output"]
        seconds.append(time.process_time() - start)
    last = run("final_share", "overproduction")
    made = economy.output > 0
    reached = (last["final_share"][-1] != 1) | (last["overproduction"][-1] != 1)
    return Measured(
        output, build, min(seconds), before, {"reached": float(reached[made].mean()), "products": products(economy)}
    )


def products(economy: Any) -> float:
    """CPU seconds of the three products of a step with the table, block by block as in a step."""
    import numpy as np

    supply = economy.supply
    weight, book = np.linspace(0.9, 1.1, supply.nodes), np.zeros(supply.nodes)
    factor = np.ones_like(supply.base)
    best = float("inf")
    for _ in range(9):
        start = time.process_time()
        for block in supply.blocks:
            block.reach(weight)
            block.reach(weight)
            block.add_orders(factor[block.needs], book)
        best = min(best, time.process_time() - start)
    return best


def run_boario(table: dict[str, Any], regions: int, sectors: int, steps: int, repeats: int) -> Measured:
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
        Z=pd.DataFrame(table["flows"], index, index), Y=pd.DataFrame(final, index, columns), name="table"
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
    return Measured(output, build, min(seconds), before, {})


if __name__ == "__main__":
    if "--worker" in sys.argv:
        worker(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    else:
        main()
