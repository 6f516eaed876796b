"""Magnet exports of April 2025 as the engine finds them before any calibration, beside the open observations.

python -m benchmarks.as_found            # prints the table and writes docs/as-found.md
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

import standoff
from standoff.results.result import Result

ROOT = Path(__file__).resolve().parent.parent
OBSERVED = ROOT / "src" / "standoff" / "data" / "episodes" / "magnets-2025" / "magnet_exports.csv"
PAGE = ROOT / "docs" / "as-found.md"
HEADING = "850511"
DESTINATIONS = {"World": None, "USA": "USA"}


def main() -> None:
    result = standoff.run("april-2025")
    rows = list(lines(result, observations()))
    table = "\n".join(
        [
            "| destination | month | model, t | observed, t | model / observed |",
            "|---|---|---:|---:|---:|",
            *rows,
        ]
    )
    PAGE.write_text(PAGE_TEXT.format(table=table), encoding="utf-8")
    print(table)


def observations() -> dict[tuple[str, str], float]:
    """Open monthly observations in tonnes by destination and month; periods of several months are left out."""
    with OBSERVED.open(encoding="utf-8", newline="") as stream:
        return {
            (row["destination"], row["month"]): float(row["value"])
            for row in csv.DictReader(stream)
            if row["unit"] == "t" and "8505.11" in row["product"] and not row["period_end"] and row["value"]
        }


def lines(result: Result, observed: dict[tuple[str, str], float]) -> Iterator[str]:
    """One line for each destination and month of 2025 that was observed."""
    for name, place in DESTINATIONS.items():
        path = monthly(result, weekly(result, place))
        for month, tonnes in path.items():
            seen = observed.get((name, month)) or observed.get((name.replace("USA", "United States"), month))
            if seen:
                yield f"| {name} | {month} | {tonnes:,.0f} | {seen:,.0f} | {tonnes / seen:.2f} |"


def weekly(result: Result, place: str | None) -> np.ndarray:
    """Magnets of heading 8505.11 out of China, tonnes per step."""
    products = result.world.tables["products"]
    magnets = {
        product
        for product, codes in zip(products["product"], products["hs"], strict=True)
        if any(code.startswith(HEADING) for code in codes)
    }
    chosen = [
        index
        for index, (product, origin, to) in enumerate(result.trades)
        if product in magnets and origin == "CHN" and to != "CHN" and place in (None, to)
    ]
    flow: np.ndarray = result.trade[:, chosen].sum(axis=1)
    return flow


def monthly(result: Result, flow: np.ndarray) -> dict[str, float]:
    """Tonnes per calendar month, each step spread evenly over its days."""
    months: dict[str, float] = {}
    for step, tonnes in enumerate(flow):
        for day in range(int(result.scenario.step_days)):
            when: date = result.scenario.start + timedelta(days=step * int(result.scenario.step_days) + day)
            months[f"{when:%Y-%m}"] = months.get(f"{when:%Y-%m}", 0.0) + float(tonnes) / result.scenario.step_days
    return months


PAGE_TEXT = """# April 2025, as found

Exports of magnets of heading 8505.11 from China, by the engine with the numbers as they stand in the bundled world
and in the register, before any calibration, beside the open observations (customs, rows with their sources in
`data/episodes/magnets-2025`). Nothing was tuned to them. Made by `make study`.

{table}

How to read it: the base year is the customs total of 2024 (57.8 kt), so months before April differ from what was seen
by growth, by the length of months and by the Lunar New Year, which the engine does not know. Only part of the heading
is controlled; the rest was held at customs for a share that nobody has published (assumed between none and all, value
one half), and that share decides most of the difference in April to June. January is short of its first five days
because the run begins on 6 January.
"""

if __name__ == "__main__":
    main()
