"""Runs, gradients and criticality in JAX beside runs in NumPy, and how well the reverse pass ranks what re-runs say.

python -m benchmarks.criticality [WORLD ...]

Times are processor time of the process (all its threads), so that what else the machine does counts for little; a reverse pass and a run
in JAX are timed in turns. Compile time is the first call less a later one.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from benchmarks.measure import machine, row
from standoff.simulate.draws import Draws
from standoff.simulate.run import run_steps
from standoff.simulate.scenario import read_scenario
from standoff.studies.gradients.case import Case, build_case
from standoff.studies.gradients.criticality import KINDS, PART, importances, without
from standoff.studies.gradients.gradient import NUDGE, ROUNDING, gradient, reverse_pass
from standoff.studies.gradients.scalars import TOTAL, Scalar, SumRecorder, scalar_named
from standoff.world.tables import read_world

SCENARIO = "april-2025"
DRAWS = (1, 64)
LINKS = 192
"""Links that are re-run, drawn with a fixed seed; of the other kinds all are."""
LEADING = 20
CHECKED = 64


def main() -> None:
    print(machine())
    for name in sys.argv[1:] or ["magnets-small", "rare-earths"]:
        case = build_case(read_scenario(SCENARIO), read_world(name))
        scalar = scalar_named(case.network, TOTAL)
        print(f"\n{name}, {SCENARIO}, {case.clock.steps} steps, {len(case.numbers())} numbers")
        for draws in DRAWS:
            costs(case, scalar, draws)
        ranks(case, scalar)
        smooth(name)


def costs(case: Case, scalar: Scalar, draws: int) -> None:
    """Processor time of a run and of a reverse pass."""
    stated = case.stated(draws)
    arrays = stated.arrays()
    setup = case.setup(stated)
    forward = compiled_run(case, scalar)
    backward = reverse_pass(case, scalar)
    calls: dict[str, Callable[[], Any]] = {
        "run in NumPy": lambda: run_steps(setup, SumRecorder(scalar, setup)),
        "run in JAX": lambda: forward(arrays),
        "reverse pass in JAX": lambda: backward(arrays),
    }
    if draws == 1:
        softened = reverse_pass(case, scalar, softened=True)
        calls["reverse pass that can be softened"] = lambda: softened(arrays)
    first = {what: processor_seconds(call) for what, call in calls.items()}
    later: dict[str, list[float]] = {what: [] for what in calls}
    for _ in range(7 if draws == 1 else 3):
        for what, call in calls.items():
            later[what].append(processor_seconds(call))
    for what, seconds in later.items():
        usual = statistics.median(seconds)
        inside = statistics.median(seconds) / statistics.median(later["run in JAX"])
        note = "" if "NumPy" in what else f"compiled in {first[what] - usual:.1f} s; {inside:.1f} runs in JAX"
        row(f"{what}, {draws} draw{'s' if draws > 1 else ''}", f"{usual * 1e3:.1f} ms", note)


def compiled_run(case: Case, scalar: Scalar) -> Callable[[Any], Any]:
    """A run in JAX that gives the result alone."""
    import jax
    import jax.numpy as jnp

    from standoff.simulate import traced

    def total(arrays: Any) -> Any:
        setup = case.setup(Draws.of_arrays(arrays), traced.JAX)
        return traced.scan_steps(setup, lambda _, flows: scalar.in_step(setup, flows)).sum(axis=0)

    compiled = jax.jit(total)

    def call(arrays: Any) -> Any:
        with traced.double_precision():
            return np.asarray(compiled(jax.tree.map(jnp.asarray, arrays)))

    return call


def processor_seconds(call: Callable[[], Any]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def ranks(case: Case, scalar: Scalar) -> None:
    """Rank correlation of the reverse pass with re-runs, by kind."""
    numbers = [number for number in case.numbers() if number.name.partition(":")[0] in KINDS]
    _, items = importances(case, scalar, numbers)
    for prefix, kind in KINDS.items():
        places = [place for place, item in enumerate(items) if item.kind == kind]
        if len(places) > LINKS and prefix == "link":
            places = sorted(np.random.default_rng(0).choice(places, LINKS, replace=False).tolist())
        chosen = [numbers[place] for place in places]
        part, whole = (np.array(without(case, scalar, chosen, share=share)) for share in (PART, 1.0))
        marginal, softened = (
            np.array([getattr(items[place], name) for place in places]) for name in ("marginal", "loss_measure")
        )
        print(
            f"{kind}s: {len(places)} re-run, {int((part != 0).sum())} matter at the margin, {int((whole != 0).sum())} as a whole"
        )
        for what, guess, truth in (
            ("marginal, against 1 % less", marginal, part),
            ("marginal, against the loss of it", marginal, whole),
            ("softened, against the loss of it", softened, whole),
        ):
            moving = np.ptp(guess) > 0 and np.ptp(truth) > 0
            rank = f"{spearmanr(guess, truth)[0]:.2f}" if moving else "none moves"
            note = f"{shared(guess, truth)} of the {LEADING} leading are the same" if len(places) > LEADING else ""
            row(f"  rank correlation, {what}", rank, note)


def shared(guess: Any, truth: Any) -> int:
    """How many of the leading ones two measures share."""
    return len(set(np.argsort(-guess)[:LEADING].tolist()) & set(np.argsort(-truth)[:LEADING].tolist()))


def smooth(world: str) -> None:
    """Share of the steepest slopes at which both sides agree, and how well the gradient meets them."""
    found = gradient(SCENARIO, world=world, checked=CHECKED)
    moving = [slope for slope in found.slopes if slope.smooth is not None and slope.derivative]
    errors = []
    for slope in moving:
        if slope.smooth and slope.below is not None and slope.above is not None:
            centre, step = (slope.below + slope.above) / 2, NUDGE * (abs(slope.value) or 1.0)
            errors.append(abs(slope.derivative - centre) / (abs(centre) + ROUNDING * found.value / step))
    row("slopes checked from both sides, smooth", f"{len(errors)} of {len(moving)}")
    row("  largest relative difference from the finite one", f"{max(errors, default=0.0):.1e}", "rounding counted")


if __name__ == "__main__":
    main()
