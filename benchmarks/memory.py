"""Memory of a process and its children, with pages that they share counted once. Linux only; elsewhere it is not a number."""

from __future__ import annotations

from pathlib import Path


def memory_of(process: int) -> float:
    """MB (10^6 bytes) of a process and all its children, NaN where the system does not tell."""
    total = 0.0
    for number in family_of(process):
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text(encoding="utf-8").splitlines()
        except OSError:
            if number == process:
                return float("nan")
            continue  # a child that has just ended
        total += next(float(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6
    return total


def family_of(process: int) -> list[int]:
    """A process and all its children, their children among them."""
    found = [process]
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in task.read_text(encoding="utf-8").split():
            found += family_of(int(child))
    return found
