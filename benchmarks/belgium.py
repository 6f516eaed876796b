"""Belgian GDP in the spring of 2020: rule set `pichler` with each production function beside the observed months.

python -m benchmarks.belgium [PICTURE.svg]

Nothing is fitted: table, shocks, stocks and speeds are those of pyIEEM's case (tests/peers/data/pichler), 60 days of full lockdown from
15 March and nothing after: April lies wholly in it, May for 13 days. Months are means of days; before the run everything rests.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "peers"
FIRST_DAY = dt.date(2020, 3, 5)
"""Of the run: the lockdown begins on its tenth day."""
DAYS = 160
MONTHS = ("2020-03", "2020-04", "2020-05", "2020-06", "2020-07")
FUNCTIONS = ("weakly_critical", "half_critical", "strongly_critical", "linear", "leontief")
LINES = dict(zip(FUNCTIONS, ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9"), strict=True))


def main() -> None:
    observed, daily = observed_gdp(), {name: gdp(name) for name in FUNCTIONS}
    print("| production | " + " | ".join(MONTHS) + " | error in April | in May | largest, March to July |")
    print("|---" * (len(MONTHS) + 4) + "|")
    print("| *observed* | " + " | ".join(f"{observed[month]:.3f}" for month in MONTHS) + " | | | |")
    for name, path in daily.items():
        months = by_month(path)
        error = {month: months[month] - observed[month] for month in MONTHS}
        cells = " | ".join(f"{months[month]:.3f}" for month in MONTHS)
        worst = max(MONTHS, key=lambda month: abs(error[month]))
        print(
            f"| `{name}` | {cells} | {error['2020-04']:+.3f} | {error['2020-05']:+.3f} | {error[worst]:+.3f} ({worst}) |"
        )
    if len(sys.argv) > 1:
        draw(daily, observed, Path(sys.argv[1]))


def gdp(production: str) -> Any:
    """GDP by day, relative to rest."""
    sys.path.insert(0, str(DATA))
    from peer_cases import belgian_schedule, belgium

    from standoff.model.rulesets import compose, rule_numbers
    from standoff.simulate.economy_run import run_economy

    economy, shocks = belgium()
    rules, numbers = compose("pichler", production=production), rule_numbers({"peer_compatible": True})
    run = run_economy(economy, rules, belgian_schedule(economy, shocks), steps=DAYS, numbers=numbers)
    return run.value_added.sum(axis=1) / economy.value_added.sum()


def by_month(path: Any) -> dict[str, float]:
    """Means over the days of each month; days before the run are at rest."""
    days = [dt.date(2020, 3, 1) + dt.timedelta(days=number) for number in range(160)]
    at = [1.0 if day < FIRST_DAY else float(path[(day - FIRST_DAY).days]) for day in days if day < dt.date(2020, 8, 1)]
    return {
        month: float(np.mean([v for d, v in zip(days, at, strict=False) if f"{d:%Y-%m}" == month])) for month in MONTHS
    }


def observed_gdp() -> dict[str, float]:
    """GDP by month, relative to February 2020."""
    with (DATA / "data" / "pichler" / "observed_GDP_employment_BE.csv").open(newline="") as stream:
        return {row["date"][:7]: float(row["GDP"]) for row in csv.DictReader(stream) if row["GDP"]}


def draw(daily: Mapping[str, Any], observed: Mapping[str, float], path: Path) -> None:
    """Lines of the production functions and dots of the observed months, as SVG."""
    width, height, left, right, top, bottom = 860, 380, 56, 690, 20, 336

    def x(day: float) -> float:
        return left + day / (DAYS - 1) * (right - left)

    def y(value: float) -> float:
        return bottom - (value - 0.2) / 0.9 * (bottom - top)

    marks = []
    for level in (0.2, 0.4, 0.6, 0.8, 1.0):
        marks.append(f'<path d="M{left} {y(level):.1f}H{right}" stroke="#8884"/>')
        marks.append(f'<text x="{left - 8}" y="{y(level) + 4:.1f}" text-anchor="end">{level:.1f}</text>')
    for month in range(4, 9):
        day = (dt.date(2020, month, 1) - FIRST_DAY).days
        marks.append(f'<path d="M{x(day):.1f} {bottom}v5" stroke="#888"/>')
        marks.append(
            f'<text x="{x(day):.1f}" y="{bottom + 20}" text-anchor="middle">1 {dt.date(2020, month, 1):%b}</text>'
        )
    for row, (name, values) in enumerate(daily.items()):
        points = "L".join(f"{x(day):.1f} {y(value):.1f}" for day, value in enumerate(values))
        marks.append(f'<path d="M{points}" fill="none" stroke="{LINES[name]}" stroke-width="2"/>')
        line = top + 24 + 22 * row
        marks.append(f'<path d="M{right + 14} {line - 4}h22" stroke="{LINES[name]}" stroke-width="2"/>')
        marks.append(f'<text x="{right + 42}" y="{line}">{name.replace("_", " ")}</text>')
    for each in MONTHS:
        middle = (dt.date.fromisoformat(f"{each}-15") - FIRST_DAY).days
        marks.append(f'<circle cx="{x(middle):.1f}" cy="{y(observed[each]):.1f}" r="5" fill="#888" stroke="#fff"/>')
    marks.append(f'<circle cx="{right + 25}" cy="{top - 2}" r="5" fill="#888" stroke="#fff"/>')
    marks.append(f'<text x="{right + 42}" y="{top + 2}">observed month</text>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13" fill="#888">'
    path.write_text("\n".join([head, *marks, "</svg>"]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
