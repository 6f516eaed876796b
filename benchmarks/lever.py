"""What the server does when a lever moves, part by part, as time of one processor.

python -m benchmarks.lever [WORLD ...]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, MutableMapping
from typing import TypeVar

from benchmarks.measure import machine, row
from standoff.measures.gates import Regimes
from standoff.model.balance import check_mass
from standoff.results.result import Result
from standoff.simulate.api import prepare
from standoff.simulate.initial import resting_state
from standoff.simulate.record import FullRecorder
from standoff.simulate.run import run_steps
from standoff.web.engine import Engine, as_json
from standoff.web.flow_picture import flow_picture
from standoff.web.payload import RECORDS, four_numbers, payload, run_id, use_rows
from standoff.web.requests import RunRequest, scenario_of

MOVES = 25
Found = TypeVar("Found")


class Parts:
    """Processor time by part, ms, of every move."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {}

    def take(self, name: str, work: Callable[[], Found]) -> Found:
        begun = time.process_time()
        found = work()
        self.times.setdefault(name, []).append((time.process_time() - begun) * 1e3)
        return found


def main() -> None:
    print(machine())
    for name in sys.argv[1:] or ["magnets-small", "rare-earths"]:
        engine, kept, parts = Engine(), dict[str, Regimes](), Parts()
        move(name, 0, engine, kept, Parts())
        for number in range(1, MOVES + 1):
            size = move(name, number, engine, kept, parts)
        print(f"\n{name}: one move of a lever, median of {MOVES}; the answer has {size / 1e3:.0f} kB")
        for part, times in parts.times.items():
            row(part, f"{sorted(times)[len(times) // 2]:.2f} ms")
        row("together", f"{sum(sorted(times)[len(times) // 2] for times in parts.times.values()):.1f} ms")


def move(world: str, number: int, engine: Engine, kept: MutableMapping[str, Regimes], parts: Parts) -> int:
    """One run as the page asks for it; returns the bytes of the answer."""
    asked = RunRequest(world=world, changes={"CN-2025-18.approval_share": 0.2 + number / 100})
    scenario = parts.take("read the request", lambda: scenario_of(asked))
    exists, network = engine.world_of(scenario, world)
    parts.take("name the run", lambda: run_id(scenario, exists))
    setup, regimes, numbers = parts.take("measures and setup", lambda: prepare(scenario, exists, network, kept=kept))
    recorder = FullRecorder(setup, resting_state(setup), only=RECORDS)
    parts.take("steps, recorded", lambda: run_steps(setup, recorder))
    records = parts.take("records by link", recorder.records)
    residual = parts.take("check the mass balance", lambda: check_mass(network, records, recorder.first))
    result = Result(
        scenario=scenario,
        world=exists,
        network=network,
        setup=setup,
        regimes=regimes,
        parameters=numbers,
        records=records,
        first=recorder.first,
        residual=residual,
    )
    parts.take("ledgers and flows of links", lambda: result.ledger)
    parts.take("flow picture", lambda: flow_picture(result))
    parts.take("four numbers and uses", lambda: (four_numbers(result), use_rows(result)))
    content = parts.take("the rest of the answer, with picture and uses again", lambda: payload(result))
    return len(parts.take("JSON", lambda: as_json(content)))


if __name__ == "__main__":
    main()
