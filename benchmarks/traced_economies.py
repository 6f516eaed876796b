"""Economies under JAX beside NumPy and BoARIO: a step, many draws, a reverse pass, and how well that pass ranks what re-runs say.

python -m benchmarks.traced_economies [steps] [draws] [reverse] [ranks]

Every figure is processor time of a process of its own that is held to one core, with one thread for JAX. Steps and draws are those of
`benchmarks.peers` (``ario`` with all that BoARIO does) and of `benchmarks.ensemble` (``ario`` without); compiling is told apart: the first
call less a later one.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

if "--worker" in sys.argv:  # before anything loads JAX
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import numpy as np

from benchmarks.measure import machine, measured_apart, peak_memory, row

NODES = (48, 500, 1500, 3000)
DRAWS = (1, 32)
REVERSE = ("table 48", "table 500", "table 1500", "firms 10000")
RANKED = ("table 500", "firms 200", "firms 1000", "firms 10000")
RERUN = 192
"""Producers, links and stocks that are re-run each, drawn with a fixed seed; a quarter as many of 10,000 firms."""
NET200 = Path(__file__).parents[1] / "tests" / "peers" / "data" / "inoue_todo" / "net200"
"""The network of 200 firms that is a case of the tests."""
LEADING = 20


def main() -> None:
    asked = set(sys.argv[1:]) or {"steps", "draws", "reverse", "ranks"}
    print(machine())
    if "steps" in asked:
        for nodes in NODES:
            report_steps(nodes)
    if "draws" in asked:
        for storage in ("float64", "float32"):
            report_draws(storage)
    for what, cases in (("reverse", REVERSE), ("ranks", RANKED)):
        for case in cases if what in asked else ():
            print(f"\n{case}")
            for name, value in apart(what, case).items():
                row(f"  {name}", f"{value:.3g}")


def apart(*arguments: str) -> dict[str, float]:
    """What a worker of this module measures in a process of its own."""
    return measured_apart("benchmarks.traced_economies", *arguments)


def report_steps(nodes: int) -> None:
    from benchmarks import peers

    with tempfile.TemporaryDirectory() as folder:
        theirs = peers.measure("boario", str(nodes), Path(folder))["cpu_step"]
    ours = apart("steps", str(nodes))
    print(f"\n{nodes} producers, ms a step; largest relative difference {ours['gap']:.1e}")
    row("  BoARIO", f"{theirs * 1e3:.3g}")
    row("  NumPy", f"{ours['numpy'] * 1e3:.3g}", f"{theirs / ours['numpy']:.1f} times BoARIO")
    row("  JAX", f"{ours['jax'] * 1e3:.3g}", f"{theirs / ours['jax']:.1f} times; compiled in {ours['compile']:.1f} s")


def report_draws(storage: str) -> None:
    found = apart("draws", storage)
    print(f"\ndraws, {storage}: s a draw")
    for library in ("numpy", "jax"):
        one, many = found[f"{library} 1"], found[f"{library} {DRAWS[-1]}"]
        note = (
            f"one alone {one:.3f}, {one / many:.1f} times less; {found['numpy 1'] / many:.1f} than one alone in NumPy"
        )
        row(f"  {library}, {DRAWS[-1]} together", f"{many:.3f}", note)
    row("  compiled in, s", f"{found['compile']:.1f}")


def fastest(call: Callable[[], Any], repeats: int) -> float:
    """Processor seconds of the fastest call."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        seconds.append(time.process_time() - start)
    return min(seconds)


def steps(size: str) -> dict[str, float]:
    """A step of `benchmarks.peers`, in both libraries."""
    import jax

    from benchmarks.peers import LARGE_STEPS, REPEATS, SECTORS, STEPS, random_table
    from standoff.model.rulesets import compose, rule_numbers
    from standoff.simulate.damage import Damage, Schedule
    from standoff.simulate.economy_run import run_economy
    from standoff.simulate.traced import double_precision
    from standoff.simulate.traced_economy import compiled, program
    from standoff.world.economies import economy_from_table

    nodes = int(size)
    count, repeats = STEPS.get(nodes, LARGE_STEPS), REPEATS.get(nodes, 3)
    economy = economy_from_table(
        **random_table(nodes),
        products=SECTORS.get(nodes, 50),
        cover=90.0,
        restock=60.0,
        peer_compatible=True,
        shape="dense",
    )
    impact = 0.3 * economy.capital * (np.arange(nodes) == 0)
    damage = Damage(impact, 2, 4, destroys_capital=True, recovery="linear", recovery_steps=30)
    rules, numbers = compose("ario"), rule_numbers({"peer_compatible": True})

    def schedule() -> Schedule:
        return Schedule(economy, [damage], peer_compatible=True)

    def in_numpy() -> Any:
        return run_economy(economy, rules, schedule(), steps=count, numbers=numbers, keep=("output",))["output"]

    made, given = program(economy, rules, [schedule()], steps=count, numbers=numbers)
    with double_precision():
        given = jax.tree.map(jax.numpy.asarray, given)
    in_jax = compiled(made, keep=("output",))

    def run() -> Any:
        return in_jax(given)[0]

    first = fastest(run, 1)
    ours = fastest(run, 2 * repeats)
    output = in_numpy()
    gap = np.abs(run()["output"] - output)[:, output[0] > 0] / output[:, output[0] > 0]
    return {
        "numpy": fastest(in_numpy, repeats) / count,
        "jax": ours / count,
        "compile": first - ours,
        "gap": float(gap.max()),
    }


def draws(storage: str) -> dict[str, float]:
    """Draws of `benchmarks.ensemble` under ``ario``, in both libraries."""
    from benchmarks import ensemble
    from benchmarks.peers import random_table
    from standoff.model.rulesets import compose, rule_numbers
    from standoff.model.share_matrix import sum_map
    from standoff.simulate.traced_draws import run_block
    from standoff.world.economies import economy_from_table

    weeks, products = ensemble.WEEKS, ensemble.PRODUCTS
    table = random_table(ensemble.NODES)
    economy = economy_from_table(
        **table, products=products, cover=12.0, restock=8.0, steps_per_year=weeks, storage=storage
    )
    sums = sum_map(np.arange(economy.supply.nodes) // products, economy.supply.nodes // products)
    found: dict[str, float] = {}
    for count in DRAWS:
        found[f"numpy {count}"] = ensemble.seconds(economy, "ario", draws=count, together=count) / count
        before, taken = None, []
        for _ in range(3):  # the first call compiles
            start = time.process_time()
            _, before = run_block(
                economy,
                compose("ario"),
                [ensemble.struck(economy, draw) for draw in range(count)],
                steps=ensemble.STEPS,
                numbers=[rule_numbers({"psi": 0.75 + 0.1 * draw / count}) for draw in range(count)],
                by_need={"cover": np.linspace(10.0, 14.0, count), "restock": np.linspace(6.0, 9.0, count)},
                keep=("output",),
                sums=sums,
                apart=False,
                before=before,
            )
            taken.append(time.process_time() - start)
        found[f"jax {count}"] = min(taken[1:]) / count
        found["compile"] = taken[0] - min(taken[1:])
    return found


def case_of(what: str) -> Any:
    """A table that is drawn, struck as in `benchmarks.peers`, or firms with ten links each under ``inoue_todo``; 100 steps."""
    from benchmarks.firms import SECTORS, scale_free
    from benchmarks.peers import random_table
    from standoff.model.rulesets import compose, rule_numbers
    from standoff.simulate.damage import Damage, Schedule
    from standoff.studies.gradients.economy_case import EconomyCase
    from standoff.world.economies import economy_from_firms, economy_from_table

    kind, nodes = what.split()[0], int(what.split()[1])
    draw = np.random.default_rng(5)
    if kind == "table":
        products, rules = 50 if nodes % 50 == 0 else 12, compose("ario")
        economy = economy_from_table(**random_table(nodes), products=products, cover=9.0, restock=6.0, shape="dense")
        product = np.arange(nodes) % products
    else:
        products, rules = SECTORS, compose("inoue_todo")
        lists = scale_free(nodes)
        product = lists["product"]
        economy = economy_from_firms(**lists, cover=9.0, restock=6.0)
    impact = draw.uniform(0.1, 0.5, nodes) * (draw.random(nodes) < 0.1)
    damage = Damage(impact, 2, 10, recovery="linear", recovery_steps=30)
    return EconomyCase(
        name=what,
        world="drawn",
        unit="",
        economy=economy,
        rules=rules,
        numbers=rule_numbers({}),
        steps=100,
        schedule=lambda: Schedule(economy, [damage]),
        producers=tuple(str(node) for node in range(nodes)),
        products=tuple(str(each) for each in range(products)),
        product=product,
        groups={},
        events=("damage",),
    )


def reverse(what: str) -> dict[str, float]:
    """A reverse pass by every number beside a run, in JAX and in NumPy."""
    import jax

    from standoff.simulate.traced import double_precision
    from standoff.simulate.traced_economy import program
    from standoff.studies.gradients.economy import reverse_pass_of

    case = case_of(what)
    scalar, stated = case.scalar("value_added_lost"), case.stated()
    made, given = program(case.economy, case.rules, [case.schedule()], steps=case.steps, numbers=case.numbers)
    run = jax.jit(lambda given: made.scan(given, lambda after, flows, lost: scalar.in_step(flows))[0].sum())

    def forward() -> float:
        with double_precision():
            return float(run(given))

    compiled_in = fastest(forward, 1)
    of_run = fastest(forward, 5)
    found = {"run in NumPy, s": fastest(lambda: case.evaluate(_narrow(stated), scalar), 2), "run in JAX, s": of_run}
    found["compiled in, s"] = compiled_in - of_run
    for which, numbers in (("without links and stocks", _narrow(stated)), ("by everything", stated)):
        back = partial(reverse_pass_of(case, scalar), numbers)
        compiled_in, of_pass = fastest(back, 1), fastest(back, 5)
        found[f"numbers, {which}"] = float(sum(len(each) for each in numbers.values()))
        found[f"reverse pass {which}, s"] = of_pass
        found[f"compiled in, s ({which})"] = compiled_in - of_pass
        found[f"reverse pass {which} in runs of JAX"] = of_pass / of_run
        found[f"peak memory after it, MB ({which})"] = peak_memory() / 1e6
    return found


def _narrow(numbers: dict[str, Any]) -> dict[str, Any]:
    """Numbers without those of which there are as many as links and stocks."""
    from standoff.studies.gradients.economy_numbers import WIDE

    return {field: values for field, values in numbers.items() if field not in WIDE}


def ranks(what: str) -> dict[str, float]:
    """How the reverse pass and the cascade order producers, links and stocks, against re-runs with 1 % less and without."""
    from scipy.stats import spearmanr

    from standoff.studies.gradients.criticality import PART
    from standoff.studies.gradients.economy import KINDS, economy_case, economy_importances
    from standoff.studies.gradients.economy_case import changed_at

    case = economy_case(NET200, changes={"steps": "100"}) if what == "firms 200" else case_of(what)
    scalar = case.scalar("output_lost" if what == "firms 200" else "value_added_lost")
    start = time.process_time()
    _, marginal, losses = economy_importances(case, scalar)
    found = {"reverse pass and cascade of everything, compiled in, s": time.process_time() - start}
    value = case.evaluate(_narrow(case.stated()), scalar)
    draw, rerun = np.random.default_rng(2), RERUN if case.economy.supply.nodes < 10_000 else RERUN // 4
    for field, kind in KINDS.items():
        of_kind = np.flatnonzero(case.economy.supply.link_base) if field == "link" else np.arange(len(marginal[field]))
        chosen = draw.permutation(of_kind)[:rerun]
        numbers = [case.number(field, place) for place in chosen.tolist()]
        for left, guesses, name in ((1.0 - PART, marginal, "1 % less"), (0.0, losses, "loss"), (0.0, marginal, "")):
            if name:
                exact = [case.evaluate(changed_at(case, [(number, left)])[0], scalar) - value for number in numbers]
            guess = guesses[field][chosen]
            same = set(np.argsort(exact)[-LEADING:].tolist()) & set(np.argsort(guess)[-LEADING:].tolist())
            told = f"{kind}s, {name}" if name else f"{kind}s, first order against the loss"
            found[f"{told}: Spearman"] = float(spearmanr(guess, exact).statistic)
            found[f"{told}: of {LEADING} leading the same"] = float(len(same))
    return found


if __name__ == "__main__":
    if "--worker" in sys.argv:
        of = {"steps": steps, "draws": draws, "reverse": reverse, "ranks": ranks}
        print(json.dumps(of[sys.argv[2]](sys.argv[3])))
    else:
        main()
