"""How benchmarks measure: medians of repeats in one run, and the machine's own limit beside them."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Environment of a process whose matrix products are to run on one core."""


def median_seconds(work: Callable[[], object], *, repeats: int = 7) -> float:
    """Median wall time of a call, after one call that is not counted."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def memory_bandwidth() -> float:
    """Bytes per second that one core reads and writes when it adds two arrays too large for any cache."""
    size = 20_000_000
    a, b, c = np.ones(size), np.ones(size), np.empty(size)
    return 3 * a.nbytes / median_seconds(lambda: np.add(a, b, out=c), repeats=5)


def measured_apart(module: str, *arguments: str) -> dict[str, float]:
    """What ``python -m module --worker arguments`` measures in a process of its own, on one thread: its last line, JSON."""
    done = subprocess.run(
        [sys.executable, "-m", module, "--worker", *arguments],
        env={**os.environ, **ONE_THREAD},
        check=True,
        capture_output=True,
        text=True,
    )
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def peak_memory() -> float:
    """Peak of this process alone, bytes; the usual counter of a child begins at its parent's."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) * 1024.0


def machine() -> str:
    """The machine in words: a figure without it means nothing."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return (
        f"{model}, {os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}, NumPy {np.__version__}"
    )


def row(what: str, value: str, note: str = "") -> None:
    """One line of a benchmark's table."""
    print(f"{what:<58} {value:>16}  {note}", flush=True)
