"""A sweep killed again and again ends with the bits of one that was not: on two processes here, and on a local Dask cluster.

python -m benchmarks.kills [DRAWS]
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.killed_sweep import FINAL, HALF, INSIDE, UNMOVED
from benchmarks.measure import machine, row
from standoff.simulate.sweep import read_block

ROOT = Path(__file__).resolve().parent.parent
KILLS, LEAST_INSIDE = 20, 6


@dataclass(frozen=True)
class Setting:
    """What is swept, and where."""

    draws: int
    scenario: str = "april-2025"
    world: str = ""
    changes: dict[str, Any] = field(default_factory=dict)
    block: int = 64
    seed: int = 7
    processes: int = 2
    dask: str = ""


@dataclass(frozen=True)
class Kill:
    """When a sweep dies: inside a write (see `benchmarks.killed_sweep.INSIDE`), or so many seconds after its begin."""

    moment: str
    seconds: float = 0.0
    writes: int = 0
    share: float = 0.0


@dataclass(frozen=True)
class Killed:
    """What became of a sweep.

    Attributes:
        kills, inside: how many, and how many of them inside a write.
        blocks: block files that were there after each kill.
        left_half: unfinished files found after the kills, in all.
        digest: of every number at the end.
    """

    kills: int
    inside: int
    blocks: tuple[int, ...]
    left_half: int
    digest: str


def plan_kills(*, kills: int, inside: int, longest: float, seed: int) -> list[Kill]:
    """Kills in random order, at random moments; the last one inside the file that ends the sweep.

    Args:
        kills, inside: how many, and how many of them inside a write.
        longest: seconds from a begin to the latest of the other kills.
        seed: of everything.
    """
    random = np.random.default_rng(seed)
    within = [
        Kill(
            HALF if number % 2 == 0 else UNMOVED,
            writes=int(random.integers(1, 3)) if number else 0,
            share=float(random.random()),
        )
        for number in range(inside - 1)
    ]
    between = [Kill("", seconds=float(longest * random.random())) for _ in range(kills - inside)]
    others = [*within[1:], *between]
    first = within[:1]  # inside the manifest, when the folder is empty
    return [*first, *(others[position] for position in random.permutation(len(others))), Kill(FINAL)]


def kill_again_and_again(setting: Setting, kills: list[Kill], *, folder: Path) -> Killed:
    """Start a sweep, kill it, start it again, and so on; at the end, let it run.

    Raises:
        AssertionError: it ended before it was killed, or a kill lost a block that was there.
    """
    blocks: list[int] = []
    kept: dict[str, str] = {}
    left_half = 0
    for kill in kills:
        process = start(setting, folder, kill)
        if kill.moment not in INSIDE:
            time.sleep(kill.seconds)
            os.kill(process.pid, signal.SIGKILL)
        ended = process.wait()
        assert ended == -signal.SIGKILL, f"it ended with {ended} before {kill}: sweep more draws"
        there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("block-*.npz")}
        lost = [name for name, content in kept.items() if there.get(name) != content]
        assert not lost, f"{kill} lost {lost}"
        kept = there
        blocks.append(len(there))
        left_half += len(list(folder.glob("*.part")))
    assert start(setting, folder, Kill("")).wait() == 0
    assert not list(folder.glob("*.part"))
    inside = sum(kill.moment in INSIDE for kill in kills)
    return Killed(len(kills), inside, tuple(blocks), left_half, digest(folder))


def start(setting: Setting, folder: Path, kill: Kill) -> subprocess.Popen[str]:
    """A sweep in a process of its own, returned when it begins."""
    told = {**asdict(setting), "folder": str(folder), "fault": asdict(kill)}
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.killed_sweep", json.dumps(told)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as said:
        said.readline()
    return process


def digest(folder: Path) -> str:
    """Of every number in the blocks of a sweep and of the file that ends it."""
    found = hashlib.sha256()
    for path in sorted(folder.glob("block-*.npz")):
        block = read_block(path)
        assert block is not None, path
        for name in sorted(block.kept):
            found.update(f"{path.name} {name} {block.kept[name].shape} {block.corridors}".encode())
            found.update(np.ascontiguousarray(block.kept[name]).tobytes())
    found.update((folder / "ensemble.nc").read_bytes())
    return found.hexdigest()


def main() -> None:
    from distributed import LocalCluster

    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    print(machine())
    print(f"\nsweep of {draws:,} draws of april-2025, killed {KILLS} times")
    with tempfile.TemporaryDirectory() as place:
        begin = time.perf_counter()
        setting = Setting(draws=draws)
        assert start(setting, Path(place, "whole"), Kill("")).wait() == 0
        seconds = time.perf_counter() - begin
        whole = digest(Path(place, "whole"))
        row("not killed, two processes", f"{seconds:.0f} s", whole[:16])
        kills = plan_kills(kills=KILLS, inside=LEAST_INSIDE, longest=2.5 * seconds / (draws / setting.block), seed=1)
        report("two processes", kill_again_and_again(setting, kills, folder=Path(place, "here")), whole)
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:  # type: ignore[no-untyped-call]
            far = Setting(draws=draws, dask=cluster.scheduler_address)
            report("local Dask cluster", kill_again_and_again(far, kills, folder=Path(place, "far")), whole)


def report(where: str, killed: Killed, whole: str) -> None:
    """Say what became of a sweep; fail where it is not what it would have been."""
    row(
        f"{where}: kills, of them inside a write",
        f"{killed.kills}, {killed.inside}",
        f"{killed.left_half} files left half",
    )
    row(f"{where}: blocks there after each kill", "", " ".join(str(count) for count in killed.blocks))
    row(f"{where}: the same bits", "yes" if killed.digest == whole else "NO", killed.digest[:16])
    assert killed.digest == whole


if __name__ == "__main__":
    main()
