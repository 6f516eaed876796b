"""Many draws of a dense input-output table against one draw: CPU seconds of a draw.

python -m benchmarks.ensemble [DRAWS] [--together DRAWS] [--icio]

A table of 4,000 producers (80 regions, 50 products) that is drawn, or with ``--icio`` the OECD's of 2022 (see `benchmarks.peers`), runs
for 52 weeks under ``ario`` and under ``inoue_todo`` with the same share for all. Draws strike another sector each, with another psi, cover
and time to restock. The first figure is measured on DRAWS draws; that of a thousand is the same times a thousand, because draws run in
blocks of equal cost. Beside them stand two limits of the multiplications, a multiplication and an addition for every flow, draw and
product with the table: at the speed of a large matrix product, and at that of the products as the table has them, both measured in the same
run.
"""

from __future__ import annotations

import os
import sys

os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import time
from typing import Any

import numpy as np

from benchmarks.measure import machine, peak_memory, row
from benchmarks.peers import icio_table, random_table
from standoff.model.rulesets import compose, rule_numbers
from standoff.simulate.damage import Damage, Schedule
from standoff.simulate.economy_draws import TOGETHER, run_draws
from standoff.world.economies import economy_from_table

NODES, PRODUCTS, STEPS = 4000, 50, 52
WEEKS = 365 / 7
DRAWS = TOGETHER
PRODUCTS_PER_STEP = {"ario": 3, "inoue_todo": 2}


def main() -> None:
    arguments = sys.argv[1:]
    together = int(arguments.pop(arguments.index("--together") + 1)) if "--together" in arguments else TOGETHER
    draws = next((int(each) for each in arguments if each.isdigit()), DRAWS)
    table = icio_table() if "--icio" in arguments else random_table(NODES)
    print(machine())
    for storage in ("float64", "float32"):
        economy = economy_from_table(
            **table, products=PRODUCTS, cover=12.0, restock=8.0, steps_per_year=WEEKS, storage=storage, shape="dense"
        )
        speeds = {"a large product": large_product(storage), "products of the table": table_products(economy, together)}
        for what, speed in speeds.items():
            row(f"{storage}: multiplications and additions a second, {what}", f"{speed / 1e9:.0f} G")
        for name in PRODUCTS_PER_STEP:
            compare(economy, name, draws, together, speeds)
    row("peak memory, MB", f"{peak_memory() / 1e6:.0f}")


def compare(economy: Any, name: str, draws: int, together: int, speeds: dict[str, float]) -> None:
    """Print seconds of a draw alone and among others."""
    one = seconds(economy, name, draws=1, together=1)
    many = seconds(economy, name, draws=draws, together=together) / draws
    row(f"  {name}: one draw, s", f"{one:.3f}")
    row(f"  one of {draws} draws, {together} together, s", f"{many:.3f}", f"{one / many:.1f} times less; target 8")
    row("  a thousand draws, s", f"{1000 * many:.0f}")
    for what, speed in speeds.items():
        limit = STEPS * PRODUCTS_PER_STEP[name] * 2 * economy.supply.nodes**2 / speed
        row(f"  limit of the multiplications, {what}, s", f"{limit:.3f}", f"a draw is {many / limit:.1f} times it")


def seconds(economy: Any, name: str, *, draws: int, together: int) -> float:
    """CPU seconds of all draws together."""
    rules = compose(name, rationing="same_share")
    start = time.process_time()
    run_draws(
        economy,
        rules,
        lambda draw: struck(economy, draw),
        draws=draws,
        steps=STEPS,
        numbers=[rule_numbers({"psi": 0.75 + 0.1 * draw / draws}) for draw in range(draws)],
        cover=np.linspace(10.0, 14.0, draws),
        restock=np.linspace(6.0, 9.0, draws),
        sum_by=np.arange(economy.supply.nodes) // PRODUCTS,
        together=together,
    )
    return time.process_time() - start


def struck(economy: Any, draw: int) -> Schedule:
    """Half the capacity of one sector lost for four weeks, then recovering."""
    impact = np.zeros(economy.supply.nodes)
    impact[37 * draw % len(impact)] = 0.5
    return Schedule(economy, [Damage(impact=impact, occurrence=2, duration=4, recovery="linear", recovery_steps=8)])


def table_products(economy: Any, draws: int) -> float:
    """Floating-point operations a second of the products of all blocks of a table with so many draws."""
    supply = economy.supply.for_draws(draws)
    weight, book = np.ones((supply.nodes, draws)), np.zeros((supply.nodes, draws))
    factor = [np.ones((*block.shape, draws)) for block in supply.blocks]
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for block, its in zip(supply.blocks, factor, strict=True):
            block.reach(weight)
            block.add_orders(its, book)
        best = min(best, time.process_time() - start)
    return float(4.0 * supply.nodes**2 * draws / best)


def large_product(storage: str) -> float:
    """Floating-point operations a second of a product of two large matrices."""
    a = np.ones((2000, 2000), dtype=storage)
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        a @ a
        best = min(best, time.process_time() - start)
    return 2.0 * len(a) ** 3 / best


if __name__ == "__main__":
    main()
