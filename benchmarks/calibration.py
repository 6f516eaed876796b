"""The frozen calibration done again from its open rows, beside what ships, with its posterior predictive checks.

python -m benchmarks.calibration [EPISODE ...]
"""

from __future__ import annotations

import sys
import time

from benchmarks.measure import machine, row
from standoff.studies.backtest.episode import read_episode
from standoff.studies.backtest.frozen import FOLDER, read_frozen
from standoff.studies.backtest.study import make_frozen


def main() -> None:
    print(machine())
    for name in sys.argv[1:] or ["magnets-2025"]:
        episode = read_episode(name)
        shipped = read_frozen(episode.folder / FOLDER)
        start = time.perf_counter()
        _, posterior, again = make_frozen(episode, seed=shipped.record["seed"])
        print(f"\n{name}")
        row("calibration and forecasts", f"{time.perf_counter() - start:.0f} s", "target 900 s")
        row("effective draws", f"{posterior.effective:.0f} of {len(posterior.points):,}")
        worst = max(abs(again.quantiles[key][49] / shipped.quantiles[key][49] - 1.0) for key in shipped.quantiles)
        row("largest change of a median", f"{worst:.2%}")
        for number, values in again.record["numbers"].items():
            told = "moved" if values["moved"] else "not told by the data"
            row(f"spread left of {number}", f"{values['spread_left']:.0%}", told)
        for check in again.record["checks"]:
            said = f"{check['median']:.4g} ({check['lo80']:.4g} to {check['hi80']:.4g}), p = {check['probability']:.2f}"
            row(f"{check['statistic']}, {check['of']}", f"{check['observed']:.4g}", said)


if __name__ == "__main__":
    main()
