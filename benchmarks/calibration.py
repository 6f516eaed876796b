"""The frozen calibration done again from its open rows, beside what ships, and the method held against data of its own making.

python -m benchmarks.calibration [EPISODE ...]
"""

from __future__ import annotations

import sys
import time

import numpy as np

from benchmarks.measure import machine, row
from standoff.studies.backtest.episode import read_episode
from standoff.studies.backtest.frozen import FOLDER, read_frozen
from standoff.studies.backtest.self_check import rank_of_truth
from standoff.studies.backtest.study import make_frozen

BINS = 8


def main() -> None:
    print(machine())
    for name in sys.argv[1:] or ["magnets-2025"]:
        episode = read_episode(name)
        shipped = read_frozen(episode.folder / FOLDER)
        start = time.perf_counter()
        study, posterior, again = make_frozen(episode, seed=shipped.record["seed"])
        print(f"\n{name}")
        row("calibration and forecasts", f"{time.perf_counter() - start:.0f} s", "target 900 s")
        row("effective draws", f"{posterior.effective:.0f} of {len(posterior.points):,}")
        worst = max(abs(again.quantiles[key][49] / shipped.quantiles[key][49] - 1.0) for key in shipped.quantiles)
        row("largest change of a median", f"{worst:.2%}")
        for number, values in again.record["numbers"].items():
            told = "moved" if values["moved"] else "not told by the data"
            row(f"spread left of {number}", f"{values['spread_left']:.0%}", told)
        ranks = rank_of_truth(study, draws=1024, data_sets=256)
        print(f"rank of the truth in {BINS} bins, even where the method is right")
        for number, column in zip(study.episode.moved, ranks.T, strict=True):
            row(number, " ".join(f"{count:3d}" for count in np.histogram(column, bins=BINS, range=(0, 1))[0]))


if __name__ == "__main__":
    main()
