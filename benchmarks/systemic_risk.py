"""Systemic risk of every firm: lists read, failures a second, and memory, on scale-free networks of ten links a firm.

python -m benchmarks.systemic_risk [FIRMS ...] [--all]

A hundred sectors, a third of their inputs essential, a third not, a third negligible. 400 firms spread over all ranks fail, or every firm.
Seconds are those of the processor, with one thread for JAX.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ["XLA_FLAGS"] = (
    "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"  # before anything loads JAX
)

import numpy as np

from benchmarks.firms import SECTORS, scale_free
from benchmarks.measure import machine, peak_memory, row
from standoff.simulate.backend import backend_named
from standoff.simulate.systemic_risk import REPLACE, systemic_risk
from standoff.world.firms import FirmNetwork, read_firms, write_firms

USUAL = (10_000,)
FAILING = 400


def main() -> None:
    print(machine())
    for firms in [int(each) for each in sys.argv[1:] if each.isdigit()] or USUAL:
        network = made_up(firms)
        print(f"\n{firms:,} firms, {len(network.value):,} links")
        lists(network)
        failing = np.arange(firms) if "--all" in sys.argv else np.arange(0, firms, max(firms // FAILING, 1))
        for replace in REPLACE:
            cascades(network, failing, replace)
        row("  peak memory, MB", f"{peak_memory() / 1e6:.0f}")


def cascades(network: FirmNetwork, failing: Any, replace: str) -> None:
    """Failures a second in both libraries; JAX compiles in its first call."""
    for what, backend in (("numpy", "numpy"), ("jax, compiling", "jax"), ("jax", "jax")):
        start = time.process_time()
        risk = systemic_risk(network, replace=replace, failing=failing, backend=backend_named(backend))
        seconds = time.process_time() - start
        every = seconds / len(failing) * len(network.firms)
        note = f"{risk.iterations.mean():.1f} rounds each; {seconds:.2f} s, every firm in {every:.1f} s"
        row(f"  failures a CPU second, replacement {replace}, {what}", f"{len(failing) / seconds:.0f}", note)


def made_up(firms: int) -> FirmNetwork:
    """A scale-free network with drawn essentiality."""
    drawn = scale_free(firms)
    levels = np.random.default_rng(2).integers(0, 3, (SECTORS, SECTORS)).astype(np.int8)
    return FirmNetwork(
        firms=tuple(map(str, range(firms))),
        sectors=tuple(map(str, range(SECTORS))),
        sector=drawn["product"],
        supplier=drawn["supplier"],
        buyer=drawn["buyer"],
        value=drawn["flow"],
        essentiality=levels,
    )


def lists(network: FirmNetwork) -> None:
    """Write the lists as CSV and Parquet and read both."""
    import pyarrow.csv
    import pyarrow.parquet

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_firms(network, folder)
        for stem in ("firms", "links", "essentiality"):
            pyarrow.parquet.write_table(pyarrow.csv.read_csv(folder / f"{stem}.csv"), folder / f"{stem}.parquet")
        for suffix in ("csv", "parquet"):
            links, firms, levels = (folder / f"{stem}.{suffix}" for stem in ("links", "firms", "essentiality"))
            start = time.process_time()
            again = read_firms(links, firms, essentiality=levels)
            row(f"  reading the lists from {suffix}, CPU s", f"{time.process_time() - start:.2f}")
            if not np.array_equal(again.value, network.value):
                raise SystemExit(f"{suffix}: not the same network")


if __name__ == "__main__":
    main()
