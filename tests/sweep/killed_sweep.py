"""A sweep that kills itself: after so many writes (``between``), or half way through one (``inside``)."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from standoff.simulate import sweep as room
from standoff.simulate.scenario import read_scenario
from standoff.world.tables import read_world

SCENARIO = {"until": "2025-06-02"}
DRAWS, BLOCK = 56, 8


def main(folder: Path, moment: str, writes: int) -> None:
    whole = room.write_whole
    count = 0

    def kill_in_time(path: Path, content: bytes) -> None:
        nonlocal count
        count += 1
        if count > writes:
            if moment == "inside":
                (path.parent / f"half{room.UNFINISHED}").write_bytes(content[: len(content) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        whole(path, content)

    room.write_whole = kill_in_time
    scenario = read_scenario("april-2025", changes=SCENARIO)
    room.sweep(scenario, read_world(scenario.world), draws=DRAWS, block=BLOCK, folder=folder, seed=5)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
