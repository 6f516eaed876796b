"""Sobol indices of the bundled world beside SALib: its estimators on our design, and our estimators on its design.

python -m benchmarks.sensitivity [WORLD [BASE_POINTS]]
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
from SALib.analyze import sobol as analyze
from SALib.sample import sobol as sample

from benchmarks.measure import machine, row
from standoff.simulate.ensemble import Job, join_blocks, plan_ensemble, run_blocks
from standoff.simulate.sampling import draw_values
from standoff.simulate.scenario import read_scenario
from standoff.studies.sensitivity.indices import sobol_indices
from standoff.studies.sensitivity.study import design_job, result_of
from standoff.world.build import build_network
from standoff.world.network import Network
from standoff.world.tables import read_world

SCENARIO, OF, SEED = "april-2025", "unmet_use_usd", 0
NUMBERS = (
    "CN-2025-18/magnets:LICENCE_STD:review_days",
    "CN-2025-18/magnets:LICENCE_STD:approval_share",
    "parameter:hoard_share",
    "cover:magnet_ndfeb_dy_tb",
)
LARGEST_DIFFERENCE, ERRORS = 1e-8, 4.0


def main() -> None:
    world = read_world(sys.argv[1] if len(sys.argv) > 1 else "rare-earths")
    base = int(sys.argv[2]) if len(sys.argv) > 2 else 256
    print(machine())
    print(
        f"\nSobol indices of {OF}, {SCENARIO} on {world.name}, {base} base points, {base * (len(NUMBERS) + 2):,} runs a design"
    )
    scenario, network = read_scenario(SCENARIO, changes={"world": world.name}), build_network(world)
    job = plan_ensemble(scenario, world, draws=1, seed=SEED, network=network)
    size = len(NUMBERS)
    problem = {"num_vars": size, "names": list(NUMBERS), "bounds": [[0.0, 1.0]] * size}
    values = run(design_job(job, list(NUMBERS), count=base, seed=SEED), network)
    ours, theirs = (
        sobol_indices(values, dimensions=size),
        analyze.analyze(problem, values, calc_second_order=False, seed=SEED),
    )
    worst = max(np.abs(ours.first - theirs["S1"]).max(), np.abs(ours.total - theirs["ST"]).max())
    row("largest difference on the same runs", f"{worst:.1e}", f"at most {LARGEST_DIFFERENCE:.0e}")
    assert worst < LARGEST_DIFFERENCE
    points = sample.sample(problem, base, calc_second_order=False, seed=SEED + 1)
    again = analyze.analyze(problem, run(at(job, points), network), calc_second_order=False, seed=SEED)
    for column, name in enumerate(NUMBERS):
        for kind, mine, other, error in (
            ("first", ours.first, again["S1"], ours.first_error),
            ("total", ours.total, again["ST"], ours.total_error),
        ):
            row(
                f"{name}, {kind}: here, SALib's own design",
                f"{mine[column]:.3f}, {other[column]:.3f}",
                f"+- {error[column]:.3f}",
            )
            assert abs(mine[column] - other[column]) < ERRORS * np.sqrt(2.0) * error[column] + 0.01


def at(job: Job, points: np.ndarray) -> Job:
    """A job with the numbers at these points and all others at their stated values."""
    known = {each.name: each for each in job.ranges}
    values = {name: np.full(len(points), each.value) for name, each in known.items()}
    return replace(job, values={**values, **draw_values([known[name] for name in NUMBERS], points)})


def run(job: Job, network: Network) -> np.ndarray:
    """The result of every run of a job."""
    blocks = dict(run_blocks(job, network, job.slices(), processes=2))
    return result_of(join_blocks(job, network, [blocks[number] for number in sorted(blocks)], seed=SEED), OF)


if __name__ == "__main__":
    main()
