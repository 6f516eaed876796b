"""What following losses back takes beside the run itself, in processor seconds of one process.

python -m benchmarks.attribution [SCENARIO [WORLD]]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from standoff.results.attribution.parts import attribute, by_product, with_borders
from standoff.simulate.api import run


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    begin = time.process_time()
    done = work()
    return done, time.process_time() - begin


def main() -> None:
    scenario = sys.argv[1] if len(sys.argv) > 1 else "april-2025"
    world = sys.argv[2] if len(sys.argv) > 2 else None
    run(scenario, world=world)  # compiled measures and imports are not what is measured
    result, seconds = timed(lambda: run(scenario, world=world))
    print(f"{scenario} on {result.world.name}: run, {result.setup.clock.steps} steps: {seconds:.2f} s")
    setup, records, first = result.setup, result.records, result.first
    coarse, seconds = timed(lambda: attribute(setup, records, first, merge=by_product))
    print(f"by cause, measure and product, {len(coarse.keys)} roots: {seconds:.2f} s")
    told, seconds = timed(lambda: with_borders(setup, records, first, coarse))
    print(f"with borders where they count, {len(told.keys)} roots: {seconds:.2f} s")
    every, seconds = timed(lambda: attribute(setup, records, first))
    print(f"every border, {len(every.keys)} roots: {seconds:.2f} s")
    worst = abs(told.by_cause().sum(axis=-1) - result.unmet_value).max(initial=0.0)
    print(f"largest difference from unmet use in a step: USD {worst:.1e} of {result.unmet_value.max(initial=0.0):.1e}")


if __name__ == "__main__":
    main()
