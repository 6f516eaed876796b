"""The OECD table of 2022 (80 economies x 50 sectors): reading, a year of a cut, and pair cuts beside those of sanction-simulator.

python -m benchmarks.mrio [--read-only]

Needs the package ``sanction-simulator`` (``pip install --no-deps sanction-simulator``). The peer answers with a new equilibrium in which
trade is re-routed at once; `ario` with the sum over the 364 days after the cut, from stocks that are full. Nothing is tuned to the peer.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measure import machine, peak_memory, row
from standoff.simulate.economy_api import run_scenario
from standoff.simulate.economy_scenario import economy_scenario_from
from standoff.world.mrio.folder import read_mrio_folder, write_mrio
from standoff.world.mrio.read import read_mrio
from standoff.world.mrio.table import Mrio

THEIRS = Path(__file__).resolve().parent.parent / "tests" / "peers" / "data" / "sanction_simulator.json"
WAYS = {"to others": {}, "to nobody": {"sourcing": "usual"}}
"""Where orders that are cut go: to the other sellers by capacity, or nowhere."""


def main() -> None:
    print(machine())
    mrio, seconds = timed(lambda: read_mrio("sanction-simulator"))
    row("reading the package, CPU s", f"{seconds:.2f}", f"{len(mrio.regions)} regions x {len(mrio.sectors)} sectors")
    with tempfile.TemporaryDirectory() as folder:
        _, seconds = timed(lambda: write_mrio(mrio, folder))
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
        row("writing the world, CPU s", f"{seconds:.2f}", f"{size / 1e6:.0f} MB")
        _, seconds = timed(lambda: read_mrio_folder(folder))
        row("reading the world, CPU s", f"{seconds:.2f}")
    row("peak memory so far, MB", f"{peak_memory() / 1e6:.0f}")
    if "--read-only" not in sys.argv:
        theirs = json.loads(THEIRS.read_text(encoding="utf-8"))["cases"]
        for name, case in theirs.items():
            compare(mrio, name, case)
        row("peak memory of all, MB", f"{peak_memory() / 1e6:.0f}")


def timed(work: Any) -> tuple[Any, float]:
    """(what a call returns, its CPU seconds)."""
    start = time.process_time()
    done = work()
    return done, time.process_time() - start


def compare(mrio: Mrio, name: str, case: dict[str, Any]) -> None:
    """One pair cut: losses of gross output in per cent of a year's, theirs and ours."""
    struck = list(dict.fromkeys(country for leg in case["cuts"] for country in leg))
    known = {country: percent for country, _, percent in case["by_country_top"]}
    print(f"\n{name}")
    shown = ", ".join(f"{country} {known.get(country, float('nan')):.2f}" for country in struck)
    row("  sanction-simulator, world per cent", f"{case['world_loss_pct']:.3f}", shown)
    for way, changes in WAYS.items():
        result, seconds = timed(lambda changes=changes: run_scenario(cut_scenario(case["cuts"], changes), world=mrio))
        losses = result.losses
        usual = losses.by_region(losses.usual_output) * losses.steps
        lost = losses.by_region(losses.output_lost)
        at = [mrio.regions.index(country) for country in struck]
        shown = ", ".join(f"{country} {lost[i] / usual[i] * 100:.2f}" for country, i in zip(struck, at, strict=True))
        others = (lost.sum() - lost[at].sum()) / usual.sum() * 100
        percent = f"{lost.sum() / usual.sum() * 100:.3f}"
        row(
            f"  ario, cut orders go {way}",
            percent,
            f"{shown}; all others {others:.3f} of the world; {seconds:.1f} CPU s",
        )


def cut_scenario(cuts: list[list[str]], changes: dict[str, str]) -> Any:
    """Cuts with a tenth leaking, as the peer has it, for 364 days."""
    return economy_scenario_from(
        {
            "name": "pair",
            "rules": "ario",
            "rule_changes": changes,
            "start": "2022-01-01",
            "until": "2022-12-31",
            "events": [
                {
                    "kind": "export_cut",
                    "exporters": [seller],
                    "destinations": [buyer],
                    "leakage": 0.1,
                    "start": "2022-01-01",
                }
                for seller, buyer in cuts
            ],
        }
    )


if __name__ == "__main__":
    main()
