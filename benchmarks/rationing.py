"""What a step costs under every rule of rationing on a chain, and what each rule leaves unmet.

python -m benchmarks.rationing [WORLD ...]

Times are processor time, best of repeats taken in turns over all rules, as multiples of ``tiers`` in the same process.
"""

from __future__ import annotations

import sys
import time

import numpy as np

import standoff
from benchmarks.measure import machine, row
from standoff.model.serving import RULES
from standoff.model.step import step
from standoff.simulate.backend import NUMPY
from standoff.simulate.ensemble import block_setup, plan_ensemble
from standoff.simulate.initial import resting_state
from standoff.simulate.sampling import build_draws
from standoff.simulate.scenario import read_scenario
from standoff.simulate.setup import Setup
from standoff.world.build import build_network
from standoff.world.tables import read_world

SCENARIO = "april-2025"
DRAWS = 64
REPEATS = {1: 9, DRAWS: 3}


def main() -> None:
    print(machine())
    for world in sys.argv[1:] or ["magnets-small", "rare-earths"]:
        print(f"\n{world}, {SCENARIO}")
        results = {rule: standoff.run(SCENARIO, world=world, changes={"rationing": rule}) for rule in RULES}
        for rule, result in results.items():
            unmet = ", ".join(
                f"{side} {lost['unmet_use'] / 1e6:,.0f}" for side, lost in result.ledger.by_side().items()
            )
            row(f"{rule}: unmet use, million USD", f"{result.summary()['unmet_use_usd'] / 1e6:,.1f}", unmet)
        compare({rule: result.setup for rule, result in results.items()}, draws=1)
        compare({rule: drawn(world, rule) for rule in RULES}, draws=DRAWS)


def drawn(world: str, rule: str) -> Setup:
    """The setup of a block of draws."""
    exists = read_world(world)
    network = build_network(exists)
    scenario = read_scenario(SCENARIO, changes={"rationing": rule})
    job = plan_ensemble(scenario, exists, draws=DRAWS, network=network)
    return block_setup(job, network, build_draws(network, job.regimes, exists, job.values), backend=NUMPY)


def compare(setups: dict[str, Setup], *, draws: int) -> None:
    """Print processor time of a step under each rule."""
    best = dict.fromkeys(setups, np.inf)
    for _ in range(REPEATS[draws]):
        for rule, setup in setups.items():
            best[rule] = min(best[rule], seconds_of_a_step(setup))
    for rule, seconds in best.items():
        times = f"{seconds / best['tiers']:.2f} times tiers"
        row(f"{rule}: a step, {draws} draw{'s' if draws > 1 else ''}", f"{seconds * 1e6:,.0f} us", times)


def seconds_of_a_step(setup: Setup) -> float:
    state = resting_state(setup)
    start = time.process_time()
    for number in range(setup.clock.steps):
        state, _ = step(state, setup, number=number, regime=setup.regime_table.at(number), xp=np)
    return (time.process_time() - start) / setup.clock.steps


if __name__ == "__main__":
    main()
