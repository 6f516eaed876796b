"""Simulation-based calibration: the likelihood of an episode held against data that the model itself made.

python -m benchmarks.self_check [DATA_SETS [DRAWS]]            # prints the ranks and writes docs/self-check.md
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from scipy.stats import chi2

from benchmarks.measure import machine, row
from standoff.studies.backtest.calibrate import open_study
from standoff.studies.backtest.episode import read_episode
from standoff.studies.backtest.self_check import rank_of_truth

EPISODE, DATA_SETS, DRAWS, SEED = "magnets-2025", 256, 1024, 0
BINS = 8
PAGE = Path(__file__).resolve().parent.parent / "docs" / "self-check.md"


def main() -> None:
    data_sets, draws = (int(sys.argv[n]) if len(sys.argv) > n else usual for n, usual in ((1, DATA_SETS), (2, DRAWS)))
    print(machine())
    study = open_study(read_episode(EPISODE))
    begin = time.process_time()
    ranks = rank_of_truth(study, draws=draws, data_sets=data_sets, seed=SEED)
    counts = np.array([np.histogram(column, bins=BINS, range=(0, 1))[0] for column in ranks.T])
    expected = data_sets / BINS
    distance = ((counts - expected) ** 2 / expected).sum(axis=1)
    chance = chi2.sf(distance, BINS - 1)
    lines = []
    for name, histogram, x, p in zip(study.episode.moved, counts, distance, chance, strict=True):
        shown = " ".join(f"{count:3d}" for count in histogram)
        row(name, shown, f"chi-square {x:.1f}, p = {p:.2f}")
        lines.append(f"| {name} | {' | '.join(str(count) for count in histogram)} | {x:.1f} | {p:.2f} |")
    low = int((chance < 0.05).sum())
    row(
        "numbers with p under 0.05",
        f"{low} of {len(chance)}",
        f"smallest {chance.min():.3f}; {0.05 * len(chance):.1f} by chance",
    )
    row("processor time", f"{time.process_time() - begin:.0f} s")
    heads = " | ".join(f"{bin_ / BINS:.3g}" for bin_ in range(1, BINS + 1))
    PAGE.write_text(
        PAGE_TEXT.format(
            data_sets=data_sets,
            draws=draws,
            bins=BINS,
            expected=f"{expected:g}",
            heads=heads,
            rule="---:|" * BINS,
            rows="\n".join(lines),
            low=low,
            numbers=len(chance),
            chance=f"{0.05 * len(chance):.1f}",
            smallest=f"{chance.min():.3f}",
        ),
        encoding="utf-8",
    )


PAGE_TEXT = """# Does the method find the truth

A method that is right finds the truth of made-up data at every rank equally often (simulation-based calibration: Talts and others
2018, arXiv:1804.06788). {data_sets} times a truth is drawn from the prior, the engine runs, monthly tonnes are made from it with
baseline, discrepancy and noise, and the posterior over {draws} prior draws says how probable it holds values below the truth. The table
counts how often that probability fell into each of {bins} equal bins (up to the number in the heading): {expected} each if the method is
right. Made by `python -m benchmarks.self_check` for the months and destinations of `magnets-2025`; `make study` takes 256 data sets and
1,024 draws.

| number | {heads} | chi-square | p |
|---|{rule}---:|---:|
{rows}

{low} of {numbers} numbers have a p under 0.05, where chance alone gives {chance}; the smallest is {smallest}. Numbers that tonnage cannot
tell have a posterior that is the prior, and their ranks are even by that alone: the check bites on those that the data move. It tests
the likelihood of tonnes, the sum over the grid and the weights. It does not test whether the model is like the world, nor the reports
on licences and stops, whose errors are assumed.
"""

if __name__ == "__main__":
    main()
