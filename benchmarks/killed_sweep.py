"""A sweep in a process of its own that can be told to kill itself inside a write; run by `benchmarks.kills`.

python -m benchmarks.killed_sweep SETTING_JSON
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import IO, Any

import h5netcdf

from standoff.simulate import sweep as room
from standoff.simulate.scenario import read_scenario
from standoff.world.tables import read_world

HALF, UNMOVED, FINAL = "half", "unmoved", "final"
INSIDE = (HALF, UNMOVED, FINAL)
"""Inside a block's write: some of its bytes are there; all are there but under another name; inside the labelled file at the end."""


class Dying:
    """Stands for ``os`` where a sweep writes, and ends this process in one of the writes."""

    def __init__(self, moment: str, *, writes: int, share: float) -> None:
        self.moment, self.left, self.share = moment, writes, share

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def fdopen(self, handle: int, mode: str) -> Any:
        """Opens a file; in the fatal write, one that takes some of what it is given."""
        file = os.fdopen(handle, mode)
        self.left -= 1
        return _Half(file, self.share) if self.left < 0 and self.moment == HALF else file

    def replace(self, source: str, target: Path) -> None:
        """Moves a file; not in the fatal write."""
        if self.left < 0 and self.moment == UNMOVED:
            die()
        os.replace(source, target)


class _Half:
    def __init__(self, file: IO[bytes], share: float) -> None:
        self.file, self.share = file, share

    def __enter__(self) -> _Half:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def write(self, content: bytes) -> None:
        """Some of the bytes, then death."""
        self.file.write(content[: int(len(content) * self.share)])
        self.file.flush()
        die()


def die() -> None:
    """As by ``kill -9``."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_in_the_last_file() -> None:
    """End this process when the labelled file has its labels and no numbers yet."""
    whole = h5netcdf.File.create_variable

    def create(file: Any, name: str, *arguments: Any, **options: Any) -> Any:
        if "compression" in options:
            file.flush()
            die()
        return whole(file, name, *arguments, **options)

    h5netcdf.File.create_variable = create


def main() -> None:
    setting = json.loads(sys.argv[1])
    fault = setting["fault"]
    if fault.get("moment") == FINAL:
        die_in_the_last_file()
    elif fault.get("moment") in INSIDE:
        room.os = Dying(fault["moment"], writes=fault["writes"], share=fault["share"])  # type: ignore[assignment,attr-defined]
    scenario = read_scenario(setting["scenario"], changes=setting["changes"])
    world = read_world(setting["world"] or scenario.world)
    print("begun", flush=True)
    room.sweep(
        scenario,
        world,
        draws=setting["draws"],
        block=setting["block"],
        seed=setting["seed"],
        processes=setting["processes"],
        dask=setting["dask"],
        folder=Path(setting["folder"]),
    )


if __name__ == "__main__":
    main()
